/**
 * SOAP login(), logout() and getUserInfo() at /services/Soap/u/{version} (partner) and /c/ (enterprise).
 *
 * login() ends with Summer '27 and is absent from version 65 on. An expired password is not a fault: the answer is 200
 * with `passwordExpired` and a session good for nothing but setting a new one, on which naive clients loop for ever.
 */
import type { SimResponse } from '../route.ts'
import type { Call } from '../oauth/context.ts'
import { instanceUrl } from '../oauth/issue.ts'
import {
  endAccessToken,
  findAccessToken,
  isAlive,
  openSession,
  ownerOf,
  secondsValid,
} from '../sessions/access-tokens.ts'
import { recordLogin } from '../sessions/login-history.ts'
import { judgePassword } from '../sessions/password-login.ts'
import type { PasswordOutcome } from '../sessions/password-login.ts'
import { isPasswordExpired } from '../state/password-policy.ts'
import { hasPermission } from '../data/index.ts'
import { element, envelope, fault, readEnvelope } from './envelope.ts'
import { judgeSoapSession } from '../sessions/soap-session.ts'
import { changePassword, passwordOperations } from './passwords.ts'
import { userInfo } from './user-info.ts'

type Flavour = 'partner' | 'enterprise'

const lastVersionWithLogin = 64
const firstLiveVersion = 31

const invalidLogin = 'Invalid username, password, security token; or user locked out.'
const newLocation =
  `${invalidLogin} Are you at a new location? When accessing Salesforce--either via a desktop client or the API--from outside of ` +
  'your company’s trusted networks, you must add a security token to your password to log in. To get your new security token, log in to ' +
  'Salesforce. From your personal settings, enter Reset My Security Token in the Quick Find box, then select Reset My Security Token.'

const faults: Readonly<Record<Exclude<PasswordOutcome['kind'], 'ok'>, readonly [string, string]>> = {
  'unknown-user': ['INVALID_LOGIN', invalidLogin],
  'wrong-password': ['INVALID_LOGIN', invalidLogin],
  locked: ['INVALID_LOGIN', invalidLogin],
  inactive: ['INVALID_LOGIN', invalidLogin],
  frozen: ['INVALID_LOGIN', invalidLogin],
  'token-wanted': ['LOGIN_MUST_USE_SECURITY_TOKEN', newLocation],
  'restricted-address': [
    'LOGIN_DURING_RESTRICTED_DOMAIN',
    'Logins are not allowed from this address: it is outside the login IP ranges of the profile.',
  ],
  'restricted-time': [
    'LOGIN_DURING_RESTRICTED_TIME',
    'Logins are not allowed at this time: it is outside the login hours of the profile.',
  ],
  'second-factor': ['INVALID_LOGIN', invalidLogin],
  rate: ['LOGIN_RATE_EXCEEDED', 'Login Rate Exceeded'],
}

const xml = (status: number, body: string): SimResponse => ({
  status,
  headers: { 'Content-Type': 'text/xml;charset=UTF-8' },
  body,
})

/** The name in a login request, for the login host that has to find the org first. */
export const usernameOf = (body: string): string | undefined => {
  const read = readEnvelope(body)
  return read?.operation === 'login' ? read.fields['username'] : undefined
}

export const sessionOf = (body: string): string | undefined =>
  readEnvelope(body)?.headers['SessionHeader']?.['sessionId']

