/** Secrets in repositories: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden } from '../sample-facts.ts'

const scan = (inHistoryOnly?: boolean) => ({
  repository: known({
    repositories: ['erp-sync'],
    secrets: inHistoryOnly === undefined ? [] : [{ path: 'erp-sync/.env', kind: 'consumer secret', inHistoryOnly }],
    notIgnored: [],
  }),
})

export const cases: readonly ControlCase[] = [
  { name: 'none', facts: scan(), verdict: 'pass' },
  { name: 'in a file', facts: scan(false), verdict: 'fail', subjects: ['file:erp-sync/.env'] },
  { name: 'in history', facts: scan(true), verdict: 'fail', subjects: ['file:erp-sync/.env'] },
  { name: 'no scan', facts: {}, verdict: 'unknown', subjects: ['repository'] },
  { name: 'refused', facts: { repository: hidden }, verdict: 'unknown' },
  {
    name: 'no repository',
    facts: { repository: known({ repositories: [], secrets: [], notIgnored: [] }) },
    verdict: 'not-applicable',
  },
]
