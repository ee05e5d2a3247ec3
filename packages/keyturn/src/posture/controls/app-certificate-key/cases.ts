/** Key sizes of apps' certificates: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { applist, day, hidden, now } from '../sample-facts.ts'

const key = (keyBits: number) => ({ certificate: known({ notAfter: now + 300 * day, keyBits, sha256: 'ab' }) })

export const cases: readonly ControlCase[] = [
  ...appCases({ right: key(2048), wrong: key(1024), unknown: { certificate: hidden } }),
  { name: 'strictly', facts: applist(key(2048)), parameters: { bits: 4096 }, verdict: 'fail', subjects: ['eca:Erp'] },
  { name: 'a curve', facts: applist(key(256)), parameters: { bits: 4096 }, verdict: 'pass' },
  { name: 'none', facts: applist({}), verdict: 'not-applicable' },
]
