/**
 * Records: what other capabilities must keep beside the grants (the broker's callers, ended sessions, uses). Small JSON
 * documents by kind and id, each with a version for compare-and-set, a mark that shows a change made outside, and
 * secrets sealed under a data key of its own. Written in the same transaction as the ledger entry that tells of it.
 *
 * Without an entry, a COMMIT whose answer was lost is taken for done: only for what may be lost (sums, caches).
 */
import { KeyturnError } from '../errors.ts'
import { readIntact } from './read-intact.ts'
import type { StoreRecord, RecordEntry, PutRecord, Records } from './record.ts'
import { bytes, bytesOrNull, integer, text } from './sql.ts'
import type { Driver, Row, Sql } from './sql.ts'
import type { StoreKeys } from './store-keys.ts'
import { discard } from './writer.ts'
import type { Writer, Writing } from './writer.ts'

const page = 1000
const columns = 'kind, id, version, changed_at, doc, data_key, mark'

interface RecordRow {
  readonly record: StoreRecord
  readonly dataKey: Uint8Array | null
}

/** The identity under which its data key is wrapped and its secrets are sealed. */
const placeOf = (kind: string, id: string): string => `record/${kind}/${id}`

/** Everything but the wrapped data key, which its own seal protects and a new master key replaces. */
const marked = (kind: string, id: string, version: number, changedAt: number, doc: string): string =>
  JSON.stringify(['record row 1', kind, id, version, changedAt, doc])

const readRow = (keys: StoreKeys, row: Row): RecordRow => {
  const [kind, id, doc] = [text(row, 'kind'), text(row, 'id'), text(row, 'doc')]
  const [version, changedAt] = [integer(row, 'version'), integer(row, 'changed_at')]
  if (!keys.rowMarkFits(marked(kind, id, version, changedAt, doc), bytes(row, 'mark'))) {
    throw new KeyturnError('STORE_TAMPERED', `the record ${id} of kind ${kind} was altered outside of Keyturn`, {
      data: { kind, id },
    })
  }
  return { record: { kind, id, version, changedAt, doc: JSON.parse(doc) }, dataKey: bytesOrNull(row, 'data_key') }
}

const select = async (sql: Sql, keys: StoreKeys, kind: string, id: string): Promise<RecordRow | null> => {
  const [row] = await sql.all(`SELECT ${columns} FROM keyturn_records WHERE kind = ? AND id = ?`, [kind, id])
  return row === undefined ? null : readRow(keys, row)
}

/** All of a kind that belongs to the store itself, where there are few. */
export const readRecords = async (
  sql: Sql,
  keys: StoreKeys,
  kind: string,
  altered: (error: KeyturnError) => void,
): Promise<readonly StoreRecord[]> =>
  readIntact(
    await sql.all(`SELECT ${columns} FROM keyturn_records WHERE kind = ? ORDER BY id`, [kind]),
    (row) => readRow(keys, row).record,
    altered,
  )

const lost = (kind: string, id: string, what: string): KeyturnError =>
  new KeyturnError('CLAIM_LOST', `the record ${id} of kind ${kind} ${what}`, { data: { kind, id } })

export const putRecord = async (keys: StoreKeys, { sql, now }: Writing, put: PutRecord): Promise<StoreRecord> => {
  const { kind, id, expect, secrets = {}, forget = [] } = put
  if (!/^[a-z][a-z-]*$/.test(kind) || id === '')
    throw new KeyturnError('DEFECT', `${kind || 'an empty text'} is no kind of record, or its id is empty`)
  const found = await select(sql, keys, kind, id)
  if (expect === null && found !== null) throw lost(kind, id, 'is there already')
  if (typeof expect === 'number' && found?.record.version !== expect) throw lost(kind, id, 'was changed meanwhile')
  const place = placeOf(kind, id)
  const dataKey = found?.dataKey ?? (Object.keys(secrets).length === 0 ? null : keys.wrapNew(place))
  const version = (found?.record.version ?? 0) + 1
  const doc = JSON.stringify(put.doc)
  const values = [version, now, doc, dataKey, keys.rowMark(marked(kind, id, version, now, doc))]
  await (found === null
    ? sql.run(`INSERT INTO keyturn_records (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`, [kind, id, ...values])
    : sql.run(
        'UPDATE keyturn_records SET version = ?, changed_at = ?, doc = ?, data_key = ?, mark = ? WHERE kind = ? AND id = ?',
        [...values, kind, id],
      ))
  for (const name of forget) {
    await sql.run('DELETE FROM keyturn_record_secrets WHERE kind = ? AND id = ? AND name = ?', [kind, id, name])
  }
  for (const [name, secret] of Object.entries(secrets)) {
    if (dataKey === null) throw new KeyturnError('DEFECT', 'a record with secrets has no key')
    await sql.run(
      `INSERT INTO keyturn_record_secrets (kind, id, name, sealed) VALUES (?, ?, ?, ?)
       ON CONFLICT (kind, id, name) DO UPDATE SET sealed = excluded.sealed`,
      [kind, id, name, keys.sealSecret(dataKey, place, name, secret)],
    )
  }
  return { kind, id, version, changedAt: now, doc: JSON.parse(doc) }
}

