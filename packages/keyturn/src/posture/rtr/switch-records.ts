/**
 * What is remembered of a switch: that it began, that it is on, what the app looked like before, and how its clients
 * fared. Written before the org is changed, so that a process that was killed between is found and gone on with.
 */
import type { RecordEntry, Store } from '@keyturn/tokens'
import * as z from 'zod'

const kind = 'rtr-switch'

const doc = z.strictObject({
  v: z.literal(1),
  org: z.string(),
  subject: z.string(),
  /** `began`: the org may or may not have it; `on`, `off`: read back. */
  state: z.enum(['began', 'on', 'off']),
  /** Keyturn switched it on; else it was found so, and is not Keyturn's to take back. */
  ours: z.boolean(),
  beganAt: z.number(),
  /** When rotation was seen to be on, or off again. */
  changedAt: z.number().nullable(),
  /** Refresh tokens by username before the switch; null: unknown. */
  tokens: z.record(z.string(), z.number()).nullable(),
  /** How the last look at its clients went. */
  watched: z.strictObject({ at: z.number(), failed: z.boolean() }).nullable(),
})

export type SwitchRecord = Readonly<z.infer<typeof doc>>

const idOf = (org: string, subject: string): string => `${org}/${subject}`

/** A row that somebody altered counts for nothing: what it says was switched on is then nobody's to take back. */
export const readSwitch = async (store: Store, org: string, subject: string): Promise<SwitchRecord | null> => {
  const found = await store.records.get(kind, idOf(org, subject))
  return found === null ? null : (doc.safeParse(found.doc).data ?? null)
}

export const readSwitches = async (store: Store, org: string): Promise<readonly SwitchRecord[]> => {
  const rows = await store.records.list(kind, `${org}/`, () => undefined)
  return rows.flatMap((row) => {
    const { success, data } = doc.safeParse(row.doc)
    return success && data.org === org ? [data] : []
  })
}

export const writeSwitch = async (store: Store, record: SwitchRecord, entry?: RecordEntry): Promise<void> => {
  const { org, subject } = record
  await store.records.put({ kind, id: idOf(org, subject), doc: { ...record } }, entry)
}

export const removeSwitch = (store: Store, org: string, subject: string): Promise<void> =>
  store.records.remove(kind, idOf(org, subject))
