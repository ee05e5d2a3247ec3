/**
 * When a token is due. Salesforce sends no `expires_in`: what is known is the session time-out somebody configured or
 * read, or the age at which an earlier token was found dead.
 */
import type { StoredGrant } from '../store/store.ts'

/** Refresh when this much of the known life is over, … */
const AHEAD = 0.75
/** … spread over another tenth, so that a fleet doesn't exchange in step. */
const JITTER = 0.1

type Freshness = 'fresh' | 'refresh-ahead' | 'keep-alive' | 'none'

/** `wall`: epoch ms. `keep-alive`: idle for so long that the refresh token's own limit comes near. */
export const freshness = (grant: StoredGrant, wall: number): Freshness => {
  const { state, settings, access } = grant
  if (state.removedAt !== null || state.status !== 'live') return 'none'
  const { keepAlive } = settings
  if (state.lineage !== null && keepAlive !== null && wall - Math.max(grant.exchangedAt, grant.createdAt) > keepAlive)
    return 'keep-alive'
  if (state.access !== 'alive' || access === null) return 'none'
  return wall > refreshAt(grant) ? 'refresh-ahead' : 'fresh'
}

/** When the access token should be replaced while it still lives, epoch ms; Infinity where its life isn't known. */
export const refreshAt = ({ id, access, learned }: StoredGrant): number => {
  const life = learned.sessionTimeout ?? learned.observedLife
  return life === null || access === null ? Infinity : access.issuedAt + life * (AHEAD + JITTER * spread(id))
}

/** A fixed number in [0, 1) per grant: no chance needed, and restarts don't move it. */
const spread = (id: string): number => {
  let sum = 0
  for (const char of id) sum = (sum * 31 + char.charCodeAt(0)) % 997
  return sum / 997
}
