/**
 * RSA keys, made when first needed and once per process: making one takes long, and no test wants a particular one.
 * (They are the one thing here that a seed doesn't determine.)
 */
import { createHash, generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

interface Pair {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

function makePair(): Pair {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const kid = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 8)
  return { kid, privateKey, publicKey }
}

let signing: Pair | undefined
let client: Pair | undefined

/** What id tokens and JWT access tokens are signed with; its public half is at /id/keys. */
export const signingKey = (): Pair => (signing ??= makePair())

/** What a JWT bearer client of a seeded app signs with. */
export const clientKey = (): Pair => (client ??= makePair())

export const pemOf = (key: KeyObject): string =>
  key.export(key.type === 'private' ? { type: 'pkcs8', format: 'pem' } : { type: 'spki', format: 'pem' }).toString()
