/**
 * Which permission what takes, and of which families it is a part: what collectors ask before they read, and what the
 * preflight of an audit says beforehand.
 */
import type { Facts, Family } from '../facts.ts'
import type { Needs } from './attempt.ts'

interface FamilyNeeds extends Needs {
  readonly of: readonly Family[]
}

const needs = (what: string, anyOf: Needs['anyOf'], ...of: readonly Family[]): FamilyNeeds => ({ what, anyOf, of })

/** Others see themselves only. */
export const seesUsers = needs(
  'the users of the org',
  ['ViewAllUsers', 'ManageUsers', 'ViewAllData', 'ModifyAllData'],
  ...(['apps', 'tokens', 'users'] as const),
)
export const seesFrozen = needs('which users are frozen', ['ManageUsers'], 'users')
export const seesMethods = needs('registered MFA methods', ['ManageTwoFactor'], 'users')
export const seesPermissions = needs(
  'permission sets',
  ['ViewSetup'],
  ...(['users', 'permissionSets', 'permissionSetGroups', 'guestAccess'] as const),
)
export const seesProfiles = needs('profiles', ['ViewSetup'], 'profiles')
export const countsProfiles = needs('profiles', ['ViewSetup', 'ManageUsers'], 'profiles')
export const seesApps = needs('connected apps', ['ViewSetup', 'CustomizeApplication'], 'apps')
export const seesExternalApps = needs('external client apps', ['ViewSetup', 'CustomizeApplication'], 'apps')
export const seesAppMenu = needs('the app menu', ['ViewSetup'], 'apps')
export const seesAppAccess = needs('who may use which app', ['ViewSetup'], 'apps')
/** Others see their own rows only, without a word about it. */
export const seesTokens = needs('OAuth tokens', ['CustomizeApplication'], 'tokens', 'apps')
export const seesUsage = needs('the usage of external client apps', ['CustomizeApplication'], 'tokens')
/** Others see their own logins only, without a word about it. */
export const seesLogins = needs('logins', ['MonitorLoginHistory', 'ManageUsers'], 'logins', 'users')
export const seesTrail = needs('the Setup Audit Trail', ['ViewSetup', 'ViewSetupAuditTrail'], 'auditTrail')
export const seesHealthCheck = needs('Health Check', ['ViewSetup', 'ViewHealthCheck'], 'healthCheck')
export const seesCertificates = needs('certificates', ['ViewSetup'], 'certificates')
export const seesRemoteSites = needs('remote sites', ['ViewSetup'], 'remoteSites')
export const seesDeployments = needs('deployments', ['ViewSetup', 'ModifyMetadata'], 'deployments')
export const seesContentLinks = needs(
  'public links to files',
  ['QueryAllFiles', 'ViewAllData', 'ModifyAllData'],
  'contentLinks',
)
export const seesEventLogs = needs('event log files', ['ViewEventLogFiles', 'ViewAllData'], 'eventLogs')
/** Where metadata is not to be had, Tooling shows the settings of Security alone. */
export const seesSecuritySettings = needs('Security settings', ['ViewSetup'], 'settings')

/** `ModifyAllData` stands in for it. */
const metadata = needs(
  'metadata',
  ['ModifyMetadata', 'ModifyAllData'],
  ...(['apps', 'users', 'profiles', 'settings'] as const),
)
export const readsMetadata = (what: string): Needs => ({ ...metadata, what })

export const allNeeds: readonly FamilyNeeds[] = [
  ...[seesUsers, seesFrozen, seesMethods, seesPermissions, seesProfiles, countsProfiles, seesApps, seesExternalApps],
  ...[seesAppMenu, seesAppAccess, seesTokens, seesUsage, seesLogins, seesTrail, seesHealthCheck, seesCertificates],
  ...[seesRemoteSites, seesDeployments, seesContentLinks, seesEventLogs, seesSecuritySettings, metadata],
]

/** Every one of these is needed to know all of a family; any permission of each. What comes from elsewhere needs none. */
export const needsOf = (family: keyof Facts): readonly Needs[] => allNeeds.filter(({ of }) => of.includes(family))
