/**
 * Answers that belong to no record any more: kept sealed and listed, because a token that nobody remembers can't be
 * revoked. Each has a data key of its own; its grant may never have existed in this copy of the store.
 */
import { randomUUID } from 'node:crypto'
import { KeyturnError } from '../errors.ts'
import { Secret } from '../secret.ts'
import { bytes, integer, integerOrNull, text } from './sql.ts'
import type { Driver } from './sql.ts'
import type { StoreKeys } from './store-keys.ts'
import type { Store } from './store.ts'
import { discard } from './writer.ts'
import type { Writer } from './writer.ts'

/** The name its sealed secrets bear as a place. */
export const orphanName = 'orphan'

type OrphanMethods = Pick<Store, 'keepOrphan' | 'orphans' | 'orphanSecret' | 'orphanRevoked'>

interface Parts extends Pick<Writer, 'write'> {
  readonly driver: Driver
  readonly keys: StoreKeys
}

export const orphanMethods = ({ driver, keys, write }: Parts): OrphanMethods => {
  return {
    keepOrphan: (grantId, attempt, secrets) =>
      write(async (writing) => {
        const { sql, now } = writing
        const known = await sql.all('SELECT 1 FROM keyturn_orphans WHERE grant_id = ? AND attempt = ?', [
          grantId,
          attempt,
        ])
        if (known.length > 0) return discard(undefined)
        const id = randomUUID()
        const dataKey = keys.wrapNew(id)
        const plain = JSON.stringify(
          Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, value.reveal()])),
        )
        await sql.run(
          'INSERT INTO keyturn_orphans (id, grant_id, attempt, at, revoked_at, data_key, sealed) VALUES (?, ?, ?, ?, NULL, ?, ?)',
          [id, grantId, attempt, now, dataKey, keys.sealSecret(dataKey, id, orphanName, new Secret(plain))],
        )
        await writing.append('orphan-kept', grantId, { orphan: id, attempt })
        return undefined
      }),

    orphans: async () =>
      (await driver.read.all('SELECT id, grant_id, attempt, at, revoked_at FROM keyturn_orphans ORDER BY at, id')).map(
        (row) => ({
          id: text(row, 'id'),
          grantId: text(row, 'grant_id'),
          attempt: text(row, 'attempt'),
          at: integer(row, 'at'),
          revokedAt: integerOrNull(row, 'revoked_at'),
        }),
      ),

    /** The refresh token if the answer held one (revoking it ends its access tokens too), else the access token. */
    orphanSecret: async (id) => {
      const [row] = await driver.read.all('SELECT data_key, sealed FROM keyturn_orphans WHERE id = ?', [id])
      if (row === undefined) throw new KeyturnError('BAD_ARGUMENT', `there is no orphan ${id}`)
      const plain = keys.openSecret(bytes(row, 'data_key'), id, orphanName, bytes(row, 'sealed'))
      const secrets: Readonly<Record<string, string>> = JSON.parse(plain.reveal())
      const token = secrets['refreshToken'] ?? secrets['accessToken'] ?? Object.values(secrets)[0]
      if (token === undefined) throw new KeyturnError('BAD_ARGUMENT', `orphan ${id} holds no token`)
      return new Secret(token)
    },

    orphanRevoked: (id) =>
      write(async (writing) => {
        const [row] = await writing.sql.all(
          'SELECT grant_id, attempt FROM keyturn_orphans WHERE id = ? AND revoked_at IS NULL',
          [id],
        )
        if (row === undefined) return discard(undefined)
        await writing.sql.run('UPDATE keyturn_orphans SET revoked_at = ? WHERE id = ?', [writing.now, id])
        await writing.append('orphan-revoked', text(row, 'grant_id'), { orphan: id, attempt: text(row, 'attempt') })
        return undefined
      }),
  }
}
