/** What a new org holds: users, apps and their credentials, made from a seed. */
import {
  assignIntegrationLicense,
  assignPermissionSet,
  countLicenses,
  createDataTables,
  giveUserPermissions,
  insertRow,
  seedData,
  seedRecords,
} from '../data/index.ts'
import type { PermissionSetName, ProfileName } from '../data/seed.ts'
import type { UserPermission } from '../data/user-permissions.ts'
import { allApps, insertApp } from './apps.ts'
import { clientKey, pemOf } from './keys.ts'
import type { Org } from './org.ts'
import { showExpiry } from './password-policy.ts'
import { newSecurityToken } from './passwords.ts'
import { patchSettings } from './patch-settings.ts'
import { defaultAppSettings } from './settings.ts'
import type { AppSettings, OrgSettings } from './settings.ts'
import { linkSobjects } from './tables.ts'
import { allUsers, insertUser } from './users.ts'

export interface UserSpec {
  readonly username: string
  readonly password?: string
  readonly securityToken?: string
  readonly email?: string
  readonly firstName?: string
  readonly lastName?: string
  /** One that every org has, or one that a scenario made. */
  readonly profile?: ProfileName | (string & {})
  readonly permissionSets?: readonly PermissionSetName[]
  /** Through a permission set of its own. */
  readonly permissions?: readonly UserPermission[]
  readonly apiOnly?: boolean
}

export interface AppSpec {
  readonly name: string
  /** Default: a connected app. */
  readonly kind?: 'connected' | 'external'
  readonly clientId?: string
  readonly clientSecret?: string
  readonly callbacks?: readonly string[]
  readonly scopes?: readonly string[]
  /** True: a key pair is made; a text: PEM of a public key or certificate. */
  readonly jwt?: boolean | string
  readonly settings?: Partial<AppSettings>
}

export interface OrgSpec {
  /** Short name: letters, digits, hyphens. */
  readonly name: string
  readonly title?: string
  readonly sandbox?: boolean
  readonly users?: readonly UserSpec[]
  readonly apps?: readonly AppSpec[]
  readonly settings?: Partial<OrgSettings>
  /** What a scenario puts into the org besides, once, when it is new. */
  readonly fill?: (org: Org) => void
}

export interface SeededUser {
  readonly id: string
  readonly username: string
  readonly password: string
  readonly securityToken: string
  readonly profile: string
  readonly apiOnly: boolean
}

export interface SeededApp {
  readonly id: string
  readonly name: string
  readonly clientId: string
  readonly clientSecret: string
  readonly callbacks: readonly string[]
  readonly scopes: readonly string[]
  /** PEM, for apps that take JWT assertions. */
  readonly privateKey: string | null
  readonly publicKey: string | null
}

export interface SeededOrg {
  readonly id: string
  readonly name: string
  readonly title: string
  readonly instanceUrl: string
  readonly users: readonly SeededUser[]
  readonly apps: readonly SeededApp[]
}

const integrationProfile: ProfileName = 'Minimum Access - API Only Integrations'

const usersOf = (spec: OrgSpec): readonly UserSpec[] =>
  spec.users ?? [
    { username: `admin@${spec.name}.example`, firstName: 'Ada', lastName: 'Admin', profile: 'System Administrator' },
    {
      username: `integration@${spec.name}.example`,
      firstName: 'Ina',
      lastName: 'Integration',
      profile: 'Standard User',
    },
    {
      username: `api@${spec.name}.example`,
      firstName: 'Api',
      lastName: 'Only',
      profile: integrationProfile,
      permissionSets: ['Billing_Sync_Integration'],
    },
  ]

const loopback = ['http://localhost:1717/OauthRedirect', 'http://127.0.0.1:1717/OauthRedirect']

const appsOf = (spec: OrgSpec): readonly AppSpec[] => {
  if (spec.apps !== undefined) return spec.apps
  const everyone = usersOf(spec).map((user) => user.username)
  return [
    { name: 'Web', callbacks: loopback },
    { name: 'Jwt', jwt: true, settings: { permittedUsers: 'admin', preAuthorizedUsers: everyone } },
    { name: 'Server', settings: { clientCredentials: true, clientCredentialsUser: everyone.at(-1) ?? null } },
    {
      name: 'PlatformCLI',
      clientId: 'PlatformCLI',
      clientSecret: '',
      callbacks: loopback,
      scopes: ['refresh_token', 'api', 'web'],
      settings: { secretRequiredForCode: false, secretRequiredForRefresh: false, deviceFlow: true },
    },
  ]
}

