/**
 * What all processes of this host wrote down, put together per attempt: the material for rolling forward.
 *
 * Records of one attempt may lie in several segments (a long answer; a commit noted by the process that rolled it
 * forward). Bytes are put where their offset says, so that a lost piece leaves a gap and never glues two ends together.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { KeyturnError } from '../errors.ts'
import type { Holder, Lineage } from '../protocol/state.ts'
import type { Mark } from '../store/store.ts'
import { quietBytes } from '../wire/quiet-bytes.ts'
import { diskError } from './disk.ts'
import type { JournalKey } from './frame.ts'
import { higherMark } from './marks.ts'
import type { JournalRecord } from './record.ts'
import { scanSegment } from './scan.ts'
import type { Fault } from './scan.ts'
import { openSuffix, settledSuffix } from './segment.ts'

interface KeptAnswer {
  /** null: the record of the head is lost, the body is not. */
  readonly status: number | null
  readonly headers: Readonly<Record<string, string>>
  /** A gap is filled with zero bytes. It may hold tokens: it prints itself as [secret]. */
  readonly body: Buffer
  /** The whole message was read, and all of it is here. */
  readonly complete: boolean
  readonly gaps: boolean
}

export interface JournalAttempt {
  readonly attempt: string
  /** null: every record that names it is lost. */
  readonly grantId: string | null
  readonly lineage: Lineage | null
  readonly holder: Holder | null
  readonly sentAt: number | null
  readonly mark: Mark | null
  readonly answer: KeptAnswer | null
  /** When nothing more could be heard; null: not recorded. */
  readonly finishedAt: number | null
  /** The mark at which the store knew the outcome; null: not recorded. */
  readonly committed: Mark | null
}

interface JournalReading {
  /** In the order they were sent. */
  readonly attempts: readonly JournalAttempt[]
  /** One error per damaged place. What could be read is in `attempts` all the same. */
  readonly damage: readonly KeyturnError<'JOURNAL_DAMAGED'>[]
  readonly highestMark: Mark | null
}

export interface ReadOptions {
  readonly folder: string
  readonly storeId: string
  /** The current key and earlier ones that segments may still be sealed with. */
  readonly keys: readonly JournalKey[]
}

/** `which: 'open'` leaves out segments whose attempts are all in the store: enough to roll forward. */
export async function readJournals(
  options: ReadOptions & { readonly which?: 'open' | 'all' },
): Promise<JournalReading> {
  const segments = await readSegments(options, options.which ?? 'all')
  const records = segments.flatMap(({ records, holder }) => records.map((record) => ({ record, holder })))
  const faults = segments.flatMap((segment) => segment.faults.filter((fault) => fault.kind !== 'torn'))
  return {
    attempts: assemble(records),
    damage: faults.map(damageOf),
    highestMark: records.map(({ record }) => ('mark' in record ? record.mark : null)).reduce(higherMark, null),
  }
}

export interface SegmentContents {
  readonly file: string
  readonly settled: boolean
  readonly holder: Holder | null
  readonly records: readonly JournalRecord[]
  readonly faults: readonly Fault[]
}

export async function readSegments(options: ReadOptions, which: 'open' | 'all'): Promise<readonly SegmentContents[]> {
  const { folder, storeId, keys } = options
  let names: string[]
  try {
    names = (await readdir(folder)).sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw diskError(folder, error)
  }
  const segments: SegmentContents[] = []
  for (const file of names) {
    const [, name, suffix] = /^([0-9a-f]{32})(\.\w+)$/.exec(file) ?? []
    if (!name || (suffix !== openSuffix && suffix !== settledSuffix)) continue
    if (suffix === settledSuffix && which === 'open') continue
    const bytes = await readOne(folder, name, suffix)
    if (!bytes) continue
    const { records, faults } = scanSegment(bytes, name, storeId, keys)
    const holder = records.find((record) => record.type === 'segment')?.holder ?? null
    segments.push({ file, settled: suffix === settledSuffix, holder, records, faults })
  }
  return segments
}

/** A segment may be settled (renamed) or pruned between listing and reading. */
async function readOne(folder: string, name: string, suffix: string): Promise<Buffer | null> {
  for (const attempt of [suffix, settledSuffix]) {
    try {
      return await readFile(join(folder, name + attempt))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw diskError(folder, error)
    }
  }
  return null
}

interface Draft {
  name: { readonly grantId: string; readonly lineage: Lineage } | null
  holder: Holder | null
  sentAt: number | null
  mark: Mark | null
  head: { readonly status: number; readonly headers: Readonly<Record<string, string>> } | null
  chunks: { readonly offset: number; readonly bytes: Uint8Array }[]
  end: { readonly length: number; readonly complete: boolean } | null
  finishedAt: number | null
  committed: Mark | null
}

const emptyDraft = (): Draft => ({
  name: null,
  holder: null,
  sentAt: null,
  mark: null,
  head: null,
  chunks: [],
  end: null,
  finishedAt: null,
  committed: null,
})

function assemble(
  records: readonly { readonly record: JournalRecord; readonly holder: Holder | null }[],
): readonly JournalAttempt[] {
  const drafts = new Map<string, Draft>()
  for (const { record, holder } of records) {
    if (!('attempt' in record)) continue
    const draft = drafts.get(record.attempt) ?? emptyDraft()
    drafts.set(record.attempt, draft)
    if ('grantId' in record) {
      draft.name ??= { grantId: record.grantId, lineage: record.lineage }
      // Only the holder itself writes what was sent and heard.
      draft.holder ??= holder
    }
    if (record.type === 'sending') Object.assign(draft, { sentAt: record.at, mark: record.mark })
    else if (record.type === 'head') draft.head = { status: record.status, headers: record.headers }
    else if (record.type === 'chunk') draft.chunks.push(record)
    else if (record.type === 'end') draft.end = record
    else if (record.type === 'finished') draft.finishedAt = record.at
    else if (record.type === 'committed') draft.committed = higherMark(draft.committed, record.mark)
  }
  return [...drafts]
    .map(([attempt, { name, head, chunks, end, ...rest }]): JournalAttempt => ({
      attempt,
      grantId: name?.grantId ?? null,
      lineage: name?.lineage ?? null,
      ...rest,
      answer: answerOf(head, chunks, end),
    }))
    .sort((a, b) => (a.sentAt ?? 0) - (b.sentAt ?? 0))
}

function answerOf(head: Draft['head'], chunks: Draft['chunks'], end: Draft['end']): KeptAnswer | null {
  if (!head && chunks.length === 0 && !end) return null
  const length = Math.max(end?.length ?? 0, ...chunks.map(({ offset, bytes }) => offset + bytes.length))
  const body = quietBytes(Buffer.alloc(length))
  let reached = 0
  let gaps = false
  for (const { offset, bytes } of chunks.toSorted((a, b) => a.offset - b.offset)) {
    body.set(bytes, offset)
    if (offset > reached) gaps = true
    reached = Math.max(reached, offset + bytes.length)
  }
  if (reached < length) gaps = true
  return {
    status: head?.status ?? null,
    headers: head?.headers ?? {},
    body,
    complete: head !== null && end?.complete === true && !gaps,
    gaps,
  }
}

function damageOf(fault: Fault): KeyturnError<'JOURNAL_DAMAGED'> {
  const where = `journal segment ${fault.segment}, bytes ${fault.from} to ${fault.to}`
  return new KeyturnError('JOURNAL_DAMAGED', `A record can't be read: ${fault.text} (${where}).`, {
    data: { segment: fault.segment, from: fault.from, to: fault.to, kind: fault.kind },
  })
}
