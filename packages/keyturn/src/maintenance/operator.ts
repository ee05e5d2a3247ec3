/** What the commands that act on a whole store pass to the library: who acts, with which key, where the journal is. */
import { join, resolve } from 'node:path'
import { homedir } from 'node:os'
import { KeyturnError, systemClock } from '@keyturn/tokens'
import { resolversOf, sqliteFile } from '../settings.ts'
import type { Settings } from '../settings.ts'

/** Where this host keeps its journal for that store: as `openKeyturn` chooses it. */
export const stateFolderOf = ({ store, config, folder, env }: Settings): string => {
  if (config.stateFolder !== undefined) return resolve(folder, config.stateFolder)
  const file = sqliteFile(store.value)
  return file === null
    ? join(env['XDG_STATE_HOME'] ?? join(env['HOME'] ?? homedir(), '.local', 'state'), 'keyturn')
    : `${file}.host`
}

export const operatorOptions = async (settings: Settings) => {
  const { thisHolder, resolveMasterKey } = await import('@keyturn/tokens/maintenance')
  return {
    clock: systemClock,
    masterKey: await resolveMasterKey(settings.masterKey.value, settings.env, resolversOf(settings)),
    resolvers: resolversOf(settings),
    holder: await thisHolder(stateFolderOf(settings)),
    force: settings.config.forceNetworkFileSystem ?? false,
  }
}

/** A second store named on the command line: an address without a password, or the variable that holds one. */
export const otherStore = (flag: string, value: string, settings: Settings): string => {
  if (value.startsWith('env:')) {
    const found = settings.env[value.slice('env:'.length)]
    if (found === undefined || found === '')
      throw new KeyturnError('REFERENCE_UNRESOLVED', `--${flag} names ${value}, which is not set`)
    return found
  }
  if (/^postgres(ql)?:\/\/[^@/]*:[^@]+@/.test(value)) {
    throw new KeyturnError('BAD_ARGUMENT', `--${flag} holds a password`, {
      fix: `Write --${flag} env:NAME, or leave the password to PGPASSWORD or ~/.pgpass. A password typed here may be in your shell history: change it.`,
    })
  }
  const path = sqliteFile(value)
  if (path !== null) return `sqlite:${path}`
  if (!/^postgres(ql)?:\/\/./.test(value)) throw new KeyturnError('STORE_UNSUPPORTED', `Unsupported --${flag}`)
  return value
}
