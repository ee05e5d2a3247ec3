/** How long refresh tokens live: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { applist, hidden } from '../sample-facts.ts'

const policy = (effective: string, idleDays: number | null, lifetimeDays: number | null) => ({
  refreshTokenPolicy: known({ declared: 'infinite', effective, idleDays, lifetimeDays }),
})

export const cases: readonly ControlCase[] = [
  ...appCases({ wrong: policy('infinite', null, null), unknown: { refreshTokenPolicy: hidden } }),
  {
    name: 'declared infinite, and in fact it ends',
    facts: applist(policy('specific_inactivity:30:DAYS', 30, null)),
    verdict: 'pass',
  },
  { name: 'of no use at all', facts: applist(policy('zero', null, 0)), verdict: 'pass' },
  {
    name: 'half a year, strictly',
    facts: applist(policy('specific_lifetime:180:DAYS', null, 180)),
    parameters: { days: 90 },
    verdict: 'fail',
    subjects: ['eca:Erp'],
  },
]
