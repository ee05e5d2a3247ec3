/** The share of administrators: the cases. */
import type { ControlCase } from '../../control.ts'
import { hidden, sampleUser, userlist } from '../sample-facts.ts'

const people = (count: number) =>
  Array.from({ length: count }, (_, at) => sampleUser({ username: `p${at}@example.com` }))
const admins = (count: number) =>
  Array.from({ length: count }, (_, at) => sampleUser({ username: `a${at}@example.com`, systemAdministrator: true }))

export const cases: readonly ControlCase[] = [
  { name: 'five of a hundred', facts: userlist(...people(95), ...admins(5)), verdict: 'pass' },
  {
    name: 'six of a hundred',
    facts: userlist(...people(94), ...admins(6)),
    verdict: 'fail',
    subjects: ['org', 'user:a5@example.com'],
  },
  { name: 'two of three', facts: userlist(...people(1), ...admins(2)), verdict: 'pass' },
  {
    name: 'two of three, by the share alone',
    facts: userlist(...people(1), ...admins(2)),
    parameters: { percent: 5, atLeast: 0 },
    verdict: 'fail',
    subjects: ['org'],
  },
  {
    name: 'partners do not make the share small',
    facts: userlist(...people(10).map((user) => ({ ...user, userType: 'PowerPartner' })), ...admins(3)),
    verdict: 'fail',
    subjects: ['org'],
  },
  { name: 'users cannot be read', facts: { users: hidden }, verdict: 'unknown', subjects: ['users'] },
  { name: 'nobody', facts: userlist(), verdict: 'not-applicable' },
]
