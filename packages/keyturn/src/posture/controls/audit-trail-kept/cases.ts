/** The Setup Audit Trail kept: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { day, hidden, now } from '../sample-facts.ts'

const kept = (auditTrail: { readonly from: number; readonly to: number } | null) => ({
  keyturn: known({ scheduled: [], overdue: [], unscheduled: [], auditTrail }),
})

export const cases: readonly ControlCase[] = [
  { name: 'up to date', facts: kept({ from: now - 300 * day, to: now - 1000 }), verdict: 'pass' },
  {
    name: 'not since two days',
    facts: kept({ from: now - 300 * day, to: now - 2 * day }),
    verdict: 'fail',
    subjects: ['org'],
  },
  { name: 'not by Keyturn, and perhaps by somebody else', facts: kept(null), verdict: 'unknown', subjects: ['org'] },
  { name: 'not connected', facts: {}, verdict: 'unknown', subjects: ['keyturn'] },
  { name: 'refused', facts: { keyturn: hidden }, verdict: 'unknown' },
]
