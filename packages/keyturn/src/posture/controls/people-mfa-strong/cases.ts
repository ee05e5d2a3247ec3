/** Privileged people's second factor: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden, logins, sampleUser, userlist } from '../sample-facts.ts'
import { userCases } from '../user-cases.ts'

const admin = sampleUser({ systemAdministrator: true })

export const cases: readonly ControlCase[] = [
  ...userCases({
    right: admin,
    wrong: { ...admin, username: 'zoe@example.com', mfaMethods: known(['totp', 'salesforce-authenticator']) },
    unknown: { ...admin, username: 'bob@example.com', mfaMethods: hidden },
    apart: sampleUser({ mfaMethods: known([]) }),
  }),
  {
    name: 'always through the identity provider',
    facts: {
      ...userlist({ ...admin, mfaMethods: known([]) }),
      ...logins({ user: 'ann@example.com', type: 'SAML Sfdc Initiated SSO', subType: null }),
    },
    verdict: 'unknown',
    subjects: ['user:ann@example.com'],
  },
  {
    name: 'privileged by a permission set',
    facts: userlist(sampleUser({ permissions: known(['AuthorApex']), mfaMethods: known(['totp']) })),
    verdict: 'fail',
    subjects: ['user:ann@example.com'],
  },
]
