/** Machines with broad permissions: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden, machine, sampleUser, userlist } from '../sample-facts.ts'
import { userCases } from '../user-cases.ts'

const broad = machine({ username: 'sync@example.com', permissions: known(['ApiEnabled', 'ViewAllData']) })

export const cases: readonly ControlCase[] = [
  ...userCases({
    right: machine(),
    wrong: broad,
    unknown: machine({ username: 'who@example.com', permissions: hidden }),
    apart: sampleUser({ permissions: known(['ViewAllData']) }),
  }),
  { name: 'documented', facts: userlist(broad), parameters: { documented: ['sync@example.com'] }, verdict: 'pass' },
]
