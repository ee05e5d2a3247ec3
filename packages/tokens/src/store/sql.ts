/**
 * What the engine needs of a database: two ways to run a statement (inside the one writing transaction, or on committed
 * data) and a handful of facts. Statements are written once, with `?` for parameters; sqlite.ts and postgres.ts hold
 * what differs.
 */
import { KeyturnError } from '../errors.ts'
export type Value = string | number | null | Uint8Array

export type Row = Readonly<Record<string, unknown>>

export interface Sql {
  all(text: string, params?: readonly Value[]): Promise<readonly Row[]>
  run(text: string, params?: readonly Value[]): Promise<void>
}

/** The head of the store as the writing transaction found it, after everybody else was locked out. */
export interface Begun {
  readonly sql: Sql
  /** The store's clock. */
  readonly now: number
  /** Names the database's time line (PostgreSQL: system identifier and timeline); null where there is none. */
  readonly origin: string | null
}

/** What a transaction did. `landed` looks, after a commit that got no answer, whether it is there. */
interface Outcome<T> {
  readonly keep: boolean
  readonly value: T
  readonly landed?: (sql: Sql) => Promise<boolean>
}

export type Work<T> = (begun: Begun) => Promise<Outcome<T>>

export interface Driver {
  readonly kind: 'sqlite' | 'postgres'
  readonly dialect: Dialect
  /** For messages: path or host and database, never a password. */
  readonly describe: string
  /** Committed data; a single statement sees one snapshot. */
  readonly read: Sql
  /**
   * Runs `work` alone: no other writer of this store is between begin and commit. Resolves when the commit is durable.
   * When `work` throws or says `keep: false`, nothing was changed. May run `work` again when the database lost the first attempt.
   */
  write<T>(work: Work<T>): Promise<T>
  /** Like `write`, before there is a head row to lock: creation and migration. */
  migrate<T>(work: (begun: Begun) => Promise<T>): Promise<T>
  /** `handler` runs before anything is read from a database of another time line (PostgreSQL). */
  whenStrange(handler: () => Promise<void>): void
  /** SQLite: finds the base of the store's clock for this boot, once the tables are there. */
  startClock(): Promise<void>
  /** Runs `work` on one snapshot of committed data, over a connection of its own: backups, moves, checks. */
  snapshot<T>(work: (sql: Sql) => Promise<T>): Promise<T>
  now(): Promise<number>
  version(): number | string | Promise<number | string>
  changed(ms: number): Promise<void>
  close(): Promise<void>
}

/** What the schema's text can't say in one way for both. */
export interface Dialect {
  readonly bytes: 'BLOB' | 'BYTEA'
  readonly integer: 'INTEGER' | 'BIGINT'
  /** SQLite keeps to declared types only in STRICT tables. */
  readonly tableSuffix: ' STRICT' | ''
}

export const text = (row: Row, column: string): string => {
  const value = row[column]
  if (typeof value !== 'string') throw new KeyturnError('DEFECT', `column ${column} holds no text`)
  return value
}

export const textOrNull = (row: Row, column: string): string | null => (row[column] === null ? null : text(row, column))

/** BIGINT arrives as text from PostgreSQL. */
export const integer = (row: Row, column: string): number => {
  const value = row[column]
  const number = typeof value === 'string' || typeof value === 'bigint' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isSafeInteger(number))
    throw new KeyturnError('DEFECT', `column ${column} holds no integer`)
  return number
}

export const integerOrNull = (row: Row, column: string): number | null =>
  row[column] === null ? null : integer(row, column)

export const bytes = (row: Row, column: string): Uint8Array => {
  const value = row[column]
  if (!(value instanceof Uint8Array)) throw new KeyturnError('DEFECT', `column ${column} holds no bytes`)
  return value
}

export const bytesOrNull = (row: Row, column: string): Uint8Array | null =>
  row[column] === null ? null : bytes(row, column)
