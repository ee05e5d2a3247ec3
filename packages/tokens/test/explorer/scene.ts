/** What a move is, and the few ways in which moves change a world. */
import type { ProtocolEvent } from '../../src/protocol/event.ts'
import type { Protocol } from '../../src/protocol/transition.ts'
import { apply, type Step, type Tokens } from './store.ts'
import { type Configuration, type Exchange, type Optional, type World } from './world.ts'

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

export const tell = (scene: Scene, world: World, rec: number, event: ProtocolEvent, tokens?: Tokens): Step =>
  apply(world, rec, event, scene.protocol, scene.configuration, tokens)

export const withExchange = (world: World, id: string, change: Partial<Exchange>): World => ({
  ...world,
  exchanges: world.exchanges.map((e) => (e.id === id ? { ...e, ...change } : e)),
})

export const without = (world: World, id: string): World => ({
  ...world,
  exchanges: world.exchanges.filter((e) => e.id !== id),
})

/** The process has nothing more to do with it; on the wire it may live on. */
export const dropped = (world: World, id: string): World => {
  const exchange = world.exchanges.find((e) => e.id === id)
  if (exchange === undefined) return world
  if (exchange.request === 'none') return without(world, id)
  return withExchange(world, id, { phase: 'gone', heard: null, answer: null })
}
