/** Users at the limit of approvals: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden, inventory } from '../sample-facts.ts'

const approvals = (count: number) => ({
  tokens: known(
    inventory({ counted: count, read: count, tokens: Array.from({ length: count }, () => inventory().tokens).flat() }),
  ),
})

export const cases: readonly ControlCase[] = [
  { name: 'four', facts: approvals(4), verdict: 'pass' },
  { name: 'five', facts: approvals(5), verdict: 'fail', subjects: ['user:erp@example.com'] },
  { name: 'only own tokens visible', facts: { tokens: hidden }, verdict: 'unknown', subjects: ['tokens'] },
  { name: 'none', facts: approvals(0), verdict: 'not-applicable' },
]
