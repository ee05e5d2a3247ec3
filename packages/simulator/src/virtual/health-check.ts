/**
 * Health Check: the org's settings held against the baseline, when somebody looks. The score's formula is Salesforce's
 * secret; ours weighs high risks three times, medium ones twice, low ones once, and takes half off for a warning.
 */
import type { VirtualAsk, VirtualRow } from '../route.ts'
import type { Org } from '../state/org.ts'
import { contextOf } from '../metadata/context.ts'
import type { Json, JsonObject } from '../metadata/elements.ts'
import { listAt, objectAt } from '../metadata/elements.ts'
import { rowsOf } from '../metadata/store.ts'
import { settings } from '../metadata/types/settings/settings.ts'
import { baseline } from './health-check-baseline.ts'
import type { BaselineRow, Standard } from './health-check-baseline.ts'

const id = '000000000000000AAA'
const day = 86_400_000

/** Settings of the baseline that are elements of SecuritySettings, by group and element. */
const elements: Readonly<Record<string, readonly [group: 'sessionSettings' | 'passwordPolicies', element: string]>> = {
  'SessionSettings.lockSessionsToDomain': ['sessionSettings', 'lockSessionsToDomain'],
  'SessionSettings.enableSmsIdentity': ['sessionSettings', 'enableSMSIdentity'],
  'SessionSettings.clickjackSetup': ['sessionSettings', 'enableClickjackSetup'],
  'SessionSettings.clickjackNonSetup': ['sessionSettings', 'enableClickjackNonsetupSFDC'],
  'SessionSettings.clickjackVisualForceHeaders': ['sessionSettings', 'enableClickjackNonsetupUser'],
  'SessionSettings.clickjackVisualForceNoHeaders': ['sessionSettings', 'enableClickjackNonsetupUserHeaderless'],
  'SessionSettings.csrfGet': ['sessionSettings', 'enableCSRFOnGet'],
  'SessionSettings.csrfPost': ['sessionSettings', 'enableCSRFOnPost'],
  'SessionSettings.requireHttpOnly': ['sessionSettings', 'requireHttpOnly'],
  'Identity.mfaEnabled': ['sessionSettings', 'enableMFADirectUILoginOptIn'],
  'PasswordPolicies.maxLoginAttempts': ['passwordPolicies', 'maxLoginAttempts'],
  'PasswordPolicies.minOneDayPasswordLifetime': ['passwordPolicies', 'minimumPasswordLifetime'],
  'SessionSettings.forceRelogin': ['sessionSettings', 'forceRelogin'],
  'SessionSettings.enforceLoginIp': ['sessionSettings', 'enforceIpRangesEveryRequest'],
  'SessionSettings.terminateSessionsOnPasswordReset': [
    'sessionSettings',
    'terminateUserSessionsWhenAdminResetsPassword',
  ],
  'SessionSettings.cspOnEmail': ['sessionSettings', 'enableCSPOnEmail'],
  'SessionSettings.contentSniffingProtection': ['sessionSettings', 'enableContentSniffingProtection'],
  'PasswordPolicies.history': ['passwordPolicies', 'historyRestriction'],
  'PasswordPolicies.minPasswordLength': ['passwordPolicies', 'minimumPasswordLength'],
  'PasswordPolicies.expiration': ['passwordPolicies', 'expiration'],
  'PasswordPolicies.complexity': ['passwordPolicies', 'complexity'],
  'PasswordPolicies.obscureSecretAnswer': ['passwordPolicies', 'obscureSecretAnswer'],
  'SessionSettings.forceLogoutOnTimeout': ['sessionSettings', 'forceLogoutOnSessionTimeout'],
  'SessionSettings.icOn2faRegistration': ['sessionSettings', 'identityConfirmationOnTwoFactorRegistrationEnabled'],
  'SessionSettings.icOnEmailChange': ['sessionSettings', 'identityConfirmationOnEmailChange'],
  'PasswordPolicies.questionRestriction': ['passwordPolicies', 'questionRestriction'],
  'PasswordPolicies.lockoutInterval': ['passwordPolicies', 'lockoutInterval'],
  'SessionSettings.timeout': ['sessionSettings', 'sessionTimeout'],
  'SessionSettings.lockSessionsToIp': ['sessionSettings', 'lockSessionsToIp'],
}

