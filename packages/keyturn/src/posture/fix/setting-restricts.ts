/**
 * What each setting of the org takes from somebody when it becomes strict: in the words of restrictions where logins and
 * tokens show it, in a sentence where no login does (`untold`), and for those that would open a way, or that could shut
 * everybody out, why they are a person’s to set. A path that is missing here has no fix.
 */
import { appSubject } from '../controls/app-control.ts'
import type { Restriction } from '../impact/restriction.ts'
import type { Snapshot } from '../snapshot.ts'
import type { SettingValue } from '../facts.ts'

type SettingEffect =
  | {
      readonly is: 'restricts'
      readonly restricts: readonly Restriction[]
      /** Whom it concerns besides, and no login or token shows. */
      readonly untold: readonly string[]
    }
  | { readonly is: 'by-hand'; readonly why: string }

interface SettingChange {
  readonly snapshot: Snapshot
  /** Null: the org's. */
  readonly profile: string | null
  readonly to: SettingValue
}

type Effect = (change: SettingChange) => SettingEffect

const restricts = (...all: readonly Restriction[]): SettingEffect => ({ is: 'restricts', restricts: all, untold: [] })
const nothing =
  (why: string): Effect =>
  () =>
    restricts({ is: 'nothing', why })
const untold =
  (what: string): Effect =>
  () => ({ is: 'restricts', restricts: [{ is: 'nothing', why: 'logins and tokens go on' }], untold: [what] })
const byHand =
  (why: string): Effect =>
  () => ({ is: 'by-hand', why })

const nextPassword = nothing('it holds when a password is changed next; the passwords of today go on')
const framed = untold('which pages are shown inside pages of other sites, and would be blank there')

/** An approved app is installed, not blocked, and open to those only whom an administrator chose. */
const approvedApps = ({ facts: { apps } }: Snapshot): readonly string[] =>
  apps.is === 'unknown'
    ? []
    : apps.value
        .filter(
          ({ origin, blocked, permittedUsers }) =>
            !(origin.is === 'known' && origin.value === 'uninstalled') &&
            !(blocked.is === 'known' && blocked.value) &&
            permittedUsers.is === 'known' &&
            permittedUsers.value === 'admin',
        )
        .map(appSubject)

const outsiders = ({ facts: { users } }: Snapshot): readonly string[] | null =>
  users.is === 'unknown'
    ? null
    : users.value.filter(({ active, userType }) => active && userType !== 'Standard').map(({ username }) => username)

/** An org keeps from where somebody logged in, and nothing of the requests that follow. */
const requestsElsewhere = 'whose requests come from another address than their logins'

/** Ranges of profiles hold at the login today, and at every request then. */
const everyRequest: Effect = ({ snapshot: { facts } }) => {
  const { profiles } = facts
  if (profiles.is === 'unknown')
    return {
      is: 'restricts',
      restricts: [{ is: 'nothing', why: 'no range of a profile was read' }],
      untold: [`which profiles have login ranges: ${profiles.text}`],
    }
  const unread = profiles.value.filter(({ loginRanges }) => loginRanges.is === 'unknown')
  const bound = profiles.value.flatMap(({ name, loginRanges }): readonly Restriction[] =>
    loginRanges.is === 'known' && loginRanges.value.length > 0
      ? [{ is: 'login-addresses', profile: name, ranges: loginRanges.value }]
      : [],
  )
  return {
    is: 'restricts',
    restricts: bound.length > 0 ? bound : [{ is: 'nothing', why: 'no profile has login ranges' }],
    untold: [
      ...(bound.length > 0 ? [requestsElsewhere] : []),
      ...(unread.length > 0 ? [`what the login ranges of ${unread.length} profiles are`] : []),
    ],
  }
}

const externalApi: Effect = ({ snapshot }) => {
  const users = outsiders(snapshot)
  if (users === null)
    return {
      is: 'restricts',
      restricts: [{ is: 'nothing', why: 'users were not read' }],
      untold: ['which customers and partners use the API: users could not be read'],
    }
  return users.length === 0
    ? restricts({ is: 'nothing', why: 'no customer or partner has an active user' })
    : restricts({ is: 'permission-removed', permission: 'ApiEnabled', users })
}

const expirationDays: Readonly<Record<string, number>> = {
  ThirtyDays: 30,
  SixtyDays: 60,
  NinetyDays: 90,
  SixMonths: 180,
  OneYear: 365,
}

const expires: Effect = ({ profile, to }) => {
  const days = expirationDays[String(to)]
  return days === undefined
    ? { is: 'by-hand', why: 'after how many days passwords would expire is not known' }
    : restricts({ is: 'passwords-expire', profile, days })
}

