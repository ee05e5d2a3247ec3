/** Logins of the CLI: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import type { AppFact } from '../../facts.ts'
import { applist, hidden } from '../sample-facts.ts'

const cli = (changes: Partial<AppFact> = {}) =>
  applist({ kind: 'connected', name: 'SalesforceCLI', label: 'Salesforce CLI', ...changes })
const infinite = known({ declared: 'infinite', effective: 'infinite', idleDays: null, lifetimeDays: null })

export const cases: readonly ControlCase[] = [
  { name: 'they end', facts: cli(), verdict: 'pass' },
  { name: 'never', facts: cli({ refreshTokenPolicy: infinite }), verdict: 'fail', subjects: ['app:SalesforceCLI'] },
  {
    name: 'access tokens live a day',
    facts: cli({ sessionTimeoutMinutes: known(1440) }),
    verdict: 'fail',
    subjects: ['app:SalesforceCLI'],
  },
  {
    name: 'not installed',
    facts: cli({ origin: known('uninstalled') }),
    verdict: 'fail',
    subjects: ['uninstalled:SalesforceCLI'],
  },
  {
    name: 'an app of one’s own',
    facts: applist({ name: 'Deployers', refreshTokenPolicy: infinite }),
    parameters: { apps: ['Deployers'] },
    verdict: 'fail',
    subjects: ['eca:Deployers'],
  },
  {
    name: 'not readable',
    facts: cli({ refreshTokenPolicy: hidden }),
    verdict: 'unknown',
    subjects: ['app:SalesforceCLI'],
  },
  { name: 'apps cannot be listed', facts: { apps: hidden }, verdict: 'unknown', subjects: ['apps'] },
  { name: 'no CLI', facts: applist({}), verdict: 'not-applicable' },
  {
    name: 'an hour, baseline',
    facts: cli({ sessionTimeoutMinutes: known(60) }),
    parameters: { accessMinutes: 120 },
    verdict: 'pass',
  },
  {
    name: 'an hour, strictly',
    facts: cli({ sessionTimeoutMinutes: known(60) }),
    parameters: { accessMinutes: 15 },
    verdict: 'fail',
    subjects: ['app:SalesforceCLI'],
  },
]
