/** PKCE: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { applist, hidden } from '../sample-facts.ts'

export const cases: readonly ControlCase[] = [
  ...appCases({ wrong: { pkceRequired: known(false) }, unknown: { pkceRequired: hidden } }),
  {
    name: 'a machine flow has no code',
    facts: applist({ pkceRequired: known(false), flows: known(['jwt-bearer']) }),
    verdict: 'not-applicable',
  },
  {
    name: 'off, and nobody knows the flows',
    facts: applist({ pkceRequired: known(false), flows: hidden }),
    verdict: 'unknown',
    subjects: ['eca:Erp'],
  },
]
