/**
 * Waiting for a lock or a server. In the machine's own time, whatever clock the store was given: another process holds
 * the lock in real time, and a server restarts in real time.
 */
import { randomInt } from 'node:crypto'
import { systemClock } from '../clock.ts'

/** Milliseconds that are left of `ms` from now on, not below 0. */
export const countdown = (ms: number): (() => number) => {
  const until = systemClock.boot() + ms
  return () => Math.max(0, until - systemClock.boot())
}

export const pause = (ms: number, signal?: AbortSignal): Promise<void> => systemClock.sleep(ms, signal)

/** Longer and longer pauses, spread by chance, so that processes that met once don't meet again and again. */
export const backOff = (first: number, longest: number): (() => Promise<void>) => {
  let next = first
  return () => {
    const ms = (next * randomInt(50, 150)) / 100
    next = Math.min(next * 2, longest)
    return pause(ms)
  }
}