export function seedOrg(org: Org, spec: OrgSpec): void {
  createDataTables(org)
  linkSobjects(org.db)
  if (allUsers(org).length > 0) return
  const data = seedData(org, { organizationName: spec.title ?? titleOf(spec.name), isSandbox: spec.sandbox ?? false })
  for (const user of usersOf(spec)) addUser(org, user, data.profiles[(user.profile ?? 'Standard User') as ProfileName])
  const owner = allUsers(org)[0]
  if (owner !== undefined) seedRecords(org, owner.id)
  for (const app of appsOf(spec)) addApp(org, app)
  org.changeSettings(spec.settings ?? {})
  spec.fill?.(org)
  countLicenses(org, true)
}

const titleOf = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)} Corp`

export function addUser(org: Org, spec: UserSpec, profileId: string): string {
  const profile = spec.profile ?? 'Standard User'
  const lastName = spec.lastName ?? spec.username.split('@')[0] ?? 'User'
  const email = spec.email ?? spec.username
  const id = insertRow(org, 'User', {
    Username: spec.username,
    FirstName: spec.firstName ?? null,
    LastName: lastName,
    Email: email,
    Alias: lastName.slice(0, 8),
    ProfileId: profileId,
    LastPasswordChangeDate: org.now(),
  })
  if (profile === integrationProfile && (spec.permissionSets ?? []).length > 0) assignIntegrationLicense(org, id)
  for (const set of spec.permissionSets ?? []) assignPermissionSet(org, id, set)
  if (spec.permissions !== undefined) giveUserPermissions(org, id, spec.permissions)
  insertUser(org, {
    id,
    username: spec.username,
    password: spec.password ?? `Pw-${org.ids.hex('password', 12)}`,
    securityToken: spec.securityToken ?? newSecurityToken(org),
    email,
    firstName: spec.firstName ?? '',
    lastName,
    profile,
    profileId,
    active: true,
    frozen: false,
    apiOnly: spec.apiOnly ?? profile === integrationProfile,
    apiEnabled: true,
    passwordExpired: false,
    failedLogins: 0,
    lockedUntil: 0,
    loginAddresses: null,
    loginHours: null,
    hourStart: 0,
    hourLogins: 0,
    passwordChangedAt: org.now(),
    passwordQuestion: null,
  })
  showExpiry(org, id)
  return id
}

export function addApp(org: Org, spec: AppSpec): string {
  const kind = spec.kind ?? 'connected'
  const id = org.ids.id(kind === 'connected' ? '0H4' : '0xI')
  const menuItemId = org.ids.id('0DS')
  const pair = spec.jwt === true ? clientKey() : null
  insertApp(org, {
    id,
    kind,
    name: spec.name,
    clientId: spec.clientId ?? `3MVG9${org.ids.token('client-id', 80)}`,
    clientSecret: spec.clientSecret ?? org.ids.hex('client-secret', 64).toUpperCase(),
    callbacks: spec.callbacks ?? loopback,
    scopes: spec.scopes ?? ['api', 'refresh_token', 'openid', 'id', 'web'],
    publicKey: pair !== null ? pemOf(pair.publicKey) : typeof spec.jwt === 'string' ? spec.jwt : null,
    privateKey: pair === null ? null : pemOf(pair.privateKey),
    menuItemId,
    settings: patchSettings(defaultAppSettings, spec.settings ?? {}),
  })
  return id
}

/** What a person or a test needs to know of an org. */
export const describeOrg = (org: Org, title?: string): SeededOrg => ({
  id: org.id,
  name: org.name,
  title: title ?? titleOf(org.name),
  instanceUrl: org.origin(),
  users: allUsers(org).map(({ id, username, password, securityToken, profile, apiOnly }) => ({
    id,
    username,
    password,
    securityToken,
    profile,
    apiOnly,
  })),
  apps: allApps(org).map(({ id, name, clientId, clientSecret, callbacks, scopes, privateKey, publicKey }) => ({
    id,
    name,
    clientId,
    clientSecret,
    callbacks,
    scopes,
    privateKey,
    publicKey,
  })),
})
