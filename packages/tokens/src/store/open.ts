/** Opens a store by its address: `sqlite:PATH` or `postgres://…`. Creates and migrates what may be created here. */
import { randomUUID } from 'node:crypto'
import { KeyturnError } from '../errors.ts'
import { Secret } from '../secret.ts'
import { transition as protocolTransition } from '../protocol/transition.ts'
import { genesis } from '../ledger/chain.ts'
import { createStore } from './engine.ts'
import type { TransitionFunction } from './grant-change.ts'
import { appendEntry, readMeta } from './head.ts'
import { resolveMasterKey } from './master-key.ts'
import { isReference, resolveReference } from './reference.ts'
import type { Resolvers } from './reference.ts'
import { currentSchema, migrate, schemaVersion } from './schema.ts'
import { sealingKey } from './sealed.ts'
import type { SealingKey } from './sealed.ts'
import { bytes } from './sql.ts'
import type { Begun, Driver } from './sql.ts'
import { newRootKey, storeKeys } from './store-keys.ts'
import type { StoreKeys } from './store-keys.ts'
import type { Store, StoreOptions } from './store.ts'

export interface OpenStoreOptions extends StoreOptions {
  /** Make the store when there is none (default true; PostgreSQL also wants `migrate`); otherwise STORE_MISSING. */
  readonly create?: boolean
  /** How long a busy or absent database is asked again before STORE_UNAVAILABLE, ms. */
  readonly patience?: number
  /** For an address that is a reference (`vault:…`, `aws:…`). */
  readonly resolvers?: Resolvers | undefined
  /** Another protocol: for tests of the stores alone. */
  readonly transition?: TransitionFunction
}

/** The address itself may be a reference, because a PostgreSQL address may hold a password. */
const addressOf = async (address: string | Secret, resolvers: Resolvers = {}): Promise<string> => {
  if (address instanceof Secret) return address.reveal()
  if (!isReference(address, resolvers)) return address
  return (await resolveReference(address, undefined, resolvers)).reveal()
}

export type DriverOptions = Pick<OpenStoreOptions, 'clock' | 'force' | 'create' | 'patience' | 'resolvers'>

/** Connects, without looking whether there is a store in it. Modules are loaded by need: `pg` only for PostgreSQL. */
export const openDriver = async (address: string | Secret, options: DriverOptions): Promise<Driver> => {
  const url = await addressOf(address, options.resolvers)
  if (url.startsWith('sqlite:')) {
    const { openSqlite } = await import('./sqlite.ts')
    return openSqlite(url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, ''), options)
  }
  if (/^postgres(ql)?:\/\//.test(url)) {
    const { openPostgres } = await import('./postgres.ts')
    return openPostgres(url, options)
  }
  const scheme = /^[a-z][a-z0-9+.-]*(?=:)/i.exec(url)?.[0] ?? 'an address without a scheme'
  throw new KeyturnError('STORE_UNSUPPORTED', `${scheme} is no kind of store`)
}

const createTables = async (
  driver: Driver,
  { sql, now, origin }: Begun,
  master: SealingKey,
  by: string,
): Promise<void> => {
  const found = await currentSchema(driver, sql)
  await migrate(driver.dialect, sql, found)
  if (found > 0) return
  const storeId = randomUUID()
  const head = { epoch: 1, seq: 0, hash: genesis }
  const entry = { at: now, kind: 'store-created', grant: null, by, data: { store: storeId, schema: schemaVersion } }
  const first = await appendEntry(sql, head, entry)
  await sql.run(
    `INSERT INTO keyturn_meta
       (one, store_id, schema_version, min_writer, key_id, root_key, epoch, seq, hash, commits, latest, origin, moved_to)
     VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, NULL)`,
    [
      storeId,
      schemaVersion,
      schemaVersion,
      master.id,
      newRootKey(storeId, master),
      1,
      first.seq,
      first.hash,
      now,
      origin,
    ],
  )
}

/** Looks for the store behind a driver, makes or migrates it where that is allowed, and opens its keys. */
export const openKeys = async (
  driver: Driver,
  master: SealingKey,
  options: { readonly migrate: boolean; readonly create: boolean; readonly by: string },
): Promise<StoreKeys> => {
  const schema = await currentSchema(driver, driver.read)
  if (schema === 0 && !options.create) {
    throw new KeyturnError('STORE_MISSING', `${driver.describe} holds no store`)
  }
  if (schema < schemaVersion) {
    if (driver.kind === 'postgres' && !options.migrate) {
      const what =
        schema === 0 ? 'holds no Keyturn store yet' : `has schema ${schema}, this Keyturn needs ${schemaVersion}`
      throw new KeyturnError('STORE_NOT_MIGRATED', `${driver.describe} ${what}`, {
        data: { schema, ours: schemaVersion },
      })
    }
    await driver.migrate((begun) => createTables(driver, begun, master, options.by))
  }
  const { storeId } = await readMeta(driver.read, driver.describe)
  const [row] = await driver.read.all('SELECT root_key FROM keyturn_meta')
  if (row === undefined) throw new KeyturnError('STORE_MISSING', `${driver.describe} holds no store`)
  return storeKeys(storeId, master, bytes(row, 'root_key'))
}

export const openStore = async (address: string | Secret, options: OpenStoreOptions): Promise<Store> => {
  const { holder, transition = protocolTransition } = options
  const master = sealingKey(await resolveMasterKey(options.masterKey))
  const driver = await openDriver(address, options)
  try {
    const by = `${holder.host}/${holder.process}`
    const keys = await openKeys(driver, master, {
      migrate: options.migrate ?? false,
      create: options.create ?? true,
      by,
    })
    await driver.startClock()
    return createStore({ driver, keys, holder, transition })
  } catch (error) {
    await driver.close()
    throw error
  }
}
