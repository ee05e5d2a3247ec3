/**
 * One round of the schedule: begins what is due, goes on with runs whose time has come, blocks and frees callers, tells
 * people. There is no second engine: a round only calls what `keyturn rotate` calls. Rounds of several replicas may
 * overlap: a start names the version it was decided on, a run is worked on under its lease, a telling is claimed.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, Loggable, Records } from '@keyturn/tokens'
import type { Notifier } from '../../notify/notify.ts'
import type { Rotation } from '../rotation.ts'
import type { AgeTroubles } from './ages.ts'
import { assess, scheduledOf } from './assess.ts'
import type { Assessed, Scheduled } from './assess.ts'
import { settleBlocked } from './blocked-grants.ts'
import type { BlockChanges } from './blocked-grants.ts'
import { isStuck, readFacts, readStored } from './facts.ts'
import type { StoredFacts } from './facts.ts'
import { pool } from './pool.ts'
import { tellAll } from './reminders.ts'
import { openSchedules } from './schedule-record.ts'
import { isOpen } from './windows.ts'

interface ScheduleLog {
  info(message: string, fields?: Readonly<Record<string, Loggable>>): void
  warn(message: string, fields?: Readonly<Record<string, Loggable>>): void
}

export interface RoundParts {
  readonly rotation: Rotation
  readonly records: Records
  readonly clock: Clock
  /** Null: nobody is told. */
  readonly notifier: Pick<Notifier, 'tell' | 'channels'> | null
  readonly log: ScheduleLog
  /** Epoch ms. */
  readonly now: number
  /** Credentials at work at once; default 4. */
  readonly limit?: number
  /** For the ledger; default `the schedule`. */
  readonly who?: string
  /** Kept from round to round, so that an org that is away is not asked again at once. */
  readonly troubles?: AgeTroubles
  /** Ends the round after the steps in flight. */
  readonly signal?: AbortSignal
}

interface RoundEnd {
  readonly name: string
  readonly state: string
}

export interface Round extends BlockChanges {
  readonly scheduled: number
  readonly started: readonly string[]
  /** Runs that went on, also those that were started in this round. */
  readonly advanced: readonly string[]
  /** Runs that ended in this round, or came to where only a person goes on. */
  readonly ended: readonly RoundEnd[]
  /** Another replica had them, or was at them. */
  readonly elsewhere: readonly string[]
  readonly failed: readonly { readonly name: string; readonly code: string; readonly text: string }[]
  readonly told: number
}

/** Another replica is at it, or was: nothing to tell. */
const someoneElse = new Set(['ROTATION_RUNNING', 'ROTATION_BUSY', 'ROTATION_NOT_FOUND', 'CLAIM_LOST'])

interface Task {
  readonly name: string
  /** Null: the run is there and only goes on. */
  readonly start: Assessed | null
  /** The state its run was found in. */
  readonly was: string | null
}

const tasksOf = (
  assessed: readonly Assessed[],
  stored: ReadonlyMap<string, StoredFacts>,
  now: number,
): readonly Task[] => {
  const times = new Map(assessed.map(({ name, policy }) => [name, policy.times]))
  const goOn = [...stored].flatMap(([name, { run }]) => {
    if (run === null || run.state === 'halted' || (run.waitUntil ?? 0) > now) return []
    // What a person does may be seen without being told: then the run says when to look again.
    if (run.state === 'waiting-for-person' && run.waitUntil === null) return []
    // Whoever planned it died before the first step: that waits for a window as the start did.
    const allowed = times.get(name)
    const task = { name, start: null, was: run.state }
    return run.untouched && allowed !== undefined && !isOpen(allowed, now) ? [] : [task]
  })
  // What was begun is brought to its end first: half-way is where most can go wrong.
  const begin = assessed
    .filter(({ due }) => due.starts)
    .toSorted((a, b) => (a.due.due ?? a.due.begin) - (b.due.due ?? b.due.begin))
  return [...goOn, ...begin.map((one) => ({ name: one.name, start: one, was: null }))]
}

