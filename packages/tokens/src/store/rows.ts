/**
 * All rows of a store, as a stream, out of one database and into another: what backups, restores and moves share.
 * Rows stay as they are: secrets sealed, grants marked, ledger chained. They fit wherever the store's id goes along.
 */
import { KeyturnError } from '../errors.ts'
import { addedIn, copiedTables, currentSchema, migrate, refuseIfTooNew } from './schema.ts'
import { integer } from './sql.ts'
import type { Begun, Driver, Row, Sql, Value } from './sql.ts'

type Table = (typeof copiedTables)[number]

export interface TableRow {
  readonly table: Table
  readonly row: Readonly<Record<string, Value>>
}

const page = 1000
const batch = 50

const order: Readonly<Record<Table, string>> = {
  keyturn_meta: 'one',
  keyturn_grants: 'id',
  keyturn_secrets: 'grant_id, name',
  keyturn_ledger: 'seq',
  keyturn_hosts: 'host',
  keyturn_orphans: 'id',
  keyturn_paced: 'client_id',
  keyturn_records: 'kind, id',
  keyturn_record_secrets: 'kind, id, name',
}

const plain = (row: Row): Readonly<Record<string, Value>> =>
  Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      if (value === null || typeof value === 'string' || typeof value === 'number' || value instanceof Uint8Array) {
        return [column, value]
      }
      throw new KeyturnError('DEFECT', `column ${column} holds something that can’t be copied`)
    }),
  )

/** Every row, table by table, out of one snapshot. */
export async function* readRows(sql: Sql): AsyncGenerator<TableRow> {
  const [meta] = await sql.all('SELECT schema_version FROM keyturn_meta')
  const schema = meta === undefined ? 0 : integer(meta, 'schema_version')
  for (const table of copiedTables) {
    // A backup may be older than a table.
    if ((addedIn[table] ?? 0) > schema) continue
    for (let from = 0; ; from += page) {
      // The ledger is the one table without a bound.
      const rows =
        table === 'keyturn_ledger'
          ? await sql.all('SELECT * FROM keyturn_ledger WHERE seq > ? AND seq <= ? ORDER BY seq', [from, from + page])
          : await sql.all(`SELECT * FROM ${table} ORDER BY ${order[table]}`)
      for (const row of rows) yield { table, row: plain(row) }
      if (table !== 'keyturn_ledger' || rows.length < page) break
    }
  }
}

const insert = async (sql: Sql, table: Table, rows: readonly TableRow['row'][]): Promise<void> => {
  const [first] = rows
  if (first === undefined) return
  const columns = Object.keys(first)
  // Names come from a file: only what the schema's tables may be called gets into a statement.
  if (!columns.every((column) => /^[a-z_]+$/.test(column)))
    throw new KeyturnError('DEFECT', `${table} has a column that can’t be`)
  const one = `(${columns.map(() => '?').join(', ')})`
  const values = rows.flatMap((row) => columns.map((column) => row[column] ?? null))
  await sql.run(`INSERT INTO ${table} (${columns.join(', ')}) VALUES ${rows.map(() => one).join(', ')}`, values)
}

/** Makes the tables in an empty place and fills them; `finish` verifies or changes, all in one transaction. */
export const writeRows = <T>(
  target: Driver,
  rows: AsyncIterable<TableRow>,
  finish: (begun: Begun) => Promise<T>,
): Promise<T> =>
  target.migrate(async (begun) => {
    const { sql, origin } = begun
    const found = await currentSchema(target, sql)
    const [taken] = found > 0 ? await sql.all('SELECT 1 FROM keyturn_meta') : []
    if (taken !== undefined) {
      throw new KeyturnError('BAD_ARGUMENT', `${target.describe} holds a store already`, {
        fix: 'Name an empty place, or move that store out of the way first.',
      })
    }
    let schema = 0
    let waiting: TableRow[] = []
    const flush = async (): Promise<void> => {
      const [first] = waiting
      if (first !== undefined)
        await insert(
          sql,
          first.table,
          waiting.map(({ row }) => row),
        )
      waiting = []
    }
    for await (const each of rows) {
      const { table } = each
      if (table === 'keyturn_meta') {
        schema = integer(each.row, 'schema_version')
        refuseIfTooNew('what was to be copied', schema, integer(each.row, 'min_writer'))
        // Tables as the rows were written for them; what came later is added below.
        await migrate(target.dialect, sql, 0, schema)
      }
      if (waiting.length === batch || (waiting[0] !== undefined && waiting[0].table !== table)) await flush()
      // The copy belongs to its new database and is not retired.
      waiting.push({ table, row: table === 'keyturn_meta' ? { ...each.row, origin, moved_to: null } : each.row })
    }
    await flush()
    if (schema === 0) throw new KeyturnError('STORE_MISSING', 'what was to be copied holds no store')
    await migrate(target.dialect, sql, schema)
    return finish(begun)
  })
