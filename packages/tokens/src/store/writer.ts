/**
 * One writing transaction, in the same shape for both databases: the head first (may we write? is it the store we
 * knew?), then the work on fresh data, then the head again. Nothing is remembered between transactions but the last
 * head this process saw, by which it notices a store that went back in time (rule 12).
 */
import { KeyturnError } from '../errors.ts'
import type { Holder } from '../protocol/state.ts'
import { appendEntry, holds, readMeta, writeMeta } from './head.ts'
import type { LedgerData, Meta } from './head.ts'
import type { Driver, Sql } from './sql.ts'
import type { StoreKeys } from './store-keys.ts'
import type { Mark } from './store.ts'

export interface Writing {
  readonly sql: Sql
  /** The store's clock. */
  readonly now: number
  /** Why this can't be the store this process has known, as an older copy of itself; null when it can. */
  readonly wentBack: string | null
  head(): Meta
  setEpoch(epoch: number): void
  append(kind: string, grant: string | null, data: LedgerData): Promise<void>
}

/** Ends a transaction without a trace, with a value. */
class Discard<T> {
  readonly value: T
  constructor(value: T) {
    this.value = value
  }
}

export const discard = <T>(value: T): Discard<T> => new Discard(value)

export interface Writer {
  write<T>(work: (writing: Writing) => Promise<T | Discard<T>>): Promise<T>
  /** Starts a new epoch, higher than `atLeast`. */
  declare(reason: string, atLeast: number): Promise<void>
}

interface WriterParts {
  readonly driver: Driver
  readonly keys: StoreKeys
  readonly holder: Holder
}

/** Thrown inside a transaction that met an older copy of the store. */
class WentBack extends Error {}

/** `restore` puts every refresh-token grant in doubt; it runs in the transaction that begins the epoch. */
export const createWriter = (
  { driver, keys, holder }: WriterParts,
  restore: (writing: Writing) => Promise<void>,
): Writer => {
  const by = `${holder.host}/${holder.process}`
  let known: Mark | null = null

  const wentBackSince = async (sql: Sql, meta: Meta, origin: string | null): Promise<string | null> => {
    if (origin !== null && meta.origin !== null && origin !== meta.origin) {
      return `the database's time line changed from ${meta.origin} to ${origin}`
    }
    // A newer epoch: somebody else noticed and declared it.
    if (known === null || meta.epoch > known.epoch) return null
    if (meta.epoch < known.epoch || meta.seq < known.seq) {
      return `its ledger ended at ${known.seq} in epoch ${known.epoch}, now at ${meta.seq} in epoch ${meta.epoch}`
    }
    if (meta.seq === known.seq && meta.hash === known.hash) return null
    return (await holds(sql, known)) ? null : `its ledger no longer holds the entry ${known.seq} that was in it`
  }

  const transact = async <T>(judge: boolean, work: (writing: Writing) => Promise<T | Discard<T>>): Promise<T> => {
    const { result, head } = await driver.write(async ({ sql, now: clock, origin }) => {
      const meta = await readMeta(sql, driver.describe)
      if (meta.keyId !== keys.master.id) {
        const what = `${driver.describe} is sealed with key ${meta.keyId}, this is key ${keys.master.id}`
        throw new KeyturnError('KEY_WRONG', what, { data: { sealedWith: meta.keyId, key: keys.master.id } })
      }
      const wentBack = await wentBackSince(sql, meta, origin)
      if (judge && wentBack !== null) throw new WentBack(wentBack)
      // SQLite's clock is ours to keep from running backwards; a database server's clock is a fact.
      const now = driver.kind === 'sqlite' ? Math.max(clock, meta.latest) : clock
      let head: Meta = { ...meta, origin: origin ?? meta.origin, latest: Math.max(now, meta.latest) }
      const result = await work({
        sql,
        now,
        wentBack,
        head: () => head,
        setEpoch: (epoch) => {
          head = { ...head, epoch }
        },
        append: async (kind, grant, data) => {
          const { seq, hash } = await appendEntry(sql, head, { at: now, kind, grant, by, data })
          head = { ...head, seq, hash }
        },
      })
      if (result instanceof Discard) return { keep: false, value: { result: result.value, head: meta } }
      const after = { ...head, commits: head.commits + 1 }
      await writeMeta(sql, after)
      return { keep: true, value: { result, head: after }, landed: (fresh) => holds(fresh, after) }
    })
    known = head
    return result
  }

  const begin = async (writing: Writing, reason: string, atLeast: number): Promise<void> => {
    const { epoch, seq } = writing.head()
    writing.setEpoch(Math.max(epoch, atLeast, known?.epoch ?? 0) + 1)
    await writing.append('epoch-began', null, { reason, before: epoch, after: seq })
    await restore(writing)
  }

  return {
    declare: (reason, atLeast) => transact<void>(false, (writing) => begin(writing, reason, atLeast)),
    write: async (work) => {
      try {
        return await transact(true, work)
      } catch (error) {
        if (!(error instanceof WentBack)) throw error
      }
      // Whoever comes first declares it; the others find a newer epoch and go on.
      await transact<void>(false, async (writing) =>
        writing.wentBack === null ? discard(undefined) : begin(writing, writing.wentBack, 0),
      )
      return transact(false, work)
    },
  }
}
