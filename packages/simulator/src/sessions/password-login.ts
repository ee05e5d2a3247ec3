/**
 * A user name and a password (with the security token behind it, from an untrusted address): what SOAP login(), the
 * username-password flow and the login page share, each with its own wire for the same outcome.
 */
import type { Call } from '../oauth/context.ts'
import { hasPermission } from '../data/index.ts'
import { isWithinHours } from '../oauth/user-policy.ts'
import type { Org } from '../state/org.ts'
import { passwordPolicyOf } from '../state/password-policy.ts'
import { updateUser, userByName } from '../state/users.ts'
import type { SimUser } from '../state/users.ts'
import { isWithin } from './addresses.ts'

export type PasswordOutcome =
  | { readonly kind: 'ok'; readonly user: SimUser }
  | { readonly kind: 'unknown-user' }
  | {
      readonly kind:
        | 'wrong-password'
        | 'locked'
        | 'inactive'
        | 'frozen'
        | 'restricted-address'
        | 'restricted-time'
        | 'token-wanted'
        | 'second-factor'
        | 'rate'
      readonly user: SimUser
      /** What LoginHistory says. */
      readonly status: string
    }

const hour = 3_600_000

/** Counts a login; the one too many shuts the user out for an hour from then. */
function countsBeyond(org: Org, user: SimUser): boolean {
  const now = org.now()
  const { loginsPerHour } = org.settings()
  const fresh = now - user.hourStart >= hour
  if (!fresh && user.hourLogins > loginsPerHour) return true
  const hourLogins = fresh ? 1 : user.hourLogins + 1
  const beyond = hourLogins > loginsPerHour
  updateUser(org, user.id, fresh || beyond ? { hourStart: now, hourLogins } : { hourLogins })
  return beyond
}

export function judgePassword(call: Call, username: string, secret: string, use: 'api' | 'browser'): PasswordOutcome {
  const { org } = call
  const user = userByName(org, username)
  if (user === undefined) return { kind: 'unknown-user' }
  const now = org.now()
  if (use === 'api' && countsBeyond(org, user)) return { kind: 'rate', user, status: 'Login rate exceeded' }
  if (!user.active) return { kind: 'inactive', user, status: 'User is Inactive' }
  if (user.frozen) return { kind: 'frozen', user, status: 'User Is Frozen' }
  if (user.lockedUntil > now) return { kind: 'locked', user, status: 'Password Lockout' }

  const trusted =
    use === 'browser' || isWithin(call.source, org.settings().trustedAddresses) || user.loginAddresses !== null
  const withToken = user.securityToken !== '' && secret === user.password + user.securityToken
  const takesToken = use === 'api' && !(trusted && org.settings().tokenFromTrusted === 'refused')
  const right = (withToken && takesToken) || (trusted && secret === user.password)
  if (!right) {
    // The password alone is right: Salesforce says that the token is missing, without counting it as a wrong password.
    if (secret === user.password) return { kind: 'token-wanted', user, status: 'Failed: API security token required' }
    const { lockoutAttempts, lockoutMs } = passwordPolicyOf(org, user)
    const failed = user.failedLogins + 1
    const locks = lockoutAttempts !== null && failed >= lockoutAttempts
    updateUser(org, user.id, {
      failedLogins: locks ? 0 : failed,
      ...(locks ? { lockedUntil: lockoutMs === null ? Number.MAX_SAFE_INTEGER : now + lockoutMs } : {}),
    })
    return { kind: 'wrong-password', user, status: 'Invalid Password' }
  }
  // "MFA for API logins" wants a code of an authenticator in the token's place, and no machine has one.
  if (use === 'api' && hasPermission(org, user.id, 'TwoFactorApi'))
    return { kind: 'second-factor', user, status: 'Multi-factor required' }
  if (user.loginAddresses !== null && !isWithin(call.source, user.loginAddresses)) {
    return { kind: 'restricted-address', user, status: 'Restricted IP' }
  }
  if (!isWithinHours(call, user)) return { kind: 'restricted-time', user, status: 'Restricted time' }
  if (user.failedLogins > 0) updateUser(org, user.id, { failedLogins: 0 })
  return { kind: 'ok', user }
}
