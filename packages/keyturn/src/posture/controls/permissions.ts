/**
 * The user permissions an audit asks for, without the prefix `Permissions`, by what they are dangerous for. Names of the
 * partner and tooling WSDL; three are known from describes of some editions only (`sometimesAbsent`): where an org's
 * describe doesn't know a name, nobody there can have it.
 */

/** Whoever has one of these can give themselves everything else. */
export const takeover = [
  'ModifyAllData',
  'ManageUsers',
  'ManageInternalUsers',
  'AuthorApex',
  'CustomizeApplication',
  'ModifyMetadata',
  'MCPMetadataApi',
  'ManageProfilesPermissionsets',
  'AssignPermissionSets',
  'ManageSessionPermissionSets',
  'ResetPasswords',
  'ManageSharing',
  'ManageRoles',
  'CanDoActAsUser',
  'InstallPackaging',
] as const

/** OAuth apps and their secrets. */
const overApps = [
  'CanApproveUninstalledApps',
  'UseAnyApiClient',
  'ManageRemoteAccess',
  'ExternalClientAppAdmin',
  'ExternalClientAppDeveloper',
  'ClientSecretRotation',
  'ViewClientSecret',
  'ManageAuthProviders',
  'ManageNamedCredentials',
  'ManageCertificates',
] as const

/** Loosen what protects others. */
const overPolicies = [
  'ManageIpAddresses',
  'ManagePasswordPolicies',
  'ManageLoginAccessPolicies',
  'TransactionSecurityExempt',
  'ManageHealthCheck',
] as const

/** Loosen what protects the user's own login. */
const weakLogin = [
  'PasswordNeverExpires',
  'SkipIdentityConfirmation',
  'BreakGlassLoginAllowed',
  'BypassMFAForUiLogins',
] as const

/** Take much out at once, whatever sharing and field-level security say. */
export const exfiltration = [
  'ViewAllData',
  'DataExport',
  'BulkApiHardDelete',
  'QueryAllFiles',
  'ViewEncryptedData',
  'ViewAllFieldsGlobal',
  'ViewAllUsers',
] as const

/** Not dangerous, and needed to judge. */
const neutral = [
  'ApiEnabled',
  'ApiUserOnly',
  'UseAnyApiAuth',
  'ForceTwoFactor',
  'TwoFactorApi',
  'IsSsoEnabled',
  'MustUseSso',
] as const

/** What a machine must not have without a reason: broad rights over data, people, apps and policies. */
export const broadForMachines: readonly string[] = [...takeover, ...overApps, ...overPolicies, ...exfiltration]

/** Privileged in the sense of the platform's own rule for phishing-resistant MFA (2026). */
export const privileged: readonly string[] = ['ModifyAllData', 'ViewAllData', 'CustomizeApplication', 'AuthorApex']

/** All that collectors look for. */
export const askedPermissions: readonly string[] = [
  ...takeover,
  ...overApps,
  ...overPolicies,
  ...weakLogin,
  ...exfiltration,
  ...neutral,
]
