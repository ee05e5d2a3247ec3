/**
 * The sf CLI as a companion: every exchange of a shared grant runs under the CLI's own refresh lock and is written back
 * to the CLI's file before that lock is released.
 *
 * What remains, and can't be closed from outside: a process that dies between Salesforce's commit and the write leaves
 * the CLI with a spent token. Keyturn writes the new one first thing when it runs again; an sf command that refreshes
 * before that takes the lock over after 10 s and replays. And any core older than 9.2.0 on the same file takes no lock.
 */
import { systemClock } from '../clock.ts'
import type { Clock } from '../clock.ts'
import { secret } from '../secret.ts'
import type { ExchangeCompanion, SharedTokens } from '../companion.ts'
import { loadCore } from './core-module.ts'
import type { SfCore } from './core-module.ts'
import { openSfAuthFile } from './sf-auth-file.ts'

export const SF_SCHEME = 'sf'

export interface SfCompanionOptions {
  readonly core?: SfCore
  readonly from?: string | URL
  readonly clock?: Clock
  /** How long to wait for a running refresh of the CLI, ms. */
  readonly wait?: number
  /**
   * An abandoned lock means that an sf process died while refreshing: its request may still get through. Keyturn waits
   * this long (the default is the protocol's `drain`), not the CLI's 10 s, before it sends the same token.
   */
  readonly takeOverAfter?: number
}

/** For `openKeyturn({ companions: [sfCompanion({ core })] })`. */
export const sfCompanion = (options: SfCompanionOptions = {}): ExchangeCompanion => ({
  scheme: SF_SCHEME,
  begin: async ({ companion }) => {
    const core = options.core ?? (await loadCore(options.from))
    const file = await openSfAuthFile({
      core,
      aliasOrUsername: companion.slice(SF_SCHEME.length + 1),
      clock: options.clock ?? systemClock,
      wait: options.wait ?? 45_000,
      takeOverAfter: options.takeOverAfter ?? 120_000,
    })
    try {
      const fields = await file.read()
      const theirs: SharedTokens | null =
        fields?.refreshToken === undefined
          ? null
          : {
              refreshToken: secret(fields.refreshToken),
              accessToken: fields.accessToken === undefined ? null : secret(fields.accessToken),
              instanceUrl: fields.instanceUrl ?? null,
            }
      return {
        theirs,
        holds: () => file.holds(),
        write: (tokens) =>
          file.write({
            refreshToken: tokens.refreshToken.reveal(),
            ...(tokens.accessToken === null ? {} : { accessToken: tokens.accessToken.reveal() }),
            ...(tokens.instanceUrl === null ? {} : { instanceUrl: tokens.instanceUrl }),
          }),
        end: () => {
          file.close()
          return Promise.resolve()
        },
      }
    } catch (error) {
      file.close()
      throw error
    }
  },
})
