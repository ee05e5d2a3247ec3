/** What was lent: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import type { KeyturnFact } from '../../facts.ts'
import { day, hidden, now } from '../sample-facts.ts'

const org = { id: '00D000000000001AAA' }

const keyturn = (changes: Partial<KeyturnFact>) => ({
  keyturn: known({ scheduled: [], overdue: [], unscheduled: [], auditTrail: null, ...changes }),
})

const lent = (until: number, of = org.id) => ({
  id: '3f2a9c1e',
  org: of,
  what: 'Account.Rating: edit in Billing',
  until,
})

export const cases: readonly ControlCase[] = [
  { name: 'still lent', org, facts: keyturn({ lent: [lent(now + 1)] }), verdict: 'pass' },
  {
    name: 'over since this moment',
    org,
    facts: keyturn({ lent: [lent(now)] }),
    verdict: 'fail',
    subjects: ['widening:3f2a9c1e'],
  },
  { name: 'over for days', org, facts: keyturn({ lent: [lent(now - 3 * day), lent(now + day)] }), verdict: 'fail' },
  {
    name: 'over, in another org',
    org,
    facts: keyturn({ lent: [lent(now - day, '00D000000000009AAA')] }),
    verdict: 'not-applicable',
  },
  {
    name: 'the org’s id in its short form',
    org,
    facts: keyturn({ lent: [lent(now - day, org.id.slice(0, 15))] }),
    verdict: 'fail',
  },
  { name: 'nothing was lent', org, facts: keyturn({ lent: [] }), verdict: 'not-applicable' },
  { name: 'an older snapshot', org, facts: keyturn({}), verdict: 'unknown', subjects: ['keyturn'] },
  { name: 'not connected', org, facts: {}, verdict: 'unknown', subjects: ['keyturn'] },
  { name: 'refused', org, facts: { keyturn: hidden }, verdict: 'unknown' },
]
