/**
 * Which store, which key, which settings: flag > environment > keyturn.yaml > default, each with where it came from.
 * The one place that reads the environment.
 */
import { existsSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { KeyturnError } from '@keyturn/tokens'
import type { OpenOptions } from '@keyturn/tokens'
import type { Resolvers } from '@keyturn/tokens/maintenance'
import { findConfig, readConfig } from './config/read.ts'
import type { KeyturnConfig } from './config/schema.ts'
import { anchored, keyForms, keyReference } from './reference.ts'
import { secretResolvers } from './secret-managers/resolvers.ts'

export type Origin = 'flag' | 'environment' | 'file' | 'default'

export interface Setting {
  readonly value: string
  readonly from: Origin
}

export interface Settings {
  readonly store: Setting
  readonly masterKey: Setting
  readonly configPath: string | null
  readonly config: KeyturnConfig
  /** What relative paths of the file are relative to. */
  readonly folder: string
  readonly env: Environment
}

export type Environment = Readonly<Record<string, string | undefined>>

export interface SettingFlags {
  readonly store?: string | undefined
  readonly key?: string | undefined
  readonly config?: string | undefined
}

export const environment = (): Environment => process.env

const referenceRule = `A key never goes on the command line: write ${keyForms}.`

const fromFlag = (flags: SettingFlags, cwd: string): { store: string | undefined; key: string | undefined } => {
  const { store, key } = flags
  if (store !== undefined && /^postgres(ql)?:\/\/[^@/]*:[^@]+@/.test(store)) {
    throw new KeyturnError('BAD_ARGUMENT', '--store holds a password', {
      fix: 'Leave it out (PGPASSWORD or ~/.pgpass are read), or put the URL into KEYTURN_STORE. A password typed here may be in your shell history: change it.',
    })
  }
  if (store !== undefined && !/^(sqlite:.|postgres(ql)?:\/\/.)/.test(store)) {
    throw new KeyturnError('STORE_UNSUPPORTED', 'Unsupported --store')
  }
  if (key !== undefined && !keyReference.test(key))
    throw new KeyturnError('BAD_ARGUMENT', '--key is no reference', { fix: referenceRule })
  return {
    store: store === undefined ? undefined : anchored(store, cwd),
    key: key === undefined ? undefined : anchored(key, cwd),
  }
}

/** The key of KEYTURN_MASTER_KEY itself, or the reference it holds. */
const keyFromEnvironment = (env: Environment, cwd: string): string | undefined => {
  const text = env['KEYTURN_MASTER_KEY']
  if (text === undefined || text === '') return undefined
  return keyReference.test(text) ? anchored(text, cwd) : 'env:KEYTURN_MASTER_KEY'
}

/** For programs that are started: none of them needs the key of the store, whatever its variable is called. */
export const withoutMasterKey = ({ env, masterKey }: Pick<Settings, 'env' | 'masterKey'>): Environment => {
  const named = /^env:(.+)$/s.exec(masterKey.value)?.[1]
  return Object.fromEntries(Object.entries(env).filter(([name]) => name !== 'KEYTURN_MASTER_KEY' && name !== named))
}

const fromEnvironmentName = (value: string, env: Environment): string => {
  if (!value.startsWith('env:')) return value
  const name = value.slice(4)
  const found = env[name]
  if (found === undefined || found === '')
    throw new KeyturnError('REFERENCE_UNRESOLVED', `store names ${value}, which is not set`)
  return found
}

const pick = (...candidates: readonly (readonly [string | undefined, Origin])[]): Setting => {
  for (const [value, from] of candidates) if (value !== undefined && value !== '') return { value, from }
  throw new KeyturnError('DEFECT', 'a setting has no default')
}

export const cacheFolderOf = (env: Environment): string | null => {
  const base = env['XDG_CACHE_HOME'] ?? (env['HOME'] === '' ? undefined : join(homedir(), '.cache'))
  return base === undefined || !isAbsolute(base) ? null : join(base, 'keyturn', 'config')
}

export const readSettings = (flags: SettingFlags, cwd: string, env: Environment): Promise<Settings> => {
  const named = flags.config ?? env['KEYTURN_CONFIG']
  return settingsFrom(named === undefined || named === '' ? findConfig(cwd) : resolve(cwd, named), flags, cwd, env)
}

/** The settings that this very file would give, whether it exists or not; files above are not looked for. */
export const settingsAt = async (
  path: string,
  flags: SettingFlags,
  cwd: string,
  env: Environment,
): Promise<Settings> => {
  if (existsSync(path)) return settingsFrom(path, flags, cwd, env)
  const { store, key } = fromFlag(flags, cwd)
  return settingsFrom(null, { store, key }, dirname(path), env)
}

const settingsFrom = async (
  path: string | null,
  flags: SettingFlags,
  cwd: string,
  env: Environment,
): Promise<Settings> => {
  const flag = fromFlag(flags, cwd)
  const config: KeyturnConfig = path === null ? { version: 1 } : (await readConfig(path, cacheFolderOf(env))).config
  const folder = path === null ? cwd : dirname(path)
  const fileStore = config.store === undefined ? undefined : anchored(fromEnvironmentName(config.store, env), folder)
  const environmentStore = env['KEYTURN_STORE']
  return {
    store: pick(
      [flag.store, 'flag'],
      [environmentStore === undefined ? undefined : anchored(environmentStore, cwd), 'environment'],
      [fileStore, 'file'],
      [`sqlite:${join(folder, 'keyturn.db')}`, 'default'],
    ),
    masterKey: pick(
      [flag.key, 'flag'],
      [keyFromEnvironment(env, cwd), 'environment'],
      [config.masterKey === undefined ? undefined : anchored(config.masterKey, folder), 'file'],
      [`file:${join(folder, 'keyturn.key')}`, 'default'],
    ),
    configPath: path,
    config,
    folder,
    env,
  }
}

/** The SQLite file a store names; null for a database server. */
export const sqliteFile = (store: string): string | null =>
  store.startsWith('sqlite:') ? resolve(store.slice('sqlite:'.length).replace(/^\/\//, '')) : null

/** Opening makes a missing SQLite file, which is right for `init` only: a typing error must not be a new store. */
export const requireStore = ({ store }: Settings): void => {
  const file = sqliteFile(store.value)
  if (file !== null && !existsSync(file))
    throw new KeyturnError('STORE_MISSING', `There is no store at ${file} (named by ${store.from})`)
  // SQLite takes an empty file for a new database; here it is what a full disk or a wrong redirection left of a store.
  if (file !== null && statSync(file).size === 0) {
    throw new KeyturnError('STORE_MISSING', `${file} is empty`, {
      fix: 'If a store was here, restore a backup into another place (`keyturn store restore`); `keyturn init` makes a new one.',
    })
  }
}

/** A store's address without its password. */
export const shownStore = (store: string): string => store.replace(/^(postgres(?:ql)?:\/\/[^:@/]*):[^@]*@/, '$1:***@')

/** Who resolves `vault:` and `aws:` references with these settings. */
export const resolversOf = ({ config, folder, env }: Pick<Settings, 'config' | 'folder' | 'env'>): Resolvers =>
  secretResolvers({ env, caFile: config.caFile === undefined ? undefined : resolve(folder, config.caFile) })

export const openOptions = ({ store, masterKey, config, folder, env }: Settings): OpenOptions => {
  const { stateFolder, allowHosts, caFile, forceNetworkFileSystem, limits } = config
  const given = Object.fromEntries(Object.entries(limits ?? {}).filter(([, value]) => value !== undefined))
  return {
    store: store.value,
    masterKey: masterKey.value,
    env,
    resolvers: resolversOf({ config, folder, env }),
    limits: given,
    ...(stateFolder === undefined ? {} : { stateFolder: resolve(folder, stateFolder) }),
    ...(allowHosts === undefined ? {} : { allowHosts }),
    ...(caFile === undefined ? {} : { caFile: resolve(folder, caFile) }),
    ...(forceNetworkFileSystem === undefined ? {} : { forceNetworkFileSystem }),
  }
}
