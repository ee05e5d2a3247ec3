/** The scope `full`: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { applist, hidden } from '../sample-facts.ts'

const wrong = { scopes: known(['Full', 'RefreshToken']) }

export const cases: readonly ControlCase[] = [
  ...appCases({ wrong, unknown: { scopes: hidden } }),
  { name: 'with a reason', facts: applist(wrong), parameters: { scopes: ['Full'], allowed: ['Erp'] }, verdict: 'pass' },
  {
    name: 'the user interface, strictly',
    facts: applist({ scopes: known(['Api', 'Web']) }),
    parameters: { scopes: ['Full', 'Web'] },
    verdict: 'fail',
    subjects: ['eca:Erp'],
  },
  { name: 'the user interface, otherwise', facts: applist({ scopes: known(['Api', 'Web']) }), verdict: 'pass' },
]
