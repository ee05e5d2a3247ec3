/** A Keyturn clock that follows the simulator's, through the small file which that one rewrites on every move. */
import { readFileSync } from 'node:fs'
import { systemClock } from '@keyturn/tokens'
import type { Clock } from '@keyturn/tokens'

/** How long a reading of the file is good for, in real milliseconds. */
const GOOD_FOR = 5
/** A sleeper looks at the clock this often: somebody may have moved it. */
const NAP = 20

export const followClock = (file: string): Clock => {
  let known = 0
  let readAt = -Infinity
  const offset = (): number => {
    if (performance.now() - readAt < GOOD_FOR) return known
    known = (JSON.parse(readFileSync(file, 'utf8')) as { readonly offset: number }).offset
    readAt = performance.now()
    return known
  }
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
