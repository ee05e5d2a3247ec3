/** The format of access tokens: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { applist, hidden } from '../sample-facts.ts'

export const cases: readonly ControlCase[] = [
  ...appCases({ wrong: { accessTokenFormat: known('jwt') }, unknown: { accessTokenFormat: hidden } }),
  {
    name: 'opaque, strictly',
    facts: applist({}),
    parameters: { format: 'jwt' },
    verdict: 'fail',
    subjects: ['eca:Erp'],
  },
  {
    name: 'JWT, strictly',
    facts: applist({ accessTokenFormat: known('jwt') }),
    parameters: { format: 'jwt' },
    verdict: 'pass',
  },
]
