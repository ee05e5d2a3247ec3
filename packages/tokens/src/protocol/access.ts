/**
 * The access token that callers hold: found dead, found good, or minted by a way in that spends nothing.
 */
import type { Draft } from './event.ts'
import type { GrantState } from './state.ts'
import { backoff, closedBreaker, done, halfOpened, why, type Step, type Steps } from './step.ts'

/** Rule 8: only a report on the current generation counts, and a young token is looked at twice. */
const rejected: Step<'rejected'> = (state, event, { now, policy }, refuse) => {
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

const worked: Step<'worked'> = (state, event, _context, refuse) => {
  if (event.generation !== state.generation || (state.proven && state.breaker.retryAt === null))
    return refuse('already')
  const wasOpen = state.breaker.retryAt !== null
  return done(
    { ...state, proven: true, breaker: closedBreaker },
    wasOpen ? [{ kind: 'breaker-closed', data: { generation: event.generation } }] : [],
    wasOpen ? ['breaker-closed'] : [],
  )
}

const mint: Step<'mint'> = (state, event, context) => {
  const { attempt, spare, holder, deadline } = event
  const cascade = state.cascadeSpares.includes(spare)
  const breaker = halfOpened(state, context)
  return done({ ...state, mint: { attempt, spare, holder, deadline, cascade }, breaker }, [
    { kind: 'mint-claimed', data: { attempt, spare } },
  ])
}

const minted: Step<'minted'> = (state, event, { now }, refuse) => {
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

const mintFailed: Step<'mint-failed'> = (state, event, { now }, refuse) => {
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

export const accessSteps: Steps<'rejected' | 'worked' | 'mint' | 'minted' | 'mint-failed'> = {
  rejected,
  worked,
  mint,
  minted,
  'mint-failed': mintFailed,
}
