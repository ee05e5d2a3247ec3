/** Permission set groups: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden } from '../sample-facts.ts'

const group = (status: string, assigned = 3) => ({
  permissionSetGroups: known([{ name: 'Sales', label: 'Sales', status, assigned: known(assigned) }]),
})

export const cases: readonly ControlCase[] = [
  { name: 'updated', facts: group('Updated'), verdict: 'pass' },
  { name: 'outdated', facts: group('Outdated'), verdict: 'fail', subjects: ['permission-set-group:Sales'] },
  {
    name: 'not readable',
    facts: { permissionSetGroups: hidden },
    verdict: 'unknown',
    subjects: ['permissionSetGroups'],
  },
  { name: 'nobody has it', facts: group('Failed', 0), verdict: 'not-applicable' },
]
