/** Who would be cut off by rotation, from what is known of an app's clients: what asks for `--cut-off-anyway`. Pure. */
import type { CutOff, Impact } from '../impact/impact.ts'
import type { PlannedApp } from './plan.ts'
import type { JudgedClient } from './readiness.ts'

const cutOffOf = (app: string, client: JudgedClient): CutOff => ({
  user: client.user,
  app,
  way: client.ways[0] ?? null,
  client: client.program === 'unseen' ? null : client.program,
  addresses: client.addresses,
  uses: client.worked,
  last: client.last,
  why:
    client.evidence.find(({ says }) => says === client.readiness)?.text ??
    (client.program === 'unseen'
      ? 'It holds a refresh token, and nobody was seen to use it.'
      : 'Nobody knows whether it keeps the new token.'),
})

/** Keyturn itself is ready, so the account that makes the change is never locked out by it. */
export const rotationImpact = ({ name, clients, blind }: PlannedApp, days: number | null): Impact => {
  const of = (readiness: JudgedClient['readiness']): readonly CutOff[] =>
    clients.filter((one) => one.readiness === readiness).map((one) => cutOffOf(name, one))
  return { days, cutOff: of('not-ready'), possible: of('unknown'), blind, locksOutSelf: false }
}
