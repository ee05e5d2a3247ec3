/** The journey of one exchange as src/spend/ makes it: claim, look again, write, hear, journal, commit. */
import { keeps, settled, eventOf } from './journals.ts'
import { broken, judgeWrite } from './properties.ts'
import { push, may, spent, tell, withExchange, without, dropped, type Scene } from './scene.ts'
import { deliver } from './server.ts'
import { contextOf, type Tokens } from './store.ts'
import { hostName, item, replaced, type Exchange, type JournalEntry, type World } from './world.ts'

/** The steps of one exchange in the hands of its process. */
export const exchangeMoves = (scene: Scene, e: Exchange): void => {
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
