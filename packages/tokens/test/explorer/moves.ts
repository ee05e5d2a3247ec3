/**
 * Everything that can happen next in a world: the processes (process-moves.ts), the server and the network, the enrolling
 * person, people who remove, revive and bet, backups and a store set back, and time.
 */
import type { Protocol } from '../../src/protocol/transition.ts'
import { processMoves } from './process-moves.ts'
import { may, push, spent, withExchange, type Move, type Scene } from './scene.ts'
import { authorise, deliver, expireToken, isLocked, kill, lockError, look, taint } from './server.ts'
import { broken } from './properties.ts'
import { apply, contextOf } from './store.ts'
import {
  enrolWithin,
  hostName,
  familyOf,
  item,
  policyOf,
  replaced,
  type Answer,
  type Configuration,
  type Exchange,
  type JournalEntry,
  type World,
} from './world.ts'

/** The server and the network: requests are processed, answers come whole, in half, late or never. */
const wireMoves = (scene: Scene, e: Exchange): void => {
  const { world, configuration } = scene
  const { id } = e
  const listens = e.phase === 'sent'
  const answered = (from: World, answer: Answer): World =>
    withExchange(from, id, { request: 'none', answer: listens ? answer : null })
  const processed = (): void => {
    const { world: next, answer } = look(world, e.lineage, e, configuration)
    push(scene, `the server processes ${id}: ${answer.kind}`, true, answered(next, answer))
    if (may(world, 'error'))
      push(
        scene,
        `the server processes ${id} and answers 5xx`,
        false,
        answered(spent(next, 'error'), { kind: 'error' }),
      )
  }
  if (e.request === 'net') {
    const locks = configuration.lock === 'token' || configuration.lock === 'app'
    if (locks && isLocked(world, e, configuration))
      push(scene, `the server says busy to ${id}`, true, answered(lockError(world, e, configuration), { kind: 'busy' }))
    else if (locks) push(scene, `the server begins ${id}`, true, withExchange(world, id, { request: 'processing' }))
    else processed()
    if (may(world, 'down'))
      push(scene, `5xx to ${id} before anything`, false, answered(spent(world, 'down'), { kind: 'error' }))
    if (may(world, 'block'))
      push(scene, `the server blocks ${id}`, false, answered(spent(world, 'block'), { kind: 'blocked' }))
    if (may(world, 'drop'))
      push(scene, `the request of ${id} is lost`, false, withExchange(spent(world, 'drop'), id, { request: 'none' }))
    if (may(world, 'duplicate')) {
      const twin = look(taint(spent(world, 'duplicate'), e.lineage), e.lineage, null, configuration)
      push(scene, `a proxy delivers a second ${id} first`, false, twin.world)
    }
  } else if (e.request === 'processing') processed()
  if (!listens || e.answer === null) return
  const heard = (from: World, answer: Answer): World =>
    withExchange(from, id, { phase: 'heard', answer: null, heard: answer })
  push(scene, `p${e.proc} hears ${e.answer.kind} for ${id}`, true, heard(world, e.answer))
  if (may(world, 'lost')) {
    push(scene, `the answer to ${id} is reset`, false, heard(spent(world, 'lost'), { kind: 'error' }))
    push(scene, `the answer to ${id} is lost`, false, withExchange(spent(world, 'lost'), id, { answer: null }))
  }
  if (e.answer.kind !== 'ok' || e.answer.at === 0) return
  if (may(world, 'halfToken') && e.answer.next !== null)
    push(
      scene,
      `half an answer to ${id}: the refresh token`,
      false,
      heard(spent(world, 'halfToken'), { ...e.answer, at: 0 }),
    )
  if (may(world, 'halfAccess'))
    push(
      scene,
      `half an answer to ${id}: the access token`,
      false,
      heard(spent(world, 'halfAccess'), { kind: 'half', at: e.answer.at }),
    )
}

/** Access tokens die: of a live grant now and then, of a grant in doubt in the end. */
const expiryMoves = (scene: Scene): void => {
  const { world, configuration } = scene
  for (const [rec, { state, at }] of world.grants.entries()) {
    if (!world.living.some((one) => one.at === at)) continue
    const mayfly = configuration.api === 'mayfly'
    const ends = mayfly || (state.status === 'in-doubt' && state.source === 'refresh')
    if (ends) push(scene, `the access token of r${rec} dies`, true, expireToken(world, at))
    else if (may(world, 'expire'))
      push(scene, `the access token of r${rec} dies`, false, spent(expireToken(world, at), 'expire'))
  }
}

