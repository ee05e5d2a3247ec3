/** The cases every control of apps has; a folder gives the changes to a good app that make it right, wrong, unknown. */
import type { ControlCase, Parameters } from '../control.ts'
import { known } from '../fact.ts'
import type { AppFact } from '../facts.ts'
import { applist, hidden } from './sample-facts.ts'

interface AppExample {
  readonly right?: Partial<AppFact>
  readonly wrong: Partial<AppFact>
  readonly unknown: Partial<AppFact>
  readonly parameters?: Parameters
}

export const appCases = ({ right = {}, wrong, unknown, parameters }: AppExample): readonly ControlCase[] => {
  const hostile = '=cmd|<script>alert(1)</script>\u001b[2J'
  const cases: readonly ControlCase[] = [
    { name: 'in order', facts: applist(right), verdict: 'pass' },
    { name: 'wrong', facts: applist(right, { ...wrong, name: 'Crm' }), verdict: 'fail', subjects: ['eca:Crm'] },
    {
      name: 'wrong, and another not readable',
      facts: applist(unknown, { ...wrong, name: 'Crm', kind: 'connected' }),
      verdict: 'fail',
      subjects: ['app:Crm'],
    },
    {
      name: 'wrong, of a package',
      facts: applist({ ...wrong, origin: known('packaged'), name: hostile }),
      verdict: 'fail',
      subjects: [`eca:${hostile}`],
    },
    {
      name: 'not readable',
      facts: applist(right, { ...unknown, name: 'Crm' }),
      verdict: 'unknown',
      subjects: ['eca:Crm'],
    },
    { name: 'apps cannot be listed', facts: { apps: hidden }, verdict: 'unknown', subjects: ['apps'] },
    { name: 'no app', facts: applist(), verdict: 'not-applicable' },
    { name: 'wrong and blocked', facts: applist({ ...wrong, blocked: known(true) }), verdict: 'not-applicable' },
    { name: 'uninstalled', facts: applist({ ...wrong, origin: known('uninstalled') }), verdict: 'not-applicable' },
  ]
  return parameters === undefined ? cases : cases.map((one) => ({ ...one, parameters }))
}
