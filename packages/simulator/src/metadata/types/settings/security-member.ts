/** SecuritySettings: trusted ranges, password policies, sessions, single sign-on. A list of ranges replaces the list. */
import type { OrgSettings } from '../../../state/settings.ts'
import type { Json, JsonObject } from '../../elements.ts'
import {
  ComponentProblem,
  all,
  flag,
  group,
  listAt,
  many,
  objectAt,
  oneOf,
  present,
  required,
  text,
  textAt,
} from '../../elements.ts'
import { rangeOf, rangesShown } from '../apps/address-ranges.ts'
import type { SettingsMember } from './settings-member.ts'

const minute = 60_000
type Numbers = Readonly<Record<string, number | null>>

const timeouts = {
  FifteenMinutes: 15,
  ThirtyMinutes: 30,
  SixtyMinutes: 60,
  NinetyMinutes: 90,
  TwoHours: 120,
  FourHours: 240,
  EightHours: 480,
  TwelveHours: 720,
  TwentyFourHours: 1440,
}
const expirations: Numbers = {
  ThirtyDays: 30,
  SixtyDays: 60,
  NinetyDays: 90,
  SixMonths: 180,
  OneYear: 365,
  Never: null,
}
const lockouts: Numbers = { FifteenMinutes: 15, ThirtyMinutes: 30, SixtyMinutes: 60, Forever: null }
const attempts: Numbers = { ThreeAttempts: 3, FiveAttempts: 5, TenAttempts: 10, NoLimit: null }

const complexities = [
  'NoRestriction',
  'AlphaNumeric',
  'SpecialCharacters',
  'UpperLowerCaseNumeric',
  'UpperLowerCaseNumericSpecialCharacters',
  'Any3UpperLowerCaseNumericSpecialCharacters',
] as const

/** The name of what holds; nothing where the org was set to something that no name says. */
const named = (names: Numbers, value: number | null): string | undefined =>
  Object.keys(names).find((name) => names[name] === value)

const sessionFlags = [
  'allowUserAuthenticationByCertificate',
  'canConfirmEmailChangeInLightningCommunities',
  'canConfirmIdentityBySmsOnly',
  'disableTimeoutWarning',
  'enableBuiltInAuthenticator',
  'enableCSPOnEmail',
  'enableCSRFOnGet',
  'enableCSRFOnPost',
  'enableCacheAndAutocomplete',
  'enableClickjackNonsetupSFDC',
  'enableClickjackNonsetupUser',
  'enableClickjackNonsetupUserHeaderless',
  'enableClickjackSetup',
  'enableContentSniffingProtection',
  'enableLightningLogin',
  'enableLightningLoginOnlyWithUserPerm',
  'enableMFADirectUILoginOptIn',
  'enableOauthCorsPolicy',
  'enablePostForSessions',
  'enableSMSIdentity',
  'enableU2F',
  'enableUpgradeInsecureRequests',
  'enableXssProtection',
  'enforceIpRangesEveryRequest',
  'enforceUserDeviceRevoked',
  'forceLogoutOnSessionTimeout',
  'forceRelogin',
  'hasRetainedLoginHints',
  'hasUserSwitching',
  'hstsOnForcecomSites',
  'identityConfirmationOnEmailChange',
  'identityConfirmationOnTwoFactorRegistrationEnabled',
  'lockSessionsToDomain',
  'lockSessionsToIp',
  'lockerServiceCSP',
  'lockerServiceFrozenRealm',
  'redirectionWarning',
  'referrerPolicy',
  'requireHttpOnly',
  'requireHttps',
  'securityCentralKillSession',
  'sendCspForUncommonClients',
  'skipSFAWhenMFADirectUILogin',
  'terminateUserSessionsWhenAdminResetsPassword',
  'useLocalStorageForLogoutUrl',
]

const onFromTheStart = new Set([
  'enableClickjackSetup',
  'enableClickjackNonsetupSFDC',
  'enableContentSniffingProtection',
  'enableCSRFOnGet',
  'enableCSRFOnPost',
  'enableMFADirectUILoginOptIn',
  'enableSMSIdentity',
  'forceRelogin',
  'identityConfirmationOnEmailChange',
  'lockSessionsToDomain',
  'redirectionWarning',
  'referrerPolicy',
  'requireHttpOnly',
])

const elements = {
  ...all(flag, 'canUsersGrantLoginAccess', 'enableAdminLoginAsAnyUser', 'enableAuditFieldsInactiveOwner'),
  ...all(flag, 'enableAuraSecureEvalPref', 'enableCoepHeader', 'enableCoopHeader', 'enableCrossOrgRedirects'),
  ...all(flag, 'enableGraphQLApiForGuestUsers', 'enablePermissionsPolicy', 'enableRequireHttpsConnection'),
  ...all(flag, 'redirectBlockModeEnabled', 'sendCspForUncommonClients', 'isTLSv12Required'),
  networkAccess: group('NetworkAccess', {
    ipRanges: many(group('IpRange', { ...all(required(text), 'start', 'end'), description: text })),
  }),
  passwordPolicies: group('PasswordPolicies', {
    ...all(text, 'apiOnlyUserHomePageURL', 'passwordAssistanceMessage', 'passwordAssistanceURL'),
    ...all(text, 'historyRestriction', 'minimumPasswordLength'),
    ...all(flag, 'enableSetPasswordInApi', 'minimumPasswordLifetime', 'obscureSecretAnswer'),
    complexity: oneOf('Complexity', ...complexities),
    expiration: oneOf('Expiration', ...Object.keys(expirations)),
    lockoutInterval: oneOf('LockoutInterval', ...Object.keys(lockouts)),
    maxLoginAttempts: oneOf('MaxLoginAttempts', ...Object.keys(attempts)),
    questionRestriction: oneOf('QuestionRestriction', 'None', 'DoesNotContainPassword'),
  }),
  sessionSettings: group('SessionSettings', {
    ...all(flag, ...sessionFlags),
    ...all(text, 'logoutURL', 'lockerServiceAPIVersion'),
    sessionTimeout: oneOf('SessionTimeout', ...Object.keys(timeouts)),
    untrustedRedirect: oneOf('UntrustedRedirect', 'AlwaysAllowed', 'AllowWithUserPermission', 'NeverAllowed'),
  }),
  singleSignOnSettings: group(
    'SingleSignOnSettings',
    all(
      flag,
      'enableCaseInsensitiveFederationID',
      'enableForceDelegatedCallout',
      'enableMultipleSamlConfigs',
      'enableSamlJitProvisioning',
      'enableSamlLogin',
      'isLoginWithSalesforceCredentialsDisabled',
    ),
  ),
}

