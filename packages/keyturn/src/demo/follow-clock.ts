/** A Keyturn clock that follows the simulator's, through the small file which that one rewrites on every move. */
import { readFileSync } from 'node:fs'
import type { Clock } from '@keyturn/tokens'
import { movedClock } from './moved-clock.ts'

/** How long a reading of the file is good for, in real milliseconds. */
const GOOD_FOR = 5

export const followClock = (file: string): Clock => {
  let known = 0
  let readAt = -Infinity
  return movedClock(() => {
    if (performance.now() - readAt < GOOD_FOR) return known
    known = (JSON.parse(readFileSync(file, 'utf8')) as { readonly offset: number }).offset
    readAt = performance.now()
    return known
  })
}
