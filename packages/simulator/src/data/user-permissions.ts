/**
 * The user permissions this org knows, by their API names without the `Permissions` prefix. Profiles and permission
 * sets have one checkbox each. Names that are gated by edition (API Access Control, MFA bypass) are absent, as they
 * are in most orgs: a client that selects them gets INVALID_FIELD.
 */
export const userPermissions = [
  'ApiEnabled',
  'ApiUserOnly',
  'AssignPermissionSets',
  'AuthorApex',
  'BulkApiHardDelete',
  'CanApproveUninstalledApps',
  'ClientSecretRotation',
  'CustomizeApplication',
  'DataExport',
  'ExportReport',
  'ExternalClientAppAdmin',
  'ExternalClientAppDeveloper',
  'ExternalClientAppViewer',
  'ForceTwoFactor',
  'FreezeUsers',
  'InstallPackaging',
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
  'ViewAllData',
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

export const permissionColumn = (permission: string): string => `Permissions${permission}`

export function isUserPermission(name: string): name is UserPermission {
  return (userPermissions as readonly string[]).includes(name)
}
