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
import { exchangeMoves } from './exchange-moves.ts'
import { keeps, settled, eventOf, abandoned, rolled, dead } from './journals.ts'
import { push, may, spent, tell, withExchange, without, type Scene } from './scene.ts'
import { issue } from './server.ts'
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
  type Exchange,
  type Want,
  type World,
} from './world.ts'

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
