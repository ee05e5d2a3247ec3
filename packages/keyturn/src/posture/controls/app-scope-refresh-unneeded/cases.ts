/** The refresh scope without a need: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { applist, hidden } from '../sample-facts.ts'

export const cases: readonly ControlCase[] = [
  ...appCases({ wrong: { flows: known(['jwt-bearer']) }, unknown: { scopes: hidden } }),
  { name: 'no flow at all', facts: applist({ flows: known([]) }), verdict: 'not-applicable' },
  { name: 'the flows cannot be read', facts: applist({ flows: hidden }), verdict: 'unknown', subjects: ['eca:Erp'] },
  {
    name: 'a machine without the scope',
    facts: applist({ scopes: known(['Api']), flows: known(['client-credentials']) }),
    verdict: 'pass',
  },
]
