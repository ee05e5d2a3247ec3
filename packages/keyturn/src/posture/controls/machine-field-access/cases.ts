/** Machines and field-level security: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden, machine, sampleUser, userlist } from '../sample-facts.ts'
import { userCases } from '../user-cases.ts'

const objects = known({ delete: [], allRecords: [], allFields: ['Contact'] })

export const cases: readonly ControlCase[] = [
  ...userCases({
    right: machine(),
    wrong: machine({ username: 'sync@example.com', objects }),
    unknown: machine({ username: 'who@example.com', objects: hidden }),
    apart: sampleUser({ objects }),
  }),
  {
    name: 'all fields of all objects',
    facts: userlist(machine({ permissions: known(['ViewAllFieldsGlobal']) })),
    verdict: 'fail',
    subjects: ['user:erp@example.com'],
  },
]
