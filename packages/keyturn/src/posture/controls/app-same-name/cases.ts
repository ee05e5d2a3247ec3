/** Apps of the same name: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { applist, hidden } from '../sample-facts.ts'

export const cases: readonly ControlCase[] = [
  { name: 'different', facts: applist({}, { name: 'Crm', label: 'CRM' }), verdict: 'pass' },
  {
    name: 'a stranger calls itself the same',
    facts: applist({}, { name: 'E R P', label: 'ｅｒｐ\u200b', origin: known('uninstalled') }),
    verdict: 'fail',
    subjects: ['eca:Erp', 'uninstalled:E R P'],
  },
  {
    name: 'a connected app and its successor',
    facts: applist({ kind: 'connected' }, { kind: 'external' }),
    verdict: 'fail',
    subjects: ['app:Erp', 'eca:Erp'],
  },
  { name: 'apps cannot be listed', facts: { apps: hidden }, verdict: 'unknown', subjects: ['apps'] },
  { name: 'no app', facts: applist(), verdict: 'not-applicable' },
]
