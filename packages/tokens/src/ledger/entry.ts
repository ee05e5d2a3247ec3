/**
 * One record of the ledger. The format, with its canonical bytes and test vectors: docs/formats/ledger.md.
 * No secret is ever in an entry: tokens appear as keyed fingerprints, people as keyed commitments.
 */
export interface LedgerEntry {
  /** Format version: 1. */
  readonly v: 1
  /** 1, 2, 3, … without gaps within a store. */
  readonly seq: number
  readonly epoch: number
  /** Epoch milliseconds, the store's clock. */
  readonly at: number
  /** e.g. `claimed`, `exchanged`, `refused`, `in-doubt`, `replay-claimed`, `minted`, `enrolled`, `exported`. */
  readonly kind: string
  /** The grant's id, or null. */
  readonly grant: string | null
  /** Who wrote it: host and process. */
  readonly by: string
  readonly data: { readonly [key: string]: string | number | boolean | null }
  /** Hex SHA-256 of the previous entry; 64 zeros for the first. */
  readonly prev: string
  /** Hex SHA-256 over the canonical bytes of all fields above. */
  readonly hash: string
}
