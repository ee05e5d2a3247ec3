/**
 * What must hold, in every state the explorer reaches. A schedule that breaks one of these is a defect of the protocol,
 * of the way the actors use it, or of the server's honesty; the last is not ours to mend and is left out by name.
 *
 * P1  no harm      When the server finds that a request of ours reuses a token, the tokens it then kills include nothing
 *                  that still serves: no access token a grant hands out, no newest refresh token that a grant or a journal
 *                  holds or that is on its way to a holder that listens, no working spare. Checked when the server acts,
 *                  which is the moment that counts (it may be long after the first byte).
 * P2  one at a time  When the first byte of a refresh token goes out, no earlier request with it is on the wire, and no
 *                  answer to one is on its way, in memory or in a journal that nobody brought to the store. Nor are
 *                  two spare tokens minted at a time.
 * P3  replays      A token is sent again at most as often as an outcome was unknown (a doubt of the ledger, or the store
 *                  having gone back). A replay that met a lock or a block doesn't count: it learned nothing. Under the
 *                  policy `hold` there is none. A token about which something is unknown is sent as a replay or not.
 * P4  kept         At rest, a newest refresh token that is alive at the server and that reached a journal or the store is
 *                  the one the grant holds, and the grant is not dead. At rest, a grant whose token is alive and newest
 *                  is not dead.
 * P5  refused ends it  No token is sent after its refusal was committed, and none whose successor reached the store or
 *                  a journal.
 * P6  fenced       An event about another token than the grant holds changes nothing.
 * P7  no person    At rest a grant is live with a living access token, or it is served by a spare, or it says dead and
 *                  is right, or it is in doubt for a reason the design names: policy `hold`, a spare or another grant of
 *                  the same user and app that a replay could take down. So an endpoint that was only down costs nobody
 *                  anything.
 * P8  monotone     A generation never goes down and names one access token for ever (also across a store that went
 *                  back); the token of a grant changes only by an answer or an enrolment.
 * P9  removed      Nothing is claimed, minted or enrolled for a removed grant, and no process that looks again finds
 *                  that it may send for one.
 * P10 no storm     Between two ticks of time a grant is exchanged or minted at most three times, however the API refuses
 *                  what comes of it (judged where the API does so for ever).
 * P11 pacing       Once Salesforce said "already being processed", this app's exchanges don't overlap any more.
 * P12 adopt        A caller that saw an older generation causes no exchange while a newer living token is there.
 * P13 blocked      After "user, IP or app refused" nothing is sent until a person says so.
 * P14 ledger       A replay names the attempt that is unresolved.
 * P15 enrolment    Once an authorisation code was traded, the token it replaces isn't sent before the enrolment ended; a
 *                  code is traded only while its announcement stands, and no other takes its place meanwhile.
 * P16 patience     No replay within the back-off after the last unknown outcome.
 * P17 proof        Nobody but its holder calls a claim in doubt before its deadline without proof.
 *
 * "At rest": no actor has anything left to do by itself; only faults, people and the passing of time that changes
 * nothing remain.
 *
 * Left out by name: what a proxy's duplicate or a foreign spender of the same token costs (P1, P2 and P4 look away from
 * a family they touched: no client can keep it; everything else still holds). What the server's own "the lock error
 * revokes" costs. What a replay that was sent before the store went back meets afterwards. What an operator's bet on a silent host costs (`giveUp`). The gap between the last check and the write
 * of a stopped process (`gap: 'long'`), see the configurations that measure it. A window in which a store that went
 * back was not noticed yet.
 */
import { spareAtStake } from '../../src/protocol/clauses.ts'
import { familyOf, isAlive, item, lineageOf, numberOf, type Configuration, type Exchange, type World } from './world.ts'

export const broken = (world: World, property: string, text: string): World =>
  world.violation === null ? { ...world, violation: { property, text } } : world

const tainted = (world: World, lineage: string): boolean => item(world.families, familyOf(lineage)).tainted