const personMoves = (scene: Scene): void => {
  const { world, protocol, configuration } = scene
  const { person } = world
  const nobody = { phase: 'idle', id: '', rec: 0, lineage: '', at: 0 } as const
  if (person.phase === 'idle') {
    if (!may(world, 'enrol')) return
    for (let rec = 0; rec < world.grants.length; rec++) {
      const id = `e${world.ids}`
      const event = { type: 'enrol', id, deadline: world.now + enrolWithin } as const
      const step = apply(world, rec, event, protocol, configuration)
      if (!step.applied) continue
      const next = {
        ...spent(step.world, 'enrol'),
        ids: world.ids + 1,
        person: { ...nobody, phase: 'announced', id, rec } as const,
      }
      push(scene, `a person announces ${id} for r${rec}`, false, next)
    }
    return
  }
  const { id, rec } = person
  if (may(world, 'enrol')) {
    const rival = { type: 'enrol', id: `e${world.ids}`, deadline: world.now + enrolWithin } as const
    const step = apply(world, rec, rival, protocol, configuration)
    const taken = { ...spent(step.world, 'enrol'), ids: world.ids + 1 }
    if (step.applied) push(scene, `another person announces ${rival.id} for r${rec}`, false, taken)
  }
  const { state } = item(world.grants, rec)
  const ended = (from: World): World => ({
    ...apply(from, rec, { type: 'enrolment-ended', id }, protocol, configuration).world,
    person: nobody,
  })
  if (person.phase === 'announced') {
    const forbids = protocol.mayExchangeCode(state, id, contextOf(world, rec, configuration))
    if (forbids === null) {
      // The announcement is renewed before the code goes out: it has to hold until the answer is committed.
      const renewal = { type: 'enrol', id, deadline: world.now + enrolWithin } as const
      const renewed = apply(world, rec, renewal, protocol, configuration).world
      const stands = state.enrolment?.id === id && world.now < state.enrolment.deadline
      const code = authorise(
        stands ? renewed : broken(renewed, 'P15', `${id} does not stand any more`),
        rec,
        configuration,
      )
      const coded = { ...person, phase: 'coded', lineage: code.lineage, at: code.at } as const
      push(scene, `the code of ${id} is exchanged for ${code.lineage}`, true, { ...code.world, person: coded })
      if (may(world, 'codeLost'))
        push(scene, `the answer to the code of ${id} is lost`, false, ended(spent(code.world, 'codeLost')))
    }
    push(
      scene,
      `the person gives ${id} up`,
      state.enrolment === null || world.now >= state.enrolment.deadline,
      ended(world),
    )
    return
  }
  const event = { type: 'enrolled', id, lineage: person.lineage } as const
  const step = apply(world, rec, event, protocol, configuration, { at: person.at, ownAt: person.at })
  const link: JournalEntry = {
    host: item(configuration.hosts, 0),
    rec,
    attempt: id,
    lineage: state.lineage ?? '',
    answer: { kind: 'ok', next: person.lineage, at: person.at },
    done: true,
  }
  push(scene, `${id} is committed${step.applied ? '' : ` (${step.reason})`}`, true, {
    ...(step.applied ? deliver(step.world, person.lineage) : step.world),
    journal: step.applied && configuration.journalsCodes === true ? [...world.journal, link] : world.journal,
    person: nobody,
  })
}

/** People who remove, revive, retry, revoke, bet; somebody else with a copy of the token. */
const peopleMoves = (scene: Scene): void => {
  const { world, protocol, configuration } = scene
  const tell = (name: 'remove' | 'revive', rec: number): void => {
    if (!may(world, name)) return
    const step = apply(world, rec, { type: name }, protocol, configuration)
    if (step.applied) push(scene, `a person says ${name} r${rec}`, false, spent(step.world, name))
  }
  for (let rec = 0; rec < world.grants.length; rec++) {
    tell('remove', rec)
    tell('revive', rec)
    const blocked = item(world.grants, rec).state.status === 'blocked' && configuration.machine !== true
    if (blocked || may(world, 'retry')) {
      const step = apply(world, rec, { type: 'retry' }, protocol, configuration)
      if (step.applied)
        push(scene, `a person says retry r${rec}`, blocked, blocked ? step.world : spent(step.world, 'retry'))
    }
  }
  if (may(world, 'cure')) push(scene, 'the API is cured', false, spent(world, 'cure'))
  const revocable = item(world.families, 0).alive
  if (may(world, 'revoke') && revocable)
    push(scene, 'an administrator revokes family 0', false, kill(spent(world, 'revoke'), [0], false))
  if (may(world, 'foreign'))
    push(
      scene,
      'somebody else spends 0.0',
      false,
      look(taint(spent(world, 'foreign'), '0.0'), '0.0', null, configuration).world,
    )
  const last = Math.max(...configuration.hosts)
  if (may(world, 'loseHost') && !world.lost.includes(last))
    push(scene, `host ${last} burns down`, false, lose(world, last))
  if (
    may(world, 'giveUp') &&
    !world.given.includes(last) &&
    (world.lost.includes(last) || configuration.bet === 'early')
  ) {
    const given = { ...spent(world, 'giveUp'), given: [...world.given, last] }
    let next: World = given
    for (let rec = 0; rec < world.grants.length; rec++)
      next = apply(
        next,
        rec,
        { type: 'host-confirmed', host: hostName(last), lost: true },
        protocol,
        configuration,
      ).world
    push(scene, `an operator gives host ${last} up`, world.lost.includes(last), next)
  }
}

