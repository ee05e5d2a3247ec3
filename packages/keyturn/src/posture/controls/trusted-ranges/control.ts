/** Trusted IP ranges of the org: where nobody is asked who they are. */
import { isBroad } from '../addresses.ts'
import { controlOf } from '../asked.ts'
import type { Answer } from '../looks.ts'
import { apart, given, judgementOf, right, wrong } from '../looks.ts'
import { unknown } from '../../fact.ts'

const path = 'Security.networkAccess.ipRanges'

const rangeOf = (text: string): { readonly from: string; readonly to: string } => {
  const [from = '', to = from] = text.split('-')
  return { from: from.trim(), to: to.trim() }
}

const look = (value: unknown): Answer => {
  const ranges = Array.isArray(value) ? value.map(String) : []
  if (ranges.length === 0)
    return wrong('The org has no trusted ranges, so every login from outside looks like the others.', { ranges: 0 })
  const broad = ranges.filter((range) => isBroad(rangeOf(range)))
  return broad.length === 0
    ? right
    : wrong(
        `Trusts ${broad.join(', ')}: nobody from there is asked for a code, and passwords work without the security token.`,
        {
          ranges: broad.join(' '),
        },
      )
}

export const control = controlOf(
  {
    id: 'trusted-ranges',
    title: 'The org trusts its own networks, and no more',
    severity: 'high',
    why: 'From a trusted range a password is enough. Without any range nothing tells a login from the company from one of a stranger; with the whole internet trusted neither.',
    remedy:
      'In Setup, Network Access, enter the company’s own addresses. A deployment replaces the whole list: take the present one along.',
    effort: 'hours',
    catalogues: { healthCheck: ['NetworkSecurity.trustedIpRangesConfigured'], shr: ['shr_network_access'] },
    profiles: { baseline: {}, strict: {}, 'health-check': {} },
    settings: [path],
  },
  ['settings'],
  ({ facts: { settings } }) => {
    const fact = settings[path] ?? unknown('not-collected', 'this setting was not collected')
    const answer = fact.is === 'unknown' && fact.why === 'not-provisioned' ? apart : given(fact, look)
    return judgementOf([{ ...answer, subject: `setting:${path}` }], {
      noun: ['list of trusted ranges', 'lists of trusted ranges'],
      wrong: 'trusted too widely, or nothing named',
    })
  },
)
