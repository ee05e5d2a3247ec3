/**
 * What the Setup Audit Trail says of a changed setting. Actions and texts are those seen in real audit trails where any
 * were; a setting that exists at Salesforce but whose action nobody has published follows their pattern (`guessed`).
 * The simulator's own switches (how a reuse is punished, what an overlap does) leave no trace: no org has them.
 */
import type { SimApp } from './apps.ts'
import { defaultAppSettings } from './settings.ts'
import type { AppSettings, OrgSettings } from './settings.ts'
import type { SimUser } from './users.ts'

export interface SetupEntry {
  readonly action: string
  readonly section: string | null
  readonly display: string
}

const ipRelaxation: Readonly<Record<AppSettings['ipRelaxation'], string>> = {
  ENFORCE: 'Enforce IP restrictions',
  ENFORCE_RELAXREFRESH: 'Enforce IP restrictions, but relax for refresh tokens',
  BYPASS: 'Relax IP restrictions',
  BYPASS_2FACTOR: 'Relax IP restrictions with second factor',
}

const permittedUsers: Readonly<Record<AppSettings['permittedUsers'], string>> = {
  self: 'All users may self-authorize',
  admin: 'Admin approved users are pre-authorized',
}

/** Settings whose action is known, or guessed after the pattern of those that are. */
const appActions = {
  ipRelaxation: 'changeIpRelaxationPolicy',
  permittedUsers: 'changeUserRuntimeAccessPolicy',
  pkceRequired: 'changeApplicationPkceRequired',
  secretRequiredForRefresh: 'changeApplicationSecretRequiredForRefreshToken',
  secretRequiredForCode: 'changeApplicationOptionalConsumerSecret',
  clientCredentials: 'changeApplicationClientCredentialEnabled',
  rotation: 'changeApplicationRefreshTokenRotation', // guessed
  refreshTokenPolicy: 'changeRefreshTokenPolicy', // guessed
  idleLimitMs: 'changeApplicationRefreshTokenIdleLimit', // guessed
  refreshTokenIpAllowlist: 'changeApplicationRefreshTokenIpAllowlist', // guessed
  sessionTimeoutMs: 'changeApplicationSessionTimeout', // guessed
  deviceFlow: 'changeApplicationDeviceFlow', // guessed
} as const satisfies Partial<Record<keyof AppSettings, string>>

const labels: Readonly<Partial<Record<keyof AppSettings, string>>> = {
  ipRelaxation: 'IP relaxation',
  permittedUsers: 'Permitted Users',
}

const said = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value))

function spoken(name: keyof AppSettings, settings: AppSettings): string {
  if (name === 'ipRelaxation') return ipRelaxation[settings.ipRelaxation]
  return name === 'permittedUsers' ? permittedUsers[settings.permittedUsers] : said(settings[name])
}

export function appEntries(before: SimApp, after: SimApp): readonly SetupEntry[] {
  const entries: SetupEntry[] = []
  const add = (action: string, section: string, display: string): number => entries.push({ action, section, display })
  const section = 'Connected Apps'
  const [was, is] = [before.settings, after.settings]
  for (const name of Object.keys(defaultAppSettings) as (keyof AppSettings)[]) {
    const action = name in appActions ? appActions[name as keyof typeof appActions] : undefined
    if (action === undefined || said(was[name]) === said(is[name])) continue
    const change = `from ${spoken(name, was)} to ${spoken(name, is)}`
    add(action, section, `Changed connected app ${after.name} ${labels[name] ?? name} setting ${change}`)
  }
  if (was.clientCredentialsUser !== is.clientCredentialsUser && is.clientCredentialsUser !== null) {
    const display = `Assigned OAuth client credentials user ${is.clientCredentialsUser} to app ${after.name}`
    add('addOauthClientCredentialUser', 'OAuth Client Credentials User', display)
  }
  if (was.blocked !== is.blocked) {
    const [action, word] = is.blocked ? (['block', 'Blocked'] as const) : (['unblock', 'Unblocked'] as const) // 'block' is guessed
    add(`${action}ConnectedApplication`, section, `${word} Connected App ${after.name} to Salesforce`)
  }
  if (was.installed && !is.installed)
    add('deleteConnectedApplication', section, `Uninstalled Connected App ${after.name}`)
  if (!was.installed && is.installed)
    add('insertConnectedApplication', section, `Installed Connected App ${after.name} to Salesforce`)
  if (said(before.scopes) !== said(after.scopes)) {
    const display = `Changed connected app ${after.name} scopes from ${before.scopes.join(', ')} to ${after.scopes.join(', ')}`
    add('changeOauthDefaultScope', section, display)
  }
  if (said(before.callbacks) !== said(after.callbacks))
    add('changeApplicationCallbackUrl', 'Application', `Changed callback URL of connected app ${after.name}`)
  if (before.publicKey !== after.publicKey) {
    const verb = before.publicKey === null ? 'insert' : 'change'
    const word = before.publicKey === null ? 'Inserted' : 'Changed'
    add(`${verb}ApplicationCertificate`, 'Remote Access', `${word} certificate of connected app ${after.name}`)
  }
  if (before.clientSecret !== after.clientSecret)
    add('changeApplicationConsumerSecret', section, `Changed consumer secret of connected app ${after.name}`) // guessed
  return entries
}

