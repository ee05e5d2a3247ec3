/** The age of passwords: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { day, hidden, now, sampleUser, userlist } from '../sample-facts.ts'
import { userCases } from '../user-cases.ts'

const aged = (days: number) => known(now - days * day)

export const cases: readonly ControlCase[] = [
  ...userCases({
    right: sampleUser({ passwordChanged: aged(365) }),
    wrong: sampleUser({ username: 'old@example.com', passwordChanged: aged(366) }),
    unknown: sampleUser({ username: 'bob@example.com', passwordChanged: hidden }),
    apart: sampleUser({ userType: 'PowerPartner' }),
  }),
  {
    name: 'never had a password',
    facts: userlist(sampleUser({ passwordChanged: known(null) })),
    verdict: 'not-applicable',
  },
  {
    name: 'a hundred days, strictly',
    facts: userlist(sampleUser({ passwordChanged: aged(100) })),
    parameters: { days: 90 },
    verdict: 'fail',
    subjects: ['user:ann@example.com'],
  },
]
