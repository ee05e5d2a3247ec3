/** Public links: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden } from '../sample-facts.ts'

const links = (total: number, ...withoutExpiry: readonly string[]) => ({
  contentLinks: known({ total, withoutExpiry }),
})

export const cases: readonly ControlCase[] = [
  { name: 'all end', facts: links(3), verdict: 'pass' },
  { name: 'one does not', facts: links(3, 'Price list'), verdict: 'fail', subjects: ['link:Price list'] },
  { name: 'not readable', facts: { contentLinks: hidden }, verdict: 'unknown', subjects: ['contentLinks'] },
  { name: 'none', facts: links(0), verdict: 'not-applicable' },
]
