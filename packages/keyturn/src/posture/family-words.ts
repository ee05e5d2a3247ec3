/** What people call the families of facts, in the middle of a sentence. */
import type { Family } from './facts.ts'

export const familyWords: Readonly<Record<Family, string>> = {
  apps: 'apps',
  tokens: 'OAuth tokens',
  users: 'users',
  permissionNames: 'names of permissions',
  permissionSets: 'permission sets',
  permissionSetGroups: 'permission set groups',
  profiles: 'profiles',
  settings: 'settings',
  certificates: 'certificates',
  remoteSites: 'remote sites',
  guestAccess: 'guest access',
  deployments: 'deployments',
  contentLinks: 'public links to files',
  eventLogs: 'event logs',
  healthCheck: 'Health Check',
  logins: 'logins',
  auditTrail: 'Setup Audit Trail',
  repository: 'repositories',
  keyturn: 'Keyturn’s own schedules',
}
