/**
 * A signed assertion (RFC 7523 §3) as clients of Salesforce's JWT bearer flow make it: read strictly, verified by
 * node:crypto. RS256 is what those clients sign with; the other algorithms of the table cost a line each.
 *
 * Always as many verifications as there are keys to try, for a caller without a key, too: a key that nobody holds stands
 * in, so that the time tells nothing about who is enrolled.
 */
import { createHash, createPublicKey, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { KeyturnError } from '@keyturn/tokens'

export interface Assertion {
  readonly issuer: string
  readonly subject: string
  readonly audiences: readonly string[]
  /** Epoch milliseconds. */
  readonly expiresAt: number
  readonly notBefore: number
  readonly algorithm: Algorithm
  readonly signed: Buffer
  readonly signature: Buffer
}

const algorithms = {
  RS256: { type: 'rsa', hash: 'sha256' },
  RS384: { type: 'rsa', hash: 'sha384' },
  RS512: { type: 'rsa', hash: 'sha512' },
  ES256: { type: 'ec', hash: 'sha256' },
} as const
type Algorithm = keyof typeof algorithms

/** What Salesforce allows clocks to differ by. */
const SKEW_MS = 3 * 60_000
/** Salesforce asks for 3 minutes, and many clients write 5; an hour bounds how long a used one is remembered. */
const LONGEST_MS = 60 * 60_000
/** Seconds end here (the year 5138): what is larger was written in milliseconds, as @salesforce/core does. */
const LARGEST_SECONDS = 1e11

const objectIn = (part: string): Readonly<Record<string, unknown>> | null => {
  const bytes = Buffer.from(part, 'base64url')
  if (bytes.toString('base64url') !== part) return null
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}

/** Salesforce's own Java sample writes the number as a string. */
const momentIn = (value: unknown): number | null => {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0) return null
  return number < LARGEST_SECONDS ? number * 1000 : number
}

/** Null: no assertion that could be judged. */
export const readAssertion = (text: string): Assertion | null => {
  const [head = '', body = '', mark = '', ...more] = text.split('.')
  const [header, claims] = [objectIn(head), objectIn(body)]
  if (header === null || claims === null || mark === '' || more.length > 0) return null
  const { alg } = header
  // An extension that must be understood isn't (RFC 7515 §4.1.11).
  if (typeof alg !== 'string' || !Object.hasOwn(algorithms, alg) || 'crit' in header) return null
  const { iss, sub, aud, exp, nbf } = claims
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  const expiresAt = momentIn(exp)
  const notBefore = nbf === undefined ? 0 : momentIn(nbf)
  if (typeof iss !== 'string' || typeof sub !== 'string' || expiresAt === null || notBefore === null) return null
  if (!audiences.every((one) => typeof one === 'string')) return null
  return {
    issuer: iss,
    subject: sub,
    audiences,
    expiresAt,
    notBefore,
    algorithm: alg as Algorithm,
    signed: Buffer.from(`${head}.${body}`),
    signature: Buffer.from(mark, 'base64url'),
  }
}

export const isTimely = ({ expiresAt, notBefore }: Assertion, now: number): boolean =>
  now < expiresAt + SKEW_MS && expiresAt < now + LONGEST_MS + SKEW_MS && notBefore <= now + SKEW_MS

/** From then on nobody need remember that it was used. */
export const forgottenAt = ({ expiresAt }: Assertion): number => expiresAt + SKEW_MS

/** What a used one is remembered by: all that was signed, so neither another spelling nor a new signature is another. */
export const digestOf = ({ signed }: Assertion, caller: string): string =>
  createHash('sha256').update(`${caller}\n`).update(signed).digest('base64url')

const nobodysKeys = {
  rsa: createPublicKey({
    // Whose factors nobody knows; the highest and the lowest bit make it a modulus of 2048 bits.
    key: { kty: 'RSA', n: modulus().toString('base64url'), e: 'AQAB' },
    format: 'jwk',
  }),
  ec: createPublicKey({
    // The base point of P-256.
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: Buffer.from('6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296', 'hex').toString('base64url'),
      y: Buffer.from('4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5', 'hex').toString('base64url'),
    },
    format: 'jwk',
  }),
} as const

function modulus(): Buffer {
  const bytes = createHash('shake256', { outputLength: 256 }).update('keyturn: the key of nobody').digest()
  bytes[0] = (bytes[0] ?? 0) | 0x80
  bytes[255] = (bytes[255] ?? 0) | 0x01
  return bytes
}

export const isSignedBy = (assertion: Assertion, keys: readonly (KeyObject | null)[]): boolean => {
  const { type, hash } = algorithms[assertion.algorithm]
  return keys
    .map((key) => {
      const fits = key?.asymmetricKeyType === type
      const used = fits && key !== null ? key : nobodysKeys[type]
      const signed = verify(hash, assertion.signed, { key: used, dsaEncoding: 'ieee-p1363' }, assertion.signature)
      return signed && fits
    })
    .includes(true)
}

export const keyFromSpki = (spki: string): KeyObject =>
  createPublicKey({ key: Buffer.from(spki, 'base64'), type: 'spki', format: 'der' })

/** From PEM, a public key or a certificate: SPKI in base64. Throws BAD_ARGUMENT. */
export const readPublicKey = (pem: string): string => {
  const bad = (message: string, fix: string): KeyturnError => new KeyturnError('BAD_ARGUMENT', message, { fix })
  if (pem.includes('PRIVATE KEY'))
    throw bad(
      'That is a private key',
      'It belongs to the caller alone: name the file of its public key or certificate.',
    )
  let key: KeyObject
  try {
    key = createPublicKey(pem)
  } catch {
    throw bad('That is no public key and no certificate', 'Name a PEM file (BEGIN PUBLIC KEY or BEGIN CERTIFICATE).')
  }
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {}
  const rsa = key.asymmetricKeyType === 'rsa' && modulusLength >= 2048 && modulusLength <= 8192
  if (!rsa && !(key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1'))
    throw bad('This kind of key is not taken', 'Take RSA with 2048 bits or more (RS256), or P-256 (ES256).')
  return key.export({ type: 'spki', format: 'der' }).toString('base64')
}