export const settingEffects: Readonly<Record<string, Effect>> = {
  'Security.passwordPolicies.minimumPasswordLength': nextPassword,
  'Security.passwordPolicies.complexity': nextPassword,
  'Security.passwordPolicies.historyRestriction': nextPassword,
  'Security.passwordPolicies.questionRestriction': nextPassword,
  'Security.passwordPolicies.obscureSecretAnswer': nextPassword,
  'Security.passwordPolicies.minimumPasswordLifetime': nothing(
    'it holds when a password is changed next: the one after that has to wait a day',
  ),
  'Security.passwordPolicies.maxLoginAttempts': ({ profile }) => restricts({ is: 'lockout', profile }),
  'Security.passwordPolicies.lockoutInterval': ({ profile }) => restricts({ is: 'lockout', profile }),
  'Security.passwordPolicies.expiration': expires,
  'Security.passwordPolicies.enableSetPasswordInApi': untold(
    'which programs change their own password by setPassword(), as a rotation of a user’s password does',
  ),
  'Security.sessionSettings.sessionTimeout': ({ profile }) => restricts({ is: 'session-timeout', app: null, profile }),
  'Security.sessionSettings.forceLogoutOnSessionTimeout': nothing('a browser whose session has ended is sent away'),
  'Security.sessionSettings.enableClickjackSetup': nothing('Setup is shown in no other page anyway'),
  'Security.sessionSettings.enableClickjackNonsetupSFDC': framed,
  'Security.sessionSettings.enableClickjackNonsetupUser': framed,
  'Security.sessionSettings.enableClickjackNonsetupUserHeaderless': framed,
  'Security.sessionSettings.enableContentSniffingProtection': nothing('browsers take files for what they say they are'),
  'Security.sessionSettings.enableCSPOnEmail': nothing('mails are shown without what they would load from elsewhere'),
  'Security.sessionSettings.enableCSRFOnGet': nothing('Salesforce’s own pages bring the proof along'),
  'Security.sessionSettings.enableCSRFOnPost': nothing('Salesforce’s own pages bring the proof along'),
  'Security.sessionSettings.redirectionWarning': nothing('whoever follows a link out of the org is asked first'),
  'Security.sessionSettings.requireHttpOnly': untold('which pages and add-ons read the session cookie by a script'),
  'Security.sessionSettings.lockSessionsToDomain': untold(
    'which programs use a session at another host of the org than it was made for',
  ),
  'Security.sessionSettings.lockSessionsToIp': () => ({
    is: 'restricts',
    restricts: [{ is: 'session-address' }],
    untold: [requestsElsewhere],
  }),
  'Security.sessionSettings.enforceIpRangesEveryRequest': everyRequest,
  'Security.sessionSettings.forceRelogin': nothing('whoever logged in as somebody else logs in again afterwards'),
  'Security.sessionSettings.terminateUserSessionsWhenAdminResetsPassword': nothing(
    'sessions end when an administrator resets a password, not now',
  ),
  'Security.sessionSettings.identityConfirmationOnEmailChange': nothing('whoever changes an address confirms it'),
  'Security.sessionSettings.identityConfirmationOnTwoFactorRegistrationEnabled': nothing(
    'whoever registers a method confirms who they are',
  ),
  'Security.sessionSettings.enableMFADirectUILoginOptIn': () => restricts({ is: 'mfa', users: null }),
  'Security.sessionSettings.enableSMSIdentity': byHand(
    'It opens one more way to confirm an identity, and a fix opens nothing: decide it in Setup, Identity Verification.',
  ),
  'Security.enableAdminLoginAsAnyUser': untold('which administrators log in as other users without being asked to'),
  'Security.canUsersGrantLoginAccess': untold('which users let administrators or support log in as them'),
  'Security.singleSignOnSettings.enableSamlLogin': byHand(
    'It opens a way in, which needs an identity provider first: set it up in Setup, Single Sign-On Settings.',
  ),
  'Security.singleSignOnSettings.isLoginWithSalesforceCredentialsDisabled': byHand(
    'It shuts out everybody whose single sign-on does not work, administrators too: keep a way in, then set it in Setup, Single Sign-On Settings.',
  ),
  'ExternalClientApp.enableConsumerSecretApiAccess': nothing(
    'no login depends on it; Keyturn opens it for the step of a rotation that needs it, and closes it again',
  ),
  'ExternalClientApp.enableClientSecretInRestApiAccess': nothing(
    'no login depends on it; Keyturn opens it for the step of a rotation that needs it, and closes it again',
  ),
  'OauthOidc.isPkceRequired': () => restricts({ is: 'pkce', app: null }),
  'OauthOidc.blockOAuthUnPwFlow': () => restricts({ is: 'flow-off', app: null, flow: 'oauth-password' }),
  'OauthOidc.blockOAuthUsrAgtFlow': () => restricts({ is: 'flow-off', app: null, flow: 'user-agent' }),
  'ConnectedApp.enableAdminApprovedAppsOnly': ({ snapshot }) =>
    restricts({ is: 'api-access-control', allowed: approvedApps(snapshot) }),
  'ConnectedApp.enableAdminApprovedAppsOnlyForExternalUser': externalApi,
  'MyDomain.canOnlyLoginWithMyDomainUrl': () => restricts({ is: 'my-domain-only', whom: 'people' }),
  'MyDomain.doesApiLoginRequireOrgDomain': () => restricts({ is: 'my-domain-only', whom: 'programs' }),
}
