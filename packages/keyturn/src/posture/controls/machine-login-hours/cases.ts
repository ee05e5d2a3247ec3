/** Login hours of machines: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden, machine, profilelist, sampleUser, userlist } from '../sample-facts.ts'
import { userCases } from '../user-cases.ts'

export const cases: readonly ControlCase[] = [
  ...userCases({
    facts: profilelist({}, { id: '00e3', loginHours: known(false) }, { id: '00e4', loginHours: hidden }),
    right: machine(),
    wrong: machine({ username: 'sync@example.com', profileId: '00e3' }),
    unknown: machine({ username: 'who@example.com', profileId: '00e4' }),
    apart: sampleUser({ profileId: '00e3' }),
  }),
  {
    name: 'its profile was not read',
    facts: { ...profilelist(), ...userlist(machine()) },
    verdict: 'unknown',
    subjects: ['user:erp@example.com'],
  },
]
