/**
 * What callers prove themselves with. All of it is made here from 256 random bits, so a keyed hash (HMAC-SHA-256 under a
 * key derived from the store's root) is enough: there is nothing to guess, and a copy of the database alone verifies
 * nothing. The stable refresh token is not stored at all: it is its own proof, an HMAC over whom and what it is for.
 */
import { createHmac, createSecretKey, hash as digest, timingSafeEqual } from 'node:crypto'
import { Secret } from '@keyturn/tokens'

export type RandomBytes = (size: number) => Uint8Array

/** What a stable refresh token says. */
export interface RefreshClaim {
  readonly caller: string
  readonly grant: string
  /** Moves when the caller is rotated. */
  readonly epoch: number
}

export interface CallerKeys {
  hash(id: string, secret: Secret): string
  /** For each of `hashes` whether `secret` is what it was made of; always as many comparisons as there are hashes. */
  compare(id: string, secret: Secret, hashes: readonly (string | null)[]): readonly boolean[]
  /** True when `secret` is what one of them was made of. */
  fits(id: string, secret: Secret, hashes: readonly (string | null)[]): boolean
  refreshToken(claim: RefreshClaim): Secret
  /** Null: not one of ours. */
  readRefreshToken(token: Secret): RefreshClaim | null
}

const refreshPrefix = 'ktr_'
/** A character set and a length that Salesforce's own security token (appended to passwords) can't be confused in. */
const passwordLength = 32

export const newCallerId = (random: RandomBytes): string => `ktc_${Buffer.from(random(10)).toString('hex')}`
export const newCallerSecret = (random: RandomBytes): Secret =>
  new Secret(`kts_${Buffer.from(random(32)).toString('base64url')}`)
/** 32 characters of base32 without a character that needs escaping in XML, URLs or shells: 160 bits. */
export const newPassword = (random: RandomBytes): Secret =>
  new Secret([...random(passwordLength)].map((byte) => 'abcdefghijkmnpqrstuvwxyz23456789'[byte % 32]).join(''))

/** The password without a security token behind it (Salesforce's are 24 or 25 letters and digits). */
export const withoutSecurityToken = (password: Secret): Secret => {
  const text = password.reveal()
  return /^[A-Za-z0-9]{0,64}$/.test(text.slice(passwordLength)) ? new Secret(text.slice(0, passwordLength)) : password
}

/** An HMAC-SHA-256 in base64url, and nothing's. */
const LENGTH = 43
/** Written anew for each comparison: two buffers made for each would cost more than comparing. */
const [left, right] = [Buffer.alloc(LENGTH), Buffer.alloc(LENGTH)]

/** False: no such mark, and nothing's in its place. */
const write = (place: Buffer, text: string): boolean => {
  const well = text.length === LENGTH && Buffer.byteLength(text) === LENGTH
  if (well) place.write(text, 'latin1')
  else place.fill('=')
  return well
}

/** Always one comparison of that length; what is no such mark is compared with nothing and fits nothing. */
const same = (one: string, other: string): boolean => {
  const [first, second] = [write(left, one), write(right, other)]
  return timingSafeEqual(left, right) && first && second
}

/**
 * A keyed hash, remembered for what was shown lately, right or wrong alike: so it tells by its time only that somebody
 * showed the same just now. A secret that was shown is remembered as its SHA-256.
 */
const remembering = (key: Uint8Array, nameOf: (text: string) => string): ((text: string) => string) => {
  // A KeyObject: Node takes ten times as long to make an HMAC with bytes.
  const secret = createSecretKey(key)
  let recent = new Map<string, string>()
  return (text) => {
    const name = nameOf(text)
    const known = recent.get(name)
    if (known !== undefined) return known
    const mark = createHmac('sha256', secret).update(text).digest('base64url')
    // What is longer was not made here, and nobody may fill the memory with it.
    if (name.length > LONGEST_REMEMBERED) return mark
    if (recent.size >= MOST_REMEMBERED) recent = new Map()
    recent.set(name, mark)
    return mark
  }
}
const MOST_REMEMBERED = 10_000
const LONGEST_REMEMBERED = 500

export const callerKeys = (deriveKey: (purpose: string) => Uint8Array): CallerKeys => {
  const mark = remembering(deriveKey('caller-secret'), (text) => digest('sha256', text, 'base64'))
  const hash: CallerKeys['hash'] = (id, secret) => mark(JSON.stringify([id, secret.reveal()]))
  // Whom and what a token is for is no secret.
  const sign = remembering(deriveKey('caller-refresh-token'), (body) => body)
  const compare: CallerKeys['compare'] = (id, secret, hashes) => {
    const shown = hash(id, secret)
    return hashes.map((kept) => same(shown, kept ?? ''))
  }
  /** By what a token says, which is no secret. */
  let claims = new Map<string, RefreshClaim>()
  const claimOf = (body: string): RefreshClaim => {
    const known = claims.get(body)
    if (known !== undefined) return known
    const text = Buffer.from(body, 'base64url').toString('utf8')
    const [caller, grant, epoch] = JSON.parse(text) as [string, string, number]
    if (claims.size >= MOST_REMEMBERED) claims = new Map()
    const claim = { caller, grant, epoch }
    claims.set(body, claim)
    return claim
  }
  return {
    hash,
    compare,
    fits: (id, secret, hashes) => compare(id, secret, hashes).includes(true),
    refreshToken: ({ caller, grant, epoch }) => {
      const body = Buffer.from(JSON.stringify([caller, grant, epoch])).toString('base64url')
      return new Secret(`${refreshPrefix}${body}.${sign(body)}`)
    },
    readRefreshToken: (token) => {
      const text = token.reveal()
      if (!text.startsWith(refreshPrefix)) return null
      const [body = '', mark = '', ...rest] = text.slice(refreshPrefix.length).split('.')
      // Only what was made here is marked: it can be read, and is remembered.
      return same(mark, sign(body)) && rest.length === 0 ? claimOf(body) : null
    },
  }
}
