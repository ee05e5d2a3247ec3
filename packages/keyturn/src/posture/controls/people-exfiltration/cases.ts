/** People who can take everything out: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden, machine, sampleUser, userlist } from '../sample-facts.ts'
import { userCases } from '../user-cases.ts'

const exporter = sampleUser({ username: 'zoe@example.com', permissions: known(['DataExport']) })

export const cases: readonly ControlCase[] = [
  ...userCases({
    right: sampleUser({ permissions: known(['ViewAllUsers']) }),
    wrong: exporter,
    unknown: sampleUser({ username: 'bob@example.com', permissions: hidden }),
    apart: machine({ permissions: known(['DataExport']) }),
  }),
  { name: 'an administrator', facts: userlist({ ...exporter, systemAdministrator: true }), verdict: 'pass' },
  { name: 'documented', facts: userlist(exporter), parameters: { documented: ['zoe@example.com'] }, verdict: 'pass' },
]
