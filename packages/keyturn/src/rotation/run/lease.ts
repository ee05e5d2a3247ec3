/**
 * Who works on a credential's run now. A lease of 30 s by the store's clock, renewed while its holder lives: after a kill
 * another process goes on when it has run out. What a holder that slept writes afterwards fails by the version it read.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, Store, StoreRecord } from '@keyturn/tokens'
import * as z from 'zod'

const leaseKind = 'rotation-lease'
const lifeMs = 30_000
const renewMs = 10_000

const leaseDoc = z.strictObject({ holder: z.string(), until: z.number() })

export interface Lease {
  /** False once somebody else may have it. */
  held(): boolean
  release(): Promise<void>
}

/** When the lease that is in the way runs out; null: it is free. */
export const takeLease = async (
  { store, clock }: { readonly store: Pick<Store, 'records' | 'now'>; readonly clock: Clock },
  name: string,
  holder: string,
): Promise<{ readonly lease: Lease } | { readonly busyUntil: number }> => {
  const found = await store.records.get(leaseKind, name)
  const now = await store.now()
  const taken = found === null ? null : leaseDoc.parse(found.doc)
  if (taken !== null && taken.until > now && taken.holder !== holder) return { busyUntil: taken.until }
  const write = async (until: number, expect: number | null): Promise<StoreRecord> =>
    store.records.put({ kind: leaseKind, id: name, doc: { holder, until }, expect })
  let record: StoreRecord
  let goodUntil = clock.boot() + lifeMs
  try {
    record = await write(now + lifeMs, found?.version ?? null)
  } catch (error) {
    if (error instanceof KeyturnError && error.code === 'CLAIM_LOST') return { busyUntil: now + lifeMs }
    throw error
  }
  const over = new AbortController()
  const renew = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await clock.sleep(renewMs, over.signal)
      if (over.signal.aborted) return
      const since = clock.boot()
      try {
        record = await write((await store.now()) + lifeMs, record.version)
        goodUntil = since + lifeMs
      } catch (error) {
        if (error instanceof KeyturnError && error.code === 'CLAIM_LOST') goodUntil = 0
        if (goodUntil === 0) return
      }
    }
  }
  const renewing = renew()
  return {
    lease: {
      held: () => clock.boot() < goodUntil,
      async release() {
        over.abort()
        await renewing
        // Somebody else's by now: then it is theirs to end.
        await write(0, record.version).catch(() => undefined)
      },
    },
  }
}
