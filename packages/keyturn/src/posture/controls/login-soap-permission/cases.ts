/** SOAP login() after Winter ’27: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden, logins, machine, sampleUser, userlist } from '../sample-facts.ts'
import { userCases } from '../user-cases.ts'

const soap = (user: string) => ({ user, type: 'Other Apex API', subType: null })
const facts = {
  permissionNames: known(['UseAnyApiAuth']),
  ...logins(soap('erp@example.com'), soap('old@example.com'), soap('who@example.com')),
}

export const cases: readonly ControlCase[] = [
  ...userCases({
    facts,
    right: machine({ permissions: known(['UseAnyApiAuth']) }),
    wrong: machine({ username: 'old@example.com' }),
    unknown: machine({ username: 'who@example.com', permissions: hidden }),
    apart: sampleUser(),
  }),
  {
    name: 'a release that does not know it yet',
    facts: { ...facts, permissionNames: known([]), ...userlist(machine()) },
    verdict: 'not-applicable',
  },
  { name: 'logins cannot be read', facts: { ...facts, logins: hidden, ...userlist(machine()) }, verdict: 'unknown' },
]
