/**
 * Whether a credential is to be turned, as a pure function of its policy, of what was recorded and of the time. What is
 * next comes from the version in use and never from a timer, so a clock that jumps, a restart or a second process can't
 * turn anything twice: after a turn the same question has another answer.
 */
import type { Age } from '../rotator.ts'
import { jitterOf } from './jitter.ts'
import type { Policy } from './policy.ts'
import { closedBecause, nextOpen } from './windows.ts'
import { day } from './zone.ts'

export interface DueFacts {
  readonly name: string
  /** Keyturn has a version that is in use: made or adopted. */
  readonly kept: boolean
  readonly age: Age
  /** A certificate's end; null: it has none. */
  readonly notAfter: number | null
  /** The run that is there and has not reached its cut-over or is still under way after it. */
  readonly run: { readonly state: string; readonly waitsFor: string | null; readonly stuck: boolean } | null
  /** The approval that stands for the next turn. */
  readonly approvedBy: string | null
  /** Turns that were tried since the last one that worked, and when the next try may be. */
  readonly failed: { readonly times: number; readonly again: number; readonly why: string } | null
  /** A credential of `after` that is due itself, or on its way. */
  readonly waitsFor: string | null
}

export type DueState =
  'fine' | 'soon' | 'due' | 'overdue' | 'running' | 'blocked-by-window' | `waiting-for-${string}` | 'unknown-age'

export interface Due {
  /** When the policy wants it turned by; null: nobody knows how old it is. */
  readonly due: number | null
  /** From when on a round may begin. */
  readonly begin: number
  /** From when on it is overdue; null: unknown. */
  readonly overdueAt: number | null
  readonly state: DueState
  /** What is in the way of a run that ought to begin, also where `state` says how late it is; null: nothing. */
  readonly hurdle: DueState | null
  /** A round may begin now. */
  readonly starts: boolean
  /** The first moment from `begin` (or now) on at which a run may begin; null: none within a year. */
  readonly nextWindow: number | null
  readonly why: string
}

/** Without reminders of its own a credential is shown as `soon` this long before. */
const usuallySoon = 7 * day

const date = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ')

interface Target {
  readonly due: number
  readonly begin: number
  readonly why: string
}

/** By its interval or cron, from the moment the version in use took effect. */
const byPolicy = ({ way, lead, jitter }: Policy, name: string, since: number): Target | null => {
  if (way.is === 'every') {
    const due = since + way.every
    return { due, begin: due - lead - jitterOf(name, due, jitter), why: `in use since ${date(since)}` }
  }
  // Turned up to `lead` before an occurrence was for that one, else the same one would turn it again.
  const due = way.next(since + lead)
  return due === null
    ? null
    : { due, begin: due - lead + jitterOf(name, due, jitter), why: `last turned ${date(since)}` }
}

const byExpiry = ({ expiryLead, jitter }: Policy, name: string, notAfter: number): Target => ({
  due: notAfter,
  begin: notAfter - expiryLead - jitterOf(name, notAfter, jitter),
  why: `the certificate ends ${date(notAfter)}`,
})

/**
 * Since a moment that has not come: the clock was wrong when that was written, or is now. Nothing is decided on it, or a
 * clock that was once put forward by years would keep a credential from ever being turned again.
 */
export const isAhead = (age: Age, now: number): boolean => age.basis !== 'unknown' && age.since > now + day

/** The certificate's end where that comes first; null: nobody knows. */
const targetOf = (policy: Policy, { name, age, notAfter }: DueFacts): Target | null => {
  if (age.basis === 'unknown') return null
  const usual = byPolicy(policy, name, age.since)
  const expiry = notAfter === null ? null : byExpiry(policy, name, notAfter)
  if (usual === null || expiry === null) return usual ?? expiry
  return expiry.begin < usual.begin ? expiry : usual
}

/** What is in the way of a run that ought to begin. */
const hurdle = (policy: Policy, facts: DueFacts, now: number): { state: DueState; why: string } | null => {
  const { run, waitsFor, approvedBy, failed, kept } = facts
  if (run !== null) return { state: 'running', why: run.waitsFor ?? `its run is ${run.state}` }
  if (isAhead(facts.age, now)) return { state: 'unknown-age', why: 'a person decides' }
  if (!kept)
    return { state: 'waiting-for-adoption', why: 'Keyturn does not have it yet: adopt it, or rotate it by hand once' }
  if (waitsFor !== null) return { state: `waiting-for-${waitsFor}`, why: `${waitsFor} turns first` }
  if (policy.approval && approvedBy === null)
    return { state: 'waiting-for-approval', why: 'somebody has to approve it' }
  if (failed !== null && now < failed.again)
    return { state: 'due', why: `${failed.why}; tried again ${date(failed.again)}` }
  const closed = closedBecause(policy.times, now)
  return closed === null ? null : { state: 'blocked-by-window', why: closed }
}

export const dueOf = (policy: Policy, facts: DueFacts, now: number): Due => {
  const ahead = isAhead(facts.age, now)
  const target = ahead ? null : targetOf(policy, facts)
  const windowAt = (at: number): number | null => nextOpen(policy.times, at)
  if (target === null && !ahead && facts.age.basis !== 'unknown') {
    return {
      due: null,
      begin: Infinity,
      overdueAt: null,
      state: 'fine',
      hurdle: null,
      starts: false,
      nextWindow: null,
      why: 'its cron expression never comes again',
    }
  }
  const { due, begin, why } = target ?? { due: null, begin: now, why: unknownWhy(facts.age) }
  if (due !== null && now < begin) {
    const soon = due - now <= Math.max(usuallySoon, policy.remind[0] ?? 0)
    return {
      due,
      begin,
      overdueAt: overdueOf(policy, due, begin, facts),
      state: soon ? 'soon' : 'fine',
      hurdle: null,
      starts: false,
      nextWindow: windowAt(begin),
      why,
    }
  }
  const overdueAt = due === null ? null : overdueOf(policy, due, begin, facts)
  const blocked = hurdle(policy, facts, now)
  const nextWindow = windowAt(now)
  const never = nextWindow === null ? '; no window opens within a year' : ''
  const overdue = overdueAt !== null && now >= overdueAt
  return {
    due,
    begin,
    overdueAt,
    state: overdue ? 'overdue' : due === null && facts.run === null ? 'unknown-age' : (blocked?.state ?? 'due'),
    hurdle: blocked?.state ?? null,
    starts: blocked === null,
    nextWindow,
    why: blocked === null ? why : `${blocked.why}${never} (${why})`,
  }
}

/** A certificate that ended has no grace. */
const overdueOf = ({ grace }: Policy, due: number, begin: number, { notAfter }: DueFacts): number =>
  due === notAfter ? due : Math.max(due, begin) + grace

const unknownWhy = (age: Age): string =>
  age.basis === 'unknown'
    ? `its age is unknown: ${age.why}`
    : `it is said to be in use since ${date(age.since)}, which has not come yet: the clock was wrong then, or is now`
