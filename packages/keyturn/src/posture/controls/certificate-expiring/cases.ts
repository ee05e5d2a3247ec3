/** Certificates that end soon: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { day, hidden, now, sampleCertificate } from '../sample-facts.ts'

const ending = (days: number) => ({
  certificates: known([sampleCertificate({ name: 'Sso', notAfter: now + days * day })]),
})

export const cases: readonly ControlCase[] = [
  { name: 'in 30 days', facts: ending(30), verdict: 'pass' },
  { name: 'in 29 days', facts: ending(29), verdict: 'fail', subjects: ['certificate:Sso'] },
  {
    name: 'in 100 days, for Health Check',
    facts: ending(100),
    parameters: { days: 180 },
    verdict: 'fail',
    subjects: ['certificate:Sso'],
  },
  { name: 'not readable', facts: { certificates: hidden }, verdict: 'unknown', subjects: ['certificates'] },
  { name: 'ended: another control', facts: ending(-1), verdict: 'not-applicable' },
]
