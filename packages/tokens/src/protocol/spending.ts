/**
 * Spending the refresh token: the right to send it, and every way in which a sending ends.
 */
import type { Draft } from './event.ts'
import { EARLIER, type Doubt, type GrantState, type Spend } from './state.ts'
import { backoff, done, halfOpened, ownToken, resolve, why, type Step, type Steps } from './step.ts'

/** A claim of this attempt is over; a claim of another attempt stays: it may be on the wire. */
const without = (spend: Spend | null, attempt: string): Spend | null => (spend?.attempt === attempt ? null : spend)

/**
 * What stays in doubt once this attempt's holder knows for certain that it spent nothing: what it repeated, if anything.
 * Undefined when the attempt is neither claimed nor in doubt. After a store went back the certainty is about a time line
 * that is lost: the doubt stays until every host has told what it knows.
 */
const settle = ({ spend, doubt }: GrantState, attempt: string, now: number): Doubt | null | undefined => {
  if (spend !== null) return spend.attempt === attempt ? doubt : undefined
  if (doubt?.attempt !== attempt || doubt.cause === 'restored') return undefined
  if (doubt.behind === null) return null
  const replays = Math.max(0, doubt.replays - 1)
  const behind = replays > 0 ? EARLIER : null
  return { ...doubt, attempt: doubt.behind, behind, replays, finishedAt: doubt.finishedAt ?? now }
}

/** Without a doubt a grant that was in doubt is live again. */
const certain = (state: GrantState, doubt: Doubt | null) =>
  doubt === null && state.status === 'in-doubt' ? ({ status: 'live', why: null } as const) : {}

/** A lineage refused while another attempt was on the wire, and nothing came of that attempt: now it is dead. */
const unlessRefused = (state: GrantState, now: number): GrantState =>
  state.refused
    ? { ...state, status: 'dead', doubt: null, why: why('expired-or-revoked', 'expired access/refresh token', now) }
    : state

const claim: Step<'claim'> = (state, event, context) => {
  const { now } = context
  const { attempt, holder, sendBy, deadline, lineage, generation } = event
  const spend: Spend = { attempt, holder, claimedAt: now, sendBy, deadline, replayOf: null }
  // Half-open: one exchange is let through, the next only after another back-off.
  const breaker = halfOpened(state, context)
  return done({ ...state, spend, breaker }, [{ kind: 'claimed', data: { attempt, lineage, generation } }], ['claimed'])
}

const claimReplay: Step<'claim-replay'> = (state, event, { now }) => {
  const { attempt, holder, sendBy, deadline, lineage, unresolved } = event
  const spend: Spend = { attempt, holder, claimedAt: now, sendBy, deadline, replayOf: unresolved }
  const replays = state.doubt?.replays ?? 0
  return done(
    { ...state, spend },
    [{ kind: 'replay-claimed', data: { attempt, lineage, unresolved, replays } }],
    ['replayed'],
  )
}

/** Success counts by lineage only: the late answer of an old attempt too, also after the grant was called dead. */
const answered: Step<'answered'> = (state, event, { now, policy }, refuse) => {
  const { attempt, sent, access, rolledForward } = event
  if (state.resolved.includes(attempt)) return refuse('already')
  if (state.lineage !== sent) return refuse(event.next !== null && state.lineage === event.next ? 'already' : 'stray')
  const lineage = event.next ?? sent
  const moved = lineage !== sent
  const late = state.spend?.attempt !== attempt
  const generation = access ? state.generation + 1 : state.generation
  // Rule 12: after the store went back, an answer to an attempt of the lost time line is a link of the chain, not proof
  // that it is the newest; also when its own process commits it late.
  const stillRestored = state.doubt?.cause === 'restored' && state.spend?.attempt !== attempt
  const settles = moved || state.doubt === null || state.doubt.attempt === attempt || !late
  // A host that confirmed at an older link of the chain may hold the next one: each has to look again.
  const looked = moved ? { awaiting: state.doubt?.hosts ?? [], finishedAt: null } : {}
  const doubt = stillRestored && state.doubt !== null ? { ...state.doubt, ...looked } : settles ? null : state.doubt
  return done(
    {
      ...state,
      status: event.mismatch !== undefined ? 'blocked' : stillRestored || doubt !== null ? 'in-doubt' : 'live',
      lineage,
      refused: false,
      generation,
      // A link of the lost time line is no young token: its death is natural and opens no breaker.
      ...(access ? ownToken(state, stillRestored ? now - policy.breakerWindow : now) : {}),
      // A lineage that moved voids every other claim on the old one; one that stayed leaves other claims on the wire.
      spend: moved ? null : without(state.spend, attempt),
      doubt,
      why:
        event.mismatch !== undefined
          ? why(event.mismatchCode ?? 'identity-changed', event.mismatch, now)
          : doubt === null
            ? null
            : state.why,
      resolved: resolve(state, attempt),
    },
    [{ kind: 'exchanged', data: { attempt, sent, lineage, generation, late, rolledForward, access } }],
    ['refreshed'],
  )
}

