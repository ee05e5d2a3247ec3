/**
 * What a schedule remembers of a credential besides its versions and runs: an approval, what was told, starts that
 * failed, an age that was asked for. A record of kind `rotation-schedule`, shared by all replicas. Approvals and
 * reminders are for one turn: `turn` is the number of the newest version, which every run moves on.
 */
import * as z from 'zod'
import { KeyturnError } from '@keyturn/tokens'
import type { Json, RecordEntry, Records, StoreRecord } from '@keyturn/tokens'
import type { Age } from '../rotator.ts'

export const scheduleKind = 'rotation-schedule'

const doc = z
  .strictObject({
    v: z.literal(1),
    approval: z.strictObject({ turn: z.int(), who: z.string(), at: z.number() }).readonly().nullable(),
    /** Which of the policy's reminders were told, as spans before it is due. */
    reminded: z
      .strictObject({ turn: z.int(), marks: z.array(z.number()).readonly() })
      .readonly()
      .nullable(),
    /** Starts that preflight refused since the last one that was not. */
    refused: z
      .strictObject({ turn: z.int(), times: z.int(), at: z.number(), code: z.string(), text: z.string() })
      .readonly()
      .nullable(),
    age: z
      .strictObject({
        turn: z.int(),
        at: z.number(),
        basis: z.enum(['known', 'at-most', 'unknown']),
        since: z.number().nullable(),
        why: z.string(),
      })
      .readonly()
      .nullable(),
  })
  .readonly()
export type ScheduleDoc = z.infer<typeof doc>

interface ScheduleRecord {
  readonly doc: ScheduleDoc
  readonly version: number | null
}

export const noSchedule: ScheduleRecord = {
  doc: { v: 1, approval: null, reminded: null, refused: null, age: null },
  version: null,
}

export const readSchedule = (record: StoreRecord): ScheduleRecord => {
  const parsed = doc.safeParse(record.doc)
  if (parsed.success) return { doc: parsed.data, version: record.version }
  throw new KeyturnError('STORE_TOO_NEW', `The schedule of ${record.id} was written by another version of Keyturn`)
}

export const ageOf = (kept: NonNullable<ScheduleDoc['age']>): Age =>
  kept.basis === 'unknown' || kept.since === null
    ? { basis: 'unknown', why: kept.why }
    : { basis: kept.basis, since: kept.since, why: kept.why }

interface Schedules {
  get(name: string): Promise<ScheduleRecord>
  /** Reads, changes and writes until nobody wrote in between; null leaves it. */
  change(name: string, make: (doc: ScheduleDoc) => ScheduleDoc | null, entry?: RecordEntry): Promise<ScheduleDoc>
}

export const openSchedules = (records: Pick<Records, 'get' | 'put'>): Schedules => {
  const get: Schedules['get'] = async (name) => {
    const record = await records.get(scheduleKind, name)
    return record === null ? noSchedule : readSchedule(record)
  }
  return {
    get,
    async change(name, make, entry) {
      for (;;) {
        const held = await get(name)
        const next = make(held.doc)
        if (next === null) return held.doc
        try {
          await records.put({ kind: scheduleKind, id: name, doc: next as Json, expect: held.version }, entry)
          return next
        } catch (error) {
          if (!(error instanceof KeyturnError) || error.code !== 'CLAIM_LOST') throw error
        }
      }
    },
  }
}
