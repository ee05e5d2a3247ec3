/** A scheduled credential as people and programs see it: when it was and is to be turned, and what is in the way. */
import { reviewIsDue } from '../schedule/assess.ts'
import type { Assessed } from '../schedule/assess.ts'
import type { DueState } from '../schedule/due.ts'
import { iso } from './credential-view.ts'

export interface ScheduleView {
  readonly name: string
  readonly kind: string
  readonly owner: string | null
  readonly policy: string
  readonly age: { readonly basis: Assessed['age']['basis']; readonly days: number | null; readonly why: string }
  /** ISO 8601, as all moments. When a turn was last brought to its end. */
  readonly last: string | null
  /** From when on a round may begin. */
  readonly next: string | null
  readonly due: string | null
  readonly dueInDays: number | null
  readonly overdueAt: string | null
  /** The first moment, from then or now on, at which its windows and blackouts let it begin. */
  readonly nextWindow: string | null
  readonly state: DueState
  /** A round would begin it now. */
  readonly starts: boolean
  readonly why: string
  readonly approvedBy: string | null
  readonly run: { readonly id: string; readonly state: string } | null
  readonly reviewBy: string | null
  readonly reviewIsDue: boolean
}

const day = 86_400_000
const isoOrNull = (at: number | null): string | null => (at === null || !Number.isFinite(at) ? null : iso(at))

export const scheduleView = (
  { name, credential, policy, age, due, stored, schedule }: Assessed,
  now: number,
): ScheduleView => ({
  name,
  kind: credential.kind,
  owner: credential.common.owner ?? null,
  policy: policy.text,
  age: {
    basis: age.basis,
    days: age.basis === 'unknown' ? null : Math.max(0, Math.floor((now - age.since) / day)),
    why: age.why,
  },
  last: isoOrNull(stored.lastTurnedAt),
  next: isoOrNull(due.begin),
  due: isoOrNull(due.due),
  dueInDays: due.due === null ? null : Math.floor((due.due - now) / day),
  overdueAt: isoOrNull(due.overdueAt),
  nextWindow: isoOrNull(due.nextWindow),
  state: due.state,
  starts: due.starts,
  why: due.why,
  approvedBy: schedule.approval?.turn === stored.turn ? schedule.approval.who : null,
  run: stored.run === null ? null : { id: stored.run.id, state: stored.run.state },
  reviewBy: policy.reviewBy === null ? null : iso(policy.reviewBy - day).slice(0, 10),
  reviewIsDue: reviewIsDue(policy, now),
})
