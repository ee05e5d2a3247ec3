/**
 * Who uses what: counted in memory per caller × grant × face and written each minute and at shutdown. What a crash can
 * lose is the last minute of counts; that somebody used a grant at all is written with the first use.
 *
 * One record per replica and day (`uses`, id DAY/HOST/PROCESS), so that replicas never write the same row and nothing is
 * added up under a lock. Reading sums them. Days older than `keepDays` are removed.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, Loggable, Store, StoreRecord } from '@keyturn/tokens'
import * as z from 'zod'

export const usesKind = 'uses'
/** The face under which it is counted that a caller showed what was valid before its last rotation. */
export const formerFace = 'former-secret'
const DAY = 86_400_000

const sum = z.strictObject({
  caller: z.string(),
  grant: z.string(),
  face: z.string(),
  count: z.number(),
  last: z.number(),
})
const usesDoc = z.strictObject({ v: z.literal(1), day: z.string(), uses: z.array(sum).readonly() })

export type Use = Readonly<z.infer<typeof sum>>

export interface Uses {
  count(caller: string, grant: string, face: string): void
  /** Writes what was counted. Never throws: what can't be written now is kept for the next time. */
  flush(): Promise<void>
  /** Flushes each minute until it is closed, and then once more. */
  close(): Promise<void>
}

export interface UsesOptions {
  readonly store: Store
  readonly clock: Clock
  readonly log: { warn(message: string, fields?: Readonly<Record<string, Loggable>>): void }
  /** Names this replica and this start of it. */
  readonly replica: string
  readonly every?: number
  readonly keepDays?: number
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

/** The sums of one day: one record. */
interface Book {
  readonly day: string
  readonly ends: number
  readonly counted: Map<string, { -readonly [Name in keyof Use]: Use[Name] }>
  dirty: boolean
}

const bookFor = (now: number): Book => ({
  day: dayOf(now),
  ends: (Math.floor(now / DAY) + 1) * DAY,
  counted: new Map(),
  dirty: false,
})

export const openUses = (options: UsesOptions): Uses => {
  const { store, clock, log, replica, every = 60_000, keepDays = 400 } = options
  let today = bookFor(clock.wall())
  /** Days that are over and not written to their end. */
  let earlier: readonly Book[] = []
  let cleaned = ''
  let writing = Promise.resolve()
  const closing = new AbortController()

  const clean = async (): Promise<void> => {
    if (cleaned === today.day) return
    const oldest = dayOf(clock.wall() - keepDays * DAY)
    for (;;) {
      const old = (await store.records.list(usesKind, '', () => undefined)).filter(({ id }) => id < oldest)
      for (const { id } of old) await store.records.remove(usesKind, id)
      if (old.length === 0) break
    }
    cleaned = today.day
  }

  const write = async (): Promise<void> => {
    for (const book of [...earlier, today].filter(({ dirty }) => dirty)) {
      const { day, counted } = book
      const doc = { v: 1, day, uses: [...counted.values()].map((use) => ({ ...use })) }
      book.dirty = false
      try {
        await store.records.put({ kind: usesKind, id: `${day}/${replica}`, doc })
      } catch (error) {
        book.dirty = true
        log.warn('uses could not be written and are kept', {
          code: error instanceof KeyturnError ? error.code : 'unknown',
        })
        return
      }
    }
    earlier = earlier.filter(({ dirty }) => dirty)
    await clean().catch(() => undefined)
  }

  const flush = (): Promise<void> => (writing = writing.then(write))

  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      await clock.sleep(every, closing.signal)
      if (!closing.signal.aborted) await flush()
    }
  }
  const running = run()

  return {
    count: (caller, grant, face) => {
      const key = `${caller}\0${grant}\0${face}`
      const last = clock.wall()
      if (last >= today.ends) {
        earlier = [...earlier, today]
        today = bookFor(last)
      }
      const before = today.counted.get(key)
      today.dirty = true
      if (before !== undefined) {
        before.count += 1
        before.last = last
        return
      }
      today.counted.set(key, { caller, grant, face, count: 1, last })
      // That it is used at all must not be lost with a crash.
      void flush()
    },
    flush,
    close: async () => {
      closing.abort()
      await running
      await flush()
    },
  }
}

const usesOf = ({ doc }: StoreRecord): readonly Use[] => usesDoc.parse(doc).uses

/** The sums since a day (`2026-01-31`), of all replicas. */
export const readUses = async (store: Store, since = ''): Promise<readonly Use[]> => {
  const sums = new Map<string, Use>()
  for (let after = since; ;) {
    const page = await store.records.list(usesKind, after, () => undefined)
    for (const use of page.flatMap(usesOf)) {
      const key = JSON.stringify([use.caller, use.grant, use.face])
      const before = sums.get(key)
      sums.set(key, {
        ...use,
        count: use.count + (before?.count ?? 0),
        last: Math.max(use.last, before?.last ?? 0),
      })
    }
    const last = page.at(-1)
    if (last === undefined) return [...sums.values()].sort((a, b) => b.last - a.last)
    after = last.id
  }
}
