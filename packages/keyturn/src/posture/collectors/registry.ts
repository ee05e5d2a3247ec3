/** Which collector brings which family. What isn't here comes from elsewhere: repositories, Keyturn's own store. */
import type { Facts, Family } from '../facts.ts'
import type { Collecting } from '../collector.ts'
import { collectApps } from './apps/apps.ts'
import { collectAuditTrail } from './audit-trail.ts'
import { collectCertificates } from './certificates.ts'
import { collectHealthCheck } from './health-check.ts'
import { collectLogins } from './logins/logins.ts'
import {
  collectContentLinks,
  collectDeployments,
  collectEventLogs,
  collectGuestAccess,
  collectRemoteSites,
} from './org-surface.ts'
import { collectProfiles } from './profiles/profiles.ts'
import { collectSettings } from './settings.ts'
import { collectTokens } from './tokens/tokens.ts'
import { collectPermissionNames, collectPermissionSetGroups, collectPermissionSets } from './users/permission-facts.ts'
import { collectUsers } from './users/users.ts'

type Collectors = { readonly [F in Family]?: (collecting: Collecting) => Promise<Facts[F]> }

export const collectors: Collectors = {
  apps: collectApps,
  tokens: collectTokens,
  users: collectUsers,
  permissionNames: collectPermissionNames,
  permissionSets: collectPermissionSets,
  permissionSetGroups: collectPermissionSetGroups,
  profiles: collectProfiles,
  settings: collectSettings,
  certificates: collectCertificates,
  remoteSites: collectRemoteSites,
  guestAccess: collectGuestAccess,
  deployments: collectDeployments,
  contentLinks: collectContentLinks,
  eventLogs: collectEventLogs,
  healthCheck: collectHealthCheck,
  logins: collectLogins,
  auditTrail: collectAuditTrail,
}
