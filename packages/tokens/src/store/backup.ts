/**
 * Backups. SQLite: its own online backup, a database file. PostgreSQL: all rows of one snapshot in one file (format:
 * docs/formats/backup.md). Secrets stay sealed; the master key is not in it and must be kept beside it.
 *
 * A restored store is an older copy of itself: what was spent since is unknown to it. So every refresh-token grant in
 * it is in doubt until the hosts' journals have been rolled forward (rule 12).
 */
import { createHash } from 'node:crypto'
import {
  closeSync,
  constants,
  createReadStream,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { backup, DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { KeyturnError } from '../errors.ts'
import { transition as protocolTransition } from '../protocol/transition.ts'
import type { Secret } from '../secret.ts'
import { createStore } from './engine.ts'
import { markOf, readMeta } from './head.ts'
import { resolveMasterKey } from './master-key.ts'
import { openDriver } from './open.ts'
import type { DriverOptions, OpenStoreOptions } from './open.ts'
import { readRows, writeRows } from './rows.ts'
import type { TableRow } from './rows.ts'
import { copiedTables, schemaVersion } from './schema.ts'
import { sealingKey } from './sealed.ts'
import { bytes, text } from './sql.ts'
import type { Driver, Row, Value } from './sql.ts'
import type { SqliteDriver } from './sqlite.ts'
import { storeKeys } from './store-keys.ts'
import type { Mark } from './store.ts'
import { verifyStore } from './verify.ts'

export interface BackedUp {
  readonly file: string
  readonly format: 'sqlite' | 'rows'
  readonly store: string
  /** The head of the ledger in the backup. */
  readonly mark: Mark
}

const format = 'keyturn-backup'

const isSqlite = (driver: Driver): driver is SqliteDriver => driver.kind === 'sqlite'

const syncPath = (path: string): void => {
  const descriptor = openSync(path, constants.O_RDONLY)
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

const encode = (value: Value): unknown =>
  value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value

const decode = (value: unknown): Value => {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value
  if (typeof value === 'object' && 'base64' in value && typeof value.base64 === 'string') {
    return Buffer.from(value.base64, 'base64')
  }
  throw new KeyturnError('STORE_TAMPERED', 'the backup holds a value of no known kind')
}

const dump = (driver: Driver, descriptor: number, at: number): Promise<{ store: string; mark: Mark }> =>
  driver.snapshot(async (sql) => {
    const meta = await readMeta(sql, driver.describe)
    const digest = createHash('sha256')
    const write = (value: unknown): void => {
      const line = `${JSON.stringify(value)}\n`
      digest.update(line)
      writeSync(descriptor, line)
    }
    write({ format, v: 1, schema: schemaVersion, store: meta.storeId, at, ...markOf(meta) })
    let rows = 0
    for await (const { table, row } of readRows(sql)) {
      rows += 1
      write({ table, row: Object.fromEntries(Object.entries(row).map(([column, value]) => [column, encode(value)])) })
    }
    writeSync(descriptor, `${JSON.stringify({ end: rows, sha256: digest.digest('hex') })}\n`)
    fsyncSync(descriptor)
    return { store: meta.storeId, mark: markOf(meta) }
  })

/** Writes a backup to a new file of mode 0600, whole or not at all. Note it in the ledger with `store.note`. */
export const backupStore = async (
  address: string | Secret,
  file: string,
  options: DriverOptions,
): Promise<BackedUp> => {
  const target = resolve(file)
  const partial = `${target}.partial`
  const driver = await openDriver(address, { ...options, create: false })
  try {
    const descriptor = openSync(partial, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, 0o600)
    let facts
    try {
      if (!isSqlite(driver)) facts = await dump(driver, descriptor, await driver.now())
    } finally {
      closeSync(descriptor)
    }
    if (isSqlite(driver)) {
      await backup(driver.database, partial)
      syncPath(partial)
      facts = await readSqliteFacts(partial)
    }
    if (facts === undefined) throw new KeyturnError('DEFECT', 'a backup has no facts')
    renameSync(partial, target)
    syncPath(dirname(target))
    return { file: target, format: isSqlite(driver) ? 'sqlite' : 'rows', ...facts }
  } catch (error) {
    rmSync(partial, { force: true })
    throw error
  } finally {
    await driver.close()
  }
}

/** Opens a database file that nobody uses, without making any file beside it. */
const openBackup = (file: string): DatabaseSync => {
  const url = pathToFileURL(file)
  url.searchParams.set('immutable', '1')
  return new DatabaseSync(url, { readOnly: true })
}

const sqlOf = (database: DatabaseSync) => ({
  all: async (text: string, params: readonly Value[] = []) => database.prepare(text).all(...params) as readonly Row[],
  run: () => Promise.reject(new KeyturnError('DEFECT', 'a backup is only read')),
})

const readSqliteFacts = async (file: string): Promise<{ store: string; mark: Mark }> => {
  const database = openBackup(file)
  try {
    const meta = await readMeta(sqlOf(database), file)
    return { store: meta.storeId, mark: markOf(meta) }
  } finally {
    database.close()
  }
}

const isTableRow = (value: unknown): value is { table: TableRow['table']; row: Readonly<Record<string, unknown>> } =>
  typeof value === 'object' &&
  value !== null &&
  'table' in value &&
  'row' in value &&
  typeof value.row === 'object' &&
  copiedTables.some((table) => table === value.table)

/** The rows of a dump; throws at its end when it is not whole. */
async function* readDump(file: string): AsyncGenerator<TableRow> {
  const broken = (why: string) => new KeyturnError('STORE_TAMPERED', `the backup ${file} ${why}`)
  const digest = createHash('sha256')
  let rows = -1
  let ended = false
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null && 'sha256' in value && 'end' in value) {
      ended = value.sha256 === digest.digest('hex') && value.end === rows
      break
    }
    digest.update(`${line}\n`)
    rows += 1
    if (rows === 0) {
      if (typeof value !== 'object' || value === null || !('v' in value) || value.v !== 1)
        throw broken('has another format')
      continue
    }
    if (!isTableRow(value)) throw broken(`holds no row in line ${rows + 1}`)
    const { table, row } = value
    yield { table, row: Object.fromEntries(Object.entries(row).map(([column, cell]) => [column, decode(cell)])) }
  }
  if (!ended) throw broken('is cut off or was altered')
}

const headOf = (file: string): string => {
  const descriptor = openSync(file, constants.O_RDONLY)
  try {
    const head = Buffer.alloc(64)
    return head.subarray(0, readSync(descriptor, head, 0, 64, 0)).toString('latin1')
  } finally {
    closeSync(descriptor)
  }
}

async function* readBackup(file: string): AsyncGenerator<TableRow> {
  const head = headOf(file)
  if (head.startsWith(`{"format":"${format}"`)) return yield* readDump(file)
  if (!head.startsWith('SQLite format 3\0')) {
    throw new KeyturnError('BAD_ARGUMENT', `${file} is no backup of a Keyturn store`)
  }
  const database = openBackup(file)
  try {
    yield* readRows(sqlOf(database))
  } finally {
    database.close()
  }
}

/**
 * Puts a backup into an empty place, of either kind. `atLeast` is the epoch of the newest mark that is known from
 * outside of the store. The doubts are part of the same transaction: there is never a copy that believes in itself.
 */
export const restoreStore = async (
  file: string,
  address: string | Secret,
  options: OpenStoreOptions & { readonly atLeast?: number },
): Promise<void> => {
  const master = sealingKey(await resolveMasterKey(options.masterKey))
  const target = await openDriver(address, options)
  const { holder, transition = protocolTransition, atLeast = 0 } = options
  try {
    await writeRows(target, readBackup(resolve(file)), async (begun) => {
      const [row] = await begun.sql.all('SELECT store_id, root_key FROM keyturn_meta')
      if (row === undefined) throw new KeyturnError('STORE_MISSING', `${file} holds no store`)
      const keys = storeKeys(text(row, 'store_id'), master, bytes(row, 'root_key'))
      await verifyStore(begun.sql, keys)
      const within: Driver = { ...target, read: begun.sql, write: async (work) => (await work(begun)).value }
      const store = createStore({ driver: within, keys, holder, transition })
      await store.wentBack('restored from a backup', atLeast)
    })
  } finally {
    await target.close()
  }
}
