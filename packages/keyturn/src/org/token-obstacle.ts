/**
 * Why a user can’t have a security token of its own, or has no use for one: API Only users have no page to reset it on,
 * profiles with login IP ranges need none, and MFA for API logins wants something else in its place.
 */
import type { OrgConnection } from './connection.ts'
import { ifAllowed, metadataProfileName } from './metadata-allowed.ts'
import { readComponent } from './metadata-component.ts'
import { hasPermission } from './org-user.ts'
import type { OrgUser } from './org-user.ts'

/** Null: nothing that the user of this grant can see. */
export const tokenObstacle = async (org: OrgConnection, { id, profile }: OrgUser): Promise<string | null> => {
  if ((await hasPermission(org, id, 'ApiUserOnly')) === true)
    return 'it is an API Only user, which has no page to reset a token on'
  if ((await hasPermission(org, id, 'TwoFactorApi')) === true)
    return 'it needs multi-factor authentication for API logins, which takes no security token'
  const found = await ifAllowed(() => readComponent(org, { type: 'Profile', fullName: metadataProfileName(profile) }))
  const ranges = found?.['loginIpRanges']
  const some = Array.isArray(ranges) ? ranges.length > 0 : ranges !== undefined && ranges !== null
  return some
    ? `its profile “${profile}” has login IP ranges: within them no token is needed, and outside none helps`
    : null
}
