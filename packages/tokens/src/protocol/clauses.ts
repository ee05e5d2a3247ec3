/**
 * The conditions under which a token may be claimed, sent, replayed, minted or given up: named clauses, one line each.
 *
 * They stand apart from what happens afterwards (transition.ts) so that the explorer can drop each in turn and show the
 * schedule that goes wrong without it. A clause that nobody misses when it is dropped is either defence in depth (said
 * so here) or deleted.
 */
import type { Context, ProtocolEvent } from './event.ts'
import type { GrantState, Lineage } from './state.ts'

type Of<T extends ProtocolEvent['type']> = Extract<ProtocolEvent, { type: T }>
type Holds<E> = (state: GrantState, event: E, context: Context) => boolean
type ClauseList<E> = Readonly<Record<string, Holds<E>>>

/** What the holder asks itself on fresh data immediately before the first byte. */
export interface SendCheck {
  readonly attempt: string
  readonly lineage: Lineage
}

export interface Clauses {
  readonly claim: ClauseList<Of<'claim'>>
  readonly 'claim-replay': ClauseList<Of<'claim-replay'>>
  readonly send: ClauseList<SendCheck>
  readonly doubted: ClauseList<Of<'doubted'>>
  readonly finished: ClauseList<Of<'finished'>>
  readonly mint: ClauseList<Of<'mint'>>
  readonly enrol: ClauseList<Of<'enrol'>>
  /** Before the authorisation code is exchanged. */
  readonly code: ClauseList<{ readonly id: string }>
  readonly enrolled: ClauseList<Of<'enrolled'>>
  readonly revive: ClauseList<Of<'revive'>>
}

/** An enrolment that ran out binds nobody. */
export const enrolling = (state: GrantState, now: number): boolean =>
  state.enrolment !== null && now < state.enrolment.deadline

const minting = (state: GrantState, now: number): boolean => state.mint !== null && now < state.mint.deadline

/** A spare of the same user and app that may still work: a replay could take it down. */
export const spareAtStake = (state: GrantState): boolean =>
  state.cascadeSpares.some((name) => state.spares[name] !== 'failed')

export const breakerOpen = (state: GrantState, now: number): boolean =>
  state.breaker.retryAt !== null && now < state.breaker.retryAt

/**
 * A replay may still reach the server, which then takes down whatever shares its user and app: it is claimed, or its
 * outcome is unknown and its holder listens or the drain is not over. A store that went back may have forgotten one.
 */
export const replayAbroad = ({ spend, doubt }: GrantState, now: number, drain: number): boolean => {
  if (spend !== null) return spend.replayOf !== null
  if (doubt === null || (doubt.behind === null && doubt.cause !== 'restored')) return false
  return doubt.finishedAt === null || now - doubt.finishedAt <= drain
}

