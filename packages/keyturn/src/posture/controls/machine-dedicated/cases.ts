/** A user for each integration: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden, inventory, logins, machine, now, sampleUser, userlist } from '../sample-facts.ts'
import { userCases } from '../user-cases.ts'

const facts = { tokens: known(inventory()), ...logins({}) }
const [token] = inventory().tokens
const two = known(
  inventory({
    counted: 2,
    read: 2,
    tokens: token === undefined ? [] : [token, { ...token, app: 'Crm', appId: '0xI2', created: now }],
  }),
)
const subjects = ['user:erp@example.com']

export const cases: readonly ControlCase[] = [
  ...userCases({
    facts,
    right: machine(),
    wrong: machine({ username: 'sync@example.com', permissions: known(['ApiEnabled']) }),
    unknown: machine({ username: 'who@example.com', permissions: hidden }),
    apart: sampleUser(),
  }),
  {
    name: 'nobody is a machine, and apps are used as people',
    facts: { ...facts, ...userlist(sampleUser({ username: 'erp@example.com' })) },
    verdict: 'unknown',
    subjects: ['user:erp@example.com'],
  },
  {
    name: 'nobody is a machine, and no app is used',
    facts: { tokens: known(inventory({ tokens: [] })), ...logins({}), ...userlist(sampleUser()) },
    verdict: 'not-applicable',
  },
  { name: 'two apps', facts: { ...facts, tokens: two, ...userlist(machine()) }, verdict: 'fail', subjects },
  {
    name: 'a person logs in as it',
    facts: { ...facts, ...logins({ type: 'Application', subType: null }), ...userlist(machine()) },
    verdict: 'fail',
    subjects,
  },
  {
    name: 'one app seen, and tokens unread',
    facts: { ...facts, tokens: known(inventory({ complete: false, why: 'capped' })), ...userlist(machine()) },
    verdict: 'unknown',
    subjects,
  },
  {
    name: 'logins cannot be read',
    facts: { ...facts, logins: hidden, ...userlist(machine()) },
    verdict: 'unknown',
    subjects,
  },
]
