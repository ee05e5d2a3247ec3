/** Machines that may delete: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden, machine, sampleUser, userlist } from '../sample-facts.ts'
import { userCases } from '../user-cases.ts'

const objects = known({ delete: ['Account'], allRecords: [], allFields: [] })

export const cases: readonly ControlCase[] = [
  ...userCases({
    right: machine(),
    wrong: machine({ username: 'sync@example.com', objects }),
    unknown: machine({ username: 'who@example.com', objects: hidden }),
    apart: sampleUser({ objects }),
  }),
  {
    name: 'by a permission over everything: it has no rows of objects',
    facts: userlist(machine({ permissions: known(['ModifyAllData']) })),
    verdict: 'fail',
    subjects: ['user:erp@example.com'],
  },
  { name: 'allowed', facts: userlist(machine({ objects })), parameters: { allowed: ['Account'] }, verdict: 'pass' },
]
