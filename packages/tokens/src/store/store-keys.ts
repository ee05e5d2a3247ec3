/**
 * The keys of one store.
 *
 * The master key wraps two kinds of keys and seals nothing else: the store's own root key, from which the fingerprint
 * and row keys are derived, and one random data key per grant. A new master key therefore re-wraps a few dozen bytes
 * per grant, and every lineage, row mark and ciphertext stays as it is.
 */
import { createHmac, createSecretKey, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { KeyturnError } from '../errors.ts'
import { Secret } from '../secret.ts'
import type { Lineage } from '../protocol/state.ts'
import { keyLength, open, seal, sealingKey } from './sealed.ts'
import type { Place, SealingKey } from './sealed.ts'

const rootPlace = (store: string): Place => ({ store, grant: '', name: 'root key' })
const dataPlace = (store: string, grant: string): Place => ({ store, grant, name: 'data key' })

export interface StoreKeys {
  readonly store: string
  readonly master: SealingKey
  /** The keyed name of a refresh token. */
  fingerprint(token: Secret): Lineage
  /** The mark that a row bears: it shows a change made by anybody who does not have the key. */
  rowMark(bytes: string): Buffer
  rowMarkFits(bytes: string, mark: Uint8Array): boolean
  /** A fresh data key for a grant, wrapped. */
  wrapNew(grant: string): Buffer
  sealSecret(wrapped: Uint8Array, grant: string, name: string, secret: Secret): Buffer
  openSecret(wrapped: Uint8Array, grant: string, name: string, sealed: Uint8Array): Secret
  /** A key for another use of the store's root (the hosts' journals). */
  derive(purpose: string): Uint8Array
  /** Seals what belongs to the store itself (the ledger's signing key), under a key derived from the root. */
  sealOwn(name: string, plain: Uint8Array): Buffer
  openOwn(name: string, sealed: Uint8Array): Buffer
}

export const newRootKey = (store: string, master: SealingKey): Buffer =>
  seal(master, rootPlace(store), randomBytes(keyLength))

const derive = (root: Uint8Array, purpose: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', root, '', `keyturn ${purpose}`, keyLength))

/** Opens the root key with the master key. Throws KEY_WRONG. */
export const storeKeys = (store: string, master: SealingKey, wrappedRoot: Uint8Array): StoreKeys => {
  const root = open(master, rootPlace(store), wrappedRoot)
  // KeyObjects: Node takes ten times as long to make an HMAC with bytes.
  const fingerprintKey = createSecretKey(derive(root, 'fingerprint'))
  const rowKey = createSecretKey(derive(root, 'row'))
  const ownKey = sealingKey(derive(root, 'own'))
  const dataKey = (wrapped: Uint8Array, grant: string) => sealingKey(open(master, dataPlace(store, grant), wrapped))
  const rowMark = (bytes: string) => createHmac('sha256', rowKey).update(bytes, 'utf8').digest()
  return {
    store,
    master,
    fingerprint: (token) =>
      `rt_${createHmac('sha256', fingerprintKey).update(token.reveal(), 'utf8').digest('base64url')}`,
    rowMark,
    rowMarkFits: (bytes, mark) => mark.length === keyLength && timingSafeEqual(rowMark(bytes), mark),
    wrapNew: (grant) => seal(master, dataPlace(store, grant), randomBytes(keyLength)),
    sealSecret: (wrapped, grant, name, secret) =>
      seal(dataKey(wrapped, grant), { store, grant, name }, Buffer.from(secret.reveal(), 'utf8')),
    openSecret: (wrapped, grant, name, sealed) => {
      try {
        return new Secret(open(dataKey(wrapped, grant), { store, grant, name }, sealed).toString('utf8'))
      } catch (error) {
        // The data key is the grant's own: another key id in front of its secret means that the row is not in its place.
        if (!(error instanceof KeyturnError) || error.code !== 'KEY_WRONG' || error.data['name'] !== name) throw error
        throw new KeyturnError('STORE_TAMPERED', `the sealed ${name} of grant ${grant} belongs to another row`, {
          data: { store, grant, name },
        })
      }
    },
    derive: (purpose) => derive(root, `use ${purpose}`),
    sealOwn: (name, plain) => seal(ownKey, { store, grant: '', name }, plain),
    openOwn: (name, sealed) => open(ownKey, { store, grant: '', name }, sealed),
  }
}

export const rewrapRoot = (store: string, from: SealingKey, to: SealingKey, wrapped: Uint8Array): Buffer =>
  seal(to, rootPlace(store), open(from, rootPlace(store), wrapped))

export const rewrapData = (
  store: string,
  grant: string,
  from: SealingKey,
  to: SealingKey,
  wrapped: Uint8Array,
): Buffer => seal(to, dataPlace(store, grant), open(from, dataPlace(store, grant), wrapped))
