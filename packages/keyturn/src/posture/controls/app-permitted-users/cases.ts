/** Permitted users: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { applist, hidden } from '../sample-facts.ts'

export const cases: readonly ControlCase[] = [
  ...appCases({ wrong: { permittedUsers: known('all') }, unknown: { permittedUsers: hidden } }),
  {
    name: 'nobody is named',
    facts: applist({ permittedPermissionSets: known([]) }),
    verdict: 'fail',
    subjects: ['eca:Erp'],
  },
  {
    name: 'who is named cannot be read',
    facts: applist({ permittedPermissionSets: hidden }),
    verdict: 'unknown',
    subjects: ['eca:Erp'],
  },
]
