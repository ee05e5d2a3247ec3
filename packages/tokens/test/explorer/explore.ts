/**
 * Walks through every world that can be reached, nearest first, so that a schedule it shows is a shortest one.
 *
 * The table of seen worlds holds 53-bit hashes (a wrong merge is possible, at ten million worlds with a chance of about
 * one in two hundred). A world is at rest when no fair move changes it; then P4 and P7 are judged.
 */
import type { Protocol } from '../../src/protocol/transition.ts'
import { encode, hash } from './encoding.ts'
import { movesOf } from './moves.ts'
import { judgeRest } from './properties.ts'
import { initial, item, type Configuration, type Violation, type World } from './world.ts'

export interface Exploration {
  readonly configuration: string
  readonly states: number
  readonly moves: number
  /** Worlds at rest, in which liveness was judged. */
  readonly atRest: number
  readonly exhausted: boolean
  readonly violation: (Violation & { readonly schedule: readonly string[] }) | null
  readonly milliseconds: number
}

/** A set of 53-bit numbers: open addressing, doubled when half full. */
class Seen {
  #slots = new Float64Array(1 << 16)
  size = 0

  add(value: number): boolean {
    if (this.size * 2 > this.#slots.length) this.#grow()
    const key = value === 0 ? 1 : value
    const mask = this.#slots.length - 1
    let at = (key % 4294967296) & mask
    for (;;) {
      const found = this.#slots[at]
      if (found === key) return false
      if (found === 0) break
      at = (at + 1) & mask
    }
    this.#slots[at] = key
    this.size++
    return true
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Float64Array(old.length * 2)
    this.size = 0
    for (const value of old) if (value !== 0) this.add(value)
  }
}

/** Numbers that only ever grow at the end. */
class Column {
  #values = new Int32Array(1 << 12)
  length = 0

  push(value: number): void {
    if (this.length === this.#values.length) {
      const values = new Int32Array(this.length * 2)
      values.set(this.#values)
      this.#values = values
    }
    this.#values[this.length++] = value
  }

  at(index: number): number {
    return this.#values[index] ?? -1
  }
}

export const explore = (
  configuration: Configuration,
  protocol: Protocol,
  options: { readonly cap?: number; readonly only?: readonly string[] } = {},
): Exploration => {
  const started = performance.now()
  const cap = Math.min(options.cap ?? Infinity, configuration.cap ?? Infinity)
  const seen = new Seen()
  const parents = new Column()
  const choices = new Column()
  const first = initial(configuration)
  seen.add(hash(encode(first, configuration)))
  parents.push(-1)
  choices.push(-1)
  let frontier: World[] = [first]
  let base = 0
  let moves = 0
  let atRest = 0
  let exhausted = true

  const schedule = (index: number): string[] => {
    const path: number[] = []
    for (let at = index; parents.at(at) >= 0; at = parents.at(at)) path.push(choices.at(at))
    let world = first
    return path.reverse().map((choice) => {
      const move = item(movesOf(world, protocol, configuration), choice)
      world = move.world.violation === null ? move.world : { ...move.world, violation: null }
      return move.label
    })
  }
  const found = (index: number, last: string | null, violation: Violation): Exploration => ({
    ...result(false),
    violation: { ...violation, schedule: last === null ? schedule(index) : [...schedule(index), last] },
  })
  const result = (done: boolean): Exploration => ({
    configuration: configuration.name,
    states: seen.size,
    moves,
    atRest,
    exhausted: done,
    violation: null,
    milliseconds: Math.round(performance.now() - started),
  })
  const counts = (violation: Violation): boolean =>
    (options.only?.includes(violation.property) ?? true) && configuration.ignores?.includes(violation.property) !== true

  while (frontier.length > 0) {
    const next: World[] = []
    for (const [offset, world] of frontier.entries()) {
      const index = base + offset
      const own = hash(encode(world, configuration))
      let rests = true
      for (const [choice, move] of movesOf(world, protocol, configuration).entries()) {
        moves++
        if (move.world.violation !== null && counts(move.world.violation))
          return found(index, move.label, move.world.violation)
        // What doesn't count here is looked past.
        const reached = move.world.violation === null ? move.world : { ...move.world, violation: null }
        const key = hash(encode(reached, configuration))
        if (move.fair && key !== own) rests = false
        if (seen.size >= cap) {
          exhausted = false
          continue
        }
        if (!seen.add(key)) continue
        parents.push(index)
        choices.push(choice)
        next.push(reached)
      }
      if (!rests) continue
      atRest++
      const judged = judgeRest(world, configuration)
      if (judged.violation !== null && counts(judged.violation)) return found(index, null, judged.violation)
    }
    base += frontier.length
    frontier = next
  }
  return result(exhausted)
}
