/**
 * What the steps of the protocol are made of. A step says what one event does to a grant once its clauses hold; pure.
 */
import { breakerOpen } from './clauses.ts'
import type { Context, Draft, EventType, Notice, ProtocolEvent, Transition } from './event.ts'
import type { GrantState, Why } from './state.ts'

/** `refuse` names why the event does not apply after all: `already` (idempotent), `stray` (it belongs nowhere here). */
export type Step<T extends EventType> = (
  state: GrantState,
  event: Extract<ProtocolEvent, { type: T }>,
  context: Context,
  refuse: (reason: string) => Transition,
) => Transition

/** One step for each of these events. */
export type Steps<T extends EventType> = { readonly [E in T]: Step<E> }

const RESOLVED_KEPT = 8

export const done = (state: GrantState, entries: readonly Draft[], notices: readonly Notice[] = []): Transition => ({
  applied: true,
  state,
  entries,
  notices,
})

export const why = (code: string, text: string, at: number): Why => ({ code, text, at })

export const resolve = (state: GrantState, attempt: string): readonly string[] =>
  [attempt, ...state.resolved].slice(0, RESOLVED_KEPT)

/** Doubles per trip, from `base` up to `most`. */
export const backoff = (base: number, most: number, times: number): number =>
  Math.min(most, base * 2 ** Math.min(times, 20))

/** A new access token, bought with the refresh token. */
export const ownToken = (state: GrantState, now: number) =>
  ({
    // A mint that is still on its way is not needed: its token would hide the end of this one.
    mint: null,
    generation: state.generation + 1,
    access: 'alive',
    ownAccess: 'alive',
    source: 'refresh',
    mintedAt: now,
    proven: false,
  }) as const

export const closedBreaker = { strikes: 0, trips: 0, retryAt: null }

export const untried = (state: GrantState): GrantState['spares'] =>
  Object.fromEntries(Object.keys(state.spares).map((name) => [name, 'untried' as const]))

export const halfOpened = (state: GrantState, { now, policy }: Context): GrantState['breaker'] => {
  const { breaker } = state
  if (breaker.retryAt === null || breakerOpen(state, now)) return breaker
  return {
    ...breaker,
    trips: breaker.trips + 1,
    retryAt: now + backoff(policy.breakerBackoff, policy.breakerBackoffMax, breaker.trips + 1),
  }
}
