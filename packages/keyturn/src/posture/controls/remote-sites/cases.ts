/** Remote sites: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden } from '../sample-facts.ts'

const site = (active: boolean, protocolSecurityDisabled: boolean) => ({
  remoteSites: known([{ name: 'Rates', url: 'http://rates.example.com', active, protocolSecurityDisabled }]),
})

export const cases: readonly ControlCase[] = [
  { name: 'encrypted', facts: site(true, false), verdict: 'pass' },
  { name: 'in the clear', facts: site(true, true), verdict: 'fail', subjects: ['remote-site:Rates'] },
  { name: 'not readable', facts: { remoteSites: hidden }, verdict: 'unknown', subjects: ['remoteSites'] },
  { name: 'not active', facts: site(false, true), verdict: 'not-applicable' },
]