const refused: Step<'refused'> = (state, event, { now }, refuse) => {
  const { attempt, lineage, text } = event
  if (state.resolved.includes(attempt)) return refuse('already')
  // Rule 5: a refusal marks the lineage it was about, and no other.
  if (state.lineage !== lineage) return refuse('stray')
  const named = state.spend?.attempt === attempt || state.doubt?.attempt === attempt
  const entry: Draft = { kind: 'refused', data: { attempt, lineage, text, fenced: !named } }
  const marked: GrantState = { ...state, refused: true, resolved: resolve(state, attempt) }
  // Another attempt on this lineage is on the wire: its own outcome decides.
  if (!named && state.spend !== null) return done(marked, [entry])
  // No earlier attempt of ours explains it: somebody else spent, revoked or outlived this token.
  const unexplained = state.doubt === null && state.spend?.replayOf == null
  // Rule 12: while hosts have yet to roll forward, a journal may still hold this token's successor.
  const doubt = state.doubt !== null && state.doubt.awaiting.length > 0 ? state.doubt : null
  return done(
    {
      ...marked,
      status: 'dead',
      spend: without(state.spend, attempt),
      doubt,
      why: why('expired-or-revoked', text, now),
    },
    [entry, { kind: 'dead', data: { lineage, explained: !unexplained } }],
    unexplained ? ['dead', 'reuse-suspected'] : ['dead'],
  )
}

const busy: Step<'busy'> = (state, event, { now, policy }, refuse) => {
  const { attempt, lineage } = event
  const left = settle(state, attempt, now)
  if (left === undefined || state.lineage !== lineage) return refuse('stray')
  // Rule 7: without an earlier unresolved attempt the token is unspent; with one the doubt stays, and this replay
  // doesn't count as one whose outcome is unknown.
  const doubt = left === null ? null : { ...left, notBefore: now + policy.replayBackoff }
  return done(
    unlessRefused({ ...state, ...certain(state, doubt), spend: null, doubt, resolved: resolve(state, attempt) }, now),
    [{ kind: 'busy', data: { attempt, lineage, replay: left !== null } }],
    ['paced'],
  )
}

const blocked: Step<'blocked'> = (state, event, { now }, refuse) => {
  const { attempt, lineage, code, text } = event
  const doubt = settle(state, attempt, now)
  if (doubt === undefined || state.lineage !== lineage) return refuse('stray')
  const reason = why(code, text, now)
  return done(
    unlessRefused(
      { ...state, status: 'blocked', spend: null, doubt, why: reason, resolved: resolve(state, attempt) },
      now,
    ),
    [{ kind: 'blocked', data: { attempt, lineage, code, text } }],
    ['blocked'],
  )
}

const neverLeft: Step<'never-left'> = (state, event, { now }, refuse) => {
  const { attempt, lineage } = event
  // Somebody may have called it in doubt; its holder knows better.
  const doubt = settle(state, attempt, now)
  if (doubt === undefined || state.lineage !== lineage) return refuse('stray')
  return done(
    unlessRefused({ ...state, ...certain(state, doubt), spend: null, doubt, resolved: resolve(state, attempt) }, now),
    [{ kind: 'released', data: { attempt, lineage } }],
  )
}

const doubted: Step<'doubted'> = (state, event, { now, policy }, refuse) => {
  const { attempt, lineage, cause, finished, holderDead } = event
  const { spend } = state
  if (spend === null) return refuse('stray')
  const replays = spend.replayOf === null ? 0 : (state.doubt?.replays ?? 0) + 1
  const doubt: Doubt = {
    attempt,
    holder: spend.holder,
    since: state.doubt?.since ?? now,
    cause,
    finishedAt: finished || holderDead ? now : null,
    behind: spend.replayOf,
    replays,
    notBefore: now + backoff(policy.replayBackoff, policy.replayBackoffMax, replays),
    awaiting: state.doubt?.awaiting ?? [],
    hosts: state.doubt?.hosts ?? [],
    ...(state.doubt?.names === undefined ? {} : { names: state.doubt.names }),
  }
  const entry: Draft = {
    kind: 'in-doubt',
    data: { attempt, lineage, cause, by: event.by, finished: doubt.finishedAt !== null, replays },
  }
  // A lineage that was refused meanwhile is dead, however this attempt ended.
  if (state.status === 'dead') return done({ ...state, spend: null }, [entry])
  const kept = event.access === true ? ownToken(state, now) : {}
  return done(
    unlessRefused({ ...state, ...kept, status: 'in-doubt', spend: null, doubt, why: why(cause, '', now) }, now),
    [entry],
    ['in-doubt'],
  )
}

const finished: Step<'finished'> = (state, event, { now }, refuse) => {
  const { attempt, host, bet } = event
  if (state.doubt === null || state.doubt.finishedAt !== null) return refuse('already')
  return done({ ...state, doubt: { ...state.doubt, finishedAt: now } }, [
    { kind: 'finished', data: { attempt, host, bet } },
  ])
}

export const spendingSteps: Steps<
  'claim' | 'claim-replay' | 'answered' | 'refused' | 'busy' | 'blocked' | 'never-left' | 'doubted' | 'finished'
> = {
  claim,
  'claim-replay': claimReplay,
  answered,
  refused,
  busy,
  blocked,
  'never-left': neverLeft,
  doubted,
  finished,
}
