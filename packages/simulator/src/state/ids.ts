/**
 * Ids and tokens that look like Salesforce's and come out the same for the same seed.
 *
 * An id is 15 characters, case-sensitive, and three more that encode which of them are capitals, so that the 18 can be
 * compared without case. Tokens are HMACs over a counter: unguessable enough for loopback, reproducible by design.
 */
import { createHash, createHmac } from 'node:crypto'

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const checksumLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'

/** The 18-character form of a 15-character id. */
export function withChecksum(id15: string): string {
  let suffix = ''
  for (let block = 0; block < 3; block++) {
    let bits = 0
    for (let i = 0; i < 5; i++) {
      const c = id15.charCodeAt(block * 5 + i)
      if (c >= 65 && c <= 90) bits |= 1 << i
    }
    suffix += checksumLetters.charAt(bits)
  }
  return id15 + suffix
}

export function base62Of(value: number, width: number): string {
  let text = ''
  for (let rest = value; text.length < width; rest = Math.floor(rest / 62)) text = base62.charAt(rest % 62) + text
  return text
}

export interface Ids {
  /** 18 characters: prefix, 4 that belong to the org, a counter. */
  id(prefix: string): string
  /** `length` characters of [A-Za-z0-9._], never the same twice. */
  token(kind: string, length: number): string
  /** `length` hexadecimal characters. */
  hex(kind: string, length: number): string
  counter(): number
  restore(counter: number): void
}

export function createIds(seed: string, start: number): Ids {
  const pod = [...createHash('sha256').update(seed).digest().subarray(0, 4)].map((b) => base62.charAt(b % 62)).join('')
  let counter = start
  const bytes = (kind: string, length: number): Buffer => {
    const parts: Buffer[] = []
    counter += 1
    for (let block = 0; block * 64 < length; block++) {
      parts.push(createHmac('sha512', seed).update(`${kind}|${counter}|${block}`).digest())
    }
    return Buffer.concat(parts)
  }
  return {
    id: (prefix) => withChecksum(prefix + pod + base62Of(++counter, 15 - prefix.length - pod.length)),
    token: (kind, length) => bytes(kind, length).toString('base64url').replaceAll('-', '.').slice(0, length),
    hex: (kind, length) => bytes(kind, length).toString('hex').slice(0, length),
    counter: () => counter,
    restore: (value) => {
      counter = Math.max(counter, value)
    },
  }
}

/** What logs and the oracle show instead of a token. */
export const fingerprint = (token: string): string => createHash('sha256').update(token).digest('hex').slice(0, 16)
