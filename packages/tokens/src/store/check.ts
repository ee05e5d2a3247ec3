/** What `keyturn doctor` wants to know of a store. Facts and what they mean; needs no master key and changes nothing. */
import { accessSync, constants, statSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { KeyturnError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import { networkFileSystem } from './network-file-system.ts'
import { openDriver } from './open.ts'
import type { DriverOptions } from './open.ts'
import { currentSchema, schemaVersion } from './schema.ts'
import { integer, text, textOrNull } from './sql.ts'
import type { Driver, Row, Sql } from './sql.ts'
import type { SqliteDriver } from './sqlite.ts'

export interface StoreFact {
  readonly name: string
  readonly status: 'ok' | 'warning' | 'bad' | 'unknown'
  readonly value: string | number | boolean | null
  /** What it means, and what to do where it is not `ok`. */
  readonly text: string
}

const fact = (name: string, status: StoreFact['status'], value: StoreFact['value'], text: string): StoreFact => ({
  name,
  status,
  value,
  text,
})

const unknown = (name: string, error: unknown): StoreFact =>
  fact(name, 'unknown', null, error instanceof Error ? error.message : 'can’t be read')

const least = 50 * 1024 * 1024

const fileFacts = (path: string): readonly StoreFact[] => {
  const folder = dirname(path)
  const mode = statSync(path).mode & 0o777
  const octal = mode.toString(8).padStart(4, '0')
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize
  const network = networkFileSystem(folder)
  let writable = true
  try {
    accessSync(path, constants.W_OK)
    accessSync(folder, constants.W_OK)
  } catch {
    writable = false
  }
  return [
    (mode & 0o077) === 0 || process.platform === 'win32'
      ? fact('file-mode', 'ok', octal, 'only its owner may read the store')
      : fact('file-mode', 'bad', octal, `others may read the store; run: chmod 600 ${path}`),
    writable
      ? fact('writable', 'ok', true, 'file and folder can be written')
      : fact('writable', 'bad', false, 'this user can’t write the file and its folder (SQLite needs both)'),
    free >= least
      ? fact('free-space', 'ok', free, 'there is space on the disk')
      : fact(
          'free-space',
          free === 0 ? 'bad' : 'warning',
          free,
          'the disk is almost full: no token is spent without space',
        ),
    network === null
      ? fact('file-system', 'ok', null, 'the file system is local as far as can be told')
      : fact('file-system', 'bad', network, `SQLite’s locks don’t hold on ${network}: use a local disk or PostgreSQL`),
  ]
}

const sqliteFacts = async (driver: SqliteDriver): Promise<readonly StoreFact[]> => {
  const pragma = (name: string): string | number => {
    const row: Row = driver.database.prepare(`PRAGMA ${name}`).get() ?? {}
    const [value] = Object.values(row)
    return typeof value === 'number' ? value : String(value)
  }
  const integrity = pragma('integrity_check')
  const durable = pragma('journal_mode') === 'wal' && pragma('synchronous') === 2
  return [
    ...fileFacts(driver.path),
    integrity === 'ok'
      ? fact('integrity', 'ok', 'ok', 'SQLite finds the file whole')
      : fact('integrity', 'bad', String(integrity), 'the file is damaged: restore a backup'),
    durable
      ? fact('durability', 'ok', true, 'each commit is synced to the disk')
      : fact('durability', 'bad', false, 'the database does not sync each commit'),
  ]
}

const settings: Readonly<Record<string, { bad: string; status: 'bad' | 'warning'; text: string; good: string }>> = {
  fsync: {
    bad: 'off',
    status: 'bad',
    good: 'commits reach the disk',
    text: 'a crash of the server loses commits and may damage the database: set fsync = on',
  },
  full_page_writes: {
    bad: 'off',
    status: 'bad',
    good: 'torn pages are repaired',
    text: 'a crash may damage the database: set full_page_writes = on',
  },
}

const postgresFacts = async (sql: Sql): Promise<readonly StoreFact[]> => {
  const setting = async (name: string): Promise<string> => {
    const [row] = await sql.all(`SELECT current_setting('${name}') AS value`)
    return text(row ?? {}, 'value')
  }
  const facts: StoreFact[] = []
  for (const [name, { bad, status, text: advice, good }] of Object.entries(settings)) {
    const value = await setting(name)
    facts.push(value === bad ? fact(name, status, value, advice) : fact(name, 'ok', value, good))
  }
  const names = await setting('synchronous_standby_names')
  const standbys = await sql
    .all(
      "SELECT count(*) AS all_of_them, count(*) FILTER (WHERE sync_state IN ('sync', 'quorum')) AS waited_for FROM pg_stat_replication",
    )
    .catch(() => [])
  const [counted] = standbys
  if (counted === undefined) facts.push(fact('standbys', 'unknown', null, 'this user may not see the standbys'))
  else {
    const [count, waited] = [integer(counted, 'all_of_them'), integer(counted, 'waited_for')]
    facts.push(
      count > 0 && waited === 0
        ? fact(
            'standbys',
            'warning',
            count,
            'a fail-over to an asynchronous standby loses the newest commits: its grants will be in doubt; set synchronous_standby_names',
          )
        : fact('standbys', 'ok', count, count === 0 ? 'there is no standby' : 'commits wait for a standby'),
    )
    if (names !== '' && waited === 0) {
      facts.push(fact('standby-missing', 'bad', names, 'commits wait for a standby that is not connected'))
    }
  }
  const [origin] = await sql.all('SELECT origin FROM keyturn_meta').catch(() => [])
  const known = origin === undefined ? null : textOrNull(origin, 'origin')
  facts.push(
    known === null
      ? fact(
          'time-line',
          'warning',
          null,
          'the user may not execute pg_control_system(): a fail-over is noticed only by the marks outside of the store',
        )
      : fact('time-line', 'ok', known, 'a fail-over or restore is noticed at once'),
  )
  return facts
}

const isSqlite = (driver: Driver): driver is SqliteDriver => driver.kind === 'sqlite'

const schemaFact = async (driver: Driver): Promise<StoreFact> => {
  const schema = await currentSchema(driver, driver.read)
  if (schema === 0) return fact('schema', 'bad', 0, 'there is no store in it: `keyturn init` makes one')
  const [row] = await driver.read.all('SELECT moved_to FROM keyturn_meta')
  const movedTo = row === undefined ? null : textOrNull(row, 'moved_to')
  if (movedTo !== null) return fact('schema', 'bad', schema, `this store was moved to ${movedTo}`)
  return schema < schemaVersion
    ? fact('schema', 'warning', schema, 'an older schema: run `keyturn store migrate`')
    : fact('schema', 'ok', schema, 'the schema fits this version')
}

/** Never throws for what is wrong with the store: that is its answer. */
export const checkStore = async (address: string | Secret, options: DriverOptions): Promise<readonly StoreFact[]> => {
  let driver: Driver
  try {
    driver = await openDriver(address, { ...options, create: false })
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error
    return [fact('reachable', 'bad', error.code, `${error.message} — ${error.fix}`)]
  }
  try {
    const own = isSqlite(driver) ? sqliteFacts(driver) : postgresFacts(driver.read)
    const facts = [...(await own), await schemaFact(driver)]
    return [fact('reachable', 'ok', driver.describe, 'the store answers'), ...facts]
  } catch (error) {
    return [unknown('reachable', error)]
  } finally {
    await driver.close()
  }
}
