/**
 * What Keyturn uses of @salesforce/core, as types of our own: the package is never imported, so that it stays the
 * caller's copy. A second copy in one process would be a second set of caches over the same auth files, and one older
 * than 9.2.0 would refresh without the lock.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { KeyturnError } from '../errors.ts'

/** One authorisation as core keeps it, decrypted. Only what is read here. */
export interface SfFields {
  readonly username?: string | undefined
  readonly accessToken?: string | undefined
  readonly refreshToken?: string | undefined
  readonly instanceUrl?: string | undefined
  readonly loginUrl?: string | undefined
  readonly clientId?: string | undefined
  readonly clientSecret?: string | undefined
  readonly orgId?: string | undefined
  readonly privateKey?: string | undefined
  /** Further apps linked to this user, each with tokens of its own. */
  readonly clientApps?: Readonly<Record<string, unknown>> | undefined
}

/** `undefined` deletes a field. */
export type SfChange = Readonly<Record<string, unknown>>

interface SfConnectionOptions {
  readonly accessToken?: string
  readonly instanceUrl?: string
  readonly loginUrl?: string
  readonly refreshFn?: unknown
}

export interface SfAuthInfo {
  getUsername(): string
  getFields(decrypt?: boolean): SfFields
  update(change: SfChange): SfAuthInfo
  save(change?: SfChange): Promise<SfAuthInfo>
  getConnectionOptions(clientApp?: string): SfConnectionOptions
}

export interface SfConnection {
  accessToken?: string | null | undefined
  instanceUrl: string
  version: string
}

interface SfOrgs {
  read(username: string, decrypt: boolean, throwOnNotFound: boolean): Promise<SfFields | null | undefined>
  hasFile?(username: string): Promise<boolean>
  /** Since 9.2.0. */
  peek?(username: string, decrypt: boolean): Promise<SfFields | null | undefined>
  getPath?(username: string): string
}

interface SfState {
  readonly orgs: SfOrgs
  readonly aliases: {
    resolveUsername(aliasOrUsername: string): string
    setAndSave?(alias: string, username: string): Promise<unknown>
  }
}

/** The module `@salesforce/core`. `C` is its `Connection`. */
export interface SfCore<C extends SfConnection = SfConnection> {
  readonly AuthInfo: { create(options: never): Promise<unknown> }
  readonly Connection: { create(options: never): Promise<C> }
  readonly StateAggregator: { getInstance(): Promise<SfState> }
}

/** Core types its factories by their `this`, which no structural type can follow: hence the one cast, here. */
export const authInfoOf = async (core: SfCore, options: Readonly<Record<string, unknown>>): Promise<SfAuthInfo> =>
  (await core.AuthInfo.create(options as never)) as SfAuthInfo

/** Where core is looked for when it isn't passed: the program that was started, then the working folder. */
const places = (): readonly string[] => [
  ...(process.argv[1] === undefined ? [] : [process.argv[1]]),
  join(process.cwd(), 'package.json'),
]

/** The caller's @salesforce/core. `from` is a file or URL of the caller (`import.meta.url`), looked at first. */
export const loadCore = async (from?: string | URL, elsewhere: readonly string[] = places()): Promise<SfCore> => {
  for (const place of from === undefined ? elsewhere : [from, ...elsewhere]) {
    let path: string
    try {
      path = createRequire(place).resolve('@salesforce/core')
    } catch {
      continue
    }
    const loaded: unknown = await import(pathToFileURL(path).href)
    if (isCore(loaded)) return loaded
    if (typeof loaded === 'object' && loaded !== null && 'default' in loaded && isCore(loaded.default)) {
      return loaded.default
    }
  }
  throw new KeyturnError('DRIVER_MISSING', '@salesforce/core was not found beside the program that needs it', {
    fix: 'Pass the module (`core`), or install @salesforce/core 9.2 or newer beside your program.',
  })
}

const isCore = (value: unknown): value is SfCore =>
  typeof value === 'object' &&
  value !== null &&
  'AuthInfo' in value &&
  'Connection' in value &&
  'StateAggregator' in value
