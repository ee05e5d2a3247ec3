/** Apps nobody installed: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { applist, hidden, inventory } from '../sample-facts.ts'

const all = { tokens: known(inventory()) }
const stranger = { name: 'My Ticket Portal', label: 'My Ticket Portal', origin: known('uninstalled' as const) }
const incomplete = { tokens: known(inventory({ counted: 9000, complete: false, why: '2500 of 9000 were handed out' })) }

export const cases: readonly ControlCase[] = [
  {
    name: 'a stranger, blocked',
    facts: { ...all, ...applist({ ...stranger, blocked: known(true) }) },
    verdict: 'pass',
  },
  { name: 'all installed', facts: { ...all, ...applist({}) }, verdict: 'pass' },
  {
    name: 'a stranger',
    facts: { ...all, ...applist({}, stranger) },
    verdict: 'fail',
    subjects: ['uninstalled:My Ticket Portal'],
  },
  {
    name: 'a stranger, and tokens unread',
    facts: { ...incomplete, ...applist({}, stranger) },
    verdict: 'fail',
    subjects: ['uninstalled:My Ticket Portal'],
  },
  {
    name: 'none seen, and tokens unread',
    facts: { ...incomplete, ...applist({}) },
    verdict: 'unknown',
    subjects: ['tokens'],
  },
  {
    name: 'only own tokens visible',
    facts: { tokens: hidden, ...applist({}) },
    verdict: 'unknown',
    subjects: ['tokens'],
  },
  {
    name: 'nobody knows where it is from',
    facts: { ...all, ...applist({ origin: hidden }) },
    verdict: 'unknown',
    subjects: ['eca:Erp'],
  },
  { name: 'apps cannot be listed', facts: { ...all, apps: hidden }, verdict: 'unknown', subjects: ['apps'] },
  { name: 'no app', facts: { ...all, ...applist() }, verdict: 'not-applicable' },
]
