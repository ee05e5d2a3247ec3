/** Whom the client-credentials flow runs as: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import type { UserFact } from '../../facts.ts'
import { applist, hidden, machine, userlist } from '../sample-facts.ts'

const app = applist({ flows: known(['client-credentials']), runsAs: known('erp@example.com') })
const asUser = (changes: Partial<UserFact>) => ({ ...app, ...userlist(machine(changes)) })
const subjects = ['eca:Erp']

export const cases: readonly ControlCase[] = [
  { name: 'a machine with few rights', facts: asUser({}), verdict: 'pass' },
  { name: 'an administrator', facts: asUser({ systemAdministrator: true }), verdict: 'fail', subjects },
  {
    name: 'a machine that sees everything',
    facts: asUser({ permissions: known(['ApiUserOnly', 'ViewAllData']) }),
    verdict: 'fail',
    subjects,
  },
  { name: 'not API only', facts: asUser({ permissions: known(['ApiEnabled']) }), verdict: 'fail', subjects },
  {
    name: 'nobody is set, so the flow lets nobody in',
    facts: { ...applist({ flows: known(['client-credentials']), runsAs: known(null) }), ...userlist() },
    verdict: 'not-applicable',
  },
  { name: 'its rights cannot be read', facts: asUser({ permissions: hidden }), verdict: 'unknown', subjects },
  { name: 'the user was not read', facts: { ...app, ...userlist() }, verdict: 'unknown', subjects },
  { name: 'users were not read', facts: { ...app, users: hidden }, verdict: 'unknown', subjects },
  { name: 'the flows cannot be read', facts: applist({ flows: hidden }), verdict: 'unknown', subjects },
  { name: 'another flow', facts: applist({}), verdict: 'not-applicable' },
]
