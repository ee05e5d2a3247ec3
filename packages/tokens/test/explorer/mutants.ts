/**
 * The protocol, broken on purpose: every clause of the table dropped in turn, and semantics of the transition bent.
 * A mutant is killed when some configuration shows a schedule that breaks a property.
 */
import { clauses as standard, type Clauses } from '../../src/protocol/clauses.ts'
import type { Context, ProtocolEvent, Transition } from '../../src/protocol/event.ts'
import type { GrantState } from '../../src/protocol/state.ts'
import { protocol, type Protocol } from '../../src/protocol/transition.ts'

export interface Mutant {
  readonly name: string
  readonly protocol: Protocol
}

/** The table without these clauses, each named `group/clause`. */
export const without = (...names: readonly string[]): Protocol => {
  const table = Object.fromEntries(
    Object.entries(standard).map(([group, list]) => [
      group,
      Object.fromEntries(Object.entries(list).filter(([clause]) => !names.includes(`${group}/${clause}`))),
    ]),
  )
  return protocol(table as unknown as Clauses)
}

export const clauseNames: readonly string[] = Object.entries(standard).flatMap(([group, list]) =>
  Object.keys(list).map((clause) => `${group}/${clause}`),
)

type Bend = (state: GrantState, event: ProtocolEvent, context: Context, real: Protocol['transition']) => Transition

const bent = (name: string, bend: Bend): Mutant => {
  const real = protocol(standard)
  return {
    name,
    protocol: { ...real, transition: (state, event, context) => bend(state, event, context, real.transition) },
  }
}

const changed = (result: Transition, change: (state: GrantState) => Partial<GrantState>): Transition =>
  result.applied ? { ...result, state: { ...result.state, ...change(result.state) } } : result

