/**
 * Moves a store to another place, mostly from SQLite to PostgreSQL when a fleet grows.
 *
 * The source is retired first and copied after that: nobody can spend from it any more, so a move that breaks off
 * leaves one store that can be used, never two. Answers that arrive meanwhile wait in the hosts' journals.
 */
import { KeyturnError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import { appendEntry, readMeta, writeMeta } from './head.ts'
import { resolveMasterKey } from './master-key.ts'
import { openDriver } from './open.ts'
import type { OpenStoreOptions } from './open.ts'
import { readRows, writeRows } from './rows.ts'
import { currentSchema } from './schema.ts'
import { sealingKey } from './sealed.ts'
import { bytes, text, textOrNull } from './sql.ts'
import type { Driver, Sql } from './sql.ts'
import { storeKeys } from './store-keys.ts'
import type { StoreKeys } from './store-keys.ts'
import type { Verified } from './store.ts'
import { verifyStore } from './verify.ts'

export type MaintenanceOptions = Omit<OpenStoreOptions, 'transition' | 'create' | 'migrate'>

export const keysOf = async (sql: Sql, where: string, masterKey: OpenStoreOptions['masterKey']): Promise<StoreKeys> => {
  const [row] = await sql.all('SELECT store_id, root_key FROM keyturn_meta')
  if (row === undefined) throw new KeyturnError('STORE_MISSING', `${where} holds no store`)
  return storeKeys(text(row, 'store_id'), sealingKey(await resolveMasterKey(masterKey)), bytes(row, 'root_key'))
}

const retirement = async (sql: Sql): Promise<string | null> => {
  const [row] = await sql.all('SELECT moved_to FROM keyturn_meta')
  return row === undefined ? null : textOrNull(row, 'moved_to')
}

const holdsStore = async (driver: Driver): Promise<boolean> =>
  (await currentSchema(driver, driver.read)) > 0 && (await driver.read.all('SELECT 1 FROM keyturn_meta')).length > 0

/** Copies everything, verifies it there, and leaves the source retired (STORE_RETIRED names the new place). */
export const moveStore = async (
  from: string | Secret,
  to: string | Secret,
  options: MaintenanceOptions,
): Promise<Verified> => {
  const { host, process } = options.holder
  const source = await openDriver(from, { ...options, create: false })
  try {
    const target = await openDriver(to, options)
    try {
      if ((await currentSchema(source, source.read)) === 0) {
        throw new KeyturnError('STORE_MISSING', `${source.describe} holds no store`)
      }
      if (await holdsStore(target)) {
        throw new KeyturnError('BAD_ARGUMENT', `${target.describe} holds a store already`, {
          fix: 'Name an empty place.',
        })
      }
      const keys = await keysOf(source.read, source.describe, options.masterKey)
      const resumed = (await retirement(source.read)) === target.describe
      await source.startClock()
      if (!resumed) {
        await source.write(async ({ sql, now: clock, origin }) => {
          const meta = await readMeta(sql, source.describe)
          const now = Math.max(clock, meta.latest)
          const data = { from: source.describe, to: target.describe }
          const { seq, hash } = await appendEntry(sql, meta, {
            at: now,
            kind: 'store-moved',
            grant: null,
            by: `${host}/${process}`,
            data,
          })
          await writeMeta(sql, {
            ...meta,
            seq,
            hash,
            commits: meta.commits + 1,
            latest: now,
            origin: origin ?? meta.origin,
          })
          await sql.run('UPDATE keyturn_meta SET moved_to = ?', [target.describe])
          return { keep: true, value: undefined }
        })
      }
      try {
        return await source.snapshot((sql) => writeRows(target, readRows(sql), (begun) => verifyStore(begun.sql, keys)))
      } catch (error) {
        // Nothing arrived: the source goes on as before.
        if (!(await holdsStore(target).catch(() => true))) {
          await source.write(async ({ sql }) => {
            await sql.run('UPDATE keyturn_meta SET moved_to = NULL')
            return { keep: true, value: undefined }
          })
        }
        throw error
      }
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}