/** P2, P5, P9, P13: judged when the first byte goes out. */
export const judgeWrite = (world: World, exchange: Exchange, configuration: Configuration): World => {
  const { lineage, rec, id } = exchange
  const { state } = item(world.grants, rec)
  // A process in the gap while the store went back can't know.
  if (tainted(world, lineage) || exchange.lost) return world
  if (exchange.replay && configuration.unknownOutcome === 'hold') return broken(world, 'P3', `${id} replays under hold`)
  const ownDoubt = state.doubt?.attempt === id && state.doubt.behind === null
  if (!exchange.replay && !ownDoubt && item(world.ghost.unknown, rec) > 0)
    return broken(world, 'P3', `${id} sends ${lineage} as if nothing about it were unknown`)
  const { person } = world
  if (person.phase === 'coded' && person.rec === rec && state.enrolment?.id === person.id)
    return broken(world, 'P15', `${id} sends ${lineage} though ${person.lineage} was bought`)
  for (const other of world.exchanges) {
    if (other.id === id || other.lineage !== lineage) continue
    if (other.request !== 'none' || (other.answer !== null && other.phase === 'sent'))
      return broken(world, 'P2', `${id} and ${other.id} are on the wire with ${lineage}`)
    const definite = other.heard !== null && (other.heard.kind === 'ok' || other.heard.kind === 'refused')
    const uncommitted = other.phase === 'journalled' && world.journal.some((j) => j.attempt === other.id && !j.done)
    if (definite && (other.phase === 'heard' || uncommitted))
      return broken(world, 'P2', `${id} sends ${lineage}, whose answer to ${other.id} is known to its process`)
  }
  if (world.ghost.refused.includes(lineage)) return broken(world, 'P5', `${lineage} was refused and is sent by ${id}`)
  const family = item(world.families, familyOf(lineage))
  if (family.delivered && numberOf(lineage) < family.cur && family.alive)
    return broken(world, 'P5', `${lineage} is sent by ${id} though its successor is known`)
  if (configuration.gap !== 'long') {
    if (state.status === 'blocked' && state.spend === null) return broken(world, 'P13', `${id} sends while blocked`)
  }
  if (exchange.paced) {
    const overlapping = world.exchanges.find(
      (e) => e.id !== id && e.rec !== rec && e.phase !== 'gone' && (e.request !== 'none' || e.answer !== null),
    )
    if (overlapping !== undefined) return broken(world, 'P11', `${id} and ${overlapping.id} overlap`)
  }
  return world
}

/** P1: what a reuse of `lineage` is about to kill. `families` and `spares` die. */
export const judgeReuse = (world: World, exchange: Exchange, families: readonly number[], spares: boolean): World => {
  if (exchange.lost || families.some((f) => item(world.families, f).tainted)) return world
  const dies = (at: number): boolean => {
    const token = world.living.find((one) => one.at === at)
    return token !== undefined && (families.includes(token.family) || (spares && token.family === -2))
  }
  for (const [rec, grant] of world.grants.entries()) {
    if (grant.state.removedAt !== null) continue
    if (dies(grant.at)) return broken(world, 'P1', `${exchange.id} kills the access token of grant ${rec}`)
  }
  for (const f of families) {
    const family = item(world.families, f)
    // A family that an enrolment replaced is nobody's loss.
    if (!family.alive || f < familyOf(item(world.grants, family.rec).state.lineage ?? '0.0')) continue
    const newest = lineageOf(f, family.cur)
    const held = world.grants.some((g) => g.state.lineage === newest && g.state.removedAt === null)
    const written = world.journal.some((j) => !j.done && j.answer.kind === 'ok' && j.answer.next === newest)
    const coming = world.exchanges.some(
      (e) =>
        (e.phase === 'sent' && e.answer?.kind === 'ok' && e.answer.next === newest) ||
        (e.phase === 'heard' && e.heard?.kind === 'ok' && e.heard.next === newest),
    )
    const { person } = world
    const announced = item(world.grants, person.rec).state.enrolment?.id === person.id
    const enrolling = person.phase === 'coded' && person.lineage === newest && announced
    if (held || written || coming || enrolling)
      return broken(world, 'P1', `${exchange.id} kills ${newest}${held ? '' : ', which is about to be held'}`)
  }
  if (spares)
    for (const grant of world.grants)
      for (const name of grant.state.cascadeSpares)
        if (grant.state.removedAt === null && world.working.includes(name) && grant.state.spares[name] === 'working')
          return broken(world, 'P1', `${exchange.id} kills the spare ${name}`)
  return world
}

/** P4, P7: judged at rest. */
export const judgeRest = (world: World, configuration: Configuration): World => {
  for (const [rec, grant] of world.grants.entries()) {
    const { state } = grant
    const { lineage } = state
    if (lineage === null) continue
    const of = familyOf(lineage)
    const family = item(world.families, of)
    if (family.tainted) {
      if (state.status === 'in-doubt' && state.refused)
        return broken(world, 'P7', `grant ${rec} never says that it is dead`)
      continue
    }
    for (const [f, other] of world.families.entries()) {
      if (other.rec !== rec || f < of || !other.alive || !other.delivered || other.tainted) continue
      const newest = lineageOf(f, other.cur)
      if (lineage !== newest) return broken(world, 'P4', `${newest} was delivered, grant ${rec} holds ${lineage}`)
    }
    const good = family.alive && numberOf(lineage) === family.cur
    if (state.status === 'dead' && good) return broken(world, 'P4', `grant ${rec} is dead though ${lineage} is alive`)
    if (state.removedAt !== null) continue
    if (state.status === 'dead') continue
    if (state.status === 'in-doubt' && state.refused)
      return broken(world, 'P7', `grant ${rec} never says that it is dead`)
    if (state.access === 'alive' && isAlive(world, grant.at)) continue
    if (state.status === 'in-doubt') {
      const spare = state.cascadeSpares.some((name) => state.spares[name] !== 'failed')
      const sibling = world.grants.some(
        (g, other) =>
          other !== rec &&
          g.state.removedAt === null &&
          (g.state.status !== 'dead' || g.state.access === 'alive' || spareAtStake(g.state)),
      )
      if (configuration.unknownOutcome === 'hold' || spare || sibling || world.lost.length > world.given.length)
        continue
    }
    return broken(world, 'P7', `grant ${rec} rests ${state.status} without access`)
  }
  return world
}
