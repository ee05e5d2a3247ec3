/** Ended certificates: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden, now, sampleCertificate } from '../sample-facts.ts'

export const cases: readonly ControlCase[] = [
  { name: 'valid', facts: { certificates: known([sampleCertificate()]) }, verdict: 'pass' },
  {
    name: 'ended a moment ago',
    facts: { certificates: known([sampleCertificate(), sampleCertificate({ name: 'Old', notAfter: now })]) },
    verdict: 'fail',
    subjects: ['certificate:Old'],
  },
  { name: 'not readable', facts: { certificates: hidden }, verdict: 'unknown', subjects: ['certificates'] },
  { name: 'none', facts: { certificates: known([]) }, verdict: 'not-applicable' },
]
