/** A generator of numbers that comes out the same for the same seed. */
import { createHash } from 'node:crypto'

export interface Random {
  /** From 0 up to, and not including, 1. */
  next(): number
  /** A whole number from 0 up to, and not including, n. */
  below(n: number): number
  pick<T>(list: readonly T[]): T
  chance(probability: number): boolean
}

/** mulberry32: small, fast, and even enough to spread test data. */
export function createRandom(seed: string): Random {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0)
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (n: number): number => Math.floor(next() * n)
  return {
    next,
    below,
    pick: (list) => {
      const one = list[below(list.length)]
      if (one === undefined) throw new Error('Nothing to pick from')
      return one
    },
    chance: (probability) => next() < probability,
  }
}
