/** Unused apps: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { applist, day, hidden, now } from '../sample-facts.ts'

const idle = known({ count: 3, users: 2, lastUsed: now - 200 * day })

const never = known({ count: 0, users: 0, lastUsed: null })

export const cases: readonly ControlCase[] = [
  ...appCases({
    wrong: { tokens: idle, lastLogin: known(now - 120 * day) },
    unknown: { tokens: hidden, lastLogin: known(now - 120 * day) },
  }),
  {
    name: 'no login for months, and its tokens are used: a refresh may leave no login',
    facts: applist({ lastLogin: known(null) }),
    verdict: 'pass',
  },
  { name: 'no token, and it logs in', facts: applist({ tokens: idle, lastLogin: known(now) }), verdict: 'pass' },
  {
    name: 'old tokens, and logins cannot be read',
    facts: applist({ tokens: idle, lastLogin: hidden }),
    verdict: 'unknown',
    subjects: ['eca:Erp'],
  },
  {
    name: 'never used, and nobody can say since when it is there',
    facts: applist({ tokens: never, lastLogin: known(null), created: null }),
    verdict: 'fail',
    subjects: ['eca:Erp'],
  },
  {
    name: 'never used, and made within the period',
    facts: applist({ tokens: never, lastLogin: known(null), created: now - 10 * day }),
    verdict: 'pass',
  },
  {
    name: 'never used, made before the period',
    facts: applist({ tokens: never, lastLogin: known(null), created: now - 100 * day }),
    verdict: 'fail',
    subjects: ['eca:Erp'],
  },
  ...[90, 30].map((days): ControlCase => ({
    name: `used 40 days ago, at most ${days}`,
    facts: applist({ tokens: known({ count: 1, users: 1, lastUsed: now - 40 * day }), lastLogin: known(null) }),
    parameters: { days },
    verdict: days === 90 ? 'pass' : 'fail',
  })),
]
