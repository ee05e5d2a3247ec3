/** The journals of the hosts: what an entry means to the store, who may bring it forward, what is left to bring. */
import type { ProtocolEvent } from '../../src/protocol/event.ts'
import { type Scene } from './scene.ts'
import { contextOf, type Tokens } from './store.ts'
import { item, type Configuration, type JournalEntry, type World } from './world.ts'

export const keeps = (configuration: Configuration): boolean => configuration.budget.setBack !== undefined

export const settled = (scene: Scene, world: World, entry: JournalEntry): World => ({
  ...world,
  journal: keeps(scene.configuration)
    ? world.journal.map((j) => (j.attempt === entry.attempt ? { ...j, done: true } : j))
    : world.journal.filter((j) => j.attempt !== entry.attempt),
})

/** What a journalled answer means to the store. */
export const eventOf = (
  entry: JournalEntry,
  rolledForward: boolean,
): { event: ProtocolEvent; tokens: Tokens } | null => {
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
export const abandoned = ({ world, configuration }: Scene, entry: JournalEntry): boolean =>
  keeps(configuration) || !world.exchanges.some((e) => e.id === entry.attempt && e.phase === 'journalled')

/** Nothing in the journal of this host would change the grant. */
export const rolled = (scene: Scene, host: number, rec: number): boolean => {
  const { world, protocol, configuration } = scene
  const state = item(world.grants, rec).state
  const context = contextOf(world, rec, configuration)
  return world.journal.every((entry) => {
    if (entry.host !== host || entry.rec !== rec || entry.done || !abandoned(scene, entry)) return true
    const meaning = eventOf(entry, true)
    return meaning === null || !protocol.transition(state, meaning.event, context).applied
  })
}

export const dead = (world: World, process: string): boolean => {
  const [proc, life] = process.slice(1).split('.')
  const found = item(world.processes, Number(proc))
  return !found.up || String(found.life) !== life
}
