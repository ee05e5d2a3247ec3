/**
 * What Login History says of a login (column Status), by the code that login events carry for it. Salesforce writes the
 * texts in more than one spelling: they are compared without regard to case.
 */
import { rowsOf } from './explanation.ts'
import type { Explanation } from './explanation.ts'

export const login = rowsOf('login-history', null)
export const loginRow = 'The row itself: user, application, source IP and login type.'

export type LoginLine = readonly [code: string, status: string, cause: string, next: string, evidence?: string]

export const retired = 'Move the client to JWT bearer or client credentials: docs/how-to/mfa-and-machines.md.'

const users: readonly LoginLine[] = [
  [
    'LOGIN_ERROR_INVALID_PASSWORD',
    'invalid password',
    'The password is wrong, or the security token behind it is missing or old.',
    'Correct it where the client reads it; many rows of one address are somebody guessing.',
  ],
  [
    'LOGIN_ERROR_PASSWORD_LOCKOUT',
    'password lockout',
    'Too many wrong passwords: the user is locked for a while, or until an administrator unlocks it.',
    'Find the client with the old password first, then Setup › Users › Unlock.',
  ],
  [
    'LOGIN_ERROR_USER_INACTIVE',
    'user is inactive',
    'The user was deactivated.',
    'Activate the user, or take it out of the client.',
    'Setup › Users; Setup Audit Trail says who did it.',
  ],
  [
    'LOGIN_ERROR_USER_FROZEN',
    'user is frozen',
    'The user was frozen by an administrator, or by Salesforce after a login from an anonymising address.',
    'Find out why before Setup › Users › Unfreeze.',
    'Setup Audit Trail; the source IPs of the rows before.',
  ],
  [
    'LOGIN_ERROR_PASSWORD_EXPIRED',
    'password expired',
    'The password is older than the policy allows.',
    `Set a new one. ${retired}`,
  ],
  [
    'LOGIN_ERROR_USER_API_ONLY',
    'api-only user',
    'A user that may use APIs only tried to log in to the user interface.',
    'Use the API, or another user.',
  ],
  [
    'LOGIN_TWOFACTOR_REQ',
    'multi-factor',
    'The org asks for a second factor and none was given: of an API login this is “MFA for API Logins”, which wants a code behind the password.',
    'People register a method. Machines: take “MFA for API Logins” away and use a flow without password.',
    'The user’s permission sets; `keyturn audit people NAME`.',
  ],
  [
    'LOGIN_ERROR_USER_NON_MOBILE',
    'mobile license required',
    'The user has no licence for the mobile app.',
    'Give the licence.',
  ],
  [
    'LOGIN_ERROR_SYNCOFFLINE_DISBLD',
    'mobile disabled',
    'Mobile access is switched off for this user.',
    'Switch it on, if it is wanted.',
  ],
  [
    'LOGIN_ERROR_NO_NETWORK_ACCESS',
    'no experience cloud site access',
    'The user is no member of this site.',
    'Add the user’s profile to the site’s members.',
  ],
  [
    'LOGIN_LIGHTNING_LOGIN',
    'lightning login required',
    'The user enrolled in Lightning Login and tried a password.',
    'Log in by Lightning Login, or end the enrolment.',
  ],
]

const places: readonly LoginLine[] = [
  [
    'LOGIN_ERROR_RESTRICTED_DOMAIN',
    'restricted ip',
    'The address is outside the login IP ranges of the user’s profile.',
    'Add the address to the profile: `keyturn provision allow-address`, or find out who comes from there.',
    'Column Source IP; Setup › Profiles › Login IP Ranges.',
  ],
  [
    'LOGIN_ERROR_RESTRICTED_TIME',
    'restricted time',
    'Outside the login hours of the user’s profile.',
    'Move the job, or the hours.',
    'Setup › Profiles › Login Hours.',
  ],
  [
    'LOGIN_CHALLENGE_ISSUED',
    'computer activation required',
    'An unknown device from outside the trusted ranges: Salesforce asks for a code by mail.',
    `People enter the code. ${retired}`,
    'Setup › Network Access.',
  ],
  [
    'LOGIN_CHALLENGE_PENDING',
    'computer activation pending',
    'The code that was mailed has not been entered.',
    `People enter the code. ${retired}`,
  ],
  [
    'LOGIN_ERROR_MUST_USE_API_TOKEN',
    'security token required',
    'A password without the security token, from outside the trusted ranges.',
    `Append the security token. ${retired}`,
    'Setup › Network Access.',
  ],
  [
    'LOGIN_ERROR_EXPORT_RESTRICTED',
    'restricted country',
    'Salesforce does not serve the country of this address.',
    'Come from elsewhere.',
  ],
  [
    'LOGIN_ERROR_GLOBAL_BLOCK_DOMAIN',
    'restricted domain',
    'This host or address may not be used to log in: the org allows its My Domain only, or Salesforce blocks the address.',
    'Log in at the My Domain host.',
    'Setup › My Domain › Policies.',
  ],
  [
    'LOGIN_ERROR_INSECURE_LOGIN',
    'insecure channel',
    'The login came without TLS, or with an old version of it.',
    'Upgrade the client’s TLS.',
  ],
  [
    'LOGIN_ERROR_MUTUAL_AUTHENTICATION',
    'mutual authentication failed',
    'The org wants a client certificate and the client showed none that fits.',
    'Give the client its certificate.',
    'Setup › Certificate and Key Management › Mutual Authentication.',
  ],
  [
    'LOGIN_ERROR_HTP_METHD_INVALID',
    'invalid http method',
    'A login was sent by another method than POST.',
    'Correct the client.',
  ],
  [
    'LOGIN_ERROR_API_TOO_OLD',
    'api version removed',
    'The client speaks an API version that was retired.',
    'Upgrade the client.',
    'Column API Version.',
  ],
  [
    'LOGIN_ERROR_CLIENT_REQ_UPDATE',
    'client update required',
    'The client is older than Salesforce takes.',
    'Upgrade it.',
  ],
  [
    'LOGIN_ERROR_RATE_EXCEEDED',
    'login rate exceeded',
    'More than 3,600 logins of this user within an hour.',
    'Stop what logs in in a loop; keep the access token until it is refused.',
  ],
  [
    'LOGIN_ERROR_LOGINS_EXCEEDED',
    'maximum logins exceeded',
    'More logins than the user or org may have.',
    'Stop what logs in in a loop.',
  ],
  [
    'LOGIN_ERROR_UNKNOWN_ERROR',
    'login invalid',
    'Salesforce does not say more.',
    'Ask Salesforce Support with this row.',
  ],
  [
    'LOGIN_ERROR_ORG_INACTIVE',
    'organization is inactive',
    'The org is locked, suspended, expired or deleted.',
    'Renew or unlock the org; a deleted sandbox needs a new grant.',
  ],
  ['LOGIN_ERROR_ORG_LOCKOUT', 'org lockout', 'Salesforce locked the org.', 'Ask Salesforce.'],
  ['LOGIN_ERROR_ORG_SUSPENDED', 'org suspended', 'The org is suspended.', 'Ask Salesforce.'],
  ['LOGIN_ERROR_ORG_CLOSED', 'org closed', 'The org was closed.', 'A new org, a new grant.'],
  ['LOGIN_ORG_TRIAL_EXP', 'trial expired', 'The trial ended.', 'Buy or renew the org.'],
]

export const loginStatuses: readonly Explanation[] = [...users, ...places].map(
  ([code, text, cause, next, evidence = loginRow]) => login(code, text, 'observed', cause, evidence, next),
)
