/** Rights of guests: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden } from '../sample-facts.ts'

const guestAccess = known([{ profile: 'Help Site', object: 'Case', rights: ['create', 'read'] as const }])

export const cases: readonly ControlCase[] = [
  {
    name: 'all named',
    facts: { guestAccess },
    parameters: { allowed: ['Case:create', 'Case:read'] },
    verdict: 'pass',
  },
  { name: 'rights', facts: { guestAccess }, verdict: 'fail', subjects: ['guest:Help Site:Case'] },
  {
    name: 'one right not named',
    facts: { guestAccess },
    parameters: { allowed: ['Case:create'] },
    verdict: 'fail',
    subjects: ['guest:Help Site:Case'],
  },
  { name: 'not readable', facts: { guestAccess: hidden }, verdict: 'unknown', subjects: ['guestAccess'] },
  { name: 'no rights, or no site', facts: { guestAccess: known([]) }, verdict: 'not-applicable' },
]
