/** People without a second factor: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden, logins, machine, sampleUser, userlist } from '../sample-facts.ts'
import { userCases } from '../user-cases.ts'

const none = sampleUser({ username: 'zoe@example.com', mfaMethods: known([]) })
const saml = { user: 'zoe@example.com', type: 'SAML Sfdc Initiated SSO', subType: null }

export const cases: readonly ControlCase[] = [
  ...userCases({
    right: sampleUser(),
    wrong: none,
    unknown: sampleUser({ username: 'bob@example.com', mfaMethods: hidden }),
    apart: machine(),
  }),
  {
    name: 'a temporary code only',
    facts: userlist({ ...none, mfaMethods: known(['temporary-code']) }),
    verdict: 'fail',
    subjects: ['user:zoe@example.com'],
  },
  {
    name: 'through the identity provider',
    facts: { ...userlist(none), ...logins(saml) },
    verdict: 'unknown',
    subjects: ['user:zoe@example.com'],
  },
  {
    name: 'through the identity provider, and with an app that was approved there',
    facts: { ...userlist(none), ...logins(saml, { user: 'zoe@example.com' }) },
    verdict: 'unknown',
    subjects: ['user:zoe@example.com'],
  },
  {
    name: 'through the identity provider, and past it',
    facts: { ...userlist(none), ...logins(saml, { user: 'zoe@example.com', type: 'Application', subType: null }) },
    verdict: 'fail',
    subjects: ['user:zoe@example.com'],
  },
]
