/**
 * The tables, as numbered migrations, once for both dialects.
 *
 * Migrations expand, then contract: a version that stops using a column leaves it, and only a later version drops it
 * and raises `minWriter`. So `schema` says what the tables look like and `minWriter` says who may still write; a writer
 * older than that refuses before it claims anything (STORE_TOO_NEW), in every writing transaction.
 *
 * All tables bear the prefix `keyturn_`, so that a shared PostgreSQL database needs no search path of its own.
 */
import { KeyturnError } from '../errors.ts'
import type { Dialect, Driver, Sql } from './sql.ts'
import { integer } from './sql.ts'

interface Migration {
  readonly schema: number
  /** The oldest `schemaVersion` whose code may still write after this migration. */
  readonly minWriter: number
  readonly statements: (dialect: Dialect) => readonly string[]
}

const migrations: readonly Migration[] = [
  {
    schema: 1,
    minWriter: 1,
    statements: ({ bytes, integer, tableSuffix }) => [
      // One row: the store's identity, its head, and what every writing transaction must know first.
      `CREATE TABLE keyturn_meta (
        one ${integer} PRIMARY KEY CHECK (one = 1),
        store_id TEXT NOT NULL,
        schema_version ${integer} NOT NULL,
        min_writer ${integer} NOT NULL,
        key_id TEXT NOT NULL,
        root_key ${bytes} NOT NULL,
        epoch ${integer} NOT NULL,
        seq ${integer} NOT NULL,
        hash TEXT NOT NULL,
        commits ${integer} NOT NULL,
        latest ${integer} NOT NULL,
        origin TEXT,
        moved_to TEXT,
        signing_key ${bytes},
        verifying_key TEXT
      )${tableSuffix}`,
      `CREATE TABLE keyturn_grants (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        lineage TEXT UNIQUE,
        org_id TEXT,
        user_id TEXT,
        client_id TEXT NOT NULL,
        removed ${integer} NOT NULL,
        spending ${integer} NOT NULL,
        version ${integer} NOT NULL,
        created_at ${integer} NOT NULL,
        exchanged_at ${integer} NOT NULL,
        settings TEXT NOT NULL,
        state TEXT NOT NULL,
        access TEXT,
        learned TEXT NOT NULL,
        data_key ${bytes} NOT NULL,
        mark ${bytes} NOT NULL
      )${tableSuffix}`,
      'CREATE UNIQUE INDEX keyturn_grants_name ON keyturn_grants (name) WHERE removed = 0',
      'CREATE INDEX keyturn_grants_cascade ON keyturn_grants (client_id, org_id, user_id)',
      `CREATE TABLE keyturn_secrets (
        grant_id TEXT NOT NULL REFERENCES keyturn_grants (id),
        name TEXT NOT NULL,
        sealed ${bytes} NOT NULL,
        PRIMARY KEY (grant_id, name)
      )${tableSuffix}`,
      `CREATE TABLE keyturn_ledger (
        seq ${integer} PRIMARY KEY,
        epoch ${integer} NOT NULL,
        at ${integer} NOT NULL,
        kind TEXT NOT NULL,
        grant_id TEXT,
        writer TEXT NOT NULL,
        data TEXT NOT NULL,
        prev TEXT NOT NULL,
        hash TEXT NOT NULL
      )${tableSuffix}`,
      'CREATE INDEX keyturn_ledger_grant ON keyturn_ledger (grant_id, seq)',
      `CREATE TABLE keyturn_hosts (
        host TEXT PRIMARY KEY,
        seen_at ${integer} NOT NULL,
        confirmed_epoch ${integer} NOT NULL,
        lost_at ${integer}
      )${tableSuffix}`,
      `CREATE TABLE keyturn_orphans (
        id TEXT PRIMARY KEY,
        grant_id TEXT NOT NULL,
        attempt TEXT NOT NULL,
        at ${integer} NOT NULL,
        revoked_at ${integer},
        data_key ${bytes} NOT NULL,
        sealed ${bytes} NOT NULL,
        UNIQUE (grant_id, attempt)
      )${tableSuffix}`,
      `CREATE TABLE keyturn_paced (
        client_id TEXT PRIMARY KEY,
        since ${integer} NOT NULL
      )${tableSuffix}`,
      // SQLite's clock: boot-time clock plus a base that belongs to one boot of one machine. Unused by PostgreSQL.
      `CREATE TABLE keyturn_boots (
        boot TEXT PRIMARY KEY,
        base ${integer} NOT NULL
      )${tableSuffix}`,
    ],
  },
  {
    schema: 2,
    // An older writer would rotate the master key and leave the records' keys behind.
    minWriter: 2,
    statements: ({ bytes, integer, tableSuffix }) => [
      `CREATE TABLE keyturn_records (
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        version ${integer} NOT NULL,
        changed_at ${integer} NOT NULL,
        doc TEXT NOT NULL,
        data_key ${bytes},
        mark ${bytes} NOT NULL,
        PRIMARY KEY (kind, id)
      )${tableSuffix}`,
      `CREATE TABLE keyturn_record_secrets (
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        name TEXT NOT NULL,
        sealed ${bytes} NOT NULL,
        PRIMARY KEY (kind, id, name),
        FOREIGN KEY (kind, id) REFERENCES keyturn_records (kind, id)
      )${tableSuffix}`,
    ],
  },
]

