/**
 * The Salesforce Baseline Standard of Health Check, as one export of it has it: which values of which settings are
 * compliant, and which are only a warning. What is neither is critical where the setting has a critical value at all.
 */
type RiskCategory = 'HIGH_RISK' | 'MEDIUM_RISK' | 'LOW_RISK' | 'INFORMATIONAL'

export type Standard =
  | { readonly kind: 'flag'; readonly compliant: boolean; readonly otherwise: 'critical' | 'warning' }
  /** Smaller is better where `compliant` is smaller than `warning`. */
  | { readonly kind: 'number'; readonly compliant: number; readonly warning: number }
  | { readonly kind: 'choice'; readonly compliant: readonly string[]; readonly warning: readonly string[] }

export interface BaselineRow {
  /** Group and name, which is the DurableId. */
  readonly id: string
  readonly label: string
  readonly category: RiskCategory
  readonly standard: Standard
}

const on: Standard = { kind: 'flag', compliant: true, otherwise: 'critical' }
const off: Standard = { kind: 'flag', compliant: false, otherwise: 'critical' }
const preferablyOn: Standard = { kind: 'flag', compliant: true, otherwise: 'warning' }
const range = (compliant: number, warning: number): Standard => ({ kind: 'number', compliant, warning })
const choice = (compliant: readonly string[], warning: readonly string[] = []): Standard => ({
  kind: 'choice',
  compliant,
  warning,
})

type Row = readonly [id: string, label: string, standard: Standard]

const rows = (category: RiskCategory, list: readonly Row[]): readonly BaselineRow[] =>
  list.map(([id, label, standard]) => ({ id, label, category, standard }))

const session = (name: string, label: string, standard: Standard = on): Row => [
  `SessionSettings.${name}`,
  label,
  standard,
]
const password = (name: string, label: string, standard: Standard): Row => [`PasswordPolicies.${name}`, label, standard]
const guest = (name: string, label: string, standard: Standard): Row => [`GuestUserAccess.${name}`, label, standard]

const shortSessions = ['FifteenMinutes', 'ThirtyMinutes', 'SixtyMinutes', 'NinetyMinutes', 'TwoHours']
const mixed = [
  'SpecialCharacters',
  'UpperLowerCaseNumeric',
  'UpperLowerCaseNumericSpecialCharacters',
  'Any3UpperLowerCaseNumericSpecialCharacters',
]

export const baseline: readonly BaselineRow[] = [
  ...rows('HIGH_RISK', [
    session('lockSessionsToDomain', 'Lock sessions to the domain in which they were first used'),
    session('enableSmsIdentity', 'Enable the SMS method of identity verification'),
    session('clickjackSetup', 'Enable clickjack protection for Setup pages'),
    session('clickjackNonSetup', 'Enable clickjack protection for non-Setup Salesforce pages'),
    session(
      'clickjackVisualForceHeaders',
      'Enable clickjack protection for customer Visualforce pages with standard headers',
    ),
    session(
      'clickjackVisualForceNoHeaders',
      'Enable clickjack protection for customer Visualforce pages with headers disabled',
    ),
    session('csrfGet', 'Enable CSRF protection on GET requests on non-setup pages'),
    session('csrfPost', 'Enable CSRF protection on POST requests on non-setup pages'),
    session('requireHttpOnly', 'Require HttpOnly attribute'),
    ['Identity.mfaEnabled', 'Require multi-factor authentication for all direct UI logins', on],
    ['ExternalClientApps.metadataApiAccess', 'Allow access to OAuth consumer secrets via Metadata API', off],
    ['FileUploadAndDownloadSecurity.hybridSecurityRiskFileTypes', 'Hybrid-behavior file types', range(0, 0.5)],
    password(
      'maxLoginAttempts',
      'Maximum invalid login attempts',
      choice(['ThreeAttempts'], ['FiveAttempts', 'TenAttempts']),
    ),
    ['CertificateAndKeyManagement.expiredCert', 'Number of expired certificates', range(0, 1)],
    ['SharingSettings.orgWideDefaults', 'Objects with public external access', range(0, 1)],
    ['NetworkSecurity.trustedIpRangesConfigured', 'Trusted IP ranges configured', range(1, 0.5)],
  ]),
  ...rows('MEDIUM_RISK', [
    password('minOneDayPasswordLifetime', 'Require a minimum 1 day password lifetime', on),
    session('forceRelogin', 'Force relogin after Login-As-User'),
    session('enforceLoginIp', 'Enforce login IP ranges on every request'),
    session('terminateSessionsOnPasswordReset', 'Terminate all sessions when an admin resets a password'),
    session('cspOnEmail', 'Enable Content Security Policy protection for email templates'),
    session('contentSniffingProtection', 'Enable content sniffing protection'),
    ['LoginAccessPolicies.adminLoginAsAnyUser', 'Administrators can log in as any user', off],
    password('history', 'Enforce password history', range(3, 1)),
    password('minPasswordLength', 'Minimum password length', range(8, 6)),
    password(
      'expiration',
      'User passwords expire in',
      choice(['ThirtyDays', 'SixtyDays', 'NinetyDays'], ['SixMonths']),
    ),
    password('complexity', 'Password complexity requirement', choice(mixed, ['AlphaNumeric'])),
  ]),
  ...rows('LOW_RISK', [
    password('obscureSecretAnswer', 'Obscure secret answer for password resets', on),
    session('forceLogoutOnTimeout', 'Force logout on session timeout'),
    session('icOn2faRegistration', 'Require identity verification during MFA registration'),
    session('icOnEmailChange', 'Require identity verification for change of email address'),
    ['RemoteSiteSettings.remoteSiteSettings', 'Remote sites without protocol security', range(0, 1)],
    password('questionRestriction', 'Password question requirement', choice(['DoesNotContainPassword'], ['None'])),
    password(
      'lockoutInterval',
      'Lockout effective period',
      choice(['ThirtyMinutes', 'SixtyMinutes', 'Forever'], ['FifteenMinutes']),
    ),
    session('timeout', 'Timeout value', choice(shortSessions, ['FourHours', 'EightHours', 'TwelveHours'])),
  ]),
  ...rows('INFORMATIONAL', [
    ['CertificateAndKeyManagement.keySize', 'Smallest key size of a certificate', range(4096, 2048)],
    ['CertificateAndKeyManagement.certExpiration', 'Days until a certificate expires', range(180, 1)],
    ['UserPIISettings.enforceNameVisibility', 'Hide personal information', on],
    ['Identity.samlEnabled', 'SAML single sign-on enabled', on],
    session('redirectionAllowUntrusted', 'Allow redirections to untrusted external URLs', off),
    session('lockSessionsToIp', 'Lock sessions to the IP address from which they originated', preferablyOn),
    guest('guestEditAccess', 'Objects that guest users can edit', range(4, 9)),
    guest('guestReadAccess', 'Objects that guest users can read', range(4, 9)),
    guest('guestAccessSharingRules', 'Sharing rules for guest users', range(0, 4)),
    ['AdminUsers.activeSystemAdministratorCount', 'Active users of the System Administrator profile', range(5, 10)],
  ]),
]
