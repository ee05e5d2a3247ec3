/**
 * What a journal says, and its bytes inside a frame:
 *
 *     type 1 | length of JSON u32 | JSON | bytes (of an answer's body)
 *
 * Every record of an answer names grant, attempt and lineage again, so that one that outlives damage elsewhere still
 * says where it belongs.
 */
import { KeyturnError } from '../errors.ts'
import type { Holder, Lineage } from '../protocol/state.ts'
import type { Mark } from '../store/store.ts'

export interface AttemptName {
  readonly grantId: string
  readonly attempt: string
  readonly lineage: Lineage
}

/** Times are the wall clock of the host, epoch milliseconds. */
export type JournalRecord =
  /** First in every segment: whose it is. */
  | { readonly type: 'segment'; readonly holder: Holder; readonly at: number }
  | ({ readonly type: 'sending'; readonly mark: Mark; readonly at: number } & AttemptName)
  | ({
      readonly type: 'head'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly at: number
    } & AttemptName)
  /** Bytes of the body from `offset` on. */
  | ({ readonly type: 'chunk'; readonly offset: number; readonly bytes: Uint8Array } & AttemptName)
  | ({ readonly type: 'end'; readonly length: number; readonly complete: boolean; readonly at: number } & AttemptName)
  /** Nothing more can be heard of this attempt. */
  | { readonly type: 'finished'; readonly attempt: string; readonly at: number }
  /** The store knows the attempt's outcome. */
  | { readonly type: 'committed'; readonly attempt: string; readonly mark: Mark; readonly at: number }
  /** Last in a segment that was left in good order: nothing will be appended. */
  | { readonly type: 'sealed'; readonly at: number }

/** Their place is their number in the format: append only. */
const types = ['segment', 'sending', 'head', 'chunk', 'end', 'finished', 'committed', 'sealed'] as const

export function encodeRecord(record: JournalRecord): Buffer {
  const { type, ...rest } = record
  const bytes = 'bytes' in rest ? rest.bytes : new Uint8Array()
  const json = Buffer.from(JSON.stringify({ ...rest, bytes: undefined }))
  const head = Buffer.alloc(5)
  head[0] = types.indexOf(type)
  head.writeUInt32LE(json.length, 1)
  return Buffer.concat([head, json, bytes])
}

/** `payload` was authenticated: only we wrote it, though perhaps a newer version of us (then null). */
export function decodeRecord(payload: Buffer): JournalRecord | null {
  const type = types[payload[0] ?? 255]
  if (!type) return null
  const end = 5 + payload.readUInt32LE(1)
  if (end > payload.length) throw new KeyturnError('DEFECT', 'A journal record is longer than its frame.')
  const fields = JSON.parse(payload.toString('utf8', 5, end)) as Record<string, unknown>
  const bytes = type === 'chunk' ? { bytes: payload.subarray(end) } : {}
  return { type, ...fields, ...bytes } as JournalRecord
}
