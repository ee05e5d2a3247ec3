/**
 * What stands in the ledger of a text that may name a person: a keyed commitment. The text itself is kept beside the
 * ledger, where it can be erased; as long as it is there, whoever has the store can show that it is the one that was meant.
 */
import { createHmac } from 'node:crypto'
import type { Store } from '@keyturn/tokens'

export type Commit = (text: string) => string

/** HMAC-SHA-256 under a key of the store's own, which survives a new master key; 128 bits of it. */
export const commitmentsOf = (store: Pick<Store, 'deriveKey'>): Commit => {
  const key = store.deriveKey('ledger text')
  return (text) =>
    `text:${createHmac('sha256', key).update(text, 'utf8').digest().subarray(0, 16).toString('base64url')}`
}
