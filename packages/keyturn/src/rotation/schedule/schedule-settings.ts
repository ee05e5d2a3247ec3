/** `schedule:` of a credential in keyturn.yaml: policy as code. What it means is in `policy.ts` and `due.ts`. */
import * as z from 'zod'
import { duration } from '../../config/duration.ts'
import { cronProblem, cronTimes } from './cron.ts'
import { presetNames, presets } from './presets.ts'
import type { PresetName } from './presets.ts'
import { weekdays } from './windows.ts'
import { isZone } from './zone.ts'

const zone = z
  .string()
  .refine(isZone, { message: 'is no time zone: write one such as Europe/Berlin or UTC' })
  .describe('IANA time zone; default: the schedule’s, else UTC')
const clock = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time such as 08:30, at most 24:00')
const days = z.array(z.enum(weekdays)).min(1)

const isDate = (text: string): boolean => {
  const full = text.length === 5 ? `2024-${text}` : text
  return new Date(`${full}T00:00:00Z`).toJSON()?.slice(0, 10) === full
}
const date = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/, 'must be a date such as 2026-12-24')
  .refine(isDate, { message: 'is no date of the calendar' })
const dateOrYearly = z
  .string()
  .regex(/^(\d{4}-)?\d\d-\d\d$/, 'must be a date such as 2026-12-24, or 12-24 for each year')
  .refine(isDate, { message: 'is no date of the calendar' })

const sameTimes = { message: 'begins and ends at the same time: leave both out for the whole day', path: ['to'] }

const window = z
  .strictObject({
    days: days.optional().describe('Days it opens on; default: all'),
    from: clock.optional().describe('Opens; default 00:00'),
    to: clock.optional().describe('Closes; before `from`: on the next day. Default 24:00'),
    zone: zone.optional(),
  })
  .refine(({ from = '00:00', to = '24:00' }) => from !== to, sameTimes)

const blackout = z
  .strictObject({
    from: dateOrYearly.optional().describe('First date, 2026-12-20 or each year 12-20'),
    to: dateOrYearly.optional().describe('Last date; default: the first'),
    days: days.optional().describe('Only these days'),
    monthDays: z
      .array(z.int().min(-31).max(31))
      .min(1)
      .optional()
      .describe('Only these days of the month; -1 is the last one'),
    hours: z
      .strictObject({ from: clock, to: clock })
      .refine(({ from, to }) => from !== to, sameTimes)
      .optional()
      .describe('Only these hours; default: the whole day'),
    zone: zone.optional(),
    why: z.string().min(1).describe('Shown to whoever wonders why nothing happens'),
  })
  .superRefine(({ from, to, days: named, monthDays, hours }, context) => {
    const say = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message })
    if (from === undefined && named === undefined && monthDays === undefined && hours === undefined)
      say('why', 'needs dates, days, monthDays or hours: otherwise nothing would ever happen')
    if (to !== undefined && from === undefined) say('to', 'needs a `from`')
    if (from !== undefined && to !== undefined && from.length !== to.length)
      say('to', 'must be written as `from` is: with the year, or each year')
    if (from?.length === 10 && to?.length === 10 && to < from) say('to', 'is before `from`')
    if (monthDays?.includes(0) === true) say('monthDays', '0 is no day of a month')
  })

/** Nothing is turned more often: a policy that says so is a slip of the pen. */
const shortest = 3_600_000

export const scheduleSettings = z
  .strictObject({
    every: duration.optional().describe('Interval, such as 90d'),
    cron: z.string().min(1).optional().describe('Or when it turns: minute, hour, day of month, month, day of week'),
    preset: z
      .enum(presetNames as readonly [PresetName])
      .optional()
      .describe('Or a preset: `keyturn schedule presets`'),
    zone: zone.optional().describe('IANA time zone of cron, and of windows and blackouts that name none; default UTC'),
    window: z
      .union([window, z.array(window).min(1)])
      .optional()
      .describe('A run begins only inside; one, or a list of which any will do'),
    blackout: z.array(blackout).optional().describe('No run begins inside'),
    jitter: duration
      .optional()
      .describe('Spreads what is due together: begins up to that long before (cron: after); default 0'),
    lead: duration.optional().describe('Begins that long before it is due; default 0, 30d before a certificate ends'),
    grace: duration.optional().describe('Overdue that long after it was due; default 1d'),
    approval: z.boolean().optional().describe('A due run waits for `keyturn schedule approve NAME`; default false'),
    onOverdue: z
      .enum(['remind', 'escalate', 'block-caller'])
      .optional()
      .describe('Tell the owner; tell escalateTo as well; and refuse callers of its grants. Default remind'),
    escalateTo: z.string().min(1).optional().describe('Who else is told: a name of notify.owners, or a mail address'),
    blocks: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('Grants that callers lose with block-caller; default: the credential’s own grant or grants'),
    remind: z.array(duration).optional().describe('The owner is told that long before; default 7d, 1d with approval'),
    reviewBy: date.optional().describe('The policy itself is to be looked at until then'),
    after: z.array(z.string().min(1)).optional().describe('Credentials that turn first when both are due'),
  })
  .superRefine((settings, context) => {
    const say = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message })
    const { every, cron, preset, jitter = 0, onOverdue = 'remind', escalateTo } = settings
    const ways = [every, cron, preset].filter((one) => one !== undefined).length
    if (ways === 0) context.addIssue({ code: 'custom', message: 'needs one of every, cron or preset' })
    if (ways > 1) say(cron === undefined ? 'preset' : 'cron', 'only one of every, cron and preset is possible')
    const problem = cron === undefined ? null : cronProblem(cron)
    if (cron !== undefined && problem !== null) say('cron', problem)
    if (cron !== undefined && problem === null) {
      const next = cronTimes(cron, 'UTC')
      const first = next(Date.UTC(2024, 0, 1) - 1)
      const second = first === null ? null : next(first)
      if (first === null) say('cron', 'names a date that never comes')
      // `* 3 * * 0` for "at 3 on Sundays" is sixty turns.
      else if (second !== null && second - first < shortest)
        say('cron', 'turns more often than once an hour: the first field is the minute, such as `0 3 * * sun`')
    }
    if (every !== undefined && every < shortest)
      say('every', 'is less than an hour; a number without a unit is milliseconds: write 90d')
    const interval = every ?? (preset === undefined ? undefined : presets[preset].every)
    const lead = settings.lead ?? (preset === undefined ? 0 : presets[preset].lead)
    if (interval !== undefined && lead + jitter > interval / 2)
      say(
        settings.jitter === undefined ? 'lead' : 'jitter',
        'lead and jitter together take more than half of the interval',
      )
    if (onOverdue === 'escalate' && escalateTo === undefined) say('onOverdue', 'escalate needs escalateTo')
  })

export type ScheduleSettings = z.infer<typeof scheduleSettings>
