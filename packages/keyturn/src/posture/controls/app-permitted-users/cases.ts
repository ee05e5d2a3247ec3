/** Permitted users: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { path as apiAccessControl } from '../api-access-control/control.ts'
import { appCases } from '../app-cases.ts'
import { absent, applist, hidden } from '../sample-facts.ts'

export const cases: readonly ControlCase[] = [
  ...appCases({ wrong: { permittedUsers: known('all') }, unknown: { permittedUsers: hidden } }),
  {
    name: 'nobody is named, so nobody can use it',
    facts: applist({ permittedPermissionSets: known([]) }),
    verdict: 'pass',
  },
  {
    name: 'everybody, but API Access Control lets in approved apps only',
    facts: { ...applist({ permittedUsers: known('all') }), settings: { [apiAccessControl]: known(true) } },
    verdict: 'pass',
  },
  {
    name: 'everybody, and API Access Control is off',
    facts: { ...applist({ permittedUsers: known('all') }), settings: { [apiAccessControl]: known(false) } },
    verdict: 'fail',
    subjects: ['eca:Erp'],
  },
  {
    name: 'everybody, and the org has no API Access Control',
    facts: { ...applist({ permittedUsers: known('all') }), settings: { [apiAccessControl]: absent } },
    verdict: 'fail',
    subjects: ['eca:Erp'],
  },
]
