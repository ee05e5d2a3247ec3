/** Profiles and permission sets that grew over the years: dangerous rights in many places, under harmless names. */
import { insertPermissionSet, insertProfile } from '../../data/grants.ts'
import { insertRow } from '../../data/index.ts'
import { permissionColumn } from '../../data/user-permissions.ts'
import type { UserPermission } from '../../data/user-permissions.ts'
import { idOf } from './world.ts'
import type { World } from './world.ts'

type Declared = readonly [name: string, permissions: readonly UserPermission[]]

const business = {
  Account: { rights: 'rced' },
  Contact: { rights: 'rced' },
  Opportunity: { rights: 'rced' },
  Case: { rights: 'rced' },
}

/** Made by cloning, as one does. */
const profiles: readonly Declared[] = [
  ['Sales User (2014 clone)', ['ApiEnabled', 'ViewSetup', 'ExportReport', 'ViewAllData']],
  ['Support Agent', ['ApiEnabled', 'ExportReport', 'ViewSetup', 'PasswordNeverExpires']],
  ['Integration (full access)', ['ApiEnabled', 'ModifyAllData', 'ViewAllData', 'ViewSetup', 'PasswordNeverExpires']],
  ['Finance', ['ApiEnabled', 'ExportReport', 'DataExport', 'ViewEncryptedData']],
  ['Unused Old Profile', ['ApiEnabled', 'ModifyAllData', 'AuthorApex', 'ViewSetup']],
]

const sets: readonly Declared[] = [
  ['API_Access_Everyone', ['ApiEnabled']],
  ['Data_Admin', ['ModifyAllData', 'ViewAllData', 'BulkApiHardDelete', 'ExportReport']],
  ['Developer_Access', ['AuthorApex', 'CustomizeApplication', 'ModifyMetadata', 'ViewSetup']],
  ['User_Manager', ['ManageUsers', 'ManageInternalUsers', 'ResetPasswords', 'AssignPermissionSets']],
  ['Report_Export', ['ExportReport', 'DataExport', 'QueryAllFiles']],
  ['Any_API_Client', ['ApiEnabled', 'UseAnyApiClient']],
  ['Approve_Uninstalled_Apps', ['CanApproveUninstalledApps']],
  ['SOAP_Login_Allowed', ['UseAnyApiAuth', 'ApiEnabled']],
  ['MFA_Exempt', ['BypassMFAForUiLogins', 'SkipIdentityConfirmation']],
  ['MFA_For_API_Logins', ['TwoFactorApi']],
  ['MFA_For_UI_Logins', ['ForceTwoFactor']],
  ['Never_Expires', ['PasswordNeverExpires']],
  ['App_Manager', ['ManageRemoteAccess', 'ViewClientSecret', 'ClientSecretRotation', 'ExternalClientAppAdmin']],
  ['Temporary_Admin_2024', ['ModifyAllData', 'ViewAllData', 'ManageUsers', 'CustomizeApplication', 'AuthorApex']],
  ['Billing_Sync_App', ['ApiEnabled']],
  ['Policy_Editor', ['ManagePasswordPolicies', 'ManageIpAddresses', 'ManageLoginAccessPolicies', 'ManageHealthCheck']],
  ['Vendor_Package_Access', ['ApiEnabled', 'ViewAllData']],
]

const known = `SELECT Id, Name FROM Profile UNION ALL SELECT Id, Name FROM UserLicense
  UNION ALL SELECT Id, Name FROM PermissionSet WHERE IsOwnedByProfile = 0`

export function makePermissions(world: World): void {
  const { org, ids, name } = world
  for (const row of org.sql(known).all()) ids.set(String(row['Name']), String(row['Id']))
  for (const [label, permissions] of profiles)
    ids.set(label, insertProfile(org, label, idOf(world, 'Salesforce'), { permissions, objects: business }))
  for (const [api, permissions] of sets) {
    const label = api === 'Report_Export' ? name('Report Export', 'formula') : api.replaceAll('_', ' ')
    ids.set(api, insertPermissionSet(org, api, label, { permissions, objects: {} }))
  }
  org
    .sql('UPDATE PermissionSet SET NamespacePrefix = ? WHERE Id = ?')
    .run('drift', idOf(world, 'Vendor_Package_Access'))
  org
    .sql('UPDATE PermissionSet SET HasActivationRequired = 1, Type = ? WHERE Id = ?')
    .run('Session', idOf(world, 'Policy_Editor'))
  makeGroups(world)
  makeLicences(world)
}

/** A group’s users hold its aggregate set, which is what its members grant less what is muted, as of its last update. */
function makeGroups(world: World): void {
  const { org, ids } = world
  const group = (api: string, members: readonly string[], status: string, muted: readonly UserPermission[]): void => {
    const groupId = insertRow(org, 'PermissionSetGroup', { DeveloperName: api, MasterLabel: api, Status: status })
    const inSets = members.map((member) => idOf(world, member))
    const granted = sets.filter(([one]) => members.includes(one)).flatMap(([, permissions]) => permissions)
    const left = granted.filter((permission) => !muted.includes(permission))
    const aggregate = insertPermissionSet(org, `${api}_Aggregate`, api, { permissions: left, objects: {} })
    org
      .sql(`UPDATE PermissionSet SET Type = 'Group', IsCustom = 0, PermissionSetGroupId = ? WHERE Id = ?`)
      .run(groupId, aggregate)
    if (muted.length > 0) {
      const columns = Object.fromEntries(muted.map((permission) => [permissionColumn(permission), true]))
      inSets.push(
        insertRow(org, 'MutingPermissionSet', {
          DeveloperName: `${api}_Muting`,
          MasterLabel: `${api} Muting`,
          ...columns,
        }),
      )
    }
    for (const PermissionSetId of inSets)
      insertRow(org, 'PermissionSetGroupComponent', { PermissionSetGroupId: groupId, PermissionSetId })
    ids.set(api, groupId)
    ids.set(`${api}_Aggregate`, aggregate)
  }
  group('Operations', ['Data_Admin', 'User_Manager'], 'Updated', ['BulkApiHardDelete'])
  group('Release_Team', ['Developer_Access', 'App_Manager'], 'Outdated', [])
}

function makeLicences(world: World): void {
  const { org, ids } = world
  for (const [key, label, total] of [
    ['IdentityConnect', 'Identity Connect', 10],
    ['EventMonitoring', 'Event Monitoring', 0],
  ] as const)
    ids.set(
      key,
      insertRow(org, 'PermissionSetLicense', {
        DeveloperName: key,
        MasterLabel: label,
        PermissionSetLicenseKey: `${key}Psl`,
        TotalLicenses: total,
        UsedLicenses: 0,
      }),
    )
}
