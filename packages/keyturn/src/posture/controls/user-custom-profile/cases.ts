/** People on profiles that came with the org: the cases. */
import type { ControlCase } from '../../control.ts'
import { hidden, machine, profilelist, sampleUser, userlist } from '../sample-facts.ts'
import { userCases } from '../user-cases.ts'

const facts = profilelist({ id: '00e1', name: 'Sales' }, { id: '00e2', name: 'Standard User', custom: false })
const sales = sampleUser({ profileId: '00e1' })

export const cases: readonly ControlCase[] = [
  ...userCases({
    facts,
    right: sales,
    wrong: sampleUser({ username: 'zoe@example.com', profileId: '00e2' }),
    unknown: sampleUser({ username: 'bob@example.com', profileId: '00e9' }),
    apart: machine({ profileId: '00e2' }),
  }),
  { name: 'profiles cannot be read', facts: { ...userlist(sales), profiles: hidden }, verdict: 'unknown' },
]