/** Tables in an order in which their rows can be inserted; `boots` belongs to a machine and is never copied. */
export const copiedTables = [
  'keyturn_meta',
  'keyturn_grants',
  'keyturn_secrets',
  'keyturn_ledger',
  'keyturn_hosts',
  'keyturn_orphans',
  'keyturn_paced',
  'keyturn_records',
  'keyturn_record_secrets',
] as const

/** The schema a table came with, where that is not the first. */
export const addedIn: Readonly<Partial<Record<(typeof copiedTables)[number], number>>> = {
  keyturn_records: 2,
  keyturn_record_secrets: 2,
}

/** The newest schema this code knows; also its number as a writer. */
export const schemaVersion = Math.max(...migrations.map(({ schema }) => schema))

/** 0 where there are no tables yet, or tables without a store in them. */
export const currentSchema = async (driver: Driver, sql: Sql): Promise<number> => {
  const exists =
    driver.kind === 'sqlite'
      ? await sql.all("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'keyturn_meta'")
      : await sql.all("SELECT 1 FROM pg_class WHERE oid = to_regclass('keyturn_meta')")
  if (exists.length === 0) return 0
  const rows = await sql.all('SELECT schema_version, min_writer FROM keyturn_meta')
  const row = rows[0]
  if (row === undefined) return 0
  refuseIfTooNew(driver.describe, integer(row, 'schema_version'), integer(row, 'min_writer'))
  return integer(row, 'schema_version')
}

export const refuseIfTooNew = (where: string, schema: number, minWriter: number): void => {
  if (minWriter <= schemaVersion) return
  throw new KeyturnError(
    'STORE_TOO_NEW',
    `${where} has schema ${schema} and wants writers of at least ${minWriter}; this Keyturn is ${schemaVersion}`,
    { data: { schema, minWriter, ours: schemaVersion } },
  )
}

/** Runs what is missing, in the transaction it is given. */
export const migrate = async (dialect: Dialect, sql: Sql, from: number, to = schemaVersion): Promise<void> => {
  for (const migration of migrations) {
    if (migration.schema <= from || migration.schema > to) continue
    for (const statement of migration.statements(dialect)) await sql.run(statement)
    if (from > 0) {
      await sql.run('UPDATE keyturn_meta SET schema_version = ?, min_writer = ?', [
        migration.schema,
        migration.minWriter,
      ])
    }
  }
}
