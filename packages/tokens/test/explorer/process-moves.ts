/**
 * What the processes of the world do: the journey of one exchange as src/spend/ makes it (claim, look again, write,
 * hear, journal, commit), and what any process does about what it finds in the store (report a 401, mint, call in doubt,
 * say finished, roll a journal forward, confirm, replay).
 *
 * A process is an attacker as far as the protocol lets it: it tries to claim whenever its callers want a token, without
 * looking at the state first. What it is trusted with: it reads its host's journal before it marks a doubt, says
 * finished, confirms or replays; it proves another process of its own host dead before it says so; it sends what it
 * claimed; it confirms only when nothing of its host's living processes is under way for that grant.
 */
import type { ProtocolEvent } from '../../src/protocol/event.ts'
import type { Protocol } from '../../src/protocol/transition.ts'
import { broken, judgeWrite } from './properties.ts'
import { deliver, issue } from './server.ts'
import { apply, contextOf, type Step, type Tokens } from './store.ts'
import {
  answerWithin,
  holderOf,
  hostName,
  isAlive,
  item,
  mintWithin,
  replaced,
  sendWithin,
  spareFamily,
  type Configuration,
  type Exchange,
  type JournalEntry,
  type Optional,
  type Want,
  type World,
} from './world.ts'

export interface Move {
  readonly label: string
  /** Done by somebody who does it by himself; other moves are faults, people and luck. */
  readonly fair: boolean
  readonly world: World
}

export interface Scene {
  readonly world: World
  readonly protocol: Protocol
  readonly configuration: Configuration
  readonly moves: Move[]
}

export const push = (scene: Scene, label: string, fair: boolean, world: World): void => {
  if (world !== scene.world) scene.moves.push({ label, fair, world })
}

export const may = (world: World, name: Optional): boolean => (world.budget[name] ?? 0) > 0

export const spent = (world: World, name: Optional): World => ({
  ...world,
  budget: { ...world.budget, [name]: (world.budget[name] ?? 0) - 1 },
})

const tell = (scene: Scene, world: World, rec: number, event: ProtocolEvent, tokens?: Tokens): Step =>
  apply(world, rec, event, scene.protocol, scene.configuration, tokens)

export const withExchange = (world: World, id: string, change: Partial<Exchange>): World => ({
  ...world,
  exchanges: world.exchanges.map((e) => (e.id === id ? { ...e, ...change } : e)),
})

const without = (world: World, id: string): World => ({
  ...world,
  exchanges: world.exchanges.filter((e) => e.id !== id),
})

/** The process has nothing more to do with it; on the wire it may live on. */
const dropped = (world: World, id: string): World => {
  const exchange = world.exchanges.find((e) => e.id === id)
  if (exchange === undefined) return world
  if (exchange.request === 'none') return without(world, id)
  return withExchange(world, id, { phase: 'gone', heard: null, answer: null })
}

const keeps = (configuration: Configuration): boolean => configuration.budget.setBack !== undefined

const settled = (scene: Scene, world: World, entry: JournalEntry): World => ({
  ...world,
  journal: keeps(scene.configuration)
    ? world.journal.map((j) => (j.attempt === entry.attempt ? { ...j, done: true } : j))
    : world.journal.filter((j) => j.attempt !== entry.attempt),
})

/** What a journalled answer means to the store. */
const eventOf = (entry: JournalEntry, rolledForward: boolean): { event: ProtocolEvent; tokens: Tokens } | null => {
  const { attempt, lineage, answer } = entry
  if (answer.kind === 'refused') return { event: { type: 'refused', attempt, lineage, text: '' }, tokens: {} }
  if (answer.kind !== 'ok') return null
  const { next, at } = answer
  return {
    event: { type: 'answered', attempt, sent: lineage, next, access: at !== 0, rolledForward },
    tokens: at === 0 ? {} : { at, ownAt: at },
  }
}

/** Its process is gone; one that lives commits by itself. After the store went back everything a host heard counts. */
const abandoned = ({ world, configuration }: Scene, entry: JournalEntry): boolean =>
  keeps(configuration) || !world.exchanges.some((e) => e.id === entry.attempt && e.phase === 'journalled')

