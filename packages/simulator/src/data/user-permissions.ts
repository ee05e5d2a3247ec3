/**
 * The user permissions this org knows, by their API names without the `Permissions` prefix. Profiles and permission
 * sets have one checkbox each. Those that are gated (API Access Control, MFA bypass) are absent unless the org has what
 * opens the gate, as in most orgs: a client that selects them gets INVALID_FIELD.
 */
import type { Gate } from './data-switches.ts'

export const userPermissions = [
  'ApiEnabled',
  'ApiUserOnly',
  'AssignPermissionSets',
  'AuthorApex',
  'BreakGlassLoginAllowed',
  'BulkApiHardDelete',
  'BypassMFAForUiLogins',
  'CanApproveUninstalledApps',
  'CanDoActAsUser',
  'ClientSecretRotation',
  'CustomizeApplication',
  'DataExport',
  'DelegatedTwoFactor',
  'EventLogReadAccess',
  'ExportReport',
  'ExternalClientAppAdmin',
  'ExternalClientAppDeveloper',
  'ExternalClientAppViewer',
  'ForceTwoFactor',
  'FreezeUsers',
  'InstallPackaging',
  'MCPMetadataApi',
  'ManageAuthProviders',
  'ManageCertificates',
  'ManageDataIntegrations',
  'ManageHealthCheck',
  'ManageInternalUsers',
  'ManageIpAddresses',
  'ManageLoginAccessPolicies',
  'ManageNamedCredentials',
  'ManagePasswordPolicies',
  'ManageProfilesPermissionsets',
  'ManageRemoteAccess',
  'ManageRoles',
  'ManageSandboxes',
  'ManageSessionPermissionSets',
  'ManageSharing',
  'ManageTwoFactor',
  'ManageUsers',
  'ModifyAllData',
  'ModifyMetadata',
  'MonitorLoginHistory',
  'MustUseSso',
  'PasswordNeverExpires',
  'QueryAllFiles',
  'ResetPasswords',
  'SkipIdentityConfirmation',
  'TransactionSecurityExempt',
  'TwoFactorApi',
  'UseAnyApiAuth',
  'UseAnyApiClient',
  'ViewAllCustomSettings',
  'ViewAllData',
  'ViewAllFieldsGlobal',
  'ViewAllProfiles',
  'ViewAllUsers',
  'ViewClientSecret',
  'ViewEncryptedData',
  'ViewEventLogFiles',
  'ViewHealthCheck',
  'ViewSetup',
  'ViewSetupAuditTrail',
] as const

export type UserPermission = (typeof userPermissions)[number]

/** What has to be there for the permission to exist. */
export const permissionGate = (permission: UserPermission): Gate | null =>
  permission === 'UseAnyApiClient'
    ? 'apiAccessControl'
    : permission === 'BypassMFAForUiLogins'
      ? 'mfaBypassPermission'
      : null

export const permissionColumn = (permission: string): string => `Permissions${permission}`

export function isUserPermission(name: string): name is UserPermission {
  return (userPermissions as readonly string[]).includes(name)
}
