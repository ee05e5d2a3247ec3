/**
 * The chain: each entry holds the hash of the one before it, so nothing can be altered, dropped or moved without
 * breaking every later hash. What a chain alone can't show, a cut-off tail, is what checkpoints are for.
 */
import { createHash } from 'node:crypto'
import { canonical } from './canonical.ts'
import type { LedgerEntry } from './entry.ts'

/** What the first entry follows. */
export const genesis = '0'.repeat(64)

export interface Head {
  readonly epoch: number
  readonly seq: number
  readonly hash: string
}

type Unhashed = Omit<LedgerEntry, 'hash'>

export const hashOf = (entry: Unhashed): string => {
  const { v, seq, epoch, at, kind, grant, by, data, prev } = entry
  return createHash('sha256')
    .update(canonical({ v, seq, epoch, at, kind, grant, by, data, prev }), 'utf8')
    .digest('hex')
}

export const follow = (
  head: Head,
  fields: Pick<LedgerEntry, 'epoch' | 'at' | 'kind' | 'grant' | 'by' | 'data'>,
): LedgerEntry => {
  const { epoch, at, kind, grant, by, data } = fields
  const entry: Unhashed = { v: 1, seq: head.seq + 1, epoch, at, kind, grant, by, data, prev: head.hash }
  return { ...entry, hash: hashOf(entry) }
}

export type Verdict =
  | { readonly ok: true; readonly entries: number; readonly head: Head | null }
  | { readonly ok: false; readonly at: number; readonly why: string }

interface ChainCheck {
  /** Why this entry can't follow, or null. */
  add(entry: LedgerEntry): string | null
  head(): Head | null
  count(): number
}

/** Checks entries one by one. `after` is the head they must follow; without it the first entry must be number 1. */
export const chainCheck = (after: Head | null = null): ChainCheck => {
  let head = after
  let count = 0
  return {
    add: (entry) => {
      const seq = (head?.seq ?? 0) + 1
      if (entry.v !== 1) return `format ${String(entry.v)} is unknown`
      if (entry.seq !== seq) return `number ${entry.seq} where ${seq} must follow: an entry is missing or out of order`
      if (entry.prev !== (head?.hash ?? genesis)) return 'does not follow the entry before it'
      if (entry.epoch < (head?.epoch ?? 1)) return `epoch ${entry.epoch} after epoch ${head?.epoch ?? 1}`
      if (hashOf(entry) !== entry.hash) return 'was altered: its hash is not the hash of its bytes'
      head = { epoch: entry.epoch, seq: entry.seq, hash: entry.hash }
      count += 1
      return null
    },
    head: () => head,
    count: () => count,
  }
}
