/**
 * What every simulated org starts with: licences, profiles, permission sets and the Organization row; and, once there
 * is a user to own them, a few records. The same org and clock give the same rows.
 */
import type { SimOrg } from '../route.ts'
import { administratorProfile } from './access.ts'
import { everything, insertPermissionSet, insertProfile } from './grants.ts'
import { integrationLicense, integrationSetLicense } from './licenses.ts'
import { automatedProcess, insertRow } from './rows.ts'
import { userPermissions, type UserPermission } from './user-permissions.ts'

interface SeedOptions {
  readonly organizationName?: string
  readonly instanceName?: string
  readonly isSandbox?: boolean
}

export interface SeededData {
  /** Profile ids by name. */
  readonly profiles: Readonly<Record<ProfileName, string>>
  /** Permission set ids by name. */
  readonly permissionSets: Readonly<Record<PermissionSetName, string>>
}

export type ProfileName = 'System Administrator' | 'Standard User' | 'Minimum Access - API Only Integrations'
export type PermissionSetName = 'Billing_Sync_Integration' | 'Security_Audit_Light' | 'Security_Audit_Full'

/** Checkboxes that restrict their holder, or that no administrator has from the start. */
const notForAdministrators: ReadonlySet<string> = new Set<UserPermission>([
  'ApiUserOnly',
  'BreakGlassLoginAllowed',
  'BulkApiHardDelete',
  'BypassMFAForUiLogins',
  'CanApproveUninstalledApps',
  'CanDoActAsUser',
  'ClientSecretRotation',
  'ForceTwoFactor',
  'MustUseSso',
  'PasswordNeverExpires',
  'QueryAllFiles',
  'SkipIdentityConfirmation',
  'TransactionSecurityExempt',
  'TwoFactorApi',
  'UseAnyApiAuth',
  'UseAnyApiClient',
  'ViewClientSecret',
  'ViewEncryptedData',
])

const audit: readonly UserPermission[] = [
  'ApiEnabled',
  'ViewSetup',
  'ViewAllUsers',
  'ViewAllProfiles',
  'MonitorLoginHistory',
  'ViewSetupAuditTrail',
  'ViewEventLogFiles',
  'ViewHealthCheck',
]

export function seedData(org: SimOrg, options: SeedOptions = {}): SeededData {
  org.db.exec('SAVEPOINT seed_data')
  insertRow(org, 'User', {
    Username: `autoproc@${org.id.toLowerCase()}`,
    LastName: automatedProcess,
    Email: `autoproc@${org.id.toLowerCase()}`,
    Alias: 'autoproc',
    UserType: 'AutomatedProcess',
  })
  insertRow(org, 'Organization', {
    Id: org.id,
    Name: options.organizationName ?? 'Acme Corp',
    PrimaryContact: 'Ada Admin',
    OrganizationType: 'Enterprise Edition',
    InstanceName: options.instanceName ?? 'SIM1',
    IsSandbox: options.isSandbox ?? false,
  })
  const full = license(org, 'Salesforce', 'SFDC', 50)
  const integration = license(org, integrationLicense, 'SalesforceIntegration', 5)
  insertRow(org, 'PermissionSetLicense', {
    DeveloperName: integrationSetLicense,
    MasterLabel: 'Salesforce API Integration',
    PermissionSetLicenseKey: integrationSetLicense,
    TotalLicenses: 5,
    UsedLicenses: 0,
  })
  const profiles = {
    [administratorProfile]: insertProfile(org, administratorProfile, full, {
      permissions: userPermissions.filter((permission) => !notForAdministrators.has(permission)),
      objects: everything,
    }),
    'Standard User': insertProfile(org, 'Standard User', full, {
      permissions: ['ApiEnabled', 'ViewSetup', 'ExportReport'],
      objects: everything,
    }),
    // API only, and no object at all: everything an integration may touch has to come from a permission set.
    'Minimum Access - API Only Integrations': insertProfile(
      org,
      'Minimum Access - API Only Integrations',
      integration,
      {
        permissions: ['ApiEnabled', 'ApiUserOnly'],
        objects: {},
      },
    ),
  }
  const permissionSets = {
    Billing_Sync_Integration: insertPermissionSet(org, 'Billing_Sync_Integration', 'Billing Sync Integration', {
      permissions: ['ApiEnabled', 'ViewSetup'],
      objects: {
        Account: { rights: 'rce', hidden: ['AnnualRevenue', 'Margin__c'], readOnly: ['Industry', 'Region__c'] },
        Contact: { rights: 'rce', hidden: ['Birthdate', 'MobilePhone'], readOnly: ['LeadSource'] },
        Opportunity: { rights: 'r', hidden: ['Probability'] },
        Invoice__c: { rights: 'rced' },
      },
    }),
    Security_Audit_Light: insertPermissionSet(org, 'Security_Audit_Light', 'Security Audit (light)', {
      permissions: audit,
      objects: {},
    }),
    Security_Audit_Full: insertPermissionSet(org, 'Security_Audit_Full', 'Security Audit (full)', {
      permissions: [...audit, 'ManageUsers', 'CustomizeApplication', 'ManageTwoFactor', 'ModifyMetadata'],
      objects: {},
    }),
  }
  org.db.exec('RELEASE seed_data')
  return { profiles, permissionSets }
}

function license(org: SimOrg, name: string, key: string, total: number): string {
  return insertRow(org, 'UserLicense', {
    Name: name,
    MasterLabel: name,
    LicenseDefinitionKey: key,
    Status: 'Active',
    TotalLicenses: total,
    UsedLicenses: 1,
  })
}
