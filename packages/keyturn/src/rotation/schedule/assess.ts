/** Every scheduled credential with what is known of it and what that means now: one look at the store for all of them. */
import type { KeyturnError, Records } from '@keyturn/tokens'
import type { CredentialSettings, Rotation } from '../rotation.ts'
import type { Age } from '../rotator.ts'
import { agesOf } from './ages.ts'
import type { AgeFound, AgeTroubles } from './ages.ts'
import { inOrder } from './dependencies.ts'
import { dueOf } from './due.ts'
import type { Due, DueFacts } from './due.ts'
import { isStuck, nothingStored, readFacts } from './facts.ts'
import type { StoredFacts } from './facts.ts'
import { policyOf } from './policy.ts'
import type { Policy } from './policy.ts'
import { noSchedule } from './schedule-record.ts'
import type { ScheduleDoc } from './schedule-record.ts'
import { day } from './zone.ts'

export interface Scheduled {
  readonly credential: CredentialSettings
  readonly policy: Policy
}

export interface Assessed extends Scheduled {
  readonly name: string
  readonly stored: StoredFacts
  readonly schedule: ScheduleDoc
  readonly age: Age
  readonly due: Due
}

/** Those with a schedule, in the order in which they wait for each other. */
export const scheduledOf = (rotation: Pick<Rotation, 'names' | 'settingsOf'>): readonly Scheduled[] => {
  const all = new Map<string, Scheduled>()
  for (const name of rotation.names) {
    const credential = rotation.settingsOf(name)
    if (credential.common.schedule !== undefined)
      all.set(name, { credential, policy: policyOf(credential.common.schedule) })
  }
  const order = inOrder(new Map([...all].map(([name, { policy }]) => [name, policy.after])))
  return order.flatMap((name) => all.get(name) ?? [])
}

export interface AssessParts {
  readonly rotation: Pick<Rotation, 'names' | 'settingsOf' | 'age' | 'run'>
  readonly records: Pick<Records, 'get' | 'put' | 'list'>
  readonly scheduled: readonly Scheduled[]
  readonly now: number
  readonly troubles?: AgeTroubles | undefined
}

/** A pause that began in the future is over: the clock was put back. */
const again = (at: number, pause: number, now: number): number => (at > now + day ? now : at + pause)

/** After the n-th turn in a row that did not work, ms: an hour, doubled each time, at most a day. */
export const pauseBeforeTry = (times: number): number => Math.min(day, 3_600_000 * 2 ** Math.max(0, times - 1))

const failedOf = async (
  { rotation, now }: AssessParts,
  { takenBack, turn }: StoredFacts,
  { refused }: ScheduleDoc,
  ageProblem: string | null,
): Promise<DueFacts['failed']> => {
  if (ageProblem !== null) return { times: 1, again: now + pauseBeforeTry(1), why: ageProblem }
  if (refused !== null && refused.turn === turn)
    return { times: refused.times, again: again(refused.at, pauseBeforeTry(refused.times), now), why: refused.text }
  if (takenBack === null) return null
  const ended = takenBack.run === null ? null : await rotation.run(takenBack.run)
  const cancelled = ended?.run.cancel ?? null
  const pause = cancelled === null ? pauseBeforeTry(takenBack.times) : day
  const why =
    cancelled === null ? (ended?.run.problem?.text ?? 'its run was taken back') : `cancelled by ${cancelled.who}`
  return { times: takenBack.times, again: again(takenBack.at, pause, now), why }
}

const neverAsked: AgeFound = { age: { basis: 'unknown', why: 'nobody asked' }, problem: null }

const unreadableDue = (now: number, problem: KeyturnError): Due => ({
  due: null,
  begin: now,
  overdueAt: null,
  state: 'unknown-age',
  hurdle: null,
  starts: false,
  nextWindow: null,
  why: problem.message,
})

export const assess = async (parts: AssessParts): Promise<readonly Assessed[]> => {
  const { rotation, records, scheduled, now } = parts
  const { stored, schedules, unreadable } = await readFacts(records, new Set(rotation.names))
  const found = new Map<string, Assessed>()
  const pending = (name: string): boolean => {
    const state = found.get(name)?.due.state
    return state === undefined ? stored.get(name)?.run?.before === true : state !== 'fine' && state !== 'soon'
  }
  const all = scheduled.map((one) => {
    const { name } = one.credential
    return {
      ...one,
      name,
      stored: stored.get(name) ?? nothingStored,
      schedule: schedules.get(name) ?? noSchedule.doc,
    }
  })
  const ages = await agesOf(
    parts,
    all.filter(({ name }) => !unreadable.has(name)),
  )
  for (const { name, credential, policy, stored: facts, schedule } of all) {
    const broken = unreadable.get(name)
    if (broken !== undefined) {
      const age: Age = { basis: 'unknown', why: broken.message }
      const due = unreadableDue(now, broken)
      found.set(name, { name, credential, policy, stored: facts, schedule, age, due })
      continue
    }
    const { age, problem } = ages.get(name) ?? neverAsked
    const { run } = facts
    const due = dueOf(
      policy,
      {
        name,
        kept: facts.kept,
        age,
        notAfter: facts.notAfter,
        run: run && {
          state: run.state,
          waitsFor: run.waitsFor ?? run.person?.what ?? run.problem?.text ?? null,
          stuck: isStuck(run),
        },
        approvedBy: schedule.approval?.turn === facts.turn ? schedule.approval.who : null,
        failed: await failedOf(parts, facts, schedule, problem),
        waitsFor: policy.after.find(pending) ?? null,
      },
      now,
    )
    found.set(name, { name, credential, policy, stored: facts, schedule, age, due })
  }
  return [...found.values()]
}

/** The day on which the policy itself was to be looked at is over. */
export const reviewIsDue = ({ reviewBy }: Policy, now: number): boolean => reviewBy !== null && now >= reviewBy
