/** Broad login IP ranges: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden, profilelist } from '../sample-facts.ts'

const ranges = (from: string, to: string) => profilelist({}, { name: 'Sales', loginRanges: known([{ from, to }]) })
const subjects = ['profile:Sales']

export const cases: readonly ControlCase[] = [
  { name: 'narrow', facts: profilelist({}), verdict: 'pass' },
  { name: 'everything', facts: ranges('0.0.0.0', '255.255.255.255'), verdict: 'fail', subjects },
  { name: 'half of everything', facts: ranges('128.0.0.0', '255.255.255.255'), verdict: 'fail', subjects },
  {
    name: 'everything, version 6',
    facts: ranges('::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'),
    verdict: 'fail',
    subjects,
  },
  { name: 'a /16', facts: ranges('198.51.0.0', '198.51.255.255'), verdict: 'pass' },
  { name: 'no addresses', facts: ranges('<b>', '</b>'), verdict: 'unknown', subjects },
  { name: 'not readable', facts: profilelist({ name: 'Sales', loginRanges: hidden }), verdict: 'unknown', subjects },
  { name: 'profiles cannot be read', facts: { profiles: hidden }, verdict: 'unknown', subjects: ['profiles'] },
  { name: 'no ranges', facts: profilelist({ loginRanges: known([]) }), verdict: 'not-applicable' },
]
