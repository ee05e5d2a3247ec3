/** What every credential in keyturn.yaml has, whatever its kind: who owns it, where it is read, when it turns, how it drains. */
import * as z from 'zod'
import { duration } from '../config/duration.ts'
import { scheduleSettings } from './schedule/schedule-settings.ts'

export const commonSettings = z.strictObject({
  owner: z.string().min(1).optional().describe('Who answers for it: a name of `notify.owners`, or a mail address'),
  destinations: z
    .array(z.string().min(1))
    .optional()
    .describe('Names of `destinations`: where consumers read the value; all are confirmed before the old one goes'),
  schedule: scheduleSettings.optional().describe('When it turns'),
  drain: z
    .strictObject({
      quiet: duration.optional().describe('Nobody used the old version for so long: it goes; default 1d'),
      atMost: duration.optional().describe('After so long the old version goes, or a person decides; default 30d'),
      failureRate: z
        .number()
        .gt(0)
        .max(1)
        .optional()
        .describe(
          'More of at least 20 logins are refused for the credential: roll back, where both can be had; default 0.05',
        ),
      whenStillUsed: z
        .enum(['ask', 'retire'])
        .optional()
        .describe('At the end of atMost, when somebody still uses the old version; default ask'),
    })
    .optional()
    .describe('How the old version ends'),
})

export type CommonSettings = z.infer<typeof commonSettings>

const day = 86_400_000

interface Drain {
  readonly quiet: number
  readonly atMost: number
  readonly failureRate: number
  readonly whenStillUsed: 'ask' | 'retire'
}

export const drainOf = ({ drain }: CommonSettings): Drain => ({
  quiet: drain?.quiet ?? day,
  atMost: drain?.atMost ?? 30 * day,
  failureRate: drain?.failureRate ?? 0.05,
  whenStillUsed: drain?.whenStillUsed ?? 'ask',
})
