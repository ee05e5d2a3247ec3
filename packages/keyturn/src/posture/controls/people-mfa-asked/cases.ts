/** Privileged people are asked for a second factor: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden, logins, sampleUser, userlist } from '../sample-facts.ts'
import { path } from './control.ts'

const admin = sampleUser({ systemAdministrator: true })
const setting = (on: boolean): Pick<ControlCase['facts'], 'settings'> => ({ settings: { [path]: known(on) } })
const subjects = ['user:ann@example.com']

export const cases: readonly ControlCase[] = [
  { name: 'asked by the org', facts: { ...userlist(admin), ...setting(true) }, verdict: 'pass' },
  {
    name: 'asked by a permission set',
    facts: { ...userlist({ ...admin, permissions: known(['ForceTwoFactor']) }), ...setting(false) },
    verdict: 'pass',
  },
  { name: 'asked by nothing', facts: { ...userlist(admin), ...setting(false) }, verdict: 'fail', subjects },
  {
    name: 'asked for API logins only',
    facts: { ...userlist({ ...admin, permissions: known(['TwoFactorApi']) }), ...setting(false) },
    verdict: 'fail',
    subjects,
  },
  {
    name: 'privileged by a permission',
    facts: { ...userlist(sampleUser({ permissions: known(['ModifyAllData']) })), ...setting(false) },
    verdict: 'fail',
    subjects,
  },
  {
    name: 'asked by the org, and exempt from it',
    facts: {
      ...userlist({ ...admin, permissions: known(['ForceTwoFactor', 'BypassMFAForUiLogins']) }),
      ...setting(true),
    },
    verdict: 'fail',
    subjects,
  },
  {
    name: 'asked by nothing here, and always through the identity provider',
    facts: {
      ...userlist(admin),
      ...setting(false),
      ...logins({ user: 'ann@example.com', type: 'SAML Sfdc Initiated SSO', subType: null }),
    },
    verdict: 'unknown',
    subjects,
  },
  { name: 'ordinary people', facts: { ...userlist(sampleUser()), ...setting(false) }, verdict: 'not-applicable' },
  {
    name: 'the setting was not read',
    facts: { ...userlist(admin), settings: { [path]: hidden } },
    verdict: 'unknown',
    subjects,
  },
  { name: 'the setting was not collected', facts: { ...userlist(admin), settings: {} }, verdict: 'unknown', subjects },
  {
    name: 'permissions were not read',
    facts: { ...userlist({ ...admin, permissions: hidden }), ...setting(false) },
    verdict: 'unknown',
    subjects,
  },
  { name: 'users were not read', facts: { users: hidden, ...setting(true) }, verdict: 'unknown' },
]
