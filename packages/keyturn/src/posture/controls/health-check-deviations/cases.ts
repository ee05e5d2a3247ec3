/** Deviations of Health Check: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden } from '../sample-facts.ts'

const risks = (...all: readonly string[]) => ({
  healthCheck: known({
    score: 71,
    customBaselines: [],
    risks: all.map((risk, at) => ({ setting: `SessionSettings.s${at}`, category: 'HIGH_RISK', risk })),
  }),
})

export const cases: readonly ControlCase[] = [
  { name: 'none', facts: risks('MEETS_STANDARD'), verdict: 'pass' },
  {
    name: 'one',
    facts: risks('MEETS_STANDARD', 'HIGH_RISK'),
    verdict: 'fail',
    subjects: ['health-check:SessionSettings.s1'],
  },
  { name: 'not readable', facts: { healthCheck: hidden }, verdict: 'unknown', subjects: ['healthCheck'] },
  { name: 'no rows', facts: risks(), verdict: 'not-applicable' },
]
