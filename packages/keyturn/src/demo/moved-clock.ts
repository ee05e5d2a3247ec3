/** A Keyturn clock that is ahead of the machine's (or behind it) by what somebody says at each look. */
import { systemClock } from '@keyturn/tokens'
import type { Clock } from '@keyturn/tokens'

/** A sleeper looks at the clock this often: somebody may have moved it. */
const NAP = 20

export const movedClock = (offset: () => number): Clock => {
  const boot = (): number => systemClock.boot() + offset()
  return {
    wall: () => systemClock.wall() + offset(),
    boot,
    offset,
    sleep: async (ms, signal) => {
      const until = boot() + ms
      while (boot() < until && signal?.aborted !== true)
        await systemClock.sleep(Math.min(NAP, Math.max(1, until - boot())), signal)
    },
  }
}
