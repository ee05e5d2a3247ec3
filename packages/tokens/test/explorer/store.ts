/**
 * The store of the world: runs the product's own transition over a grant, with the context a store computes, and judges
 * the properties that concern a single step (P3, P6, P8 to P10, P12, P14).
 */
import type { Context, ProtocolEvent } from '../../src/protocol/event.ts'
import { exchanging, siblingsOf } from '../../src/protocol/siblings.ts'
import type { GrantState } from '../../src/protocol/state.ts'
import type { Protocol } from '../../src/protocol/transition.ts'
import { broken } from './properties.ts'
import { item, policyOf, replaced, type Configuration, type World } from './world.ts'

/** The secrets that travel with an event. */
export interface Tokens {
  readonly at?: number
  readonly ownAt?: number
}

export interface Step {
  readonly world: World
  readonly applied: boolean
  readonly reason: string
}

export const contextOf = (world: World, rec: number, configuration: Configuration): Context => {
  const { now } = world
  const policy = policyOf(configuration)
  const others = world.grants.flatMap(({ state }, other) => (other === rec ? [] : [state]))
  return { now, policy, siblings: siblingsOf(others, now, policy), paced: world.paced && others.some(exchanging) }
}

const about = (event: ProtocolEvent): string | null => {
  switch (event.type) {
    case 'claim':
    case 'claim-replay':
    case 'refused':
    case 'busy':
    case 'blocked':
    case 'never-left':
    case 'doubted':
      return event.lineage
    case 'answered':
      return event.sent
    default:
      return null
  }
}

/** How an event changes the number of unknown outcomes less replays: a doubt adds one, its being resolved takes it back. */
const learned = (event: ProtocolEvent, before: GrantState): number => {
  switch (event.type) {
    case 'doubted':
      return before.status === 'dead' ? 0 : 1
    case 'restored':
      return 1
    case 'busy':
    case 'blocked':
      if (before.spend?.attempt === event.attempt) return before.spend.replayOf === null ? 0 : 1
      return before.doubt?.behind == null ? -1 : 0
    case 'never-left':
      return before.spend?.attempt === event.attempt ? 0 : -1
    default:
      return 0
  }
}

export const apply = (
  world: World,
  rec: number,
  event: ProtocolEvent,
  protocol: Protocol,
  configuration: Configuration,
  tokens: Tokens = {},
): Step => {
  const grant = item(world.grants, rec)
  const before = grant.state
  const result = protocol.transition(before, event, contextOf(world, rec, configuration))
  if (!result.applied) return { world, applied: false, reason: result.reason }
  const after = result.state
  const { ghost } = world
  const up = (list: readonly number[], by: number): readonly number[] =>
    replaced(list, rec, Math.min(6, item(list, rec) + by))
  const claims = event.type === 'claim' || event.type === 'claim-replay' || event.type === 'mint'
  const unknown = learned(event, before)
  const settled = (event.type === 'answered' || event.type === 'enrolled') && after.doubt === null
  const refused =
    event.type === 'refused' && !ghost.refused.includes(event.lineage)
      ? [...ghost.refused, event.lineage]
      : ghost.refused
  const handed = item(ghost.handedOut, rec)
  const handedNow = { ...handed, [after.generation]: tokens.at ?? grant.at }
  let next: World = {
    ...world,
    grants: replaced(world.grants, rec, {
      state: after,
      at: after.generation !== before.generation ? (tokens.at ?? grant.at) : grant.at,
      ownAt: after.generation !== before.generation ? (tokens.ownAt ?? grant.ownAt) : grant.ownAt,
    }),
    paced: world.paced || result.notices.includes('paced'),
    ghost: {
      refused,
      unknown: settled ? replaced(ghost.unknown, rec, 0) : unknown === 0 ? ghost.unknown : up(ghost.unknown, unknown),
      doubted: event.type === 'doubted' ? replaced(ghost.doubted, rec, world.now) : ghost.doubted,
      burst: claims ? up(ghost.burst, 1) : ghost.burst,
      handedOut: handed[after.generation] === undefined ? replaced(ghost.handedOut, rec, handedNow) : ghost.handedOut,
    },
  }
  const lineage = about(event)
  if (lineage !== null && lineage !== before.lineage)
    next = broken(next, 'P6', `${event.type} about ${lineage} changes a grant that holds ${before.lineage}`)
  if (after.generation < before.generation) next = broken(next, 'P8', 'a generation went down')
  if (after.generation !== before.generation && (handed[after.generation] ?? tokens.at ?? 0) !== (tokens.at ?? 0))
    next = broken(next, 'P8', `generation ${after.generation} was another access token before`)
  if (after.lineage !== before.lineage && event.type !== 'answered' && event.type !== 'enrolled')
    next = broken(next, 'P8', `${event.type} changed the token`)
  if (
    (event.type === 'answered' || event.type === 'minted' || event.type === 'enrolled') &&
    after.generation !== before.generation + 1
  ) {
    const access = event.type === 'answered' ? event.access : true
    if (access) next = broken(next, 'P8', `${event.type} brought an access token and no new generation`)
  }
  if (before.removedAt !== null && (claims || event.type === 'enrol' || event.type === 'enrolled'))
    next = broken(next, 'P9', `${event.type} for a removed grant`)
  const endless = configuration.api !== undefined || configuration.machine === true
  if (endless && claims && item(next.ghost.burst, rec) > 3) next = broken(next, 'P10', 'a storm')
  if (event.type === 'claim' && event.generation !== before.generation && before.access === 'alive')
    next = broken(next, 'P12', `a caller that saw ${event.generation} makes an exchange at ${before.generation}`)
  if (event.type === 'claim-replay' && event.unresolved !== before.doubt?.attempt)
    next = broken(next, 'P14', `a replay of ${event.unresolved} while ${before.doubt?.attempt} is unresolved`)
  if (
    event.type === 'doubted' &&
    event.by === 'other' &&
    !event.holderDead &&
    world.now <= (before.spend?.deadline ?? 0)
  )
    next = broken(next, 'P17', `${event.attempt} is called in doubt before its time`)
  if (event.type === 'mint' && before.mint !== null && world.now < before.mint.deadline)
    next = broken(next, 'P2', `${event.attempt} is minted beside ${before.mint.attempt}`)
  if (
    event.type === 'enrol' &&
    before.enrolment !== null &&
    before.enrolment.id !== event.id &&
    world.now < before.enrolment.deadline
  )
    next = broken(next, 'P15', `${event.id} takes the place of ${before.enrolment.id}`)
  const waited = world.now - item(ghost.doubted, rec)
  if (event.type === 'claim-replay' && waited < policyOf(configuration).replayBackoff)
    next = broken(next, 'P16', `a replay ${waited} after the last unknown outcome`)
  if (claims && event.type !== 'mint' && before.status === 'blocked')
    next = broken(next, 'P13', `${event.type} while blocked`)
  return { world: next, applied: true, reason: '' }
}
