/** Users who are gone: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { day, hidden, inventory, machine, now, sampleUser, userlist } from '../sample-facts.ts'
import { userCases } from '../user-cases.ts'

const facts = { tokens: known(inventory()) }
const gone = sampleUser({ username: 'old@example.com', lastLogin: now - 100 * day })
const incomplete = { tokens: known(inventory({ complete: false, why: '2500 of 9000 were handed out' })) }

export const cases: readonly ControlCase[] = [
  ...userCases({
    facts,
    right: sampleUser(),
    wrong: gone,
    unknown: gone,
    apart: { ...gone, active: false },
  }).filter(({ name }) => name !== 'too little known' && name !== 'wrong, and another unknown'),
  { name: 'only refreshes tokens', facts: { ...facts, ...userlist(machine({ lastLogin: null })) }, verdict: 'pass' },
  { name: 'made last week', facts: { ...facts, ...userlist({ ...gone, created: now - 7 * day }) }, verdict: 'pass' },
  { name: 'never logged in', facts: { ...facts, ...userlist({ ...gone, lastLogin: null }) }, verdict: 'fail' },
  {
    name: 'not all tokens were read',
    facts: { ...incomplete, ...userlist(gone) },
    verdict: 'unknown',
    subjects: ['user:old@example.com'],
  },
  { name: 'tokens cannot be read', facts: { tokens: hidden, ...userlist(gone) }, verdict: 'unknown' },
  { name: 'frozen', facts: { ...facts, ...userlist({ ...gone, frozen: known(true) }) }, verdict: 'not-applicable' },
  { name: 'a guest', facts: { ...facts, ...userlist({ ...gone, userType: 'Guest' }) }, verdict: 'not-applicable' },
  ...[90, 45].map((days): ControlCase => ({
    name: `seen 60 days ago, at most ${days}`,
    facts: { ...facts, ...userlist({ ...gone, lastLogin: now - 60 * day }) },
    parameters: { days },
    verdict: days === 90 ? 'pass' : 'fail',
  })),
]
