/** Tokens of users who left: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden, inventory, machine, userlist } from '../sample-facts.ts'

const tokens = known(inventory())
const subjects = ['user:erp@example.com']

export const cases: readonly ControlCase[] = [
  { name: 'active', facts: { tokens, ...userlist(machine()) }, verdict: 'pass' },
  { name: 'inactive', facts: { tokens, ...userlist(machine({ active: false })) }, verdict: 'fail', subjects },
  { name: 'frozen', facts: { tokens, ...userlist(machine({ frozen: known(true) })) }, verdict: 'fail', subjects },
  {
    name: 'whether frozen cannot be read',
    facts: { tokens, ...userlist(machine({ frozen: hidden })) },
    verdict: 'unknown',
    subjects: ['tokens'],
  },
  {
    name: 'inactive, and nobody needs to know whether it is frozen besides',
    facts: { tokens, ...userlist(machine({ active: false, frozen: hidden })) },
    verdict: 'fail',
    subjects,
  },
  { name: 'of a user that was not read', facts: { tokens, ...userlist() }, verdict: 'unknown', subjects: ['tokens'] },
  {
    name: 'not all were read',
    facts: { tokens: known(inventory({ complete: false, why: 'capped' })), ...userlist(machine()) },
    verdict: 'unknown',
    subjects: ['tokens'],
  },
  { name: 'users cannot be read', facts: { tokens, users: hidden }, verdict: 'unknown', subjects: ['tokens'] },
  {
    name: 'no tokens',
    facts: { tokens: known(inventory({ counted: 0, read: 0, tokens: [] })), ...userlist() },
    verdict: 'not-applicable',
  },
]
