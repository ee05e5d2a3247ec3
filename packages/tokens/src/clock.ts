/**
 * Time as a parameter.
 *
 * Three clocks, because one is never enough for a deadline:
 * - `wall` is what people and tokens speak (epoch milliseconds); it can be stepped.
 * - `boot` counts milliseconds since the machine booted and goes on while it sleeps (CLOCK_BOOTTIME), so a deadline
 *   kept with it notices a closed laptop lid, SIGSTOP or a paused virtual machine.
 * - the database's own clock, where several hosts share one (PostgreSQL): see `store/postgres.ts`, which adds `offset`.
 */
import { uptime } from 'node:os'

export interface Clock {
  /** Epoch milliseconds. */
  wall(): number
  /** Milliseconds since boot, sleep included. */
  boot(): number
  /** How far this clock has been moved from the machine's, in milliseconds: 0 in production, the shift in tests. */
  offset(): number
  /** Resolves after `ms` of this clock, early when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

let bootRead = { wall: Number.NaN, boot: 0 }

export const systemClock: Clock = {
  wall: () => Date.now(),
  // os.uptime() reads CLOCK_BOOTTIME on Linux (libuv uv_uptime); performance.now() would stand still during suspend. It
  // costs thirty times what Date.now() does, so it is asked once a millisecond: a machine that slept has another one.
  boot: () => {
    const wall = Date.now()
    if (wall !== bootRead.wall) bootRead = { wall, boot: uptime() * 1000 }
    return bootRead.boot
  },
  offset: () => 0,
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const done = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal?.addEventListener('abort', done, { once: true })
    }),
}
