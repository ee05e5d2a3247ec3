/** Refresh token rotation: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { applist, hidden } from '../sample-facts.ts'

export const cases: readonly ControlCase[] = [
  ...appCases({ wrong: { rotation: known(false) }, unknown: { rotation: hidden } }),
  {
    name: 'issues none: no scope for it',
    facts: applist({ rotation: known(false), scopes: known(['Api']) }),
    verdict: 'not-applicable',
  },
  {
    name: 'issues none: a machine flow',
    facts: applist({ rotation: known(false), flows: known(['client-credentials']) }),
    verdict: 'not-applicable',
  },
  {
    name: 'they end as they are issued',
    facts: applist({
      rotation: known(false),
      refreshTokenPolicy: known({ declared: 'zero', effective: 'zero', idleDays: 0, lifetimeDays: 0 }),
    }),
    verdict: 'not-applicable',
  },
  {
    name: 'full does not contain the refresh scope',
    facts: applist({ rotation: known(false), scopes: known(['Full']) }),
    verdict: 'not-applicable',
  },
  {
    name: 'off, and the scopes cannot be read',
    facts: applist({ rotation: known(false), scopes: hidden }),
    verdict: 'unknown',
    subjects: ['eca:Erp'],
  },
]
