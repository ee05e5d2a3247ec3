/** A baseline for Health Check: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { absent, hidden } from '../sample-facts.ts'

const baselines = (...customBaselines: readonly string[]) => ({
  healthCheck: known({ score: 71, customBaselines, risks: [] }),
})

export const cases: readonly ControlCase[] = [
  { name: 'one of its own', facts: baselines('Acme'), verdict: 'pass' },
  { name: 'the standard one', facts: baselines(), verdict: 'fail', subjects: ['org'] },
  { name: 'not readable', facts: { healthCheck: hidden }, verdict: 'unknown', subjects: ['healthCheck'] },
  { name: 'no Health Check', facts: { healthCheck: absent }, verdict: 'not-applicable' },
]
