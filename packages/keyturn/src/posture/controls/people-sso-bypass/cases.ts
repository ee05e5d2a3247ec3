/** People who log in past the identity provider: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden, machine, sampleUser, userlist } from '../sample-facts.ts'
import { userCases } from '../user-cases.ts'

const setting = 'Security.singleSignOnSettings.enableSamlLogin'
const facts = { permissionNames: known(['IsSsoEnabled']), settings: { [setting]: known(true) } }
const person = sampleUser({ permissions: known(['IsSsoEnabled']) })

export const cases: readonly ControlCase[] = [
  ...userCases({
    facts,
    right: person,
    wrong: { ...person, username: 'zoe@example.com', permissions: known([]) },
    unknown: { ...person, username: 'bob@example.com', permissions: hidden },
    apart: machine(),
  }),
  {
    name: 'no single sign-on here',
    facts: { ...facts, settings: { [setting]: known(false) }, ...userlist(sampleUser()) },
    verdict: 'not-applicable',
  },
  {
    name: 'documented',
    facts: { ...facts, ...userlist(sampleUser()) },
    parameters: { documented: ['ann@example.com'] },
    verdict: 'pass',
  },
]
