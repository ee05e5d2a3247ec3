/** Powerful machines and what limits a theft: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import type { AppFact, ProfileFact } from '../../facts.ts'
import { applist, hidden, inventory, machine, profilelist, userlist } from '../sample-facts.ts'

const powerful = machine({ permissions: known(['ApiEnabled', 'ApiUserOnly', 'ModifyAllData']) })
const org = (profile: Partial<ProfileFact> = {}, app: Partial<AppFact> = {}, user = powerful) => ({
  ...profilelist(profile),
  ...applist(app),
  ...userlist(user),
  tokens: known(inventory()),
})
const open = { loginRanges: known([]) }
const full = { scopes: known(['Full', 'RefreshToken']) }
const shared = machine({ permissions: known(['ApiEnabled', 'ModifyAllData']) })
const strictly = { least: 2, days: 90 }
const subjects = ['user:erp@example.com']

export const cases: readonly ControlCase[] = [
  { name: 'all three', facts: org(), parameters: strictly, verdict: 'pass' },
  { name: 'two', facts: org(open), parameters: strictly, verdict: 'pass' },
  { name: 'one', facts: org(open, full), parameters: strictly, verdict: 'fail', subjects },
  { name: 'one is enough', facts: org(open, full), parameters: { least: 1, days: 90 }, verdict: 'pass' },
  { name: 'none', facts: org(open, full, shared), verdict: 'fail', subjects },
  {
    name: 'ranges that let everybody in',
    facts: org({ loginRanges: known([{ from: '0.0.0.0', to: '255.255.255.255' }]) }, full),
    parameters: strictly,
    verdict: 'fail',
    subjects,
  },
  {
    name: 'one, and another not readable',
    facts: org({ loginRanges: hidden }, full),
    parameters: strictly,
    verdict: 'unknown',
    subjects,
  },
  {
    name: 'tokens not readable',
    facts: { ...org(open), tokens: hidden },
    parameters: strictly,
    verdict: 'unknown',
    subjects,
  },
  {
    name: 'its rights not readable',
    facts: org({}, {}, machine({ permissions: hidden })),
    verdict: 'unknown',
    subjects,
  },
  { name: 'a machine with few rights', facts: org(open, full, machine()), verdict: 'not-applicable' },
]
