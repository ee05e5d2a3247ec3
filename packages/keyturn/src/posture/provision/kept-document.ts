/**
 * What provisioning and migration keep in the store, with the version of its form: a later Keyturn may keep more of it, and
 * an older one must not take that for its own and write it back without.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Json, StoreRecord } from '@keyturn/tokens'

const version = 1

export const keptDocument = <T extends object>(content: T): Json => ({ v: version, ...content }) as unknown as Json

/** Throws STORE_TOO_NEW. */
export const readDocument = <T extends object>({ kind, id, doc }: StoreRecord): T => {
  const { v, ...content } = (doc ?? {}) as Readonly<Record<string, Json>>
  if (v === version) return content as unknown as T
  throw new KeyturnError('STORE_TOO_NEW', `The record ${kind} ${id} was written by another version of Keyturn`)
}