const whyText = ({ policy, due, schedule, stored }: Assessed): string =>
  [
    `due by schedule (${policy.text})`,
    due.why,
    ...(schedule.approval?.turn === stored.turn ? [`approved by ${schedule.approval.who}`] : []),
  ].join('; ')

export const turnDue = async (parts: RoundParts, known?: readonly Scheduled[]): Promise<Round> => {
  const { rotation, records, clock, notifier, log, now, limit = 4, who = 'the schedule', troubles, signal } = parts
  const scheduled = known ?? scheduledOf(rotation)
  const look = (at: number): Promise<readonly Assessed[]> => assess({ rotation, records, scheduled, troubles, now: at })
  const assessed = await look(now)
  const blockedBefore = await settleBlocked(records, assessed, now)
  const { stored } = await readFacts(records, new Set(rotation.names))
  const started: string[] = []
  const advanced: string[] = []
  const ended: RoundEnd[] = []
  const elsewhere: string[] = []
  const failed: { name: string; code: string; text: string }[] = []
  let storeIsOut = false
  const stop = (): boolean => storeIsOut || signal?.aborted === true

  const begin = async (one: Assessed): Promise<boolean> => {
    const { name, policy, stored: facts } = one
    // The queue may have been long: its window can have closed meanwhile, or another replica was there before, which is
    // cheaper to see than a preflight.
    if (!isOpen(policy.times, clock.wall())) return false
    const fresh = await readStored(records, name)
    if (fresh.run !== null || fresh.turn !== facts.turn)
      throw new KeyturnError('CLAIM_LOST', `${name} is turned by somebody else`)
    const schedules = openSchedules(records)
    try {
      await rotation.start(name, { why: whyText(one), who, attended: false, turn: facts.turn })
    } catch (error) {
      if (!(error instanceof KeyturnError) || someoneElse.has(error.code) || error.code === 'STORE_UNAVAILABLE')
        throw error
      const { code, message } = error
      await schedules.change(name, (doc) => {
        const times = doc.refused?.turn === facts.turn ? doc.refused.times + 1 : 1
        return { ...doc, refused: { turn: facts.turn, times, at: clock.wall(), code, text: message.slice(0, 500) } }
      })
      throw error
    }
    started.push(name)
    log.info('a rotation began', { credential: name, why: whyText(one) })
    return true
  }

  const work = async ({ name, start, was }: Task): Promise<void> => {
    try {
      if (start !== null && !(await begin(start))) return
      const { run, over } = await rotation.advance(name, {
        attended: false,
        ...(signal === undefined ? {} : { signal }),
      })
      advanced.push(name)
      if (!over && (!isStuck(run) || run.state === was)) return
      ended.push({ name, state: run.state })
      const say = run.state === 'retired' ? log.info : log.warn
      say('a rotation came to an end or waits for a person', { credential: name, state: run.state })
    } catch (error) {
      if (error instanceof KeyturnError && someoneElse.has(error.code)) return void elsewhere.push(name)
      const code = error instanceof KeyturnError ? error.code : 'DEFECT'
      storeIsOut ||= code === 'STORE_UNAVAILABLE'
      failed.push({ name, code, text: error instanceof KeyturnError ? error.message : 'an unforeseen failure' })
      log.warn('a scheduled rotation could not go on', { credential: name, code })
    }
  }

  const tasks = tasksOf(assessed, stored, now)
  await pool(tasks, limit, work, stop)
  // People are told, and callers freed, by how it is now.
  const after = tasks.length === 0 || stop() ? assessed : await look(clock.wall())
  const blockedAfter =
    after === assessed ? { blocked: [], freed: [] } : await settleBlocked(records, after, clock.wall())
  const told = notifier === null || stop() ? 0 : await tellAll({ notifier, records, now: clock.wall(), signal }, after)
  return {
    scheduled: scheduled.length,
    started,
    advanced,
    ended,
    elsewhere,
    failed,
    told,
    blocked: [...blockedBefore.blocked, ...blockedAfter.blocked],
    freed: [...blockedBefore.freed, ...blockedAfter.freed],
  }
}