const lose = (world: World, host: number): World => {
  const ofHost = (p: number): boolean => item(world.processes, p).host === host
  const answersLost = world.journal.filter((j) => j.host === host && !j.done)
  let next: World = {
    ...spent(world, 'loseHost'),
    lost: [...world.lost, host],
    processes: world.processes.map((p) => (p.host === host ? { ...p, up: false } : p)),
    journal: world.journal.filter((j) => j.host !== host),
    mints: world.mints.filter((m) => !ofHost(m.proc)),
    exchanges: world.exchanges.flatMap((e): Exchange[] =>
      !ofHost(e.proc) || e.phase === 'gone'
        ? [e]
        : e.request === 'none'
          ? []
          : [{ ...e, phase: 'gone', answer: null, heard: null, closedAt: world.now }],
    ),
  }
  // What only the burnt disk held was never delivered, as far as keeping goes.
  for (const j of answersLost) {
    if (j.answer.kind !== 'ok' || j.answer.next === null) continue
    const f = Number(j.answer.next.slice(0, j.answer.next.indexOf('.')))
    next = { ...next, families: replaced(next.families, f, { ...item(next.families, f), delivered: false }) }
  }
  return next
}

const storeMoves = (scene: Scene): void => {
  const { world, protocol, configuration } = scene
  if (may(world, 'backup'))
    push(scene, 'a backup is taken', false, { ...spent(world, 'backup'), snapshot: world.grants })
  if (world.snapshot === null || !may(world, 'setBack')) return
  const hosts = [...new Set(configuration.hosts)].map(hostName)
  // An enrolment that only the lost part of the store knew is lost with it, unless a journal holds it.
  const known = (f: number): boolean =>
    configuration.journalsCodes === true ||
    f <= familyOf(item(world.snapshot ?? [], item(world.families, f).rec).state.lineage ?? '0.0')
  let next: World = {
    ...spent(world, 'setBack'),
    grants: world.snapshot,
    snapshot: null,
    families: world.families.map((family, f) => (known(f) ? family : { ...family, tainted: true })),
    journal: world.journal.map((j) => ({ ...j, done: false })),
    exchanges: world.exchanges.map((e) => (e.request === 'none' && e.phase !== 'checked' ? e : { ...e, lost: true })),
  }
  for (let rec = 0; rec < world.grants.length; rec++)
    next = apply(next, rec, { type: 'restored', hosts }, protocol, configuration).world
  push(scene, 'the store goes back to the backup and notices', false, next)
}

/**
 * Time passes, but not while a process is between its last check and its write, and not past an enrolment's end while
 * what its code bought waits to be committed (unless the gap is explored).
 */
const timeMoves = (scene: Scene): void => {
  const { world, configuration } = scene
  const now = world.now + 1
  if (configuration.gap !== 'long') {
    if (world.exchanges.some((e) => e.phase === 'checked')) return
    const { person } = world
    const ends = item(world.grants, person.rec).state.enrolment?.deadline
    if (person.phase === 'coded' && ends !== undefined && now >= ends) return
  }
  const { drain } = policyOf(configuration)
  push(scene, 'time passes', true, {
    ...world,
    now,
    // A request whose sender is gone leaves the queues within the drain.
    exchanges: world.exchanges.filter((e) => e.phase !== 'gone' || now - e.closedAt <= drain),
    // A mint's own time limit ends before its claim does.
    mints: world.mints.map((m) =>
      m.at === -1 && item(world.grants, m.rec).state.mint?.deadline === now ? { ...m, at: 0 } : m,
    ),
    ghost: { ...world.ghost, burst: world.ghost.burst.map(() => 0) },
  })
}

export const movesOf = (world: World, protocol: Protocol, configuration: Configuration): readonly Move[] => {
  const scene: Scene = { world, protocol, configuration, moves: [] }
  processMoves(scene)
  for (const e of world.exchanges) wireMoves(scene, e)
  expiryMoves(scene)
  personMoves(scene)
  peopleMoves(scene)
  storeMoves(scene)
  timeMoves(scene)
  return scene.moves
}
