/**
 * Which safe fixes are safe together. Each is judged against the org as it is now; one that takes away what another
 * relied on (a permission that exempts from a password’s end, a relaxation that exempts from ranges) makes both wrong. Of
 * such only the first is made; the next run judges the other against the org as it is then.
 */
import type { Restriction } from '../impact/restriction.ts'
import { isSafe } from './plan-fixes.ts'
import type { ImpactedFix } from './plan-fixes.ts'

type Kind = Restriction['is']

/** What decides who may come from where, each through the others. */
const addresses: readonly Kind[] = ['login-addresses', 'app-addresses', 'token-addresses', 'session-address']

/** What a permission may exempt from, or give access by. */
const exempted: readonly Kind[] = [
  ...(['passwords-expire', 'mfa', 'api-access-control', 'soap-login-off', 'permitted-users'] as const),
  ...(['my-domain-only', 'login-hours', ...addresses] as const),
]

/** Whom an app is permitted to, and what of it the org lets in. */
const permitted: readonly Kind[] = ['permitted-users', 'api-access-control']

const disturbs = (one: Kind, other: Kind): boolean =>
  (addresses.includes(one) && addresses.includes(other)) ||
  (one === 'permission-removed' && exempted.includes(other)) ||
  (permitted.includes(one) && permitted.includes(other) && one !== other)

/** Of one control the fixes were planned together. */
const collide = (a: ImpactedFix, b: ImpactedFix): boolean =>
  a.control.id !== b.control.id &&
  a.restricts.some((one) => b.restricts.some((other) => disturbs(one.is, other.is) || disturbs(other.is, one.is)))

export interface SafeTogether {
  readonly now: readonly ImpactedFix[]
  /** Safe by themselves, to be judged again after these. */
  readonly later: readonly ImpactedFix[]
}

/** In the order of the plan, which is that of the audit: the gravest first. */
export const safeTogether = (fixes: readonly ImpactedFix[]): SafeTogether => {
  const now: ImpactedFix[] = []
  const later: ImpactedFix[] = []
  for (const fix of fixes.filter(isSafe)) (now.some((one) => collide(one, fix)) ? later : now).push(fix)
  return { now, later }
}
