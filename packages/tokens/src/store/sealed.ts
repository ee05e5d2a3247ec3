/**
 * The envelope of every secret at rest. Format: docs/formats/sealed.md.
 *
 *   byte 0 format version (1) · bytes 1–8 id of the key · bytes 9–20 nonce · ciphertext · last 16 bytes tag
 *
 * AES-256-GCM with a random nonce per sealing. The additional data names the place where the ciphertext belongs (store,
 * grant, name), so that a row copied to another place does not open there.
 */
import { createCipheriv, createDecipheriv, createHash, createSecretKey, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { KeyturnError } from '../errors.ts'

const version = 1
const idLength = 8
const nonceLength = 12
const tagLength = 16
const headLength = 1 + idLength + nonceLength

/** A key and its short public name. */
export interface SealingKey {
  readonly id: string
  /** Not the bytes: Node takes several times as long with those, at each sealing and opening. */
  readonly key: KeyObject
}

/** Where a ciphertext belongs. */
export interface Place {
  readonly store: string
  /** The grant's id; empty for what belongs to the store itself. */
  readonly grant: string
  readonly name: string
}

export const keyLength = 32

/** The id of a key is a hash with its own prefix: it tells keys apart and tells nothing about them. */
export const sealingKey = (bytes: Uint8Array): SealingKey => {
  if (bytes.length !== keyLength) {
    throw new KeyturnError('KEY_MISSING', `a key must have ${keyLength} bytes, this one has ${bytes.length}`)
  }
  const id = createHash('sha256').update('keyturn key id\n').update(bytes).digest().subarray(0, idLength)
  return { id: id.toString('hex'), key: createSecretKey(bytes) }
}

/** Length-prefixed, so that no two places share their bytes. */
const additionalData = ({ store, grant, name }: Place): Buffer => {
  const parts = ['keyturn sealed', store, grant, name].map((part) => {
    const text = Buffer.from(part, 'utf8')
    const length = Buffer.alloc(4)
    length.writeUInt32BE(text.length)
    return Buffer.concat([length, text])
  })
  return Buffer.concat(parts)
}

export const seal = (key: SealingKey, place: Place, plain: Uint8Array): Buffer => {
  const head = Buffer.concat([Buffer.of(version), Buffer.from(key.id, 'hex'), randomBytes(nonceLength)])
  const cipher = createCipheriv('aes-256-gcm', key.key, head.subarray(1 + idLength), { authTagLength: tagLength })
  cipher.setAAD(Buffer.concat([head.subarray(0, 1 + idLength), additionalData(place)]))
  return Buffer.concat([head, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** The id of the key a ciphertext was sealed with. */
export const sealedWith = (sealed: Uint8Array): string =>
  Buffer.from(sealed.buffer, sealed.byteOffset + 1, Math.min(idLength, Math.max(0, sealed.length - 1))).toString('hex')

/** Throws STORE_TOO_NEW, KEY_WRONG or STORE_TAMPERED; the message names the place, never a value. */
export const open = (key: SealingKey, place: Place, sealed: Uint8Array): Buffer => {
  const what = `${place.name} of ${place.grant === '' ? `store ${place.store}` : `grant ${place.grant}`}`
  const tampered = (why: string, cause?: unknown) =>
    new KeyturnError('STORE_TAMPERED', `the sealed ${what} ${why}`, { data: { ...place }, cause })
  if (sealed.length < headLength + tagLength) throw tampered('is too short')
  if (sealed[0] !== version) {
    throw tampered(`starts with format ${String(sealed[0])}, this version of Keyturn knows ${version}`)
  }
  if (sealedWith(sealed) !== key.id) {
    throw new KeyturnError(
      'KEY_WRONG',
      `the ${what} was sealed with key ${sealedWith(sealed)}, this is key ${key.id}`,
      {
        data: { ...place, sealedWith: sealedWith(sealed), key: key.id },
      },
    )
  }
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.length)
  const decipher = createDecipheriv('aes-256-gcm', key.key, bytes.subarray(1 + idLength, headLength), {
    authTagLength: tagLength,
  })
  decipher.setAAD(Buffer.concat([bytes.subarray(0, 1 + idLength), additionalData(place)]))
  decipher.setAuthTag(bytes.subarray(bytes.length - tagLength))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(headLength, bytes.length - tagLength)), decipher.final()])
  } catch (cause) {
    throw tampered('was altered or stands in the wrong place', cause)
  }
}
