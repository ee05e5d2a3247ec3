/**
 * What happens to the record around the token: a new authorisation, removal, a store that went back, a person's help.
 */
import { RESTORED, type Doubt } from './state.ts'
import { closedBreaker, done, untried, why, type Step, type Steps } from './step.ts'

/** More access tokens than any store can have handed out between a backup and its return. */
const GENERATIONS_LOST = 1_000_000

const enrol: Step<'enrol'> = (state, event) => {
  const { id, deadline } = event
  return done({ ...state, enrolment: { id, deadline } }, [{ kind: 'enrolment-announced', data: { enrolment: id } }])
}

const enrolled: Step<'enrolled'> = (state, event, { now }) => {
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

const enrolmentEnded: Step<'enrolment-ended'> = (state, event, _context, refuse) => {
  if (state.enrolment?.id !== event.id) return refuse('already')
  return done({ ...state, enrolment: null }, [{ kind: 'enrolment-ended', data: { enrolment: event.id } }])
}

const remove: Step<'remove'> = (state, _event, { now }, refuse) => {
  if (state.removedAt !== null) return refuse('already')
  return done(
    { ...state, removedAt: now, enrolment: null },
    [{ kind: 'removed', data: { lineage: state.lineage } }],
    ['removed'],
  )
}

const revive: Step<'revive'> = (state, _event, _context, refuse) => {
  if (state.removedAt === null) return refuse('already')
  return done({ ...state, removedAt: null }, [
    { kind: 'revived', data: { lineage: state.lineage, status: state.status } },
  ])
}

const restored: Step<'restored'> = (state, event, { now, policy }, refuse) => {
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
    ...(event.names === undefined ? {} : { names: event.names }),
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

const hostConfirmed: Step<'host-confirmed'> = (state, event, { now }, refuse) => {
  if (state.doubt === null || !state.doubt.awaiting.includes(event.host)) return refuse('already')
  const awaiting = state.doubt.awaiting.filter((host) => host !== event.host)
  const hosts = event.lost === true ? state.doubt.hosts.filter((host) => host !== event.host) : state.doubt.hosts
  const doubt: Doubt = { ...state.doubt, awaiting, hosts, finishedAt: awaiting.length === 0 ? now : null }
  return done({ ...state, doubt }, [{ kind: 'host-confirmed', data: { host: event.host, awaiting: awaiting.length } }])
}

const spares: Step<'spares'> = (state, event) => {
  const spares = Object.fromEntries(event.names.map((name) => [name, state.spares[name] ?? ('untried' as const)]))
  return done({ ...state, spares, cascadeSpares: event.cascade }, [
    { kind: 'spares-changed', data: { spares: event.names.length } },
  ])
}

const retry: Step<'retry'> = (state, _event, _context, refuse) => {
  const failed = Object.values(state.spares).includes('failed')
  if (state.status !== 'blocked' && state.breaker.retryAt === null && !failed) return refuse('already')
  // A block hides what is behind it: an attempt that is still unresolved.
  const status = state.status !== 'blocked' ? state.status : state.doubt !== null ? 'in-doubt' : 'live'
  const spares = untried(state)
  return done({ ...state, status, spares, why: status === 'live' ? null : state.why, breaker: closedBreaker }, [
    { kind: 'retried', data: { status } },
  ])
}

export const recordSteps: Steps<
  'enrol' | 'enrolled' | 'enrolment-ended' | 'remove' | 'revive' | 'restored' | 'host-confirmed' | 'spares' | 'retry'
> = {
  enrol,
  enrolled,
  'enrolment-ended': enrolmentEnded,
  remove,
  revive,
  restored,
  'host-confirmed': hostConfirmed,
  spares,
  retry,
}
