/**
 * Which orgs this replica can't reach, from what its calls saw: no call is made to find out. One answer, whatever it
 * says, and the org is reached again. What the others can't reach is theirs to tell.
 */
import type { Clock } from '@keyturn/tokens'

interface Unreachable {
  readonly grant: string
  /** Of the failure (`ECONNREFUSED`, `TIMEOUT`). */
  readonly code: string
  /** Epoch milliseconds: of the first call without an answer since the last answer, and of the last one. */
  readonly since: number
  readonly last: number
}

export interface Reachability {
  answered(grant: string): void
  failed(grant: string, code: string): void
  unreachable(): readonly Unreachable[]
}

export const openReachability = (clock: Pick<Clock, 'wall'>): Reachability => {
  const failing = new Map<string, Unreachable>()
  return {
    answered: (grant) => {
      // Asked at each call, and nearly always there is nothing to forget.
      if (failing.size > 0) failing.delete(grant)
    },
    failed: (grant, code) => {
      const now = clock.wall()
      failing.set(grant, { grant, code, since: failing.get(grant)?.since ?? now, last: now })
    },
    unreachable: () => [...failing.values()],
  }
}