export const clauses: Clauses = {
  claim: {
    // Rule 1: somebody was faster; the caller adopts instead of spending.
    'adopt-first': (state, event) => event.generation === state.generation,
    // Rule 2: the claim names the token it saw; anything newer has another lineage.
    'claim-lineage': (state, event) => event.lineage === state.lineage,
    'claim-live': (state) => state.status === 'live',
    'claim-one-spend': (state) => state.spend === null,
    // Rule 7: a definite refusal ends this lineage for ever.
    'claim-not-refused': (state) => !state.refused,
    // Rule 5: an enrolment that was announced must not be raced.
    'claim-no-enrolment': (state, _event, { now }) => !enrolling(state, now),
    'claim-not-removed': (state) => state.removedAt === null,
    // Rule 7: after "already being processed" the exchanges of an app go one at a time.
    'claim-pacing': (_state, _event, { paced }) => !paced,
    // Rule 8: a 401 that no refresh cures must not become a storm.
    'claim-breaker': (state, _event, { now }) => !breakerOpen(state, now),
  },
  'claim-replay': {
    'replay-lineage': (state, event) => event.lineage === state.lineage,
    'replay-in-doubt': (state) => state.status === 'in-doubt' && state.doubt !== null,
    // The claim names the unresolved attempt: two processes can't replay the same doubt.
    'replay-names-attempt': (state, event) => state.doubt?.attempt === event.unresolved,
    'replay-one-spend': (state) => state.spend === null,
    'replay-policy': (_state, _event, { policy }) => policy.unknownOutcome === 'replay-last',
    'replay-not-refused': (state) => !state.refused,
    // Rule 6: on a strict server a replay kills the living access token as well.
    'replay-access-dead': (state) =>
      state.ownAccess !== 'alive' &&
      !(state.access === 'alive' && state.source !== null && state.cascadeSpares.includes(state.source)),
    'replay-no-spare-at-stake': (state) => !spareAtStake(state),
    'replay-no-sibling-at-stake': (_state, _event, { siblings }) => !siblings.mayLive,
    'replay-no-mint': (state, _event, { now, siblings }) =>
      !(minting(state, now) && state.mint?.cascade === true) && !siblings.minting,
    // The earlier request may still be on its way out of its holder.
    'replay-holder-finished': (state) => state.doubt?.finishedAt != null,
    // ... or wait in a network, proxy or server queue.
    'replay-drained': (state, _event, { now, policy }) => now - (state.doubt?.finishedAt ?? now) > policy.drain,
    'replay-backoff': (state, _event, { now }) => now >= (state.doubt?.notBefore ?? 0),
    'replay-hosts-confirmed': (state) => (state.doubt?.awaiting.length ?? 0) === 0,
    'replay-no-enrolment': (state, _event, { now }) => !enrolling(state, now),
    'replay-not-removed': (state) => state.removedAt === null,
    // A replay that meets the lock of another exchange of its app learns nothing.
    'replay-pacing': (_state, _event, { paced }) => !paced,
  },
  send: {
    'send-own-claim': (state, check) => state.spend?.attempt === check.attempt,
    'send-lineage': (state, check) => state.lineage === check.lineage,
    // Rule 2: a process that slept past this must not send.
    'send-in-time': (state, _check, { now }) => now < (state.spend?.sendBy ?? 0),
    'send-not-refused': (state) => !state.refused,
    'send-no-enrolment': (state, _check, { now }) => !enrolling(state, now),
    'send-not-removed': (state) => state.removedAt === null,
    // A store that went back since: the claim may be of another time line.
    'send-not-restored': (state) => !(state.doubt?.cause === 'restored' && state.doubt.awaiting.length > 0),
  },
  doubted: {
    'doubt-attempt': (state, event) => state.spend?.attempt === event.attempt,
    'doubt-lineage': (state, event) => state.lineage === event.lineage,
    // Rule 5: only the holder may say so early; others wait for the deadline or prove the holder dead.
    'doubt-proof': (state, event, { now }) =>
      event.by === 'holder' || event.holderDead || now > (state.spend?.deadline ?? Infinity),
  },
  finished: {
    'finished-attempt': (state, event) => state.doubt?.attempt === event.attempt,
    // Rule 6: for another host only that host's own word counts, unless it is given up: a stated bet.
    'finished-own-word': (state, event) => event.bet || state.doubt?.holder?.host === event.host,
  },
  mint: {
    'mint-generation': (state, event) => event.generation === state.generation,
    // A spare's token would take the place of the grant's own, whose end nobody could then observe any more.
    'mint-needed': (state) => state.lineage === null || state.access !== 'alive',
    'mint-one': (state, _event, { now }) => !minting(state, now),
    'mint-not-removed': (state) => state.removedAt === null,
    // Rule 10: no fallback of the same user and app while a replay may be on its way.
    'mint-no-replay': (state, event, { now, policy, siblings }) =>
      !state.cascadeSpares.includes(event.spare) || !(replayAbroad(state, now, policy.drain) || siblings.replaying),
    // A machine flow that Salesforce refuses is tried again, but slowly: nothing is spent by it.
    'mint-blocked': (state, _event, { now, policy }) =>
      state.lineage !== null || state.status !== 'blocked' || now - (state.why?.at ?? 0) >= policy.breakerBackoff,
    'mint-breaker': (state, _event, { now }) => !breakerOpen(state, now),
  },
  enrol: {
    'enrol-one': (state, event, { now }) => !enrolling(state, now) || state.enrolment?.id === event.id,
    'enrol-not-removed': (state) => state.removedAt === null,
  },
  code: {
    'code-announced': (state, check, { now }) => state.enrolment?.id === check.id && enrolling(state, now),
    // Rule 5: an exchange that is still on the wire could be killed by, or kill, what the code buys.
    'code-nothing-on-the-wire': (state, _check, { now, policy }) =>
      state.spend === null && state.doubt?.finishedAt !== null && !replayAbroad(state, now, policy.drain),
    'code-no-sibling-replay': (_state, _check, { siblings }) => !siblings.replaying,
  },
  enrolled: {
    'enrolled-announced': (state, event) => state.enrolment?.id === event.id,
  },
  revive: {
    // What comes back could be taken down by a replay that was claimed because it was gone.
    'revive-no-replay': (_state, _event, { siblings }) => !siblings.replaying,
  },
}
