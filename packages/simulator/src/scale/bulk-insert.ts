/**
 * Rows by the hundred thousand, past everything that inserting one by one looks after: no defaults but those of the
 * table, no audit fields, no checks. Indexes are made again when the rows are in, which is several times as fast.
 */
import { quoted } from '../data/tables.ts'
import type { SqlValue } from '../data/values.ts'
import type { Org } from '../state/org.ts'

export function bulkInsert(
  org: Org,
  of: { readonly table: string; readonly columns: readonly string[]; readonly count: number },
  rowAt: (index: number) => readonly SqlValue[],
): void {
  const { table, columns, count } = of
  const indexes = org.db
    .prepare(`SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL`)
    .all(table)
  const many = count > 20_000
  org.db.exec('SAVEPOINT bulk_insert')
  if (many) for (const { name } of indexes) org.db.exec(`DROP INDEX ${quoted(String(name))}`)
  const insert = org.db.prepare(
    `INSERT INTO ${quoted(table)} (${columns.map(quoted).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  )
  for (let index = 0; index < count; index++) insert.run(...rowAt(index))
  if (many) for (const { sql } of indexes) org.db.exec(String(sql))
  org.db.exec('RELEASE bulk_insert')
}
