/** A flag that names a moment: a date (the end of that day, UTC) or a span from now. */
import { KeyturnError } from '@keyturn/tokens'
import { readDuration } from '../config/duration.ts'

const DAY = 86_400_000

export const readMoment = (flag: string, text: string, now: number): number => {
  const span = readDuration(text)
  const at =
    span === null ? (/^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) + DAY : NaN) : now + span
  if (!Number.isFinite(at) || at <= now) {
    throw new KeyturnError('BAD_ARGUMENT', `--${flag} is no moment in the future`, {
      fix: 'Write a date such as 2027-01-31 or a span such as 365d.',
    })
  }
  return Math.round(at)
}
