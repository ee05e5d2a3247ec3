/**
 * How a grant changes: one pure function, executed by the stores inside their transactions and explored by
 * test/explorer. ARCHITECTURE.md, "How a refresh token is spent", numbers the rules quoted here.
 */
import { breakerOpen, clauses as standard, type Clauses, type SendCheck } from './clauses.ts'
import type { Context, Draft, Notice, ProtocolEvent, Transition } from './event.ts'
import { EARLIER, RESTORED, type Doubt, type GrantState, type Spend, type Why } from './state.ts'

export interface Protocol {
  readonly transition: (state: GrantState, event: ProtocolEvent, context: Context) => Transition
  /** Null when the first byte may go out, else the clause that forbids it. */
  readonly mayStillSend: (state: GrantState, check: SendCheck, context: Context) => string | null
  /** Null when the announced enrolment may exchange its authorisation code, else the clause that forbids it. */
  readonly mayExchangeCode: (state: GrantState, id: string, context: Context) => string | null
}

const RESOLVED_KEPT = 8

/** More access tokens than any store can have handed out between a backup and its return. */
const GENERATIONS_LOST = 1_000_000

/** Builds the protocol over a table of clauses; the product uses the standard one, the explorer tables with one dropped. */
export const protocol = (table: Clauses): Protocol => {
  const failing = <E>(
    list: Readonly<Record<string, (state: GrantState, event: E, context: Context) => boolean>>,
    state: GrantState,
    event: E,
    context: Context,
  ): string | null => {
    for (const [name, holds] of Object.entries(list)) if (!holds(state, event, context)) return name
    return null
  }

  const transition = (state: GrantState, event: ProtocolEvent, context: Context): Transition => {
    const refuse = (reason: string): Transition => ({ applied: false, reason, state })
    const guarded = guardOf(table, event)
    const clause = guarded === null ? null : failing(guarded, state, event, context)
    if (clause !== null) return refuse(clause)
    return apply(state, event, context, refuse)
  }

  return {
    transition,
    mayStillSend: (state, check, context) => failing(table.send, state, check, context),
    mayExchangeCode: (state, id, context) => failing(table.code, state, { id }, context),
  }
}

type Guard = Readonly<Record<string, (state: GrantState, event: ProtocolEvent, context: Context) => boolean>>

/** The clauses of an event's type. The table pairs each type with clauses over exactly that event. */
const guardOf = (table: Clauses, event: ProtocolEvent): Guard | null => {
  switch (event.type) {
    case 'claim':
    case 'claim-replay':
    case 'doubted':
    case 'finished':
    case 'mint':
    case 'enrol':
    case 'enrolled':
    case 'revive':
      return table[event.type] as Guard
    default:
      return null
  }
}

const done = (state: GrantState, entries: readonly Draft[], notices: readonly Notice[] = []): Transition => ({
  applied: true,
  state,
  entries,
  notices,
})

const why = (code: string, text: string, at: number): Why => ({ code, text, at })

const resolve = (state: GrantState, attempt: string): readonly string[] =>
  [attempt, ...state.resolved].slice(0, RESOLVED_KEPT)

/** Doubles per trip, from `base` up to `most`. */
const backoff = (base: number, most: number, times: number): number => Math.min(most, base * 2 ** Math.min(times, 20))

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

