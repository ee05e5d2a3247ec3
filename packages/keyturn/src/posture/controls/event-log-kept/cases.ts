/** The log of API use: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { day, hidden, now } from '../sample-facts.ts'

const log = (back: number, days: number, type = 'ApiTotalUsage') => ({
  eventLogs: known([{ type, oldest: now - back * day, newest: now - day, days }]),
})

export const cases: readonly ControlCase[] = [
  { name: 'a month', facts: log(30, 29), verdict: 'pass' },
  { name: 'a day', facts: log(1, 1), verdict: 'fail', subjects: ['org'] },
  { name: 'a month with gaps', facts: log(30, 12), verdict: 'fail', subjects: ['org'] },
  { name: 'another log', facts: log(30, 30, 'Login'), verdict: 'fail', subjects: ['org'] },
  { name: 'none', facts: { eventLogs: known([]) }, verdict: 'fail', subjects: ['org'] },
  { name: 'not readable', facts: { eventLogs: hidden }, verdict: 'unknown', subjects: ['eventLogs'] },
]
