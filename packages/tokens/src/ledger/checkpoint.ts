/**
 * A checkpoint: the ledger's head, signed, to be kept where whoever can write the store can't. A chain alone does not
 * show a tail that was cut off; a checkpoint does.
 *
 * It is a signed note as in https://c2sp.org/signed-note (Ed25519), with the lines of https://c2sp.org/tlog-checkpoint:
 * origin, number of entries, hash, then extension lines. The hash is the head of our chain and no Merkle root.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { KeyturnError } from '../errors.ts'
import type { Head } from './chain.ts'

export interface Checkpoint extends Head {
  readonly store: string
  /** Epoch milliseconds, the store's clock. */
  readonly at: number
}

/** How others may know the signer: `name+id+key`, the verifier key of a signed note. No secret. */
export type VerifyingKey = string

const ed25519 = 0x01
const dash = '\u2014'

const originOf = (store: string): string => `keyturn-ledger/${store}`

const rawPublicKey = (key: KeyObject): Buffer => {
  const { x } = key.export({ format: 'jwk' })
  if (x === undefined) throw new KeyturnError('DEFECT', 'this is no Ed25519 key')
  return Buffer.from(x, 'base64url')
}

const keyId = (name: string, encoded: Buffer): Buffer =>
  createHash('sha256').update(`${name}\n`).update(encoded).digest().subarray(0, 4)

const verifyingKeyOf = (store: string, publicKey: KeyObject): VerifyingKey => {
  const encoded = Buffer.concat([Buffer.of(ed25519), rawPublicKey(publicKey)])
  const name = originOf(store)
  return `${name}+${keyId(name, encoded).toString('hex')}+${encoded.toString('base64')}`
}

/** A new pair: PKCS #8 to be sealed, and the verifying key to be shown. */
export const newSigningKey = (store: string): { readonly pkcs8: Buffer; readonly verifyingKey: VerifyingKey } => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return {
    pkcs8: privateKey.export({ type: 'pkcs8', format: 'der' }),
    verifyingKey: verifyingKeyOf(store, publicKey),
  }
}

const body = ({ store, seq, hash, epoch, at }: Checkpoint): string =>
  `${originOf(store)}\n${seq}\n${Buffer.from(hash, 'hex').toString('base64')}\nepoch ${epoch}\nat ${at}\n`

export const signCheckpoint = (checkpoint: Checkpoint, pkcs8: Uint8Array): string => {
  const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
  const name = originOf(checkpoint.store)
  const id = keyId(name, Buffer.concat([Buffer.of(ed25519), rawPublicKey(createPublicKey(key))]))
  const text = body(checkpoint)
  const signature = Buffer.concat([id, sign(null, Buffer.from(text, 'utf8'), key)])
  return `${text}\n${dash} ${name} ${signature.toString('base64')}\n`
}

const pattern =
  /^keyturn-ledger\/(?<store>[^\n+ ]+)\n(?<seq>0|[1-9]\d*)\n(?<hash>[A-Za-z0-9+/]{43}=)\nepoch (?<epoch>[1-9]\d*)\nat (?<at>\d+)\n$/

const broken = (why: string) => new KeyturnError('LEDGER_BROKEN', `the checkpoint ${why}`)

/** Verifies a checkpoint with the verifying key that was kept beside it. Throws LEDGER_BROKEN. */
export const verifyCheckpoint = (note: string, verifyingKey: VerifyingKey): Checkpoint => {
  const end = note.lastIndexOf('\n\n')
  const text = note.slice(0, end + 1)
  const found = pattern.exec(text)?.groups
  if (end < 0 || found === undefined) throw broken('is not in its format')
  const parts = /^(?<name>.+)\+(?<id>[0-9a-f]{8})\+(?<key>[A-Za-z0-9+/]+={0,2})$/.exec(verifyingKey)?.groups
  const encoded = Buffer.from(parts?.['key'] ?? '', 'base64')
  const name = parts?.['name'] ?? ''
  if (encoded.length !== 33 || encoded[0] !== ed25519 || keyId(name, encoded).toString('hex') !== parts?.['id']) {
    throw new KeyturnError('BAD_ARGUMENT', 'this is no verifying key of a ledger')
  }
  if (name !== originOf(found['store'] ?? '')) throw broken('belongs to another store than the verifying key')
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: encoded.subarray(1).toString('base64url') },
    format: 'jwk',
  })
  const signed = note
    .slice(end + 2)
    .split('\n')
    .filter((line) => line.startsWith(`${dash} ${name} `))
    .map((line) => Buffer.from(line.slice(`${dash} ${name} `.length), 'base64'))
    .some(
      (signature) =>
        signature.length === 68 &&
        signature.subarray(0, 4).toString('hex') === parts?.['id'] &&
        verify(null, Buffer.from(text, 'utf8'), key, signature.subarray(4)),
    )
  if (!signed) throw broken('does not bear a valid signature of this store')
  return {
    store: found['store'] ?? '',
    seq: Number(found['seq']),
    hash: Buffer.from(found['hash'] ?? '', 'base64').toString('hex'),
    epoch: Number(found['epoch']),
    at: Number(found['at']),
  }
}