const apply = (
  state: GrantState,
  event: ProtocolEvent,
  context: Context,
  refuse: (reason: string) => Transition,
): Transition => {
  const { now, policy } = context
  switch (event.type) {
    case 'claim': {
      const { attempt, holder, sendBy, deadline, lineage, generation } = event
      const spend: Spend = { attempt, holder, claimedAt: now, sendBy, deadline, replayOf: null }
      // Half-open: one exchange is let through, the next only after another back-off.
      const breaker = halfOpened(state, context)
      return done(
        { ...state, spend, breaker },
        [{ kind: 'claimed', data: { attempt, lineage, generation } }],
        ['claimed'],
      )
    }

    case 'claim-replay': {
      const { attempt, holder, sendBy, deadline, lineage, unresolved } = event
      const spend: Spend = { attempt, holder, claimedAt: now, sendBy, deadline, replayOf: unresolved }
      const replays = state.doubt?.replays ?? 0
      return done(
        { ...state, spend },
        [{ kind: 'replay-claimed', data: { attempt, lineage, unresolved, replays } }],
        ['replayed'],
      )
    }

    case 'answered':
      return answered(state, event, context, refuse)

    case 'refused': {
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

    case 'busy': {
      const { attempt, lineage } = event
      const left = settle(state, attempt, now)
      if (left === undefined || state.lineage !== lineage) return refuse('stray')
      // Rule 7: without an earlier unresolved attempt the token is unspent; with one the doubt stays, and this replay
      // doesn't count as one whose outcome is unknown.
      const doubt = left === null ? null : { ...left, notBefore: now + policy.replayBackoff }
      return done(
        unlessRefused(
          { ...state, ...certain(state, doubt), spend: null, doubt, resolved: resolve(state, attempt) },
          now,
        ),
        [{ kind: 'busy', data: { attempt, lineage, replay: left !== null } }],
        ['paced'],
      )
    }

    case 'blocked': {
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

    case 'never-left': {
      const { attempt, lineage } = event
      // Somebody may have called it in doubt; its holder knows better.
      const doubt = settle(state, attempt, now)
      if (doubt === undefined || state.lineage !== lineage) return refuse('stray')
      return done(
        unlessRefused(
          { ...state, ...certain(state, doubt), spend: null, doubt, resolved: resolve(state, attempt) },
          now,
        ),
        [{ kind: 'released', data: { attempt, lineage } }],
      )
    }

    case 'doubted': {
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

    case 'finished': {
      const { attempt, host, bet } = event
      if (state.doubt === null || state.doubt.finishedAt !== null) return refuse('already')
      return done({ ...state, doubt: { ...state.doubt, finishedAt: now } }, [
        { kind: 'finished', data: { attempt, host, bet } },
      ])
    }

    case 'rejected':
      return rejected(state, event, context, refuse)

    case 'worked': {
      if (event.generation !== state.generation || (state.proven && state.breaker.retryAt === null))
        return refuse('already')
      const wasOpen = state.breaker.retryAt !== null
      return done(
        { ...state, proven: true, breaker: closedBreaker },
        wasOpen ? [{ kind: 'breaker-closed', data: { generation: event.generation } }] : [],
        wasOpen ? ['breaker-closed'] : [],
      )
    }

    case 'mint': {
      const { attempt, spare, holder, deadline } = event
      const cascade = state.cascadeSpares.includes(spare)
      const breaker = halfOpened(state, context)
      return done({ ...state, mint: { attempt, spare, holder, deadline, cascade }, breaker }, [
        { kind: 'mint-claimed', data: { attempt, spare } },
      ])
    }

    case 'minted': {
      const { attempt, spare } = event
      if (state.mint?.attempt !== attempt) return refuse('stray')
      const generation = state.generation + 1
      return done(
        {
          ...state,
          mint: null,
          generation,
          access: 'alive',
          source: spare,
          mintedAt: now,
          proven: false,
          spares: spare in state.spares ? { ...state.spares, [spare]: 'working' } : state.spares,
          // A machine flow has no refresh token: minting is its exchange, and success ends a block.
          status: state.lineage === null ? 'live' : state.status,
          why: state.lineage === null ? null : state.why,
        },
        [{ kind: 'minted', data: { attempt, spare, generation } }],
        state.lineage === null ? ['refreshed'] : ['fallback'],
      )
    }

    case 'mint-failed': {
      const { attempt, spare, definite, text } = event
      if (state.mint?.attempt !== attempt) return refuse('stray')
      const spares = definite && spare in state.spares ? { ...state.spares, [spare]: 'failed' as const } : state.spares
      const blocked = definite && state.lineage === null
      return done(
        {
          ...state,
          mint: null,
          spares,
          ...(blocked ? { status: 'blocked' as const, why: why('refused', text, now) } : {}),
        },
        [{ kind: 'mint-failed', data: { attempt, spare, definite, text } }],
        blocked ? ['blocked'] : ['fallback-failed'],
      )
    }

    case 'enrol': {
      const { id, deadline } = event
      return done({ ...state, enrolment: { id, deadline } }, [{ kind: 'enrolment-announced', data: { enrolment: id } }])
    }

    case 'enrolled': {
      const { id, lineage } = event
      const generation = state.generation + 1
      return done(
        {
          ...state,
          status: 'live',
          lineage,
          refused: false,
          generation,
          access: 'alive',
          ownAccess: 'alive',
          source: 'refresh',
          mintedAt: now,
          proven: false,
          spend: null,
          doubt: null,
          enrolment: null,
          spares: untried(state),
          breaker: closedBreaker,
          why: null,
        },
        [{ kind: 'enrolled', data: { enrolment: id, lineage, generation } }],
        ['enrolled'],
      )
    }

    case 'enrolment-ended': {
      if (state.enrolment?.id !== event.id) return refuse('already')
      return done({ ...state, enrolment: null }, [{ kind: 'enrolment-ended', data: { enrolment: event.id } }])
    }

    case 'remove': {
      if (state.removedAt !== null) return refuse('already')
      return done(
        { ...state, removedAt: now, enrolment: null },
        [{ kind: 'removed', data: { lineage: state.lineage } }],
        ['removed'],
      )
    }

    case 'revive': {
      if (state.removedAt === null) return refuse('already')
      return done({ ...state, removedAt: null }, [
        { kind: 'revived', data: { lineage: state.lineage, status: state.status } },
      ])
    }

    case 'restored': {
      if (state.lineage === null || state.status === 'dead') return refuse('already')
      const doubt: Doubt = {
        attempt: state.spend?.attempt ?? state.doubt?.attempt ?? RESTORED,
        holder: state.spend?.holder ?? state.doubt?.holder ?? null,
        since: now,
        cause: 'restored',
        finishedAt: event.hosts.length === 0 ? now : null,
        behind: null,
        replays: state.doubt?.replays ?? 0,
        notBefore: now + policy.replayBackoff,
        awaiting: event.hosts,
        hosts: event.hosts,
      }
      const reason = why('restored', 'the store is an older copy of itself', now)
      // Callers hold generations of the time line that is lost: none of them may ever name another access token.
      const generation = state.generation + GENERATIONS_LOST
      return done(
        { ...state, status: 'in-doubt', generation, spend: null, doubt, why: reason },
        [{ kind: 'restored', data: { lineage: state.lineage, hosts: event.hosts.length } }],
        ['restored', 'in-doubt'],
      )
    }

    case 'host-confirmed': {
      if (state.doubt === null || !state.doubt.awaiting.includes(event.host)) return refuse('already')
      const awaiting = state.doubt.awaiting.filter((host) => host !== event.host)
      const hosts = event.lost === true ? state.doubt.hosts.filter((host) => host !== event.host) : state.doubt.hosts
      const doubt: Doubt = { ...state.doubt, awaiting, hosts, finishedAt: awaiting.length === 0 ? now : null }
      return done({ ...state, doubt }, [
        { kind: 'host-confirmed', data: { host: event.host, awaiting: awaiting.length } },
      ])
    }

    case 'spares': {
      const spares = Object.fromEntries(event.names.map((name) => [name, state.spares[name] ?? ('untried' as const)]))
      return done({ ...state, spares, cascadeSpares: event.cascade }, [
        { kind: 'spares-changed', data: { spares: event.names.length } },
      ])
    }

    case 'retry': {
      const failed = Object.values(state.spares).includes('failed')
      if (state.status !== 'blocked' && state.breaker.retryAt === null && !failed) return refuse('already')
      // A block hides what is behind it: an attempt that is still unresolved.
      const status = state.status !== 'blocked' ? state.status : state.doubt !== null ? 'in-doubt' : 'live'
      const spares = untried(state)
      return done({ ...state, status, spares, why: status === 'live' ? null : state.why, breaker: closedBreaker }, [
        { kind: 'retried', data: { status } },
      ])
    }
  }
}

/** A new access token, bought with the refresh token. */
const ownToken = (state: GrantState, now: number) =>
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

/** A lineage refused while another attempt was on the wire, and nothing came of that attempt: now it is dead. */
const unlessRefused = (state: GrantState, now: number): GrantState =>
  state.refused
    ? { ...state, status: 'dead', doubt: null, why: why('expired-or-revoked', 'expired access/refresh token', now) }
    : state

const closedBreaker = { strikes: 0, trips: 0, retryAt: null }

const untried = (state: GrantState): GrantState['spares'] =>
  Object.fromEntries(Object.keys(state.spares).map((name) => [name, 'untried' as const]))

const halfOpened = (state: GrantState, { now, policy }: Context): GrantState['breaker'] => {
  const { breaker } = state
  if (breaker.retryAt === null || breakerOpen(state, now)) return breaker
  return {
    ...breaker,
    trips: breaker.trips + 1,
    retryAt: now + backoff(policy.breakerBackoff, policy.breakerBackoffMax, breaker.trips + 1),
  }
}

/** Success counts by lineage only: the late answer of an old attempt too, also after the grant was called dead. */
const answered = (
  state: GrantState,
  event: Extract<ProtocolEvent, { type: 'answered' }>,
  { now }: Context,
  refuse: (reason: string) => Transition,
): Transition => {
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
      ...(access ? ownToken(state, now) : {}),
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

/** Rule 8: only a report on the current generation counts, and a young token is looked at twice. */
const rejected = (
  state: GrantState,
  event: Extract<ProtocolEvent, { type: 'rejected' }>,
  { now, policy }: Context,
  refuse: (reason: string) => Transition,
): Transition => {
  const { generation, probe } = event
  if (generation !== state.generation) return refuse('newer-generation')
  if (state.access !== 'alive') return refuse('already')
  const own = state.source === 'refresh'
  const dead: GrantState = { ...state, access: 'dead', ownAccess: own ? 'dead' : state.ownAccess }
  const young = now - state.mintedAt < policy.breakerWindow
  if (!young) {
    // Natural expiry, however long unused, never opens the breaker; a token that once worked closes it.
    const breaker = state.proven ? closedBreaker : state.breaker
    return done({ ...dead, breaker }, [{ kind: 'rejected', data: { generation, age: now - state.mintedAt } }])
  }
  if (probe === 'not-made') return refuse('probe-first')
  if (probe === 'lives') return refuse('access-lives')
  const strikes = state.breaker.strikes + 1
  // One young death is cured by one exchange (a session ended by hand); two in a row, or a token that Salesforce calls
  // good while its API refuses it, is a 401 that no exchange cures.
  const opens = probe === 'uncurable' || strikes >= 2
  const trips = state.breaker.trips
  const retryAt = opens ? now + backoff(policy.breakerBackoff, policy.breakerBackoffMax, trips) : state.breaker.retryAt
  const entry: Draft = { kind: 'rejected', data: { generation, age: now - state.mintedAt, probe } }
  return done(
    { ...dead, breaker: { strikes, trips, retryAt } },
    opens ? [entry, { kind: 'breaker-open', data: { generation } }] : [entry],
    opens ? ['breaker-open'] : [],
  )
}

const { transition, mayStillSend, mayExchangeCode } = protocol(standard)
export { transition, mayStillSend, mayExchangeCode }
