/** What a credential's `schedule:` says, with presets resolved and every default filled in. */
import type { ScheduleSettings } from './schedule-settings.ts'
import { cronTimes } from './cron.ts'
import { presets } from './presets.ts'
import { minutesOf, wholeDay } from './windows.ts'
import type { Hours, Times } from './windows.ts'
import { day } from './zone.ts'

export interface Policy {
  /** By what it turns. */
  readonly way:
    | { readonly is: 'every'; readonly every: number }
    | { readonly is: 'cron'; readonly cron: string; readonly zone: string; next(after: number): number | null }
  /** As it is written: `every 90d`, `cron 0 3 * * sun`, `preset sbs-acs-009`. */
  readonly text: string
  readonly times: Times
  readonly jitter: number
  readonly lead: number
  /** Before a certificate ends; at least `lead`. */
  readonly expiryLead: number
  readonly grace: number
  readonly approval: boolean
  readonly onOverdue: 'remind' | 'escalate' | 'block-caller'
  readonly escalateTo: string | null
  /** Null: what the credential itself names. */
  readonly blocks: readonly string[] | null
  /** Longest first. */
  readonly remind: readonly number[]
  /** Epoch ms at which the day of review is over; null: none is set. */
  readonly reviewBy: number | null
  readonly after: readonly string[]
}

const hoursOf = (from: string | undefined, to: string | undefined): Hours => ({
  from: from === undefined ? wholeDay.from : minutesOf(from),
  to: to === undefined ? wholeDay.to : minutesOf(to),
})

/** Windows and blackouts; what is already wrong with them the schema says. */
export const timesOf = ({ window, blackout = [], zone: usual = 'UTC' }: ScheduleSettings): Times => ({
  windows: (window === undefined ? [] : [window].flat()).map(({ days = null, from, to, zone = usual }) => ({
    days,
    hours: hoursOf(from, to),
    zone,
  })),
  blackouts: blackout.map(({ from, to = from, days = null, monthDays = null, hours, zone = usual, why }) => ({
    dates: from === undefined || to === undefined ? null : { from, to },
    days,
    monthDays,
    hours: hoursOf(hours?.from, hours?.to),
    zone,
    why,
  })),
})

const wayOf = ({ every, cron, preset, zone = 'UTC' }: ScheduleSettings): Pick<Policy, 'way' | 'text'> => {
  if (cron !== undefined)
    return { way: { is: 'cron', cron, zone, next: cronTimes(cron, zone) }, text: `cron ${cron} (${zone})` }
  if (preset !== undefined) return { way: { is: 'every', every: presets[preset].every }, text: `preset ${preset}` }
  return { way: { is: 'every', every: every ?? Infinity }, text: `every ${spanText(every ?? 0)}` }
}

/** `90d`, `36h`, `5m`. */
export const spanText = (ms: number): string => {
  for (const [unit, size] of [
    ['d', day],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ] as const)
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`
  return `${ms}ms`
}

export const policyOf = (settings: ScheduleSettings): Policy => {
  const { preset, jitter = 0, approval = false, onOverdue = 'remind', grace = day } = settings
  const lead = settings.lead ?? (preset === undefined ? 0 : presets[preset].lead)
  const remind = settings.remind ?? (approval ? [7 * day, day] : [])
  return {
    ...wayOf(settings),
    times: timesOf(settings),
    jitter,
    lead,
    expiryLead: settings.lead ?? Math.max(lead, 30 * day),
    grace,
    approval,
    onOverdue,
    escalateTo: settings.escalateTo ?? null,
    blocks: settings.blocks ?? null,
    remind: remind.toSorted((a, b) => b - a),
    reviewBy: settings.reviewBy === undefined ? null : Date.parse(`${settings.reviewBy}T00:00:00Z`) + day,
    after: settings.after ?? [],
  }
}
