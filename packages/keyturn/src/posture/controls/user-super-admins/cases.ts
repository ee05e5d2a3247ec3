/** Administrators in effect: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden, sampleUser, userlist } from '../sample-facts.ts'
import { userCases } from '../user-cases.ts'

const holder = sampleUser({
  username: 'root@example.com',
  permissions: known(['ViewAllData', 'ModifyAllData', 'ManageUsers']),
})

export const cases: readonly ControlCase[] = [
  ...userCases({
    right: sampleUser({ permissions: known(['ViewAllData', 'ModifyAllData']) }),
    wrong: holder,
    unknown: sampleUser({ username: 'bob@example.com', permissions: hidden }),
    apart: { ...holder, active: false },
  }),
  { name: 'documented', facts: userlist(holder), parameters: { documented: ['root@example.com'] }, verdict: 'pass' },
]
