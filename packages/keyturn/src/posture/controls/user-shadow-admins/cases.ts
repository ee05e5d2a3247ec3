/** Shadow administrators: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden, machine, sampleUser, userlist } from '../sample-facts.ts'
import { userCases } from '../user-cases.ts'

const shadow = sampleUser({ username: 'sam@example.com', permissions: known(['AssignPermissionSets']) })

export const cases: readonly ControlCase[] = [
  ...userCases({
    right: sampleUser(),
    wrong: shadow,
    unknown: sampleUser({ username: 'bob@example.com', permissions: hidden }),
    apart: machine({ permissions: known(['ModifyAllData']) }),
  }),
  { name: 'an administrator', facts: userlist({ ...shadow, systemAdministrator: true }), verdict: 'pass' },
  {
    name: 'sees more by roles and sharing, and can give themselves nothing',
    facts: userlist({ ...shadow, permissions: known(['ManageRoles', 'ManageSharing']) }),
    verdict: 'pass',
  },
  { name: 'documented', facts: userlist(shadow), parameters: { documented: ['sam@example.com'] }, verdict: 'pass' },
  {
    name: 'person or machine, nobody can tell',
    facts: userlist({ ...shadow, nature: { is: 'unknown', why: 'it never logged in' } }),
    verdict: 'unknown',
    subjects: ['user:sam@example.com'],
  },
]