/** Nothing in the journal of this host would change the grant. */
const rolled = (scene: Scene, host: number, rec: number): boolean => {
  const { world, protocol, configuration } = scene
  const state = item(world.grants, rec).state
  const context = contextOf(world, rec, configuration)
  return world.journal.every((entry) => {
    if (entry.host !== host || entry.rec !== rec || entry.done || !abandoned(scene, entry)) return true
    const meaning = eventOf(entry, true)
    return meaning === null || !protocol.transition(state, meaning.event, context).applied
  })
}

const dead = (world: World, process: string): boolean => {
  const [proc, life] = process.slice(1).split('.')
  const found = item(world.processes, Number(proc))
  return !found.up || String(found.life) !== life
}

/** The steps of one exchange in the hands of its process. */
const exchangeMoves = (scene: Scene, e: Exchange): void => {
  const { world, configuration } = scene
  const { id, rec, lineage } = e
  const at = `p${e.proc}`
  const { state } = item(world.grants, rec)
  const process = item(world.processes, e.proc)
  switch (e.phase) {
    case 'claimed': {
      if (may(world, 'noConnect'))
        push(
          scene,
          `${at} can't connect for ${id}`,
          false,
          withExchange(spent(world, 'noConnect'), id, { phase: 'unsent' }),
        )
      const context = contextOf(world, rec, configuration)
      const forbids = scene.protocol.mayStillSend(state, { attempt: id, lineage }, context)
      push(
        scene,
        forbids === null ? `${at} looks again: may send ${id}` : `${at} looks again: may not send ${id} (${forbids})`,
        true,
        withExchange(
          forbids === null && state.removedAt !== null
            ? broken(world, 'P9', `${id} may send for a removed grant`)
            : world,
          id,
          { phase: forbids === null ? 'checked' : 'unsent' },
        ),
      )
      return
    }
    case 'checked': {
      let next = judgeWrite(world, e, configuration)
      if (e.replay) {
        const left = item(world.ghost.unknown, rec) - 1
        if (left < 0) next = broken(next, 'P3', `${id} is a replay more than there were unknown outcomes`)
        next = { ...next, ghost: { ...next.ghost, unknown: replaced(next.ghost.unknown, rec, left) } }
      }
      push(scene, `${at} sends ${lineage} (${id})`, true, withExchange(next, id, { phase: 'sent', request: 'net' }))
      return
    }
    case 'unsent':
      push(
        scene,
        `${at} releases ${id}`,
        true,
        without(tell(scene, world, rec, { type: 'never-left', attempt: id, lineage }).world, id),
      )
      return
    case 'sent': {
      if (configuration.soft === true && !e.soft && state.spend?.attempt === id) {
        const step = tell(scene, world, rec, doubted(e, 'no-answer', false))
        if (step.applied)
          push(scene, `${at} calls ${id} in doubt and listens on`, false, withExchange(step.world, id, { soft: true }))
      }
      if (world.now <= e.deadline) return
      const silent = e.request === 'none' && e.answer === null
      if (silent)
        push(scene, `${at} closes ${id}`, true, withExchange(world, id, { phase: 'closed', closedAt: world.now }))
      else if (may(world, 'slow'))
        push(
          scene,
          `${at} closes ${id} too early`,
          false,
          withExchange(spent(world, 'slow'), id, { phase: 'closed', answer: null, closedAt: world.now }),
        )
      return
    }
    case 'heard': {
      if (e.heard === null) return
      switch (e.heard.kind) {
        case 'ok':
        case 'refused': {
          const entry: JournalEntry = { host: process.host, rec, attempt: id, lineage, answer: e.heard, done: false }
          const kept = { ...world, journal: [...world.journal, entry] }
          const next = e.heard.kind === 'ok' && e.heard.next !== null ? deliver(kept, e.heard.next) : kept
          push(scene, `${at} journals the answer to ${id}`, true, withExchange(next, id, { phase: 'journalled' }))
          return
        }
        case 'busy':
          push(
            scene,
            `${at} commits busy for ${id}`,
            true,
            without(tell(scene, world, rec, { type: 'busy', attempt: id, lineage }).world, id),
          )
          return
        case 'blocked': {
          const event = { type: 'blocked', attempt: id, lineage, code: 'ip-restricted', text: '' } as const
          push(scene, `${at} commits blocked for ${id}`, true, without(tell(scene, world, rec, event).world, id))
          return
        }
        case 'half':
        case 'error': {
          const tokens = e.heard.kind === 'half' ? { at: e.heard.at, ownAt: e.heard.at } : {}
          push(scene, `${at} commits that ${id} is unknown and finished`, true, dropped(unknown(scene, e, tokens), id))
          return
        }
      }
      return
    }
    case 'journalled': {
      const entry = world.journal.find((j) => j.attempt === id)
      const meaning = entry === undefined ? null : eventOf(entry, false)
      if (entry === undefined || meaning === null) return push(scene, `${at} forgets ${id}`, true, without(world, id))
      const step = tell(scene, world, rec, meaning.event, meaning.tokens)
      // Where the store may go back, an answer without a place now may have one later in the chain.
      const stays = keeps(configuration) && !step.applied && step.reason !== 'already'
      const next = stays ? step.world : settled(scene, step.world, entry)
      push(scene, `${at} commits ${entry.answer.kind} of ${id}`, true, without(next, id))
      return
    }
    case 'closed':
      push(scene, `${at} commits that ${id} is finished`, true, dropped(unknown(scene, e, {}), id))
      return
    case 'gone':
      return
  }
}

