/** Exact and encrypted callbacks: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { applist, hidden } from '../sample-facts.ts'

export const cases: readonly ControlCase[] = [
  ...appCases({ wrong: { callbacks: known(['http://erp.example.com/cb']) }, unknown: { callbacks: hidden } }),
  {
    name: 'a pattern',
    facts: applist({ callbacks: known(['https://*.example.com/cb']) }),
    verdict: 'fail',
    subjects: ['eca:Erp'],
  },
  {
    name: 'no address at all',
    facts: applist({ callbacks: known(['not an address']) }),
    verdict: 'unknown',
    subjects: ['eca:Erp'],
  },
  { name: 'no callback', facts: applist({ callbacks: known([]) }), verdict: 'not-applicable' },
]