const removeRecord = async (sql: Sql, kind: string, id: string): Promise<void> => {
  await sql.run('DELETE FROM keyturn_record_secrets WHERE kind = ? AND id = ?', [kind, id])
  await sql.run('DELETE FROM keyturn_records WHERE kind = ? AND id = ?', [kind, id])
}

const enter = async (writing: Writing, entry: RecordEntry | undefined): Promise<void> => {
  if (entry !== undefined) await writing.append(entry.kind, entry.grant ?? null, entry.data)
}

interface Parts extends Pick<Writer, 'write'> {
  readonly driver: Driver
  readonly keys: StoreKeys
}

export const recordMethods = ({ driver, keys, write }: Parts): Records => {
  const putAll: Records['putAll'] = (records, entry, removals = []) =>
    write(async (writing) => {
      const written: StoreRecord[] = []
      for (const record of records) written.push(await putRecord(keys, writing, record))
      for (const { kind, id } of removals) await removeRecord(writing.sql, kind, id)
      await enter(writing, entry)
      return written
    })
  return {
    get: async (kind, id) => (await select(driver.read, keys, kind, id))?.record ?? null,
    list: async (kind, after = '', altered) => {
      const found: StoreRecord[] = []
      // A page that isn't full is the last one: rows that were left out must not make it look so.
      for (let from = after; ;) {
        const room = page - found.length
        const rows = await driver.read.all(
          `SELECT ${columns} FROM keyturn_records WHERE kind = ? AND id > ? ORDER BY id LIMIT ?`,
          [kind, from, room],
        )
        found.push(...readIntact(rows, (row) => readRow(keys, row).record, altered))
        const last = rows.at(-1)
        if (last === undefined || rows.length < room || found.length === page) return found
        from = text(last, 'id')
      }
    },
    put: async (record, entry) => {
      const [written] = await putAll([record], entry)
      if (written === undefined) throw new KeyturnError('DEFECT', 'a record that was just written is not there')
      return written
    },
    putAll,
    remove: (kind, id, entry) =>
      write(async (writing) => {
        if ((await select(writing.sql, keys, kind, id)) === null) return discard(undefined)
        await removeRecord(writing.sql, kind, id)
        await enter(writing, entry)
        return undefined
      }),
    secret: async (kind, id, name) => {
      const rows = await driver.read.all(
        `SELECT r.data_key AS data_key, s.sealed AS sealed FROM keyturn_records r
         JOIN keyturn_record_secrets s ON s.kind = r.kind AND s.id = r.id
         WHERE r.kind = ? AND r.id = ? AND s.name = ?`,
        [kind, id, name],
      )
      const [row] = rows
      return row === undefined
        ? null
        : keys.openSecret(bytes(row, 'data_key'), placeOf(kind, id), name, bytes(row, 'sealed'))
    },
  }
}

/** Each row's mark and each secret's seal. */
export const verifyRecords = async (sql: Sql, keys: StoreKeys): Promise<{ records: number; secrets: number }> => {
  const rows = (await sql.all(`SELECT ${columns} FROM keyturn_records ORDER BY kind, id`)).map((row) =>
    readRow(keys, row),
  )
  const dataKeys = new Map(rows.map(({ record, dataKey }) => [placeOf(record.kind, record.id), dataKey]))
  const secrets = await sql.all('SELECT kind, id, name, sealed FROM keyturn_record_secrets ORDER BY kind, id, name')
  for (const row of secrets) {
    const place = placeOf(text(row, 'kind'), text(row, 'id'))
    keys.openSecret(dataKeys.get(place) ?? new Uint8Array(), place, text(row, 'name'), bytes(row, 'sealed'))
  }
  return { records: rows.length, secrets: secrets.length }
}

/** The data keys of records, wrapped by a new master key. */
export const rewrapRecords = async (
  sql: Sql,
  rewrap: (place: string, wrapped: Uint8Array) => Uint8Array,
): Promise<number> => {
  const rows = await sql.all('SELECT kind, id, data_key FROM keyturn_records WHERE data_key IS NOT NULL')
  for (const row of rows) {
    const [kind, id] = [text(row, 'kind'), text(row, 'id')]
    const rewrapped = rewrap(placeOf(kind, id), bytes(row, 'data_key'))
    await sql.run('UPDATE keyturn_records SET data_key = ? WHERE kind = ? AND id = ?', [rewrapped, kind, id])
  }
  return rows.length
}
