/** When an app's certificate ends: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { applist, day, hidden, now } from '../sample-facts.ts'

const ending = (days: number) => ({ certificate: known({ notAfter: now + days * day, keyBits: 4096, sha256: 'ab' }) })

export const cases: readonly ControlCase[] = [
  ...appCases({ right: ending(31), wrong: ending(29), unknown: { certificate: hidden } }),
  { name: 'ended', facts: applist(ending(-1)), verdict: 'fail', subjects: ['eca:Erp'] },
  { name: 'none', facts: applist({}), verdict: 'not-applicable' },
]
