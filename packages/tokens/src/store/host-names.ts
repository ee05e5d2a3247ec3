/**
 * What people call the hosts that hold journals of this store, beside the random ids by which the protocol knows them. A
 * name is for reading only: it proves nothing, may change, and two hosts may share one. Kept as records, so each bears a
 * mark; one that somebody altered is as if it were unknown.
 */
import { putRecord, readRecords } from './records.ts'
import type { Sql } from './sql.ts'
import type { StoreKeys } from './store-keys.ts'
import type { Writing } from './writer.ts'

const kind = 'host-name'
const longest = 64

/** By the hosts' ids. */
export const hostNames = async (sql: Sql, keys: StoreKeys): Promise<ReadonlyMap<string, string>> =>
  new Map(
    (await readRecords(sql, keys, kind, () => undefined)).flatMap(({ id, doc }) =>
      typeof doc === 'string' ? [[id, doc]] : [],
    ),
  )

export const noteHostName = async (keys: StoreKeys, writing: Writing, id: string, name: string): Promise<void> => {
  // What host names consist of, and nothing that a terminal, a log or a page could take for more than a word.
  const doc = name.replaceAll(/[^\w.-]+/g, '').slice(0, longest)
  let altered = false
  const known = await readRecords(writing.sql, keys, kind, (error) => (altered ||= error.data.id === id))
  // An altered one stays as it is: it is evidence.
  if (doc === '' || altered || known.some((record) => record.id === id && record.doc === doc)) return
  await putRecord(keys, writing, { kind, id, doc })
}
