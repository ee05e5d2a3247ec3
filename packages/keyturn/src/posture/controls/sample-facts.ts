/** What the cases of controls are made of: an app, a user, a profile as they should be, and the ways to change them. */
import { known, unknown } from '../fact.ts'
import type { AppFact, CertificateFact, LoginUse, ProfileFact, TokenInventory, UserFact } from '../facts.ts'

export const day = 86_400_000
/** When the cases' snapshots were taken. */
export const now = Date.UTC(2026, 10, 2, 9)

export const hidden = unknown('permission', 'the auditor may not see it', 'Customize Application')
export const absent = unknown('not-provisioned', 'this org does not have it')

export const sampleApp = (changes: Partial<AppFact> = {}): AppFact => ({
  kind: 'external',
  id: '0xI000000000001',
  name: 'Erp',
  label: 'ERP',
  namespace: null,
  origin: known('local'),
  oauth: known(true),
  blocked: known(false),
  scopes: known(['Api', 'RefreshToken']),
  callbacks: known(['https://erp.example.com/callback']),
  permittedUsers: known('admin'),
  permittedProfiles: known([]),
  permittedPermissionSets: known(['Erp_Access']),
  permittedUserCount: known(1),
  ipRelaxation: known('ENFORCE'),
  trustedIpRanges: known([{ from: '203.0.113.10', to: '203.0.113.20' }]),
  refreshTokenPolicy: known({
    declared: 'specific_inactivity:30:DAYS',
    effective: 'specific_inactivity:30:DAYS',
    idleDays: 30,
    lifetimeDays: null,
  }),
  rotation: known(true),
  pkceRequired: known(true),
  secretRequiredForWebServer: known(true),
  secretRequiredForRefresh: known(true),
  idleTtl: known(true),
  tokenIpRanges: known([{ from: '203.0.113.10', to: '203.0.113.20' }]),
  flows: known(['web-server']),
  secretRequiredForTokenExchange: known(true),
  runsAs: known(null),
  idToken: known(null),
  accessTokenFormat: known('opaque'),
  sessionTimeoutMinutes: known(15),
  introspectsAllTokens: known(false),
  certificate: known(null),
  tokens: known({ count: 1, users: 1, lastUsed: now - day }),
  lastLogin: known(now - day),
  ...changes,
})

export const applist = (
  ...all: readonly Partial<AppFact>[]
): { readonly apps: ReturnType<typeof known<readonly AppFact[]>> } => ({
  apps: known(all.map(sampleApp)),
})

export const sampleUser = (changes: Partial<UserFact> = {}): UserFact => ({
  id: '005000000000001',
  username: 'ann@example.com',
  name: 'Ann',
  profile: 'Sales',
  profileId: '00e000000000001',
  systemAdministrator: false,
  userType: 'Standard',
  license: 'Salesforce',
  active: true,
  frozen: known(false),
  created: now - 400 * day,
  lastLogin: now - day,
  passwordChanged: known(now - 20 * day),
  permissions: known([]),
  objects: known({ delete: [], allRecords: [], allFields: [] }),
  permissionSets: known([]),
  nature: { is: 'person', why: 'logs in to the user interface' },
  mfaMethods: known(['security-key']),
  ...changes,
})

/** A machine as it should be. */
export const machine = (changes: Partial<UserFact> = {}): UserFact =>
  sampleUser({
    id: '005000000000002',
    username: 'erp@example.com',
    name: 'ERP',
    profile: 'Erp Integration',
    profileId: '00e000000000002',
    license: 'Salesforce Integration',
    permissions: known(['ApiEnabled', 'ApiUserOnly']),
    nature: { is: 'machine', why: 'API only, with the integration licence' },
    mfaMethods: known([]),
    ...changes,
  })

export const userlist = (
  ...all: readonly UserFact[]
): { readonly users: ReturnType<typeof known<readonly UserFact[]>> } => ({
  users: known(all),
})

export const sampleProfile = (changes: Partial<ProfileFact> = {}): ProfileFact => ({
  id: '00e000000000002',
  name: 'Erp Integration',
  custom: true,
  activeUsers: known(1),
  loginHours: known(true),
  loginRanges: known([{ from: '203.0.113.10', to: '203.0.113.20' }]),
  overrides: known({}),
  permissions: known([]),
  ...changes,
})

export const profilelist = (
  ...all: readonly Partial<ProfileFact>[]
): { readonly profiles: ReturnType<typeof known<readonly ProfileFact[]>> } => ({
  profiles: known(all.map(sampleProfile)),
})

export const sampleCertificate = (changes: Partial<CertificateFact> = {}): CertificateFact => ({
  name: 'Erp_Signing',
  notAfter: now + 300 * day,
  keyBits: 4096,
  usedBy: unknown('not-collected', 'nothing was read for it'),
  ...changes,
})

export const inventory = (changes: Partial<TokenInventory> = {}): TokenInventory => ({
  counted: 1,
  read: 1,
  complete: true,
  why: 'read as many as were counted',
  tokens: [
    {
      app: 'Erp',
      appId: '0xI000000000001',
      user: 'erp@example.com',
      created: now - 60 * day,
      lastUsed: now - day,
      useCount: 40,
    },
  ],
  ...changes,
})

export const sampleLogin = (changes: Partial<LoginUse> = {}): LoginUse => ({
  user: 'erp@example.com',
  type: 'Remote Access 2.0',
  subType: 'OAuth Refresh Token',
  application: 'Erp',
  client: null,
  address: '203.0.113.10',
  worked: 40,
  failed: 0,
  last: now - day,
  ...changes,
})

export const logins = (...uses: readonly Partial<LoginUse>[]) => ({
  logins: known({ days: 30, rows: uses.length, uses: uses.map(sampleLogin) }),
})
