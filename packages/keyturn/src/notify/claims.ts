/**
 * Who tells: one claim for each key, kept in the store by compare-and-set, so that of any number of processes one tells.
 * Claims are leases: should their holder die before it has told, another tells later. Twice is better than never.
 */
import { createHash } from 'node:crypto'
import { KeyturnError } from '@keyturn/tokens'
import type { RecordEntry, Store, StoreRecord } from '@keyturn/tokens'

const kind = 'notification'

/** More than three tries of the slowest channel and their pauses take. */
const lease = 10 * 60_000

/** How many outdated claims one telling clears away. */
const cleared = 100

interface ClaimDoc {
  readonly key: string
  readonly state: 'telling' | 'told'
  /** The store's clock; after it the claim counts no more. */
  readonly until: number
}

const docOf = (record: StoreRecord | null): ClaimDoc | null => (record?.doc as unknown as ClaimDoc | undefined) ?? null

export interface Claim {
  readonly id: string
  readonly at: number
  /** It was told: nobody tells it again before `repeatAfter` is over. */
  told(repeatAfter: number, entry: RecordEntry): Promise<void>
  /** It could not be told: whoever comes next tries again. */
  giveBack(entry: RecordEntry): Promise<void>
}

type Claimed =
  | { readonly claim: Claim }
  /** `told` is false while another process is at it: it may fail, or die before it has told anybody. */
  | { readonly claim: null; readonly told: boolean; readonly why: string }

const beingTold = { claim: null, told: false, why: 'another process is telling it' } as const

const stamp = (at: number): string => new Date(at).toISOString()

const isLost = (error: unknown): boolean => error instanceof KeyturnError && error.code === 'CLAIM_LOST'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

export const claim = async ({ records, now: storeNow }: Store, key: string): Promise<Claimed> => {
  const id = sha256(key)
  const [now, found] = [await storeNow(), await records.get(kind, id)]
  const known = docOf(found)
  if (found !== null && known !== null && known.until > now)
    return known.state === 'told'
      ? { claim: null, told: true, why: `told already at ${stamp(found.changedAt)}` }
      : beingTold
  try {
    const doc = { key, state: 'telling', until: now + lease } as const
    const held = await records.put({ kind, id, doc, expect: found?.version ?? null })
    const mine = { kind, id, expect: held.version }
    return {
      claim: {
        id: sha256(`${id} ${held.changedAt}`).slice(0, 32),
        at: held.changedAt,
        told: async (repeatAfter, entry) => {
          await records.put({ ...mine, doc: { key, state: 'told', until: held.changedAt + repeatAfter } }, entry)
        },
        // Put and removed at once: a removal alone asks for no version and could take another's claim.
        giveBack: async (entry) => {
          await records.putAll([{ ...mine, doc }], entry, [{ kind, id }])
        },
      },
    }
  } catch (error) {
    if (!isLost(error)) throw error
    return beingTold
  }
}

/** Claims that count no more are as good as none. */
export const clearClaims = async ({ records, now: storeNow }: Store): Promise<number> => {
  const now = await storeNow()
  const over = (await records.list(kind, '', () => undefined)).filter((record) => (docOf(record)?.until ?? 0) <= now)
  let gone = 0
  for (const { id, version, doc } of over.slice(0, cleared)) {
    try {
      await records.putAll([{ kind, id, doc, expect: version }], undefined, [{ kind, id }])
      gone += 1
    } catch (error) {
      if (!isLost(error)) throw error
    }
  }
  return gone
}
