/**
 * An audit that does not fit its heap. A thread that grows past its limit is ended with an error; one large allocation
 * beyond it takes V8, and the process, down. Only files are read as a whole, so they are measured before.
 */
import { statSync } from 'node:fs'
import { KeyturnError } from '@keyturn/tokens'

export const outOfMemory = (megabytes: number): KeyturnError =>
  new KeyturnError('OUT_OF_MEMORY', `What this audit reads does not fit into ${megabytes} MB of memory`)

/** Text, what is parsed of it, and what is made of that: as seen with snapshots of many tokens. */
const timesItsSize = 5

/** Throws OUT_OF_MEMORY. A file that isn't there is somebody else's error. */
export const requireRoom = (paths: readonly string[], megabytes: number): void => {
  const sum = paths.reduce((all, path) => all + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0)
  if (sum * timesItsSize > megabytes * 2 ** 20) throw outOfMemory(megabytes)
}