const ends = { start: 'start', end: 'end' } as const

function wholeNumber(value: Json | undefined, from: number, to: number, name: string): number | undefined {
  if (value === undefined) return undefined
  const n = Number(value)
  if (!Number.isInteger(n) || n < from || n > to)
    throw new ComponentProblem(`Invalid value for ${name}: ${String(value)}`)
  return n
}

/** An entry of a table by name, as a setting; absent where the body doesn't name it. */
const looked = (body: JsonObject | undefined, element: string, names: Numbers, setting: string, factor = 1) => {
  const name = textAt(body, element)
  const value = name === undefined ? undefined : names[name]
  return value === undefined ? {} : { [setting]: value === null ? null : value * factor }
}

function change(body: JsonObject): Partial<OrgSettings> {
  const passwords = objectAt(body, 'passwordPolicies')
  const sessions = objectAt(body, 'sessionSettings')
  const network = objectAt(body, 'networkAccess')
  const ranges = (listAt(network, 'ipRanges') ?? []).map((range) => rangeOf(range as JsonObject, ends))
  return present({
    ...(network === undefined ? {} : { trustedAddresses: ranges }),
    ...looked(sessions, 'sessionTimeout', timeouts, 'sessionTimeoutMs', minute),
    ...looked(passwords, 'expiration', expirations, 'passwordExpiryDays'),
    ...looked(passwords, 'lockoutInterval', lockouts, 'lockoutMs', minute),
    ...looked(passwords, 'maxLoginAttempts', attempts, 'lockoutAttempts'),
    passwordComplexity: textAt(passwords, 'complexity'),
    passwordQuestionRestriction: textAt(passwords, 'questionRestriction'),
    passwordHistory: wholeNumber(passwords?.['historyRestriction'], 0, 24, 'historyRestriction'),
    passwordMinimumLength: wholeNumber(passwords?.['minimumPasswordLength'], 5, 50, 'minimumPasswordLength'),
    passwordMinimumLifetime: passwords?.['minimumPasswordLifetime'],
    setPasswordForSelf: passwords?.['enableSetPasswordInApi'],
    endSessionsOnPasswordReset: sessions?.['terminateUserSessionsWhenAdminResetsPassword'],
  } as JsonObject) as Partial<OrgSettings>
}

function read(org: OrgSettings, { networkAccess, ...kept }: JsonObject): JsonObject {
  const timeout = Object.entries(timeouts).find(([, minutes]) => minutes * minute === org.sessionTimeoutMs)?.[0]
  const known = listAt(objectAt({ networkAccess }, 'networkAccess'), 'ipRanges')
  const ranges = rangesShown(org.trustedAddresses, known, ends)
  const lockout = org.lockoutMs === null ? null : org.lockoutMs / minute
  return present({
    canUsersGrantLoginAccess: true,
    enableAdminLoginAsAnyUser: false,
    enableRequireHttpsConnection: true,
    ...kept,
    // Without ranges the element is absent, not empty.
    networkAccess: ranges.length === 0 ? undefined : { ipRanges: ranges },
    passwordPolicies: present({
      obscureSecretAnswer: false,
      ...objectAt(kept, 'passwordPolicies'),
      complexity: org.passwordComplexity,
      expiration: named(expirations, org.passwordExpiryDays),
      historyRestriction: String(org.passwordHistory),
      lockoutInterval: named(lockouts, lockout),
      maxLoginAttempts: named(attempts, org.lockoutAttempts),
      minimumPasswordLength: String(org.passwordMinimumLength),
      minimumPasswordLifetime: org.passwordMinimumLifetime,
      questionRestriction: org.passwordQuestionRestriction,
      enableSetPasswordInApi: org.setPasswordForSelf,
    }),
    sessionSettings: present({
      ...Object.fromEntries(sessionFlags.map((name) => [name, onFromTheStart.has(name)])),
      ...objectAt(kept, 'sessionSettings'),
      sessionTimeout: timeout,
      terminateUserSessionsWhenAdminResetsPassword: org.endSessionsOnPasswordReset,
    }),
    singleSignOnSettings: {
      enableSamlLogin: false,
      isLoginWithSalesforceCredentialsDisabled: false,
      ...objectAt(kept, 'singleSignOnSettings'),
    },
  })
}

export const securityMember: SettingsMember = { name: 'Security', elements, read, change }