export function soap(call: Call, flavour: Flavour, version: string): SimResponse {
  const { org } = call
  const refuse = (code: string, message: string): SimResponse => {
    org.record(call.number, { kind: 'refused', error: code, description: message.slice(0, 80), reason: `soap ${code}` })
    return xml(500, fault(flavour, code, message))
  }
  const read = readEnvelope(call.request.body.toString())
  if (read === undefined) return refuse('UNKNOWN_EXCEPTION', 'The request is not a SOAP envelope.')
  if (Number(version) < firstLiveVersion)
    return refuse('UNSUPPORTED_API_VERSION', `Invalid Api version specified on URL: ${version}`)
  if (read.operation === 'login') return login(call, flavour, version, read.fields, refuse)

  const session = findAccessToken(org, read.headers['SessionHeader']?.['sessionId'] ?? '')
  if (session === undefined || !isAlive(org, session)) {
    return refuse('INVALID_SESSION_ID', 'Invalid Session ID found in SessionHeader: Illegal Session')
  }
  if (read.operation === 'logout') {
    endAccessToken(org, session.id, 'logout')
    return xml(200, envelope(namespaceOf(flavour), '<logoutResponse/>'))
  }
  const owner = ownerOf(org, session)
  if (owner === undefined)
    return refuse('INVALID_SESSION_ID', 'Invalid Session ID found in SessionHeader: Illegal Session')
  if (passwordOperations.has(read.operation)) {
    const answer = (body: string): SimResponse => xml(200, envelope(namespaceOf(flavour), body))
    return changePassword({ org, session, read, refuse, answer })
  }
  if (read.operation === 'getUserInfo') {
    const judged = judgeSoapSession(call, session.token, Number(version))
    if ('code' in judged) return refuse(judged.code, judged.message)
    const info = userInfo(org, owner, version, secondsValid(org, session))
    return xml(
      200,
      envelope(namespaceOf(flavour), `<getUserInfoResponse><result>${info}</result></getUserInfoResponse>`),
    )
  }
  return refuse('UNKNOWN_EXCEPTION', `The simulator has no SOAP operation ${read.operation}.`)
}

const namespaceOf = (flavour: Flavour): string => `urn:${flavour}.soap.sforce.com`

function login(
  call: Call,
  flavour: Flavour,
  version: string,
  fields: Readonly<Record<string, string>>,
  refuse: (code: string, message: string) => SimResponse,
): SimResponse {
  const { org } = call
  if (!org.settings().soapLogin || Number(version) > lastVersionWithLogin) {
    return refuse(
      'UNSUPPORTED_API_VERSION',
      `SOAP API login() is disabled by default in this org or not available in API version ${version}.`,
    )
  }
  if (org.settings().inactive) return refuse('ORG_LOCKED', 'The organization is locked.')
  const outcome = judgePassword(call, fields['username'] ?? '', fields['password'] ?? '', 'api')
  if (outcome.kind === 'unknown-user') return refuse(...faults['unknown-user'])
  const { user } = outcome
  const seen = (status: string): string =>
    recordLogin(call, {
      userId: user.id,
      app: 'N/A',
      subType: null,
      type: 'Other Apex API',
      status,
      apiType: flavour === 'partner' ? 'SOAP Partner' : 'SOAP Enterprise',
      apiVersion: version,
    })
  if (outcome.kind !== 'ok') {
    seen(outcome.status)
    return refuse(...faults[outcome.kind])
  }
  if (!org.settings().apiEnabled || !user.apiEnabled) {
    seen('Failed: API access disabled')
    return refuse('API_DISABLED_FOR_ORG', 'API is not enabled for this Organization or Partner')
  }
  if (org.settings().useAnyApiAuthRequired && !hasPermission(org, user.id, 'UseAnyApiAuth')) {
    seen('Failed: Use Any API Auth permission required')
    return refuse(...faults['unknown-user'])
  }
  const loginHistoryId = seen('Success')
  const passwordExpired = isPasswordExpired(org, user)
  const session = openSession(org, {
    user,
    app: null,
    grantId: null,
    scopes: ['full'],
    kind: passwordExpired ? 'soap-restricted' : 'soap',
    source: call.source,
    issuer: call.request.baseUrl,
    loginHistoryId,
  })
  org.record(call.number, {
    kind: 'issued',
    grant: null,
    app: null,
    user: user.username,
    rotated: null,
    refreshToken: null,
    accessToken: session.fingerprint,
  })
  const letter = flavour === 'partner' ? 'u' : 'c'
  const address = (service: string): string =>
    `${instanceUrl(call)}/services/Soap/${service}/${version}/${org.id.slice(0, 15)}`
  const result =
    element('metadataServerUrl', address('m')) +
    element('passwordExpired', passwordExpired) +
    element('sandbox', false) +
    element('serverUrl', address(letter)) +
    element('sessionId', session.token) +
    element('userId', user.id) +
    `<userInfo>${userInfo(org, user, version, secondsValid(org, session))}</userInfo>`
  return xml(200, envelope(namespaceOf(flavour), `<loginResponse><result>${result}</result></loginResponse>`))
}
