/** Cron expressions of five fields, by croner: zones and summer time are its trade. */
import { Cron } from 'croner'

const compile = (expression: string, zone: string): Cron =>
  new Cron(expression, { timezone: zone, mode: '5-part', paused: true })

/** The occurrences after a moment; null: there is none. */
export const cronTimes = (expression: string, zone: string): ((after: number) => number | null) => {
  const cron = compile(expression, zone)
  return (after) => cron.nextRun(new Date(after))?.getTime() ?? null
}

/** Null: it is fine. */
export const cronProblem = (expression: string): string | null => {
  try {
    return expression.trim().split(/\s+/).length === 5
      ? compile(expression, 'UTC') && null
      : 'needs five fields: minute, hour, day of month, month, day of week'
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^CronPattern: /, '') : 'is no cron expression'
  }
}
