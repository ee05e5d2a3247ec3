/**
 * One segment file while it is written: filled with zeros and made durable before its first record, so that no later
 * write needs space. A record is in the kernel's hands when `append` returns (no SIGKILL takes it back) and on the disk
 * when a `sync` called after it has resolved; all syncs that wait share one fdatasync.
 */
import { writeSync } from 'node:fs'
import { open, rename, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { KeyturnError } from '../errors.ts'
import type { Holder } from '../protocol/state.ts'
import { diskError, syncFolder } from './disk.ts'
import { frameLength, sealFrame, segmentSeal } from './frame.ts'
import type { JournalKey } from './frame.ts'
import { encodeRecord } from './record.ts'
import type { JournalRecord } from './record.ts'

interface SegmentOptions {
  readonly folder: string
  readonly storeId: string
  readonly key: JournalKey
  readonly holder: Holder
  readonly now: () => number
  readonly size: number
  readonly random: (bytes: number) => Uint8Array
  /** Makes what was written durable; fdatasync but in tests and benches. */
  readonly sync: (handle: FileHandle) => Promise<void>
}

export interface Segment {
  readonly name: string
  /** Bytes left, the sealing record's not counted. */
  free(): number
  fits(record: JournalRecord): boolean
  /** Throws STORE_*; then the record isn't in the segment, and nothing may be appended any more. */
  append(record: JournalRecord): void
  /** Everything appended before is durable. After one failure it fails for ever: the kernel forgets what it lost. */
  sync(): Promise<void>
  /** Appended, but not known to be durable. */
  unsynced(): readonly JournalRecord[]
  /** Appends the sealing record, gives back the unused space and closes. `settled`: no reader need look at it. */
  seal(settled: boolean): Promise<void>
  /** Closes without another word, after a failure. */
  abandon(): Promise<void>
  /** Closes and deletes: it held nothing. */
  discard(): Promise<void>
}

/** `ID.open` may hold attempts that the store doesn't know; all of `ID.settled` are in the store. */
export const openSuffix = '.open'
export const settledSuffix = '.settled'

export async function createSegment(options: SegmentOptions): Promise<Segment> {
  const name = Buffer.from(options.random(16)).toString('hex')
  const file = join(options.folder, name + openSuffix)
  const seal = segmentSeal(options.key, options.storeId, name)
  const sealLength = frameLength(seal, encodeRecord({ type: 'sealed', at: options.now() }).length + 8)
  const unsynced: { readonly number: number; readonly record: JournalRecord }[] = []
  let number = 0
  let durable = 0
  let position = 0
  let running: Promise<void> | null = null
  let failure: unknown = null

  const frameOf = (record: JournalRecord): Buffer =>
    sealFrame(seal, { number, durable, nonce: options.random(12), payload: encodeRecord(record) })

  const first = frameOf({ type: 'segment', holder: options.holder, at: options.now() })
  const handle = await preallocate(file, options.size, first)
  number = durable = 1
  position = first.length

  const write = (record: JournalRecord): void => {
    const frame = frameOf(record)
    let done = 0
    while (done < frame.length) done += writeSync(handle.fd, frame, done, frame.length - done, position + done)
    unsynced.push({ number, record })
    number += 1
    position += frame.length
  }

  const syncOnce = async (): Promise<void> => {
    const goal = number
    await options.sync(handle)
    durable = goal
    while (unsynced[0] && unsynced[0].number < goal) unsynced.shift()
  }

  const sync = async (): Promise<void> => {
    const goal = number
    while (durable < goal) {
      if (failure) throw diskError(file, failure)
      running ??= syncOnce()
        .catch((error: unknown) => {
          failure = error
        })
        .finally(() => {
          running = null
        })
      await running
    }
  }

  return {
    name,
    free: () => options.size - position - sealLength,
    fits: (record) =>
      !failure && position + frameLength(seal, encodeRecord(record).length) + sealLength <= options.size,
    append(record) {
      if (failure) throw diskError(file, failure)
      try {
        write(record)
      } catch (error) {
        failure = error
        throw diskError(file, error)
      }
    },
    sync,
    unsynced: () => unsynced.map(({ record }) => record),
    async seal(settled) {
      try {
        write({ type: 'sealed', at: options.now() })
        await sync()
        await handle.truncate(position)
        await handle.close()
        if (settled) await rename(file, join(options.folder, name + settledSuffix))
      } catch (error) {
        await handle.close().catch(() => {})
        throw diskError(file, error)
      }
    },
    async abandon() {
      failure ??= new KeyturnError('STORE_UNAVAILABLE', `The journal segment ${name} was given up.`)
      await handle.close().catch(() => {})
    },
    async discard() {
      await handle.close().catch(() => {})
      await unlink(file).catch(() => {})
    },
  }
}

async function preallocate(file: string, size: number, first: Buffer): Promise<FileHandle> {
  let handle: FileHandle
  try {
    handle = await open(file, 'wx+', 0o600)
  } catch (error) {
    throw diskError(file, error)
  }
  try {
    const zeros = Buffer.alloc(size)
    first.copy(zeros)
    let done = 0
    while (done < size) done += (await handle.write(zeros, done, size - done, done)).bytesWritten
    await handle.sync()
    await syncFolder(join(file, '..'))
    return handle
  } catch (error) {
    await handle.close().catch(() => {})
    await unlink(file).catch(() => {})
    throw diskError(file, error)
  }
}
