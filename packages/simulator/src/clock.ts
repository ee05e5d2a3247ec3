/**
 * The simulator's clock: the machine's, moved by an offset.
 *
 * It goes on by itself, as a real org's would, and jumps when a test says so; or it stands still between the jumps, so
 * that what a test compares to the second can't fall on both sides of one. Child processes follow it over HTTP
 * (`GET /__sim/clock`) or, without a request each time, through a small JSON file that is replaced atomically on every
 * move: `{"offset":<ms>}`.
 */
import { renameSync, writeFileSync } from 'node:fs'

export interface SimClock {
  /** Epoch milliseconds. */
  now(): number
  /** How far the clock was moved from the machine's, in milliseconds. */
  offset(): number
  advance(ms: number): void
  set(epochMs: number): void
}

export function createClock(options: {
  readonly start?: number | undefined
  readonly file?: string | undefined
  /** Moves only when told to. */
  readonly standing?: boolean | undefined
  /** Told of each move. */
  readonly moved?: ((offset: number) => void) | undefined
}): SimClock {
  const begun = Date.now()
  const machine = options.standing === true ? (): number => begun : Date.now
  let offset = 0
  const move = (next: number): void => {
    offset = Math.round(next)
    options.moved?.(offset)
    if (options.file === undefined) return
    const fresh = `${options.file}.${process.pid}.new`
    writeFileSync(fresh, JSON.stringify({ offset }))
    renameSync(fresh, options.file)
  }
  move(options.start === undefined ? 0 : options.start - machine())
  return {
    now: () => machine() + offset,
    offset: () => offset,
    advance: (ms) => move(offset + ms),
    set: (epochMs) => move(epochMs - machine()),
  }
}
