/** Sweeps every so often while the process lives, and never keeps it alive for that. */
import { KeyturnError } from './errors.ts'

const LEAST_MS = 1000

/** Returns what stops it. */
export const sweepEvery = (every: number | undefined, sweep: () => Promise<unknown>): (() => void) => {
  if (every === undefined) return () => undefined
  if (!(every >= LEAST_MS)) throw new KeyturnError('BAD_ARGUMENT', `sweepEvery is at least ${LEAST_MS} ms`)
  let running = false
  const timer = setInterval(() => {
    if (running) return
    running = true
    void sweep()
      .catch(() => undefined)
      .finally(() => {
        running = false
      })
  }, every)
  timer.unref()
  return () => clearInterval(timer)
}
