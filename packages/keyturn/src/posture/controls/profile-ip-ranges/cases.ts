/** Profiles without login IP ranges: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden, profilelist } from '../sample-facts.ts'

const none = { name: 'Sales', loginRanges: known([]) }
const subjects = ['profile:Sales']

export const cases: readonly ControlCase[] = [
  { name: 'ranges', facts: profilelist({}), verdict: 'pass' },
  { name: 'none', facts: profilelist({}, none), verdict: 'fail', subjects },
  { name: 'not readable', facts: profilelist({ ...none, loginRanges: hidden }), verdict: 'unknown', subjects },
  { name: 'profiles cannot be read', facts: { profiles: hidden }, verdict: 'unknown', subjects: ['profiles'] },
  { name: 'nobody has it', facts: profilelist({ ...none, activeUsers: known(0) }), verdict: 'not-applicable' },
]
