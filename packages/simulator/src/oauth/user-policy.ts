/** Whether this user may use this app from this address now: the checks that every flow shares. */
import { hasPermission } from '../data/index.ts'
import type { SimApp } from '../state/apps.ts'
import { isPreAuthorized } from '../state/pre-authorized.ts'
import type { SimUser } from '../state/users.ts'
import { isWithin } from '../sessions/addresses.ts'
import type { Call } from './context.ts'
import type { RefusalReason } from './refusal.ts'

interface Objection {
  readonly reason: RefusalReason
  /** What LoginHistory says. */
  readonly status: string
}

/** An assertion is held to the ranges whatever the app relaxes. */
type Use = 'refresh' | 'login' | 'assertion'

export function objectionTo(call: Call, user: SimUser, app: SimApp, use: Use): Objection | undefined {
  const { settings } = app
  if (call.org.settings().inactive) return { reason: 'inactive-org', status: 'Organization is inactive' }
  if (settings.blocked) return { reason: 'blocked', status: 'Failed: App Blocked' }
  if (!user.active) return { reason: 'inactive-user', status: 'User is Inactive' }
  if (user.frozen) return { reason: 'inactive-user', status: 'User Is Frozen' }
  // API Access Control holds for all but those who may use any API client.
  const controlled =
    call.org.settings().apiAccessControl === 'on' && !hasPermission(call.org, user.id, 'UseAnyApiClient')
  const adminOnly = settings.permittedUsers === 'admin' || controlled
  if (adminOnly && !isPreAuthorized(call.org, app, user)) {
    return { reason: 'not-admin-approved', status: 'Failed: Not approved for access' }
  }
  const relaxed =
    use !== 'assertion' &&
    (settings.ipRelaxation === 'BYPASS' ||
      settings.ipRelaxation === 'BYPASS_2FACTOR' ||
      (use === 'refresh' && settings.ipRelaxation === 'ENFORCE_RELAXREFRESH'))
  if (user.loginAddresses !== null && !relaxed && !isWithin(call.source, user.loginAddresses)) {
    return { reason: 'ip-restricted', status: 'Restricted IP' }
  }
  if (
    use === 'refresh' &&
    settings.refreshTokenIpAllowlist !== null &&
    !isWithin(call.source, settings.refreshTokenIpAllowlist)
  ) {
    return { reason: 'ip-restricted', status: 'Failed: IP Address Not Allowed' }
  }
  return undefined
}

/** Login hours apply to logging in, not to refreshing. */
export function isWithinHours(call: Call, user: SimUser): boolean {
  if (user.loginHours === null) return true
  const date = new Date(call.org.now())
  const minute = date.getUTCHours() * 60 + date.getUTCMinutes()
  const hours = 'days' in user.loginHours ? user.loginHours.days[date.getUTCDay()] : user.loginHours
  return hours != null && minute >= hours.from && minute < hours.to
}
