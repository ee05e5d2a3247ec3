/**
 * The sf CLI's own lock around a refresh, taken from outside.
 *
 * Since @salesforce/core 9.2.0 every refresh of `~/.sfdx/USER.json` happens under a lock made with proper-lockfile: the
 * folder `USER.json.token-rotation.lock`, created by an atomic mkdir, kept fresh by its modification time, taken over by
 * others once that is 10 s old. This is the same protocol without the dependency, and stricter where being late is
 * fatal: the owner can ask at any moment, synchronously, whether the lock is still its own.
 */
import { mkdirSync, rmdirSync, statSync, utimesSync } from 'node:fs'
import type { Clock } from '../clock.ts'
import { KeyturnError } from '../errors.ts'

/** proper-lockfile's default, which the CLI uses. */
const CLI_STALE = 10_000
/** Well below the CLI's patience, so that one missed beat loses nothing. */
const BEAT = 3_000
const FIRST_NAP = 25
const LONGEST_NAP = 500

interface RotationLock {
  /** The lock was taken over from a holder that stopped keeping it: its refresh may have got through. */
  readonly abandoned: boolean
  /** Still ours, and nobody may take it over yet. */
  holds(): boolean
  /** Removes the lock if it is still ours. Never throws. */
  release(): void
}

interface RotationLockOptions {
  readonly clock: Clock
  /** How long to wait for a living holder, ms. */
  readonly wait: number
  /** A lock untouched for so long is taken over. Never less than the CLI's own 10 s. */
  readonly takeOverAfter?: number
  readonly signal?: AbortSignal
}

/** Locks `path` (the auth file's name with `.token-rotation`; `.lock` is added here, as proper-lockfile does). */
export const lockRotation = async (path: string, options: RotationLockOptions): Promise<RotationLock> => {
  const { clock, wait, signal } = options
  const folder = `${path}.lock`
  const takeOverAfter = Math.max(options.takeOverAfter ?? CLI_STALE, CLI_STALE)
  const giveUp = clock.boot() + wait
  let abandoned = false
  for (let nap = FIRST_NAP; ; nap = Math.min(nap * 2, LONGEST_NAP)) {
    if (made(folder)) return held(folder, clock, abandoned)
    if (removedStale(folder, clock.wall() - takeOverAfter)) {
      abandoned = true
      continue
    }
    if (signal?.aborted || clock.boot() >= giveUp) {
      throw new KeyturnError('EXCHANGE_TIMEOUT', `the sf CLI's refresh lock was not free within ${wait} ms`, {
        data: { lock: folder, wait },
        fix: 'Another process is refreshing this org: wait. Should none be running, the lock is taken over by itself.',
      })
    }
    await clock.sleep(nap, signal)
  }
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined

const made = (folder: string): boolean => {
  try {
    mkdirSync(folder)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw new KeyturnError('STORE_READ_ONLY', `the sf CLI's refresh lock can't be made in its folder`, {
      data: { lock: folder },
      cause: error,
      fix: "Make the sf CLI's state folder writable for this user.",
    })
  }
}

/** True when there was an old lock and it is gone now; also when it went by itself. */
const removedStale = (folder: string, before: number): boolean => {
  const touched = touchedAt(folder)
  if (touched === null || touched >= before) return false
  try {
    rmdirSync(folder)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

const touchedAt = (folder: string): number | null => {
  try {
    return statSync(folder).mtimeMs
  } catch {
    return null
  }
}

const held = (folder: string, clock: Clock, abandoned: boolean): RotationLock => {
  let released = false
  let ours: number | null = null
  let lastBeat = clock.boot()
  // What the file system made of the time is kept, not the time: some store whole seconds only.
  const beat = (): void => {
    if (ours !== null && touchedAt(folder) !== ours) return
    const now = clock.wall() / 1000
    try {
      utimesSync(folder, now, now)
    } catch {
      return
    }
    ours = touchedAt(folder)
    lastBeat = clock.boot()
  }
  beat()
  const ended = new AbortController()
  const keep = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await clock.sleep(BEAT, ended.signal)
      if (!ended.signal.aborted) beat()
    }
  }
  void keep()
  const release = (): void => {
    if (released) return
    released = true
    ended.abort()
    process.removeListener('exit', release)
    // A lock that somebody took over is theirs.
    if (ours === null || touchedAt(folder) !== ours) return
    try {
      rmdirSync(folder)
    } catch {
      // Taken over in this very moment, or the folder above went away: either way not ours any more.
    }
  }
  process.once('exit', release)
  return {
    abandoned,
    holds: () => !released && ours !== null && touchedAt(folder) === ours && clock.boot() - lastBeat < CLI_STALE - BEAT,
    release,
  }
}
