/**
 * A new master key: the store's root key and each data key are wrapped anew in one transaction. Lineages, marks and
 * ciphertexts stay. Processes that still run with the old key get KEY_WRONG at their next change and can't undo it.
 */
import type { Secret } from '../secret.ts'
import { appendEntry, readMeta, writeMeta } from './head.ts'
import { resolveMasterKey } from './master-key.ts'
import type { MasterKeySource } from './master-key.ts'
import { keysOf } from './move.ts'
import type { MaintenanceOptions } from './move.ts'
import { openDriver } from './open.ts'
import { rewrapRecords } from './records.ts'
import { addedIn, currentSchema } from './schema.ts'
import { sealingKey } from './sealed.ts'
import { bytes, text } from './sql.ts'
import { rewrapData, rewrapRoot } from './store-keys.ts'

interface Rewrapped {
  readonly keys: number
  readonly from: string
  readonly to: string
}

export const rotateMasterKey = async (
  address: string | Secret,
  newMasterKey: MasterKeySource,
  options: MaintenanceOptions,
): Promise<Rewrapped> => {
  const driver = await openDriver(address, { ...options, create: false })
  try {
    const to = sealingKey(await resolveMasterKey(newMasterKey))
    await driver.startClock()
    return await driver.write(async ({ sql, now: clock, origin }) => {
      const meta = await readMeta(sql, driver.describe)
      const { store, master: from } = await keysOf(sql, driver.describe, options.masterKey)
      const [root] = await sql.all('SELECT root_key FROM keyturn_meta')
      if (root !== undefined) {
        const rewrapped = rewrapRoot(store, from, to, bytes(root, 'root_key'))
        await sql.run('UPDATE keyturn_meta SET root_key = ?, key_id = ?', [rewrapped, to.id])
      }
      let keys = 1
      for (const table of ['keyturn_grants', 'keyturn_orphans']) {
        for (const row of await sql.all(`SELECT id, data_key FROM ${table} ORDER BY id`)) {
          const id = text(row, 'id')
          const rewrapped = rewrapData(store, id, from, to, bytes(row, 'data_key'))
          await sql.run(`UPDATE ${table} SET data_key = ? WHERE id = ?`, [rewrapped, id])
          keys += 1
        }
      }
      if ((await currentSchema(driver, sql)) >= (addedIn.keyturn_records ?? 0))
        keys += await rewrapRecords(sql, (place, wrapped) => rewrapData(store, place, from, to, wrapped))
      const at = Math.max(clock, meta.latest)
      const by = `${options.holder.host}/${options.holder.process}`
      const data = { from: from.id, to: to.id, keys }
      const { seq, hash } = await appendEntry(sql, meta, { at, kind: 'master-key-rotated', grant: null, by, data })
      const after = { ...meta, seq, hash, commits: meta.commits + 1, latest: at, origin: meta.origin ?? origin }
      await writeMeta(sql, after)
      return { keep: true, value: { keys, from: from.id, to: to.id } }
    })
  } finally {
    await driver.close()
  }
}
