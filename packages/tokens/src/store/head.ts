/**
 * The store's head: the one row of `keyturn_meta` and the end of the ledger. Every writing transaction reads it first
 * (may we write at all? is it the store we knew?) and moves it last.
 */
import { KeyturnError } from '../errors.ts'
import { follow } from '../ledger/chain.ts'
import type { LedgerEntry } from '../ledger/entry.ts'
import { refuseIfTooNew } from './schema.ts'
import { integer, text, textOrNull } from './sql.ts'
import type { Row, Sql } from './sql.ts'
import type { Mark } from './store.ts'

export interface Meta extends Mark {
  readonly storeId: string
  readonly keyId: string
  readonly commits: number
  /** The newest time the store ever wrote: its clock never runs backwards over boots. */
  readonly latest: number
  readonly origin: string | null
}

/** Throws STORE_MISSING, STORE_TOO_NEW, STORE_RETIRED. */
export const readMeta = async (sql: Sql, where: string): Promise<Meta> => {
  const [row] = await sql.all(
    `SELECT store_id, schema_version, min_writer, key_id, epoch, seq, hash, commits, latest, origin, moved_to
     FROM keyturn_meta`,
  )
  if (row === undefined) throw new KeyturnError('STORE_MISSING', `${where} holds no store`)
  refuseIfTooNew(where, integer(row, 'schema_version'), integer(row, 'min_writer'))
  const movedTo = textOrNull(row, 'moved_to')
  if (movedTo !== null) {
    throw new KeyturnError('STORE_RETIRED', `${where} was moved to ${movedTo}`, { data: { movedTo } })
  }
  return {
    storeId: text(row, 'store_id'),
    keyId: text(row, 'key_id'),
    epoch: integer(row, 'epoch'),
    seq: integer(row, 'seq'),
    hash: text(row, 'hash'),
    commits: integer(row, 'commits'),
    latest: integer(row, 'latest'),
    origin: textOrNull(row, 'origin'),
  }
}

export const markOf = ({ epoch, seq, hash }: Mark): Mark => ({ epoch, seq, hash })

export const writeMeta = (sql: Sql, { epoch, seq, hash, commits, latest, origin }: Meta): Promise<void> =>
  sql.run('UPDATE keyturn_meta SET epoch = ?, seq = ?, hash = ?, commits = ?, latest = ?, origin = ?', [
    epoch,
    seq,
    hash,
    commits,
    latest,
    origin,
  ])

export type LedgerData = LedgerEntry['data']

/** What comes from a server (an error's description) may hold half a surrogate pair, which has no canonical bytes. */
const wellFormed = (data: LedgerData): LedgerData =>
  Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, typeof value === 'string' ? value.toWellFormed() : value]),
  )

export const appendEntry = async (
  sql: Sql,
  head: Mark,
  entry: { at: number; kind: string; grant: string | null; by: string; data: LedgerData },
): Promise<LedgerEntry> => {
  const made = follow(head, { ...entry, epoch: head.epoch, data: wellFormed(entry.data) })
  await sql.run(
    `INSERT INTO keyturn_ledger (seq, epoch, at, kind, grant_id, writer, data, prev, hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [made.seq, made.epoch, made.at, made.kind, made.grant, made.by, JSON.stringify(made.data), made.prev, made.hash],
  )
  return made
}

export const ledgerColumns = 'seq, epoch, at, kind, grant_id, writer, data, prev, hash'

export const readEntry = (row: Row): LedgerEntry => ({
  v: 1,
  seq: integer(row, 'seq'),
  epoch: integer(row, 'epoch'),
  at: integer(row, 'at'),
  kind: text(row, 'kind'),
  grant: textOrNull(row, 'grant_id'),
  by: text(row, 'writer'),
  data: JSON.parse(text(row, 'data')),
  prev: text(row, 'prev'),
  hash: text(row, 'hash'),
})

/** Whether the ledger holds this entry. */
export const holds = async (sql: Sql, mark: Mark): Promise<boolean> => {
  if (mark.seq === 0) return true
  const [row] = await sql.all('SELECT epoch, hash FROM keyturn_ledger WHERE seq = ?', [mark.seq])
  return row !== undefined && text(row, 'hash') === mark.hash && integer(row, 'epoch') === mark.epoch
}
