/** Login IP ranges of machines: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden, machine, profilelist, sampleUser, userlist } from '../sample-facts.ts'
import { userCases } from '../user-cases.ts'

const ranges = (from: string, to: string) => profilelist({ loginRanges: known([{ from, to }]) })

export const cases: readonly ControlCase[] = [
  ...userCases({
    facts: profilelist({}, { id: '00e3', loginRanges: known([]) }, { id: '00e4', loginRanges: hidden }),
    right: machine(),
    wrong: machine({ username: 'sync@example.com', profileId: '00e3' }),
    unknown: machine({ username: 'who@example.com', profileId: '00e4' }),
    apart: sampleUser({ profileId: '00e3' }),
  }),
  {
    name: 'the whole world',
    facts: { ...ranges('0.0.0.0', '255.255.255.255'), ...userlist(machine()) },
    verdict: 'fail',
    subjects: ['user:erp@example.com'],
  },
  { name: 'no addresses', facts: { ...ranges('a', 'b'), ...userlist(machine()) }, verdict: 'unknown' },
]