export const semantic: readonly Mutant[] = [
  bent('a success counts by attempt, not by lineage', (state, event, context, real) =>
    event.type === 'answered' && state.spend?.attempt !== event.attempt && state.doubt?.attempt !== event.attempt
      ? { applied: false, reason: 'stray', state }
      : real(state, event, context),
  ),
  bent('a late answer is ignored once the grant is dead', (state, event, context, real) =>
    event.type === 'answered' && state.status === 'dead'
      ? { applied: false, reason: 'stray', state }
      : real(state, event, context),
  ),
  bent('an answer in doubt is ignored', (state, event, context, real) =>
    event.type === 'answered' && state.status === 'in-doubt' && state.spend === null
      ? { applied: false, reason: 'stray', state }
      : real(state, event, context),
  ),
  bent('an answer for any lineage is taken', (state, event, context, real) =>
    event.type === 'answered' && event.next !== null
      ? real({ ...state, lineage: event.sent }, event, context)
      : real(state, event, context),
  ),
  bent('busy is a refusal', (state, event, context, real) =>
    event.type === 'busy'
      ? real(state, { type: 'refused', attempt: event.attempt, lineage: event.lineage, text: '' }, context)
      : real(state, event, context),
  ),
  bent('a refusal is not fenced by lineage', (state, event, context, real) =>
    event.type === 'refused'
      ? real(state, { ...event, lineage: state.lineage ?? '' }, context)
      : real(state, event, context),
  ),
  bent('a refusal does not kill', (state, event, context, real) =>
    changed(real(state, event, context), () => (event.type === 'refused' ? { status: 'live', refused: false } : {})),
  ),
  bent('a refusal of a replay leaves the doubt', (state, event, context, real) =>
    changed(real(state, event, context), () =>
      event.type === 'refused' && state.doubt !== null
        ? { status: 'in-doubt', refused: false, doubt: state.doubt }
        : {},
    ),
  ),
  bent('a doubt forgets its attempt', (state, event, context, real) =>
    changed(real(state, event, context), () => (event.type === 'doubted' ? { status: 'live', doubt: null } : {})),
  ),
  bent('a doubt keeps the claim', (state, event, context, real) =>
    changed(real(state, event, context), () => (event.type === 'doubted' ? { spend: state.spend } : {})),
  ),
  bent('a doubt marked by another counts as finished', (state, event, context, real) =>
    event.type === 'doubted' && event.by === 'other'
      ? real(state, { ...event, finished: true }, context)
      : real(state, event, context),
  ),
  bent('a doubt marked early counts as finished', (state, event, context, real) =>
    event.type === 'doubted' && event.by === 'holder'
      ? real(state, { ...event, finished: true }, context)
      : real(state, event, context),
  ),
  bent('a block drops the token', (state, event, context, real) =>
    event.type === 'blocked'
      ? real(state, { type: 'refused', attempt: event.attempt, lineage: event.lineage, text: '' }, context)
      : real(state, event, context),
  ),
  bent('a block forgets the doubt behind it', (state, event, context, real) =>
    changed(real(state, event, context), () => (event.type === 'blocked' ? { doubt: null } : {})),
  ),
  bent('the generation stays', (state, event, context, real) =>
    changed(real(state, event, context), () => (event.type === 'answered' ? { generation: state.generation } : {})),
  ),
  bent('a mint is taken without its claim', (state, event, context, real) =>
    event.type === 'minted' && state.mint === null
      ? real(
          {
            ...state,
            mint: {
              attempt: event.attempt,
              spare: event.spare,
              holder: { host: 'h0', process: 'p0.0' },
              deadline: 0,
              cascade: false,
            },
          },
          event,
          context,
        )
      : real(state, event, context),
  ),
  bent('a failed spare stays a hope', (state, event, context, real) =>
    event.type === 'mint-failed' ? real(state, { ...event, definite: false }, context) : real(state, event, context),
  ),
  bent('half an answer is unknown', (state, event, context, real) =>
    event.type === 'answered' && !event.access
      ? real(
          state,
          {
            type: 'doubted',
            attempt: event.attempt,
            lineage: event.sent,
            cause: 'unreadable-answer',
            by: 'holder',
            holderDead: false,
            finished: true,
          },
          context,
        )
      : real(state, event, context),
  ),
  bent('half an answer without a refresh token is a success', (state, event, context, real) =>
    event.type === 'doubted' && event.access === true
      ? real(
          state,
          {
            type: 'answered',
            attempt: event.attempt,
            sent: event.lineage,
            next: null,
            access: true,
            rolledForward: false,
          },
          context,
        )
      : real(state, event, context),
  ),
  bent('never-left clears a doubt it is not about', (state, event, context, real) =>
    event.type === 'never-left' && state.spend === null && state.doubt !== null
      ? changed(real(state, { ...event, attempt: state.doubt.attempt }, context), () => ({
          status: 'live',
          doubt: null,
        }))
      : real(state, event, context),
  ),
  bent('never-left of a replay forgets what it repeated', (state, event, context, real) =>
    changed(real(state, event, context), () => (event.type === 'never-left' ? { status: 'live', doubt: null } : {})),
  ),
  bent('a released claim stays', (state, event, context, real) =>
    event.type === 'never-left' ? { applied: false, reason: 'stray', state } : real(state, event, context),
  ),
  bent('an enrolment leaves the old claim', (state, event, context, real) =>
    changed(real(state, event, context), () =>
      event.type === 'enrolled' ? { doubt: state.doubt, refused: state.refused, status: state.status } : {},
    ),
  ),
  bent('a removal forgets the claim', (state, event, context, real) =>
    changed(real(state, event, context), () =>
      event.type === 'remove' ? { spend: null, doubt: null, status: 'live' } : {},
    ),
  ),
  bent('a revival starts anew', (state, event, context, real) =>
    changed(real(state, event, context), () =>
      event.type === 'revive' ? { status: 'live', doubt: null, spend: null, refused: false } : {},
    ),
  ),
  bent('outcomes of a removed grant are dropped', (state, event, context, real) =>
    event.type === 'answered' && state.removedAt !== null
      ? { applied: false, reason: 'stray', state }
      : real(state, event, context),
  ),
  bent('a store that went back goes on', (state, event, context, real) =>
    changed(real(state, event, context), () =>
      event.type === 'restored' ? { status: state.status, spend: state.spend, doubt: state.doubt } : {},
    ),
  ),
  bent('a link of the chain settles a store that went back', (state, event, context, real) =>
    changed(real(state, event, context), () =>
      event.type === 'answered' && state.doubt?.cause === 'restored' && state.spend?.attempt !== event.attempt
        ? { status: 'live', doubt: null }
        : {},
    ),
  ),
  bent('a link of the chain needs no second look', (state, event, context, real) => {
    const { doubt } = state
    return changed(real(state, event, context), (after) =>
      event.type === 'answered' && after.doubt !== null && doubt !== null
        ? { doubt: { ...after.doubt, awaiting: doubt.awaiting, finishedAt: doubt.finishedAt } }
        : {},
    )
  }),
  bent('generations come again after a store went back', (state, event, context, real) =>
    changed(real(state, event, context), () => (event.type === 'restored' ? { generation: state.generation } : {})),
  ),
  bent('a mint on its way survives a new token', (state, event, context, real) =>
    changed(real(state, event, context), () =>
      event.type === 'answered' || (event.type === 'doubted' && event.access === true) ? { mint: state.mint } : {},
    ),
  ),
  bent('a replay that stays unknown costs no back-off', (state, event, context, real) =>
    changed(real(state, event, context), (after) =>
      event.type === 'doubted' && after.doubt !== null ? { doubt: { ...after.doubt, notBefore: 0 } } : {},
    ),
  ),
  bent('a young dead token is no strike', (state, event, context, real) =>
    changed(real(state, event, context), () => (event.type === 'rejected' ? { breaker: state.breaker } : {})),
  ),
]