const doubted = (e: Exchange, cause: 'no-answer' | 'unreadable-answer', finished: boolean, access = false) =>
  ({
    type: 'doubted',
    attempt: e.id,
    lineage: e.lineage,
    cause,
    by: 'holder',
    holderDead: false,
    finished,
    access,
  }) as const

/** The holder says that an outcome is unknown for good; where the doubt was marked before, that it is finished. */
const unknown = (scene: Scene, e: Exchange, tokens: Tokens): World => {
  const { world } = scene
  const access = tokens.at !== undefined
  const step = tell(scene, world, e.rec, doubted(e, access ? 'unreadable-answer' : 'no-answer', true, access), tokens)
  if (step.applied) return step.world
  const host = hostName(item(world.processes, e.proc).host)
  return tell(scene, world, e.rec, { type: 'finished', attempt: e.id, host, bet: false }).world
}

const claim = (scene: Scene, p: number, rec: number, want: Want, label: string, from: World): void => {
  const { world, configuration } = scene
  const id = `a${world.ids}`
  const { lineage, generation, unresolved } = want
  const holder = holderOf(p, item(world.processes, p))
  const times = { sendBy: world.now + sendWithin, deadline: world.now + answerWithin }
  const base = { attempt: id, holder, lineage, ...times }
  const event: ProtocolEvent =
    unresolved === null ? { type: 'claim', generation, ...base } : { type: 'claim-replay', unresolved, ...base }
  const step = tell(scene, from, rec, event)
  if (!step.applied) {
    if (from !== world) push(scene, `p${p} gives up its claim of r${rec} (${step.reason})`, true, from)
    return
  }
  const exchange: Exchange = {
    id,
    rec,
    proc: p,
    lineage,
    replay: unresolved !== null,
    phase: 'claimed',
    request: 'none',
    answer: null,
    heard: null,
    soft: false,
    deadline: times.deadline,
    closedAt: 0,
    lost: false,
    paced: world.paced && configuration.lock === 'app',
  }
  const next = { ...step.world, ids: step.world.ids + 1, exchanges: [...step.world.exchanges, exchange] }
  push(scene, `p${p} ${label} ${lineage} as ${id}`, true, next)
}

const wish = (scene: Scene, p: number, rec: number): void => {
  const { world, configuration } = scene
  const process = item(world.processes, p)
  const { state } = item(world.grants, rec)
  const { lineage, generation } = state
  if (lineage === null) return
  const want = process.wants[rec] ?? null
  if (configuration.views !== true) {
    if (state.access !== 'alive') claim(scene, p, rec, { lineage, generation, unresolved: null }, 'claims', world)
    else if (may(world, 'ahead'))
      claim(scene, p, rec, { lineage, generation, unresolved: null }, 'claims ahead', spent(world, 'ahead'))
    if (rolled(scene, process.host, rec))
      claim(
        scene,
        p,
        rec,
        { lineage, generation, unresolved: state.doubt?.attempt ?? '-' },
        'claims a replay of',
        world,
      )
    return
  }
  const withWant = (value: Want | null): World => ({
    ...world,
    processes: replaced(world.processes, p, { ...process, wants: replaced(process.wants, rec, value) }),
  })
  if (want === null) {
    if (state.access !== 'alive')
      push(scene, `p${p} looks at r${rec}`, true, withWant({ lineage, generation, unresolved: null }))
    if (state.doubt !== null)
      push(
        scene,
        `p${p} looks at the doubt of r${rec}`,
        true,
        withWant({ lineage, generation, unresolved: state.doubt.attempt }),
      )
    return
  }
  if (want.unresolved === null) claim(scene, p, rec, want, 'claims', withWant(null))
  else if (rolled(scene, process.host, rec)) claim(scene, p, rec, want, 'claims a replay of', withWant(null))
}