/** What is counted, or lies elsewhere. */
function counted(org: Org, security: JsonObject): Readonly<Record<string, Json>> {
  const certificates = rowsOf(org, 'Certificate').flatMap(({ body }) => {
    const ends = Date.parse(String(body['expirationDate'] ?? ''))
    return Number.isNaN(ends)
      ? []
      : [{ days: Math.floor((ends - org.now()) / day), size: Number(body['keySize'] ?? 0) }]
  })
  const admins = org.sql(
    `SELECT COUNT(*) AS n FROM User u JOIN Profile p ON p.Id = u.ProfileId
     WHERE u.IsActive = 1 AND p.Name = 'System Administrator'`,
  )
  const sites = rowsOf(org, 'RemoteSiteSetting').filter(({ body }) => body['disableProtocolSecurity'] === true)
  const ranges = listAt(objectAt(security, 'networkAccess'), 'ipRanges') ?? []
  return {
    'ExternalClientApps.metadataApiAccess': org.settings().consumerSecretsByMetadata,
    'FileUploadAndDownloadSecurity.hybridSecurityRiskFileTypes': 0,
    'CertificateAndKeyManagement.expiredCert': certificates.filter(({ days }) => days < 0).length,
    'CertificateAndKeyManagement.keySize': Math.min(4096, ...certificates.map(({ size }) => size)),
    'CertificateAndKeyManagement.certExpiration': Math.max(0, Math.min(365, ...certificates.map(({ days }) => days))),
    'SharingSettings.orgWideDefaults': 0,
    'NetworkSecurity.trustedIpRangesConfigured': ranges.length > 0 ? 1 : 0,
    'LoginAccessPolicies.adminLoginAsAnyUser': security['enableAdminLoginAsAnyUser'] === true,
    'RemoteSiteSettings.remoteSiteSettings': sites.length,
    'UserPIISettings.enforceNameVisibility': false,
    'Identity.samlEnabled': objectAt(security, 'singleSignOnSettings')?.['enableSamlLogin'] === true,
    'SessionSettings.redirectionAllowUntrusted':
      objectAt(security, 'sessionSettings')?.['untrustedRedirect'] === 'AlwaysAllowed',
    'GuestUserAccess.guestEditAccess': 0,
    'GuestUserAccess.guestReadAccess': 0,
    'GuestUserAccess.guestAccessSharingRules': 0,
    'AdminUsers.activeSystemAdministratorCount': Number(admins.get()?.['n'] ?? 0),
  }
}

type Judgement = 'MEETS_STANDARD' | 'MEDIUM_RISK' | 'HIGH_RISK'

function judge(standard: Standard, value: Json): Judgement {
  const level = (isCompliant: boolean, isWarning: boolean): Judgement =>
    isCompliant ? 'MEETS_STANDARD' : isWarning ? 'MEDIUM_RISK' : 'HIGH_RISK'
  switch (standard.kind) {
    case 'flag':
      return level((value === true) === standard.compliant, standard.otherwise === 'warning')
    case 'choice':
      return level(standard.compliant.includes(String(value)), standard.warning.includes(String(value)))
    case 'number': {
      const n = Number(value)
      const { compliant, warning } = standard
      return compliant < warning ? level(n <= compliant, n <= warning) : level(n >= compliant, n >= warning)
    }
  }
}

const spoken = (value: Json): string =>
  typeof value === 'boolean' ? (value ? 'Enabled' : 'Disabled') : String(value).replace(/(?<=[a-z])(?=[A-Z0-9])/g, ' ')

const standardOf = ({ standard }: BaselineRow): Json =>
  standard.kind === 'choice' ? (standard.compliant[0] ?? '') : standard.compliant

interface Judged {
  readonly row: BaselineRow
  readonly value: Json
  readonly risk: Judgement
}

function judged(org: Org, ask: VirtualAsk): readonly Judged[] {
  const context = contextOf(org, { orgs: [org], userId: ask.userId, version: ask.version })
  const security = settings.read(context, 'Security') ?? {}
  const others = counted(org, security)
  return baseline.map((row) => {
    const place = elements[row.id]
    const value = place === undefined ? others[row.id] : (objectAt(security, place[0])?.[place[1]] ?? false)
    if (value === undefined) throw new Error(`Nothing says what the org has for ${row.id}`)
    return { row, value, risk: judge(row.standard, value) }
  })
}

const weights = { HIGH_RISK: 3, MEDIUM_RISK: 2, LOW_RISK: 1, INFORMATIONAL: 0 } as const
const shares = { MEETS_STANDARD: 1, MEDIUM_RISK: 0.5, HIGH_RISK: 0 } as const

export function healthCheckRows(org: Org, ask: VirtualAsk): readonly VirtualRow[] {
  const all = judged(org, ask)
  const sum = (of: (one: Judged) => number): number => all.reduce((total, one) => total + of(one), 0)
  const score = sum(({ row, risk }) => weights[row.category] * shares[risk]) / sum(({ row }) => weights[row.category])
  return [{ Id: id, DurableId: id, CustomBaselineId: null, Score: String(Math.round(score * 100)) }]
}

export const riskRows = (org: Org, ask: VirtualAsk): readonly VirtualRow[] =>
  judged(org, ask).map(({ row, value, risk }) => ({
    Id: id,
    DurableId: row.id,
    SecurityHealthCheckId: id,
    RiskType: risk,
    Setting: row.label,
    SettingGroup: row.id.split('.')[0],
    SettingRiskCategory: row.category,
    OrgValue: spoken(value),
    OrgValueRaw: String(value),
    StandardValue: spoken(standardOf(row)),
    StandardValueRaw: String(standardOf(row)),
  }))
