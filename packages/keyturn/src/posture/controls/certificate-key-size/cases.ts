/** Key sizes: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden, sampleCertificate } from '../sample-facts.ts'

const sized = (keyBits: number) => ({ certificates: known([sampleCertificate({ name: 'Sso', keyBits })]) })

export const cases: readonly ControlCase[] = [
  { name: '2048', facts: sized(2048), verdict: 'pass' },
  { name: '1024', facts: sized(1024), verdict: 'fail', subjects: ['certificate:Sso'] },
  {
    name: '2048, strictly',
    facts: sized(2048),
    parameters: { bits: 4096 },
    verdict: 'fail',
    subjects: ['certificate:Sso'],
  },
  { name: 'not readable', facts: { certificates: hidden }, verdict: 'unknown', subjects: ['certificates'] },
  { name: 'none', facts: { certificates: known([]) }, verdict: 'not-applicable' },
]
