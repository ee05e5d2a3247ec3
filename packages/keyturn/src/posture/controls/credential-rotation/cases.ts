/** Rotation of credentials: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import type { KeyturnFact } from '../../facts.ts'
import { hidden } from '../sample-facts.ts'

const keyturn = (changes: Partial<KeyturnFact>) => ({
  keyturn: known({ scheduled: [], overdue: [], unscheduled: [], auditTrail: null, ...changes }),
})

export const cases: readonly ControlCase[] = [
  { name: 'all in time', facts: keyturn({ scheduled: ['erp'] }), verdict: 'pass' },
  {
    name: 'one late',
    facts: keyturn({ scheduled: ['erp', 'crm'], overdue: ['crm'] }),
    verdict: 'fail',
    subjects: ['credential:crm'],
  },
  { name: 'one without', facts: keyturn({ unscheduled: ['old'] }), verdict: 'fail', subjects: ['credential:old'] },
  { name: 'not connected', facts: {}, verdict: 'unknown', subjects: ['keyturn'] },
  { name: 'refused', facts: { keyturn: hidden }, verdict: 'unknown' },
  { name: 'none', facts: keyturn({}), verdict: 'not-applicable' },
]
