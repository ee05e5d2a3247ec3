/**
 * The host's encrypted journal: what was sent and what came back, kept before it is judged (rule 4). It outlives every
 * process, so that an answer whose reader was killed is still an answer.
 *
 * An attempt may start only when its answer is sure of space: `sending` first makes room for 64 KiB per attempt that is
 * under way, in files already filled with zeros, and fails (before anything is spent) when the disk is full. Records go
 * to the kernel synchronously, as the bytes arrive; `flushed` shares one fdatasync among all that wait.
 */
import { randomBytes } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import { KeyturnError } from '../errors.ts'
import type { Holder } from '../protocol/state.ts'
import type { Mark } from '../store/store.ts'
import { diskError, prepareFolder } from './disk.ts'
import type { JournalKey } from './frame.ts'
import { higherMark, markAbove, readMarks, writeMark } from './marks.ts'
import { readJournals } from './read.ts'
import type { AttemptName, JournalRecord } from './record.ts'
import { createSegment } from './segment.ts'
import type { Segment } from './segment.ts'

export interface JournalOptions {
  readonly folder: string
  readonly storeId: string
  readonly key: JournalKey
  readonly holder: Holder
  readonly clock: Clock
  readonly random?: (bytes: number) => Uint8Array
  readonly segmentSize?: number
  /** Room that is sure for each answer under way, in bytes of journal. */
  readonly answerSpace?: number
  readonly sync?: (handle: FileHandle) => Promise<void>
}

interface AnswerLog {
  head(status: number, headers: Readonly<Record<string, string>>): void
  chunk(bytes: Uint8Array): void
  /** `complete`: the message ended as it said it would. */
  end(how: { readonly complete: boolean }): void
  /** Everything given so far is on the disk. Rejects with STORE_* when it can't be; try again later, nothing is lost. */
  flushed(): Promise<void>
}

export interface Journal {
  /** There is space for one more answer, or it throws. The check before a claim. */
  ready(): Promise<void>
  /** Before the first byte. Throws when the record or the answer's space can't be had: then nothing may be sent. */
  sending(record: AttemptName & { readonly mark: Mark }, options?: { readonly sync?: boolean }): Promise<void>
  answer(name: AttemptName): AnswerLog
  /** Nothing more can be heard of the attempt. */
  finished(attempt: string): Promise<void>
  /**
   * The store knows the outcome for good. Not for an attempt that is in doubt: its record would then be pruned, and
   * silence about it would read as "never sent" (see unsent.ts).
   */
  committed(attempt: string, mark: Mark): void
  highestMark(): Mark | null
  /** Everything given so far is on the disk. */
  flushed(): Promise<void>
  close(): Promise<void>
}

/** Kept of an answer's headers: what is needed to read the body, and nothing that could hold a token. */
const keptHeaders = ['content-type', 'content-length', 'content-encoding', 'date', 'retry-after']
/** Longer pieces are cut, so that the end of a segment is used well. */
const longestPiece = 16_384
const largestSegment = 16 * 1024 * 1024

