/**
 * The port for records: small JSON documents that other capabilities keep beside the grants, by kind and id, each with a
 * version for compare-and-set, sealed secrets of its own, and a ledger entry in the same transaction.
 */
import type { KeyturnError } from '../errors.ts'
import type { LedgerEntry } from '../ledger/entry.ts'
import type { Secret } from '../secret.ts'

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

export interface StoreRecord {
  readonly kind: string
  readonly id: string
  /** Counts from 1. */
  readonly version: number
  /** The store's clock at the last change. */
  readonly changedAt: number
  readonly doc: Json
}

/** A ledger entry to be written together with a change. */
export interface RecordEntry {
  readonly kind: string
  readonly grant?: string | null
  readonly data: LedgerEntry['data']
}

export interface PutRecord {
  readonly kind: string
  readonly id: string
  readonly doc: Json
  /** The version that was read; null: it must be new. Otherwise CLAIM_LOST. Left out: the last writer wins. */
  readonly expect?: number | null
  /** Replaces these; others stay. */
  readonly secrets?: Readonly<Record<string, Secret>>
  /** Names of secrets that are deleted; none there is fine. */
  readonly forget?: readonly string[]
}

export interface Records {
  get(kind: string, id: string): Promise<StoreRecord | null>
  /**
   * At most 1,000, in the order of their ids, after that id. With `altered` a row that was altered outside is told and
   * left out, so that one record can't hold up the others.
   */
  list(kind: string, after?: string, altered?: (error: KeyturnError) => void): Promise<readonly StoreRecord[]>
  put(record: PutRecord, entry?: RecordEntry): Promise<StoreRecord>
  /** Several, and removals with them, all or none. */
  putAll(
    records: readonly PutRecord[],
    entry?: RecordEntry,
    remove?: readonly Pick<StoreRecord, 'kind' | 'id'>[],
  ): Promise<readonly StoreRecord[]>
  /** Nothing happens, and nothing is entered, where there is none. */
  remove(kind: string, id: string, entry?: RecordEntry): Promise<void>
  secret(kind: string, id: string, name: string): Promise<Readonly<Record<string, Secret>>[string] | null>
}
