/**
 * One authorisation of the sf CLI, read and written under the CLI's refresh lock, always through core itself: the file
 * is encrypted with a key in the system's keyring and merged field by field, which only core should do.
 */
import type { Clock } from '../clock.ts'
import { KeyturnError } from '../errors.ts'
import { lockRotation } from './rotation-lock.ts'
import { authInfoOf } from './core-module.ts'
import type { SfChange, SfCore, SfFields } from './core-module.ts'

export interface SfAuthFile {
  readonly username: string
  /** What the disk holds now, decrypted; null: no such authorisation. */
  read(): Promise<SfFields | null>
  /** Merges and saves; `undefined` deletes a field. Throws when the disk doesn't show the change afterwards. */
  write(change: SfChange): Promise<void>
  /** The lock was left behind by a process that died while refreshing. */
  readonly abandoned: boolean
  /** The CLI is still locked out. */
  holds(): boolean
  close(): void
}

interface OpenSfAuthFile {
  readonly core: SfCore
  readonly aliasOrUsername: string
  readonly clock: Clock
  /** How long to wait for a running refresh of the CLI, ms. */
  readonly wait: number
  /** Take over an abandoned lock after this many ms. */
  readonly takeOverAfter?: number
}

/** Locks the CLI out of refreshing this user, then looks. Always `close()` it. */
export const openSfAuthFile = async (options: OpenSfAuthFile): Promise<SfAuthFile> => {
  const { core, clock, wait, takeOverAfter } = options
  const state = await core.StateAggregator.getInstance()
  const { orgs } = state
  const username = state.aliases.resolveUsername(options.aliasOrUsername)
  if (orgs.peek === undefined || orgs.getPath === undefined) {
    throw new KeyturnError('CONFIG_INVALID', 'this @salesforce/core refreshes without a lock', {
      fix: 'Use @salesforce/core 9.2 or newer (sf 2.151.7 or newer).',
    })
  }
  const peek = orgs.peek.bind(orgs)
  if ((await orgs.hasFile?.(username)) !== true) {
    throw new KeyturnError('BAD_ARGUMENT', `the sf CLI has no authorisation for ${options.aliasOrUsername}`, {
      data: { aliasOrUsername: options.aliasOrUsername },
      fix: 'See `sf org list` for aliases and usernames.',
    })
  }
  const lock = await lockRotation(`${orgs.getPath(username)}.token-rotation`, {
    clock,
    wait,
    ...(takeOverAfter === undefined ? {} : { takeOverAfter }),
  })
  return {
    username,
    abandoned: lock.abandoned,
    holds: () => lock.holds(),
    close: () => lock.release(),
    read: async () => (await peek(username, true)) ?? null,
    write: async (change) => {
      const authInfo = await authInfoOf(core, { username })
      await authInfo.save(change)
      // Core writes in place, without a rename: what counts is what can be read back.
      const now: Readonly<Record<string, unknown>> = { ...(await peek(username, true)) }
      const lost = Object.keys(change).filter((key) => now[key] !== change[key])
      if (lost.length === 0) return
      throw new KeyturnError('STORE_UNAVAILABLE', `the sf CLI's file of ${username} didn't take ${lost.join(', ')}`, {
        data: { username, fields: lost },
        fix: "Check disk space and permissions of the sf CLI's state folder, then repeat.",
      })
    },
  }
}
