/** Whether all tokens were read: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import type { TokenInventory } from '../../facts.ts'
import { hidden, inventory } from '../sample-facts.ts'

const read = (changes: Partial<TokenInventory>) => ({ tokens: known(inventory(changes)) })
const many = (count: number) => {
  const [token] = inventory().tokens
  return read({
    counted: count,
    read: count,
    tokens: token === undefined ? [] : Array.from({ length: count }, () => token),
  })
}

export const cases: readonly ControlCase[] = [
  { name: 'all', facts: read({}), verdict: 'pass' },
  {
    name: 'capped',
    facts: read({ counted: 9000, read: 2500, complete: false, why: '2500 of 9000 were handed out' }),
    verdict: 'unknown',
    subjects: ['tokens'],
  },
  { name: 'said to be complete, and it is not', facts: read({ counted: 9000, read: 2500 }), verdict: 'unknown' },
  { name: 'only own tokens visible', facts: { tokens: hidden }, verdict: 'unknown', subjects: ['tokens'] },
  { name: 'one user holds thousands', facts: many(2001), verdict: 'fail', subjects: ['user:erp@example.com'] },
  { name: 'none', facts: read({ counted: 0, read: 0, tokens: [] }), verdict: 'not-applicable' },
  { name: 'one user holds hundreds', facts: many(501), parameters: { mostPerUser: 2000 }, verdict: 'pass' },
  { name: 'one user holds hundreds, strictly', facts: many(501), parameters: { mostPerUser: 500 }, verdict: 'fail' },
]
