/** Logins by ways that end: the cases. */
import type { ControlCase } from '../../control.ts'
import { hidden, logins } from '../sample-facts.ts'

const subjects = ['user:old@example.com']

export const cases: readonly ControlCase[] = [
  { name: 'by refresh tokens', facts: logins({}), verdict: 'pass' },
  {
    name: 'SOAP login()',
    facts: logins({}, { user: 'old@example.com', type: 'Other Apex API', subType: null }),
    verdict: 'fail',
    subjects,
  },
  {
    name: 'the password flow',
    facts: logins({ user: 'old@example.com', subType: 'OAuth Username-Password' }),
    verdict: 'fail',
    subjects,
  },
  {
    name: 'the password flow, in one word',
    facts: logins({ user: 'old@example.com', subType: 'OauthUsernamePassword' }),
    verdict: 'fail',
    subjects,
  },
  {
    name: 'a person at the login page',
    facts: logins({ user: 'old@example.com', type: 'Application', subType: 'UsernamePasswordUiLogin' }),
    verdict: 'pass',
  },
  {
    name: 'SOAP login(), by its value',
    facts: logins({ user: 'old@example.com', type: 'OtherApi' }),
    verdict: 'fail',
    subjects,
  },
  { name: 'it only failed', facts: logins({ type: 'Other Apex API', worked: 0, failed: 9 }), verdict: 'pass' },
  { name: 'logins cannot be read', facts: { logins: hidden }, verdict: 'unknown', subjects: ['logins'] },
  { name: 'nobody logged in', facts: logins(), verdict: 'not-applicable' },
]
