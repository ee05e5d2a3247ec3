/** Stale tokens: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import type { TokenFact } from '../../facts.ts'
import { day, hidden, inventory, now } from '../sample-facts.ts'

const token = (changes: Partial<TokenFact> = {}) => ({
  tokens: known(
    inventory({
      tokens: inventory().tokens.map((one) => ({
        ...one,
        created: now - 300 * day,
        lastUsed: now - 100 * day,
        ...changes,
      })),
    }),
  ),
})

export const cases: readonly ControlCase[] = [
  { name: 'used yesterday', facts: token({ lastUsed: now - day }), verdict: 'pass' },
  { name: 'used 100 days ago', facts: token(), verdict: 'fail', subjects: ['tokens:Erp'] },
  { name: 'never used', facts: token({ lastUsed: null }), verdict: 'fail', subjects: ['tokens:Erp'] },
  { name: 'new and not used yet', facts: token({ created: now - day, lastUsed: null }), verdict: 'pass' },
  {
    name: 'used 40 days ago, strictly',
    facts: token({ lastUsed: now - 40 * day }),
    parameters: { days: 30 },
    verdict: 'fail',
    subjects: ['tokens:Erp'],
  },
  {
    name: 'not all were read',
    facts: { tokens: known(inventory({ complete: false, why: 'capped' })) },
    verdict: 'unknown',
    subjects: ['tokens'],
  },
  { name: 'only own tokens visible', facts: { tokens: hidden }, verdict: 'unknown', subjects: ['tokens'] },
  { name: 'none', facts: { tokens: known(inventory({ counted: 0, read: 0, tokens: [] })) }, verdict: 'not-applicable' },
]
