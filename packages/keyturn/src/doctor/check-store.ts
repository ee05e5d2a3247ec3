/** The store and its key before it is opened: what can be known without changing anything. */
import { accessSync, constants, existsSync, statSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { KeyturnError, systemClock } from '@keyturn/tokens'
import { stateFolderOf } from '../maintenance/operator.ts'
import { resolversOf, sqliteFile } from '../settings.ts'
import type { Settings } from '../settings.ts'
import { check } from './check.ts'
import type { Check } from './check.ts'

export const checkKey = async (settings: Settings): Promise<Check> => {
  const { resolveMasterKey } = await import('@keyturn/tokens/maintenance')
  try {
    await resolveMasterKey(settings.masterKey.value, settings.env, resolversOf(settings))
    return check('key', 'ok', `${settings.masterKey.value} holds 32 bytes`)
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error
    return check('key', 'bad', error.message, error.fix)
  }
}

export const checkStoreFacts = async (settings: Settings): Promise<readonly Check[]> => {
  const { checkStore } = await import('@keyturn/tokens/maintenance')
  const file = sqliteFile(settings.store.value)
  if (file !== null && !existsSync(file)) {
    return [
      check(
        'store.reachable',
        'bad',
        `there is no store at ${file}`,
        'Run `keyturn init` here, or name the store with --store.',
      ),
    ]
  }
  const facts = await checkStore(settings.store.value, {
    clock: systemClock,
    force: settings.config.forceNetworkFileSystem ?? false,
    resolvers: resolversOf(settings),
  })
  return facts.map(({ name, status, text }) => check(`store.${name}`, status, text, status === 'ok' ? null : text))
}

const leastSpace = 50 * 1024 * 1024

/** No claim is made unless the journal can take the answer, so its folder matters as much as the store. */
export const checkJournal = (settings: Settings): readonly Check[] => {
  const folder = stateFolderOf(settings)
  if (!existsSync(folder)) return [check('journal', 'ok', `${folder} will be made when the store is opened`)]
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch {
    return [
      check(
        'journal',
        'bad',
        `${folder} is not writable for this user`,
        `Give this user the folder, or name another with stateFolder in keyturn.yaml (parent: ${dirname(folder)}).`,
      ),
    ]
  }
  const mode = statSync(folder).mode & 0o777
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize
  return [
    (mode & 0o077) === 0 || process.platform === 'win32'
      ? check('journal', 'ok', folder)
      : check(
          'journal',
          'warning',
          `${folder} can be read by others (its records are encrypted)`,
          `Run: chmod 700 ${folder}`,
        ),
    free >= leastSpace
      ? check('journal.space', 'ok', `${Math.floor(free / 1024 / 1024)} MiB free`)
      : check(
          'journal.space',
          'bad',
          `only ${Math.floor(free / 1024 / 1024)} MiB free`,
          'Free disk space: no token is spent while its answer could not be kept.',
        ),
  ]
}