export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { folder, storeId, key, holder, clock } = options
  const segmentSize = options.segmentSize ?? 262_144
  const answerSpace = options.answerSpace ?? 65_536
  const boot = holder.process.split('/')[0] ?? ''
  const marks = join(folder, 'marks')
  await prepareFolder(folder)
  await prepareFolder(marks)

  /** The one that is written, then those that are ready. */
  const segments: Segment[] = []
  /** Full ones on their way to the disk. */
  const leaving = new Set<Promise<void>>()
  const underWay = new Set<string>()
  /** Attempts of each segment that this process wrote, and those known to be in the store. */
  const named = new Map<Segment, Set<string>>()
  const known = new Set<string>()
  let backlog: JournalRecord[] = []
  let allocating: Promise<void> | null = null
  let closed = false
  let highest = await lastMark()

  async function lastMark(): Promise<Mark | null> {
    const seen = readMarks(marks, boot)
    if (seen.current) return seen.highest
    const written = (await readJournals({ folder, storeId, keys: [key] })).highestMark
    const mark = written && markAbove(written, seen.highest) ? written : seen.highest
    if (mark) writeMark(marks, boot, mark)
    return mark
  }

  function note(mark: Mark): void {
    if (!markAbove(mark, highest)) return
    writeMark(marks, boot, mark)
    highest = mark
  }

  const space = (): number => segments.reduce((sum, segment) => sum + Math.max(0, segment.free()), 0)

  async function ensure(bytes: number): Promise<void> {
    if (closed) throw new KeyturnError('STORE_UNAVAILABLE', 'The journal is closed.')
    while (space() < bytes) {
      const size = Math.min(largestSegment, Math.max(segmentSize, Math.ceil((bytes - space()) * 1.25)))
      allocating ??= createSegment({
        folder,
        storeId,
        key,
        holder,
        now: () => clock.wall(),
        size,
        random: options.random ?? randomBytes,
        sync: options.sync ?? ((handle) => handle.datasync()),
      })
        .then((segment) => void segments.push(segment))
        .finally(() => {
          allocating = null
        })
      await allocating
    }
  }

  /** To the kernel now if there is room; never throws, `flushed` tells. */
  function put(record: JournalRecord): void {
    if (backlog.length > 0 || !append(record)) backlog.push(record)
  }

  function append(record: JournalRecord): boolean {
    for (;;) {
      const segment = segments[0]
      if (!segment) return false
      if (segment.fits(record)) {
        try {
          segment.append(record)
        } catch {
          replace(segment)
          return false
        }
        if ('attempt' in record) {
          const attempts = named.get(segment) ?? new Set()
          named.set(segment, attempts.add(record.attempt))
        }
        return true
      }
      if (segments.length === 1) return false
      segments.shift()
      leave(segment)
    }
  }

  function leave(segment: Segment): void {
    const left = segment
      .sync()
      .catch(() => replace(segment))
      .then(() => segment.seal(isSettled(segment)).catch(() => {}))
      .finally(() => {
        leaving.delete(left)
        forget(segment)
      })
    leaving.add(left)
  }

  /** After a failed write or sync the kernel can't be trusted with this file: say everything again elsewhere. */
  function replace(segment: Segment): void {
    const at = segments.indexOf(segment)
    if (at >= 0) segments.splice(at, 1)
    backlog = [...segment.unsynced(), ...backlog]
    forget(segment)
    void segment.abandon()
  }

  const isSettled = (segment: Segment): boolean =>
    [...(named.get(segment) ?? [])].every((attempt) => known.has(attempt))

  function forget(segment: Segment): void {
    const attempts = named.get(segment) ?? new Set()
    named.delete(segment)
    for (const attempt of attempts)
      if (![...named.values()].some((others) => others.has(attempt))) known.delete(attempt)
  }

  async function flushed(): Promise<void> {
    for (;;) {
      while (backlog[0]) {
        if (append(backlog[0])) backlog.shift()
        else await ensure(space() + answerSpace)
      }
      if (leaving.size > 0) await Promise.all(leaving)
      const segment = segments[0]
      try {
        await segment?.sync()
      } catch (error) {
        if (!segment || !segments.includes(segment)) continue
        replace(segment)
        await retryElsewhere(error)
        return
      }
      if (backlog.length === 0) return
    }
  }

  /** Once more in a new file; if that fails too, the disk is gone and the records wait in memory. */
  async function retryElsewhere(cause: unknown): Promise<void> {
    await ensure(space() + answerSpace)
    while (backlog[0] && append(backlog[0])) backlog.shift()
    const segment = segments[0]
    try {
      if (backlog.length > 0) throw diskError(folder, cause)
      await segment?.sync()
    } catch (error) {
      if (segment && segments.includes(segment)) replace(segment)
      throw diskError(folder, error)
    }
  }

  return {
    ready: () => ensure(answerSpace * (underWay.size + 1)),

    async sending(record, { sync = true } = {}) {
      underWay.add(record.attempt)
      try {
        await ensure(answerSpace * underWay.size)
        note(record.mark)
        put({ type: 'sending', ...record, at: clock.wall() })
        if (sync || backlog.length > 0) await flushed()
      } catch (error) {
        underWay.delete(record.attempt)
        throw diskError(folder, error)
      }
    },

    answer({ grantId, attempt, lineage }) {
      const name = { grantId, attempt, lineage }
      let offset = 0
      return {
        head(status, headers) {
          const kept = keptHeaders.flatMap((header) => {
            const value = headers[header]
            return value === undefined ? [] : [[header, value.slice(0, 256)] as const]
          })
          put({ type: 'head', ...name, status, headers: Object.fromEntries(kept), at: clock.wall() })
        },
        chunk(bytes) {
          for (let at = 0; at < bytes.length; at += longestPiece) {
            // A copy: the caller's buffer may be reused while the record waits.
            const piece = Buffer.from(bytes.subarray(at, at + longestPiece))
            put({ type: 'chunk', ...name, offset, bytes: piece })
            offset += piece.length
          }
        },
        end({ complete }) {
          put({ type: 'end', ...name, length: offset, complete, at: clock.wall() })
        },
        flushed,
      }
    },

    async finished(attempt) {
      put({ type: 'finished', attempt, at: clock.wall() })
      underWay.delete(attempt)
      if (backlog.length > 0) await flushed()
    },

    committed(attempt, mark) {
      known.add(attempt)
      try {
        note(mark)
      } catch {
        // The record below holds the mark, too; the next `sending` fails loudly if the disk stays like this.
      }
      put({ type: 'committed', attempt, mark, at: clock.wall() })
    },

    highestMark: () => higherMark(highest, readMarks(marks, boot).highest),
    flushed,

    async close() {
      if (closed) return
      try {
        await flushed()
      } finally {
        closed = true
        const [current, ...spare] = segments.splice(0)
        await Promise.all([
          ...spare.map((segment) => segment.discard()),
          current && (named.has(current) ? current.seal(isSettled(current)) : current.discard()),
        ])
      }
    },
  }
}
