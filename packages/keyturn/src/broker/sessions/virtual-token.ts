/**
 * The virtual access token: what a caller holds instead of the real one.
 *
 * It looks like a Salesforce session id (`<15 characters of the org id>!…`, because clients look at that), says nothing
 * to whoever reads it and is authenticated (AES-256-GCM), so that every replica can judge it with nothing but the store's
 * key. The alphabet is the one that @salesforce/core accepts in an access token: letters, digits, `_` and `.`.
 */
import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

export interface VirtualSession {
  readonly id: string
  readonly callerId: string
  readonly grant: string
  /** Epoch milliseconds. */
  readonly issuedAt: number
  /** Of its caller, when it began (`Caller.sessionEpoch`). */
  readonly epoch: number
}

const VERSION = 2
const version = Uint8Array.of(VERSION)
const NONCE = 12
const TAG = 16
const unknownOrg = '00D000000000000'
const shape = /^(00D[A-Za-z0-9]{12})!KT([A-Za-z0-9_.]{40,1024})$/

/** Sealed for this org: the text in front of the `!` can't be exchanged either. */
const bound = (org: string): Buffer => Buffer.from(`keyturn virtual session ${VERSION} ${org}`)

/** Drawn 256 at a time: asking for random bytes costs as much as sealing them. */
const drawn = Buffer.alloc(NONCE * 256)
let used = drawn.length
const freshNonce = (): Uint8Array => {
  if (used === drawn.length) {
    randomFillSync(drawn)
    used = 0
  }
  used += NONCE
  return drawn.subarray(used - NONCE, used)
}

/** Give a KeyObject where it matters: Node takes several times as long with bytes. */
export const sealVirtualToken = (
  key: KeyObject | Uint8Array,
  session: VirtualSession,
  orgId: string | null,
  nonce: Uint8Array = freshNonce(),
): string => {
  const org = (orgId ?? unknownOrg).slice(0, 15)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(bound(org))
  const plain = JSON.stringify([session.id, session.callerId, session.grant, session.issuedAt, session.epoch])
  const sealed = cipher.update(plain, 'utf8')
  // GCM has no padding: this adds nothing and makes the tag.
  cipher.final()
  const text = Buffer.concat([version, nonce, sealed, cipher.getAuthTag()]).toString('base64url')
  return `${org}!KT${text.replaceAll('-', '.')}`
}

/** Null for everything that this store did not seal. */
export const openVirtualToken = (key: KeyObject | Uint8Array, token: string): VirtualSession | null => {
  const [, org, text] = shape.exec(token) ?? []
  if (org === undefined || text === undefined) return null
  const encoded = text.replaceAll('.', '-')
  const bytes = Buffer.from(encoded, 'base64url')
  // One token has one spelling: what an ended session is compared by must not be variable.
  if (bytes.toString('base64url') !== encoded || bytes.length <= 1 + NONCE + TAG || bytes[0] !== VERSION) return null
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + NONCE), { authTagLength: TAG })
  decipher.setAAD(bound(org))
  decipher.setAuthTag(bytes.subarray(-TAG))
  try {
    const plain = Buffer.concat([decipher.update(bytes.subarray(1 + NONCE, -TAG)), decipher.final()]).toString('utf8')
    return sessionOf(JSON.parse(plain))
  } catch {
    return null
  }
}

const sessionOf = (value: unknown): VirtualSession | null => {
  if (!Array.isArray(value)) return null
  const [id, callerId, grant, issuedAt, epoch] = value as readonly unknown[]
  if (typeof id !== 'string' || typeof callerId !== 'string' || typeof grant !== 'string') return null
  if (typeof issuedAt !== 'number' || typeof epoch !== 'number') return null
  return { id, callerId, grant, issuedAt, epoch }
}
