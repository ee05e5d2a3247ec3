/** Trusted ranges of apps: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { applist, hidden } from '../sample-facts.ts'

const at = (from: string, to: string) => applist({ trustedIpRanges: known([{ from, to }]) })

export const cases: readonly ControlCase[] = [
  ...appCases({ wrong: { trustedIpRanges: known([]) }, unknown: { trustedIpRanges: hidden } }),
  { name: 'the whole world', facts: at('0.0.0.0', '255.255.255.255'), verdict: 'fail', subjects: ['eca:Erp'] },
  { name: 'the whole world, version 6', facts: at('::', 'ffff:ffff::'), verdict: 'fail', subjects: ['eca:Erp'] },
  { name: 'no addresses', facts: at('here', 'there'), verdict: 'unknown', subjects: ['eca:Erp'] },
  { name: 'a machine flow', facts: applist({ flows: known(['jwt-bearer']) }), verdict: 'not-applicable' },
]
