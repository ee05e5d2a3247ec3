/** Trusted IP ranges: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { absent, hidden } from '../sample-facts.ts'

const path = 'Security.networkAccess.ipRanges'
const at = (...ranges: readonly string[]) => ({ settings: { [path]: known(ranges) } })
const subjects = [`setting:${path}`]

export const cases: readonly ControlCase[] = [
  { name: 'own networks', facts: at('203.0.113.0-203.0.113.255', '2001:db8::1-2001:db8::ff'), verdict: 'pass' },
  { name: 'none', facts: at(), verdict: 'fail', subjects },
  { name: 'the world', facts: at('203.0.113.0-203.0.113.255', '0.0.0.0-255.255.255.255'), verdict: 'fail', subjects },
  { name: 'not readable', facts: { settings: { [path]: hidden } }, verdict: 'unknown', subjects },
  { name: 'not there', facts: { settings: { [path]: absent } }, verdict: 'not-applicable' },
]