/** Minting by a spare: asked, answered, committed. */
const mintMoves = (scene: Scene, p: number, rec: number): void => {
  const { world, configuration } = scene
  const { state } = item(world.grants, rec)
  const machine = state.lineage === null
  const wanted = machine
    ? state.access !== 'alive'
    : state.status !== 'live' && (state.access !== 'alive' || configuration.prepare === true)
  if (!wanted || world.mints.some((m) => m.proc === p && m.rec === rec)) return
  for (const name of machine ? ['self'] : Object.keys(state.spares)) {
    if (!machine && (state.spares[name] === 'failed' || (state.access === 'alive' && state.source === name))) continue
    const id = `m${world.ids}`
    const event: ProtocolEvent = {
      type: 'mint',
      attempt: id,
      holder: holderOf(p, item(world.processes, p)),
      spare: name,
      generation: state.generation,
      deadline: world.now + mintWithin,
    }
    const step = tell(scene, world, rec, event)
    if (!step.applied) continue
    const minting = { id, rec, proc: p, spare: name, at: -1, definite: false }
    push(scene, `p${p} begins to mint ${id} by ${name}`, true, {
      ...step.world,
      ids: world.ids + 1,
      mints: [...world.mints, minting],
    })
  }
}

const mintedMoves = (scene: Scene): void => {
  const { world, configuration } = scene
  for (const [index, m] of world.mints.entries()) {
    const set = (from: World, change: Partial<typeof m>): World => ({
      ...from,
      mints: replaced(from.mints, index, { ...m, ...change }),
    })
    const gone = (from: World): World => ({ ...from, mints: from.mints.filter((other) => other.id !== m.id) })
    if (m.at === -1) {
      if (m.spare === 'self' ? configuration.budget.mintFails === undefined : world.working.includes(m.spare)) {
        const issued = issue(world, m.spare.startsWith('same') ? spareFamily.cascade : spareFamily.independent)
        push(scene, `the server mints ${m.id}`, true, set(issued.world, { at: issued.at }))
        if (may(world, 'mintFails'))
          push(scene, `the server refuses ${m.id}`, false, {
            ...set(spent(world, 'mintFails'), { at: 0, definite: true }),
            // Where a person may try it again, it was a passing refusal.
            working:
              configuration.budget.retry === undefined
                ? world.working.filter((name) => name !== m.spare)
                : world.working,
          })
        if (may(world, 'mintLost'))
          push(scene, `nothing comes of ${m.id}`, false, set(spent(world, 'mintLost'), { at: 0 }))
      } else push(scene, `the server refuses ${m.id}`, true, set(world, { at: 0, definite: true }))
      continue
    }
    const event: ProtocolEvent =
      m.at > 0
        ? { type: 'minted', attempt: m.id, spare: m.spare }
        : { type: 'mint-failed', attempt: m.id, spare: m.spare, definite: m.definite, text: '' }
    push(
      scene,
      `p${m.proc} commits what came of ${m.id}`,
      true,
      gone(tell(scene, world, m.rec, event, { at: m.at }).world),
    )
  }
}

