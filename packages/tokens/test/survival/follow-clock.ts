/** A clock that follows the simulator's through the small file it rewrites on every move. */
import { readFileSync } from 'node:fs'
import { systemClock, type Clock } from '../../src/clock.ts'

export const followClock = (file: string): Clock => {
  const offset = (): number => (JSON.parse(readFileSync(file, 'utf8')) as { offset: number }).offset
  const boot = (): number => systemClock.boot() + offset()
  return {
    wall: () => systemClock.wall() + offset(),
    boot,
    offset,
    sleep: async (ms, signal) => {
      const until = boot() + ms
      while (boot() < until && signal?.aborted !== true)
        await systemClock.sleep(Math.min(10, Math.max(1, until - boot())), signal)
    },
  }
}
