/**
 * One frame of a journal segment: how a record is sealed, and how a reader tells a torn frame from a forged one.
 * Byte by byte in docs/formats/journal.md.
 *
 *     magic 4 | version 1 | key id length 1 | key id | number u32 | durable u32 | nonce 12 | length u32 | crc u32
 *     ciphertext and tag (length bytes) | end mark 1
 *
 * The segment is filled with zeros before it is used, so what was never written reads as zeros. The end mark isn't
 * zero: a frame cut off anywhere lacks it. `durable` says up to which frame everything was on the disk when this one
 * was written: a hole below it can't come from a crash.
 */
import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { KeyturnError } from '../errors.ts'

export const magic = Buffer.from([0xf4, 0x4b, 0x54, 0x4a])
const formatVersion = 1
const endMark = 0xa5
const tagLength = 16
const nonceLength = 12
const longestKeyId = 64
const keyLength = 32

export interface JournalKey {
  /** Not the bytes: whatever holds the key can be printed, and Node takes longer with bytes. */
  readonly key: KeyObject
  /** Names the key without telling it: 1 to 64 bytes of ASCII. */
  readonly keyId: string
}

export function journalKeyOf(bytes: Uint8Array, keyId: string): JournalKey {
  if (bytes.length !== keyLength) throw new KeyturnError('BAD_ARGUMENT', `A journal key has ${keyLength} bytes.`)
  if (!/^[\x21-\x7e]+$/.test(keyId) || keyId.length > longestKeyId) {
    throw new KeyturnError('BAD_ARGUMENT', `A key id has 1 to ${longestKeyId} visible ASCII characters.`)
  }
  return { key: createSecretKey(bytes), keyId }
}

/** What every frame of one segment is bound to, and the key only this segment uses. */
export interface SegmentSeal {
  readonly keyId: Buffer
  readonly key: KeyObject
  readonly bound: Buffer
}

export interface FrameHeader {
  readonly keyId: string
  readonly number: number
  readonly durable: number
  /** Offset of the ciphertext in the frame, its length, and the length of the whole frame. */
  readonly bodyAt: number
  readonly bodyLength: number
  readonly length: number
}

export function segmentSeal(key: JournalKey, storeId: string, segment: string): SegmentSeal {
  // A key per segment (RFC 5869): random nonces of 96 bits then never come near the bound of SP 800-38D §8.3.
  return {
    keyId: Buffer.from(key.keyId, 'latin1'),
    key: createSecretKey(Buffer.from(hkdfSync('sha256', key.key, segment, `keyturn journal 1\0${storeId}`, keyLength))),
    bound: Buffer.from(`keyturn journal 1\0${storeId}\0${segment}\0`),
  }
}

export const frameLength = (seal: SegmentSeal, payload: number): number =>
  headerLength(seal.keyId.length) + payload + tagLength + 1

const headerLength = (keyId: number): number => 6 + keyId + 8 + nonceLength + 8

export function sealFrame(
  seal: SegmentSeal,
  frame: {
    readonly number: number
    readonly durable: number
    readonly nonce: Uint8Array
    readonly payload: Uint8Array
  },
): Buffer {
  const head = headerLength(seal.keyId.length)
  const out = Buffer.alloc(head + frame.payload.length + tagLength + 1)
  magic.copy(out)
  out[4] = formatVersion
  out[5] = seal.keyId.length
  seal.keyId.copy(out, 6)
  let at = 6 + seal.keyId.length
  at = out.writeUInt32LE(frame.number, at)
  at = out.writeUInt32LE(frame.durable, at)
  out.set(frame.nonce, at)
  at = out.writeUInt32LE(frame.payload.length + tagLength, at + nonceLength)
  out.writeUInt32LE(crc32(out.subarray(0, at)), at)
  const cipher = createCipheriv('aes-256-gcm', seal.key, frame.nonce, { authTagLength: tagLength })
  cipher.setAAD(Buffer.concat([seal.bound, out.subarray(0, head)]))
  cipher.update(frame.payload).copy(out, head)
  cipher.final()
  cipher.getAuthTag().copy(out, head + frame.payload.length)
  out[out.length - 1] = endMark
  return out
}

/** The header at the start of `bytes`, or null when there is none that is whole. The body may still be cut. */
export function readHeader(bytes: Buffer): FrameHeader | null {
  if (bytes.length < headerLength(1) || !bytes.subarray(0, 4).equals(magic) || bytes[4] !== formatVersion) return null
  const keyId = bytes[5] ?? 0
  const head = headerLength(keyId)
  if (keyId < 1 || keyId > longestKeyId || bytes.length < head) return null
  if (bytes.readUInt32LE(head - 4) !== crc32(bytes.subarray(0, head - 4))) return null
  const bodyLength = bytes.readUInt32LE(head - 8)
  if (bodyLength < tagLength) return null
  return {
    keyId: bytes.toString('latin1', 6, 6 + keyId),
    number: bytes.readUInt32LE(6 + keyId),
    durable: bytes.readUInt32LE(10 + keyId),
    bodyAt: head,
    bodyLength,
    length: head + bodyLength + 1,
  }
}

/** The payload, or null when the frame is cut or isn't what was sealed for this place. */
export function openFrame(seal: SegmentSeal, header: FrameHeader, bytes: Buffer): Buffer | null {
  const { bodyAt, bodyLength, length } = header
  if (bytes.length < length || bytes[length - 1] !== endMark || header.keyId !== seal.keyId.toString('latin1'))
    return null
  const nonce = bytes.subarray(bodyAt - 8 - nonceLength, bodyAt - 8)
  const decipher = createDecipheriv('aes-256-gcm', seal.key, nonce, { authTagLength: tagLength })
  decipher.setAAD(Buffer.concat([seal.bound, bytes.subarray(0, bodyAt)]))
  decipher.setAuthTag(bytes.subarray(bodyAt + bodyLength - tagLength, bodyAt + bodyLength))
  try {
    const payload = decipher.update(bytes.subarray(bodyAt, bodyAt + bodyLength - tagLength))
    decipher.final()
    return payload
  } catch {
    return null
  }
}

/**
 * Could a crash have left these bytes behind, with no good frame after them? A write that was cut lacks its end (the
 * rest is zeros); one whose sectors reached the disk in another order has a run of zeros that no ciphertext has.
 */
export function looksTorn(bytes: Buffer): boolean {
  const header = readHeader(bytes)
  if (header) {
    const cut = bytes.length < header.length || bytes[header.length - 1] !== endMark
    return cut || bytes.subarray(0, header.length).includes(zeros)
  }
  const written = writtenLength(bytes)
  const keyId = bytes[5] ?? 0
  return (keyId <= longestKeyId && written < headerLength(keyId)) || bytes.subarray(0, written).includes(zeros)
}

const zeros = Buffer.alloc(16)

/** Up to the last byte that isn't zero. */
export function writtenLength(bytes: Buffer): number {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end--
  return end
}
