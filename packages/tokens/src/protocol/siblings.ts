/**
 * What a grant has to know of the other grants of the same org, user and app: a replay of one could take the others
 * down. A store hands in their states as they are in the same transaction, those of removed ones too: a replay that was
 * sent before its grant was removed is still on its way.
 */
import { enrolling, replayAbroad, spareAtStake } from './clauses.ts'
import type { Policy, Siblings } from './event.ts'
import type { GrantState } from './state.ts'

export const siblingsOf = (states: readonly GrantState[], now: number, { drain }: Policy): Siblings => {
  const kept = states.filter((state) => state.removedAt === null)
  return {
    // A refresh token that is dead can leave an access token that lives, a spare way in, a person who is enrolling.
    mayLive: kept.some(
      (state) => state.status !== 'dead' || state.access === 'alive' || spareAtStake(state) || enrolling(state, now),
    ),
    // A minter that died leaves its mark; after the deadline nothing can come of it.
    minting: kept.some(({ mint }) => mint !== null && mint.cascade && now < mint.deadline),
    replaying: states.some((state) => replayAbroad(state, now, drain)),
  }
}

/**
 * One of them can't be read, because somebody altered its record. It may live, so nothing is replayed beside it. What was
 * claimed for it before may still be on its way, `quiet` ms after the ledger last heard of it; nothing new will be: a
 * store lets nobody claim for such a record.
 */
export const withUnreadable = (known: Siblings, quiet: number, { drain }: Policy): Siblings => ({
  ...known,
  mayLive: true,
  // Once for the claim to be sent or given up, once for what was sent to arrive.
  replaying: known.replaying || quiet <= 2 * drain,
})

/** An exchange of this grant may be under way, as far as pacing its app goes. */
export const exchanging = ({ spend, doubt }: GrantState): boolean => spend !== null || doubt?.finishedAt === null
