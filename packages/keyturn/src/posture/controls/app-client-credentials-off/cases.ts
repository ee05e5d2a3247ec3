/** The client-credentials flow: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { applist, hidden } from '../sample-facts.ts'

export const cases: readonly ControlCase[] = [
  ...appCases({ wrong: { flows: known(['client-credentials']) }, unknown: { flows: hidden } }),
  {
    name: 'off by the app, on by the policies',
    facts: applist({ clientCredentialsByPolicy: known(true) }),
    verdict: 'fail',
    subjects: ['eca:Erp'],
  },
  { name: 'off by both', facts: applist({ clientCredentialsByPolicy: known(false) }), verdict: 'pass' },
]
