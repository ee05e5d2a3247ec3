/** An org in which grants die, and what Keyturn says of it: with the org's own records, and without. */
import { systemClock } from '@keyturn/tokens'
import type { Keyturn } from '@keyturn/tokens'
import type { AppSettings, ReadyGrant } from '@keyturn/simulator'
import { DESCRIBE, startOrg, USER } from '../../../tokens/test/conformance/org.ts'
import type { OrgScene } from '../../../tokens/test/conformance/org.ts'
import { examineDeath } from '../../src/forensics/examine-death.ts'
import type { DeathVerdict } from '../../src/forensics/judge-death.ts'

export const HOUR = 3_600_000
export const DAY = 24 * HOUR

interface TestContext {
  after(work: () => Promise<void>): void
}

export interface DeathScene extends OrgScene {
  /** Sends a refresh token as another program would; the tokens it got, or null. */
  spend(ready: ReadyGrant, token?: string, address?: string): Promise<string | null>
  /** The present refresh token, as one who reads the store has it. */
  present(name?: string): Promise<string>
  /** An hour or more goes by, sessions run out, calls go on. */
  live(hours: number): Promise<void>
  /** Without the org, then with it. */
  verdicts(keyturn?: Keyturn): Promise<{ readonly ledger: DeathVerdict; readonly asked: DeathVerdict }>
}

const AUDITOR = 'admin@acme.example'

/** With a second grant, of an administrator, with whose token the org can be asked. */
export const startDeath = async (t: TestContext, settings: Partial<AppSettings> = {}): Promise<DeathScene> => {
  const org = await startOrg(t, settings)
  const server = org.ready('Jwt', AUDITOR)
  const spare = org.jwtSpare()
  await org.keyturn.grants.add({
    name: 'auditor',
    flow: 'jwt_bearer',
    loginUrl: server.instanceUrl,
    clientId: spare.clientId ?? '',
    ...(spare.privateKey === undefined ? {} : { privateKey: spare.privateKey }),
    username: AUDITOR,
    audience: org.sim.url,
  })
  await org.keyturn.token('auditor')
  const judge = async (keyturn: Keyturn, ask: boolean): Promise<DeathVerdict> => {
    const verdict = await examineDeath(keyturn, 'acme', { clock: systemClock, ask: ask ? 20_000 : null })
    if (verdict === null) throw new Error('acme is not dead')
    return verdict
  }
  return {
    ...org,
    spend: async (ready, token = ready.refreshToken, address) => {
      const answer = await fetch(`${ready.instanceUrl}/services/oauth2/token`, {
        method: 'POST',
        headers: address === undefined ? {} : { 'x-sim-address': address },
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          refresh_token: token,
          client_id: ready.clientId,
          client_secret: ready.clientSecret,
        }),
      })
      const body = (await answer.json()) as { refresh_token?: string }
      return answer.status === 200 ? (body.refresh_token ?? '') : null
    },
    present: async (name = 'acme') => {
      const grant = await org.keyturn.store.grant(name)
      const secret = grant === null ? null : await org.keyturn.store.secret(grant.id, 'refreshToken')
      if (secret === null) throw new Error(`no refresh token of ${name}`)
      return secret.reveal()
    },
    live: async (hours) => {
      for (let hour = 0; hour < hours; hour += 3) {
        org.advance(3 * HOUR)
        await org.call()
      }
    },
    verdicts: async (keyturn = org.keyturn) => ({
      ledger: await judge(keyturn, false),
      asked: await judge(keyturn, true),
    }),
  }
}

export { DESCRIBE, USER }
