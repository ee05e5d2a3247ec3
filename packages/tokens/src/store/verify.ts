/** Looks at everything a store holds: each row's mark, each secret's seal, the whole chain and its head. */
import { KeyturnError } from '../errors.ts'
import { verifyStoreLedger } from '../ledger/export.ts'
import { grantColumns, readGrant } from './grant-row.ts'
import { ledgerColumns, readEntry } from './head.ts'
import { orphanName } from './orphans.ts'
import { verifyRecords } from './records.ts'
import { bytes, integer, text } from './sql.ts'
import type { Sql } from './sql.ts'
import type { StoreKeys } from './store-keys.ts'
import type { Verified } from './store.ts'

/** Throws STORE_TAMPERED, KEY_WRONG or LEDGER_BROKEN at the first thing that is not as it was written. */
export const verifyStore = async (sql: Sql, keys: StoreKeys): Promise<Verified> => {
  const grants = (await sql.all(`SELECT ${grantColumns('g')} FROM keyturn_grants g ORDER BY id`)).map((row) =>
    readGrant(keys, row),
  )
  const dataKeys = new Map(grants.map(({ grant, dataKey }) => [grant.id, dataKey]))
  const lineages = new Map(grants.map(({ grant }) => [grant.id, grant.state.lineage]))
  const secrets = await sql.all('SELECT grant_id, name, sealed FROM keyturn_secrets ORDER BY grant_id, name')
  for (const row of secrets) {
    const [id, name] = [text(row, 'grant_id'), text(row, 'name')]
    const secret = keys.openSecret(dataKeys.get(id) ?? new Uint8Array(), id, name, bytes(row, 'sealed'))
    if (name === 'refreshToken' && keys.fingerprint(secret) !== lineages.get(id)) {
      throw new KeyturnError('STORE_TAMPERED', `the refresh token of grant ${id} is not the one of its lineage`)
    }
  }
  for (const row of await sql.all('SELECT id, data_key, sealed FROM keyturn_orphans')) {
    keys.openSecret(bytes(row, 'data_key'), text(row, 'id'), orphanName, bytes(row, 'sealed'))
  }
  const others = await verifyRecords(sql, keys)
  const verdict = await verifyStoreLedger({
    ledger: async (from, limit) =>
      (
        await sql.all(`SELECT ${ledgerColumns} FROM keyturn_ledger WHERE seq >= ? ORDER BY seq LIMIT ?`, [from, limit])
      ).map(readEntry),
  })
  if (!verdict.ok)
    throw new KeyturnError('LEDGER_BROKEN', `entry ${verdict.at} ${verdict.why}`, { data: { at: verdict.at } })
  const [meta] = await sql.all('SELECT seq, hash FROM keyturn_meta')
  if (meta === undefined || integer(meta, 'seq') !== verdict.entries || text(meta, 'hash') !== verdict.head?.hash) {
    throw new KeyturnError('LEDGER_BROKEN', 'the ledger does not end where the store says that it ends')
  }
  return {
    grants: grants.length,
    secrets: secrets.length + others.secrets,
    records: others.records,
    entries: verdict.entries,
  }
}
