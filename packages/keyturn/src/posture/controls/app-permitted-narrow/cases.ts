/** How many an app is permitted to: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { applist, hidden, now } from '../sample-facts.ts'

export const cases: readonly ControlCase[] = [
  ...appCases({ wrong: { permittedUserCount: known(4000) }, unknown: { permittedUserCount: hidden } }),
  {
    name: 'many, and many use it',
    facts: applist({
      permittedUserCount: known(4000),
      tokens: known({ count: 3000, users: 2500, lastUsed: now }),
    }),
    verdict: 'pass',
  },
  {
    name: 'many, and who uses it cannot be read',
    facts: applist({ permittedUserCount: known(4000), tokens: hidden }),
    verdict: 'unknown',
    subjects: ['eca:Erp'],
  },
  { name: 'everybody: another control', facts: applist({ permittedUsers: known('all') }), verdict: 'not-applicable' },
]