export const consumerEntries = (app: SimApp): readonly SetupEntry[] => [
  {
    action: 'generateOauthStagedCredential',
    section: 'Oauth Staged Credential',
    display: `Generated temporary credentials for connected app ${app.name}`,
  },
  {
    action: 'applyOauthStagedCredential', // guessed
    section: 'Oauth Staged Credential',
    display: `Applied temporary credentials for connected app ${app.name}`,
  },
]

const switches = [
  'passwordFlowBlocked',
  'soapLogin',
  'apiEnabled',
  'consumerSecretsByRest',
  'consumerSecretsByMetadata',
  'setPasswordForSelf',
  'endSessionsOnPasswordReset',
] as const

/** Actions that real audit trails show; the text of all but the expiry is after its pattern. */
const passwordPolicies = {
  passwordExpiryDays: ['passwordexpiry', 'password expiry policy', ' days'],
  passwordHistory: ['passwordhistory', 'password history policy', ''],
  passwordMinimumLength: ['passwordminlength', 'minimum password length', ''],
  passwordComplexity: ['passwordcomplexity', 'password complexity policy', ''],
  passwordQuestionRestriction: ['passwordquestion', 'password question policy', ''],
  lockoutAttempts: ['passwordmaxinvalid', 'maximum invalid login attempts', ''],
  lockoutMs: ['passwordlockout', 'lockout effective period', ' ms'],
} as const satisfies Partial<Record<keyof OrgSettings, readonly [string, string, string]>>

function passwordPolicyEntries(before: OrgSettings, after: OrgSettings): readonly SetupEntry[] {
  const section = 'Password Policies'
  const changed = Object.entries(passwordPolicies).flatMap(([key, [action, label, unit]]) => {
    const name = key as keyof typeof passwordPolicies
    if (before[name] === after[name]) return []
    const display = `Changed ${label} from ${before[name] ?? 'never'}${unit} to ${after[name] ?? 'never'}${unit}`
    return [{ action, section, display }]
  })
  if (before.passwordMinimumLifetime === after.passwordMinimumLifetime) return changed
  const word = after.passwordMinimumLifetime ? 'Enable' : 'Disable'
  return [
    ...changed,
    { action: `minimumPasswordLifetime${word}`, section, display: `${word}d minimum password lifetime` },
  ]
}

export function orgEntries(before: OrgSettings, after: OrgSettings): readonly SetupEntry[] {
  const entries: SetupEntry[] = []
  const security = 'Security Controls'
  for (const range of before.trustedAddresses)
    if (!after.trustedAddresses.includes(range))
      entries.push({ action: 'deleteIpWhiteList', section: security, display: `Deleted Ip AllowList ${range}` })
  for (const range of after.trustedAddresses)
    if (!before.trustedAddresses.includes(range))
      entries.push({ action: 'addIpWhiteList', section: security, display: `Added Ip AllowList ${range}` }) // guessed
  // The pattern <setting>OffOn / OnOff and its text are observed, these names are guessed.
  for (const name of switches) {
    if (before[name] === after[name]) continue
    const display = `Organization setup action: ${name} has changed.`
    entries.push({ action: `${name}${after[name] ? 'OffOn' : 'OnOff'}`, section: security, display })
  }
  if (before.sessionTimeoutMs !== after.sessionTimeoutMs) {
    const display = `Changed session timeout from ${before.sessionTimeoutMs / 60_000} to ${after.sessionTimeoutMs / 60_000} minutes`
    entries.push({ action: 'sessiontimeout', section: 'Session Settings', display }) // guessed
  }
  entries.push(...passwordPolicyEntries(before, after))
  return entries
}

export function userEntries(before: SimUser, after: SimUser): readonly SetupEntry[] {
  const entries: SetupEntry[] = []
  const name = after.username
  const add = (action: string, display: string, section: string | null = 'Manage Users'): number =>
    entries.push({ action, section, display })
  if (before.frozen !== after.frozen)
    add(after.frozen ? 'frozeuser' : 'unfrozeuser', `${after.frozen ? 'Froze' : 'Unfroze'} user ${name}`)
  if (before.active !== after.active) {
    const verb = after.active ? 'Activated' : 'Deactivated'
    add(`${verb.toLowerCase()}user`, `${verb} user ${name}`)
  }
  if (before.password !== after.password) add('changedpassword', `Changed password for user ${name}`)
  if (before.lockedUntil > after.lockedUntil) add('unlockeduser', `Unlocked user ${name}`)
  for (const range of after.loginAddresses ?? [])
    if (before.loginAddresses?.includes(range) !== true)
      add('loginIpRange', `Added Login Ip Range to ${after.profile} ${range}`)
  for (const range of before.loginAddresses ?? [])
    if (after.loginAddresses?.includes(range) !== true)
      add('deletedLoginIpRange_withProfile', `Deleted Login Ip Range from ${after.profile} ${range}`, null)
  if (said(before.loginHours) !== said(after.loginHours))
    add('profileLoginHoursChangedStandard', `Changed login hours of profile ${after.profile}`)
  return entries
}