/** What any process of a host does about what it finds. Only the first living one of each host needs to be asked. */
const findings = (scene: Scene, p: number, rec: number): void => {
  const { world, configuration } = scene
  const process = item(world.processes, p)
  const { host } = process
  const { state, at } = item(world.grants, rec)
  const refuses = configuration.api === 'refuses' && world.budget.cure !== 0
  const refused = refuses || !isAlive(world, at)
  if (state.access === 'alive' && refused) {
    const probes = isAlive(world, at) ? 'uncurable' : 'dead'
    for (const probe of ['not-made', probes] as const) {
      const step = tell(scene, world, rec, { type: 'rejected', generation: state.generation, probe })
      if (step.applied) push(scene, `p${p} reports a 401 of r${rec} (${probe})`, true, step.world)
    }
  } else if (configuration.api === 'refuses' && state.access === 'alive') {
    const step = tell(scene, world, rec, { type: 'worked', generation: state.generation })
    if (step.applied) push(scene, `p${p} uses r${rec}`, true, step.world)
  }
  for (const entry of world.journal) {
    if (entry.host !== host || entry.rec !== rec || entry.done || !abandoned(scene, entry)) continue
    const meaning = eventOf(entry, true)
    if (meaning === null) continue
    const step = tell(scene, world, rec, meaning.event, meaning.tokens)
    if (step.applied || step.reason === 'already' || !keeps(configuration))
      push(scene, `p${p} rolls ${entry.attempt} forward`, true, settled(scene, step.world, entry))
  }
  if (!rolled(scene, host, rec)) return
  const { spend, doubt } = state
  if (spend !== null) {
    const ours = spend.holder.host === hostName(host) && dead(world, spend.holder.process)
    const cause = ours ? 'holder-died' : 'deadline-passed'
    const event = {
      attempt: spend.attempt,
      lineage: state.lineage ?? '',
      cause,
      by: 'other',
      holderDead: ours,
      finished: ours,
    } as const
    const step = tell(scene, world, rec, { type: 'doubted', ...event })
    if (step.applied) push(scene, `p${p} calls ${spend.attempt} in doubt (${cause})`, true, step.world)
  }
  if (doubt !== null && doubt.finishedAt === null) {
    const proven = doubt.holder !== null && doubt.holder.host === hostName(host) && dead(world, doubt.holder.process)
    const given = world.given.some((h) => doubt.holder?.host === hostName(h))
    // A process that has no proof and no bet says nothing; another host's word is not ours to give.
    if (proven || given || doubt.holder?.host !== hostName(host)) {
      const step = tell(scene, world, rec, {
        type: 'finished',
        attempt: doubt.attempt,
        host: hostName(host),
        bet: given,
      })
      if (step.applied) push(scene, `p${p} says ${doubt.attempt} is finished${given ? ' (bet)' : ''}`, true, step.world)
    }
  }
  const underWay = world.exchanges.some(
    (e) => e.rec === rec && e.phase !== 'gone' && item(world.processes, e.proc).host === host,
  )
  if (!underWay) {
    const step = tell(scene, world, rec, { type: 'host-confirmed', host: hostName(host) })
    if (step.applied) push(scene, `h${host} confirms r${rec}`, true, step.world)
  }
}

const crash = (scene: Scene, p: number): void => {
  const { world } = scene
  const process = item(world.processes, p)
  let next: World = {
    ...spent(world, 'crash'),
    processes: replaced(world.processes, p, { ...process, up: false, wants: process.wants.map(() => null) }),
    mints: world.mints.filter((m) => m.proc !== p),
  }
  for (const e of world.exchanges) {
    if (e.proc !== p || e.phase === 'gone') continue
    next =
      e.request === 'none'
        ? without(next, e.id)
        : withExchange(next, e.id, { phase: 'gone', answer: null, heard: null, closedAt: world.now })
  }
  push(scene, `p${p} is killed`, false, next)
}

export const processMoves = (scene: Scene): void => {
  const { world } = scene
  for (const e of world.exchanges) if (e.phase !== 'gone') exchangeMoves(scene, e)
  mintedMoves(scene)
  const asked = new Set<number>()
  for (const [p, process] of world.processes.entries()) {
    if (world.lost.includes(process.host)) continue
    if (!process.up) {
      const up = { ...process, up: true, life: process.life + 1 }
      push(scene, `p${p} starts again`, true, { ...world, processes: replaced(world.processes, p, up) })
      continue
    }
    const first = !asked.has(process.host)
    asked.add(process.host)
    for (let rec = 0; rec < world.grants.length; rec++) {
      wish(scene, p, rec)
      mintMoves(scene, p, rec)
      if (first) findings(scene, p, rec)
    }
    if (may(world, 'crash')) crash(scene, p)
  }
}
