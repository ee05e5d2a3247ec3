/** Files git should ignore: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden } from '../sample-facts.ts'

const scan = (repositories: readonly string[], ...patterns: readonly string[]) => ({
  repository: known({
    repositories,
    secrets: [],
    notIgnored: patterns.map((pattern) => ({ repository: 'erp-sync', pattern })),
  }),
})

export const cases: readonly ControlCase[] = [
  { name: 'all ignored', facts: scan(['erp-sync']), verdict: 'pass' },
  {
    name: 'keys are not',
    facts: scan(['erp-sync', 'web'], '*.key'),
    verdict: 'fail',
    subjects: ['repository:erp-sync'],
  },
  { name: 'no scan', facts: {}, verdict: 'unknown', subjects: ['repository'] },
  { name: 'refused', facts: { repository: hidden }, verdict: 'unknown' },
  { name: 'no repository', facts: scan([]), verdict: 'not-applicable' },
]
