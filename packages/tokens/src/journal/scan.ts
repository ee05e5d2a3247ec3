/**
 * Reads one segment: every frame that can be read, and what lies between.
 *
 * A torn tail is the normal end of a process that was killed. A bad place with good frames after it is skipped by
 * looking for the next magic; it is damage when those frames prove that the disk once had it whole, else the trace of a
 * power loss that let a later write reach the disk first.
 */
import { looksTorn, magic, openFrame, readHeader, segmentSeal, writtenLength } from './frame.ts'
import type { FrameHeader, JournalKey, SegmentSeal } from './frame.ts'
import { decodeRecord } from './record.ts'
import type { JournalRecord } from './record.ts'

export interface Fault {
  readonly kind: 'damaged' | 'torn' | 'unknown-key'
  readonly segment: string
  /** Byte range of the file. */
  readonly from: number
  readonly to: number
  readonly text: string
}

interface Scan {
  readonly records: readonly JournalRecord[]
  readonly faults: readonly Fault[]
  /** Bytes in use. */
  readonly length: number
}

interface Found {
  readonly header: FrameHeader
  readonly payload: Buffer
}

export function scanSegment(bytes: Buffer, segment: string, storeId: string, keys: readonly JournalKey[]): Scan {
  const seals = new Map(keys.map((key): [string, SegmentSeal] => [key.keyId, segmentSeal(key, storeId, segment)]))
  const end = writtenLength(bytes)
  const records: JournalRecord[] = []
  const faults: Fault[] = []
  const holes: { readonly from: number; readonly to: number; readonly missing: number }[] = []
  let at = 0
  let expected = 0
  let durable = 0

  const frameAt = (offset: number): Found | null => {
    const header = readHeader(bytes.subarray(offset))
    const seal = header && seals.get(header.keyId)
    if (!header || !seal || header.number < expected) return null
    const payload = openFrame(seal, header, bytes.subarray(offset, offset + header.length))
    return payload && { header, payload }
  }
  const fault = (kind: Fault['kind'], from: number, to: number, text: string): void => {
    faults.push({ kind, segment, from, to, text })
  }

  while (at < end) {
    const found = frameAt(at)
    if (found) {
      if (found.header.number > expected && holes.at(-1)?.to !== at) holes.push({ from: at, to: at, missing: expected })
      const record = decodeRecord(found.payload)
      if (record) records.push(record)
      else fault('unknown-key', at, at + found.header.length, 'a record of a newer format')
      durable = Math.max(durable, found.header.durable)
      expected = found.header.number + 1
      at += found.header.length
      continue
    }
    const header = readHeader(bytes.subarray(at))
    if (header && !seals.has(header.keyId)) {
      fault('unknown-key', at, at + header.length, `sealed with the key ${header.keyId}, which was not given`)
      expected = Math.max(expected, header.number + 1)
      at += header.length
      continue
    }
    const next = nextFrame(bytes, at + 1, (offset) => frameAt(offset) !== null)
    if (next < 0) {
      if (looksTorn(bytes.subarray(at))) fault('torn', at, end, 'the last write was cut')
      else fault('damaged', at, end, 'the last frame was altered')
      break
    }
    holes.push({ from: at, to: next, missing: expected })
    at = next
  }
  for (const { from, to, missing } of holes) {
    if (missing < durable) fault('damaged', from, to, `frame ${missing} was on the disk and is gone or altered`)
    else fault('torn', from, to, `frame ${missing} never reached the disk`)
  }
  return { records, faults, length: Math.min(at, end) }
}

function nextFrame(bytes: Buffer, from: number, isFrame: (offset: number) => boolean): number {
  for (let at = bytes.indexOf(magic, from); at >= 0; at = bytes.indexOf(magic, at + 1)) if (isFrame(at)) return at
  return -1
}
