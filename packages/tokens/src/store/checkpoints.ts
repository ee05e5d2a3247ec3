/** Signs the ledger's head with the store's own key pair, which is made at the first checkpoint and sealed. */
import { newSigningKey, signCheckpoint } from '../ledger/checkpoint.ts'
import { bytesOrNull, textOrNull } from './sql.ts'
import type { Driver, Sql } from './sql.ts'
import type { StoreKeys } from './store-keys.ts'
import type { Store } from './store.ts'
import { discard } from './writer.ts'
import type { Writer } from './writer.ts'

const signingKey = 'signing key'

interface Parts extends Pick<Writer, 'write'> {
  readonly driver: Driver
  readonly keys: StoreKeys
}

const find = async (sql: Sql): Promise<{ sealed: Uint8Array; verifyingKey: string } | null> => {
  const [row] = await sql.all('SELECT signing_key, verifying_key FROM keyturn_meta')
  const sealed = row === undefined ? null : bytesOrNull(row, 'signing_key')
  const verifyingKey = row === undefined ? null : textOrNull(row, 'verifying_key')
  return sealed === null || verifyingKey === null ? null : { sealed, verifyingKey }
}

export const checkpointMethods = ({ driver, keys, write }: Parts): Pick<Store, 'checkpoint' | 'verifyingKey'> => {
  /** The pair is made in a transaction, so that two processes don't make two. */
  const pair = async () =>
    (await find(driver.read)) ??
    (await write(async (writing) => {
      const found = await find(writing.sql)
      if (found !== null) return discard(found)
      const { pkcs8, verifyingKey } = newSigningKey(keys.store)
      const sealed = keys.sealOwn(signingKey, pkcs8)
      await writing.sql.run('UPDATE keyturn_meta SET signing_key = ?, verifying_key = ?', [sealed, verifyingKey])
      await writing.append('signing-key-made', null, { verifyingKey })
      return { sealed, verifyingKey }
    }))

  return {
    verifyingKey: async () => (await pair()).verifyingKey,
    checkpoint: async () => {
      const { sealed, verifyingKey } = await pair()
      const pkcs8 = keys.openOwn(signingKey, sealed)
      // Signed inside a transaction that writes nothing: a head that is not committed is never signed.
      const note = await write((writing) => {
        const { seq, hash, epoch } = writing.head()
        return Promise.resolve(discard(signCheckpoint({ store: keys.store, epoch, seq, hash, at: writing.now }, pkcs8)))
      })
      return { note, verifyingKey }
    },
  }
}
