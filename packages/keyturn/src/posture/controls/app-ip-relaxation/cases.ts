/** IP relaxation: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { applist, hidden } from '../sample-facts.ts'

const refreshesOnly = applist({ ipRelaxation: known('ENFORCE_RELAXREFRESH') })

export const cases: readonly ControlCase[] = [
  ...appCases({ wrong: { ipRelaxation: known('BYPASS') }, unknown: { ipRelaxation: hidden } }),
  { name: 'relaxed for refreshes', facts: refreshesOnly, verdict: 'pass' },
  {
    name: 'relaxed for refreshes, strictly',
    facts: refreshesOnly,
    parameters: { among: ['ENFORCE'] },
    verdict: 'fail',
    subjects: ['eca:Erp'],
  },
]
