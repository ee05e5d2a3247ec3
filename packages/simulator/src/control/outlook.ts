/** The oracle's verdict together with what lives right now: which grants a client can still get in by. */
import type { Verdict, GrantVerdict } from '../oracle/judge.ts'
import { verdictOf } from '../oracle/judge.ts'
import { aliveTokens } from '../sessions/access-tokens.ts'
import type { Simulation } from '../simulation.ts'

export interface GrantOutlook extends GrantVerdict {
  /** The client holds the current refresh token of a live grant, or a living access token of it. */
  readonly alive: boolean
}

export interface Outlook extends Omit<Verdict, 'grants' | 'reached'> {
  readonly grants: readonly GrantOutlook[]
}

export function outlook(sim: Simulation): Outlook {
  const { reached, grants, ...counters } = verdictOf(sim.log.past(), sim.log.all())
  const orgs = new Map(sim.orgs.map((org) => [org.name, org]))
  return {
    ...counters,
    grants: grants.map((verdict) => {
      const org = orgs.get(verdict.org)
      const sessions = org === undefined ? [] : aliveTokens(org, { grantId: verdict.grant })
      return {
        ...verdict,
        alive: (verdict.live && verdict.delivered) || sessions.some((token) => reached.has(token.fingerprint)),
      }
    }),
  }
}
