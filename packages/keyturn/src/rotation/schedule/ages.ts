/**
 * Since when the version in use of each credential is in use: as Keyturn recorded it, as the platform said within the last
 * day, else as the platform says now. An org that does not answer is left alone for a while, so that one that is away does
 * not hold up the rounds of all others.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Records } from '@keyturn/tokens'
import type { Rotation } from '../rotation.ts'
import type { Age } from '../rotator.ts'
import type { StoredFacts } from './facts.ts'
import { pool } from './pool.ts'
import { ageOf, openSchedules } from './schedule-record.ts'
import type { ScheduleDoc } from './schedule-record.ts'
import { day, minute } from './zone.ts'

export interface AgeFound {
  readonly age: Age
  /** It could not be asked for: nothing is decided on that. */
  readonly problem: string | null
}

/** By credential: what was in the way when it was last asked for, and until when that is believed. */
export type AgeTroubles = Map<string, { readonly until: number; readonly problem: string }>

interface AgeParts {
  readonly rotation: Pick<Rotation, 'age'>
  readonly records: Pick<Records, 'get' | 'put'>
  readonly now: number
  /** Remembered from round to round; default: nothing is. */
  readonly troubles?: AgeTroubles | undefined
}

interface Of {
  readonly name: string
  readonly stored: StoredFacts
  readonly schedule: ScheduleDoc
}

const believed = day
const leftAlone = 10 * minute
const atOnce = 8

const recordedAge = ({ stored, schedule }: Of, now: number): Age | null => {
  if (stored.activeAt !== null) return { basis: 'known', since: stored.activeAt, why: 'Keyturn made this version' }
  const kept = schedule.age
  return kept !== null && kept.turn === stored.turn && Math.abs(now - kept.at) < believed ? ageOf(kept) : null
}

const ask = async ({ rotation, records, now }: AgeParts, { name, stored }: Of): Promise<Age> => {
  const age = await rotation.age(name)
  const since = age.basis === 'unknown' ? null : age.since
  await openSchedules(records).change(name, (doc) => ({
    ...doc,
    age: { turn: stored.turn, at: now, basis: age.basis, since, why: age.why },
  }))
  return age
}

/** Throws STORE_UNAVAILABLE and defects only. */
export const agesOf = async (parts: AgeParts, all: readonly Of[]): Promise<ReadonlyMap<string, AgeFound>> => {
  const { now, troubles = new Map() } = parts
  const found = new Map<string, AgeFound>()
  const trouble = ({ stored, schedule: { age: kept } }: Of, problem: string): AgeFound => ({
    age: kept === null || kept.turn !== stored.turn ? { basis: 'unknown', why: problem } : ageOf(kept),
    problem: `its age could not be asked for: ${problem}`,
  })
  const unasked: Of[] = []
  for (const one of all) {
    const recorded = recordedAge(one, now)
    const known = troubles.get(one.name)
    if (recorded !== null) found.set(one.name, { age: recorded, problem: null })
    else if (known !== undefined && Math.abs(known.until - now) <= leftAlone && now < known.until)
      found.set(one.name, trouble(one, known.problem))
    else unasked.push(one)
  }
  await pool(unasked, atOnce, async (one) => {
    try {
      found.set(one.name, { age: await ask(parts, one), problem: null })
      troubles.delete(one.name)
    } catch (error) {
      if (!(error instanceof KeyturnError) || error.code === 'STORE_UNAVAILABLE') throw error
      troubles.set(one.name, { until: now + leftAlone, problem: error.message })
      found.set(one.name, trouble(one, error.message))
    }
  })
  return found
}
