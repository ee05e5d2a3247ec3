/**
 * Judges the session of an API call: who it is, or the exact refusal.
 *
 * Most refusals are 401 INVALID_SESSION_ID, and a client refreshes on it. Some 401s no refresh can cure: the texts
 * differ, the status doesn't, and a client that refreshes on each of them rotates its grant hundreds of times a second.
 */
import type { Session, SimRequest, SimResponse } from '../route.ts'
import type { Org } from '../state/org.ts'
import { appById } from '../state/apps.ts'
import type { AppSettings } from '../state/settings.ts'
import { countCall } from './api-usage.ts'
import { bearerOf } from './bearer.ts'
import { findAccessToken, isAlive, ownerOf, touch } from './access-tokens.ts'

const refusal = (status: number, errorCode: string, message: string): SimResponse => ({
  status,
  headers: {
    'Content-Type': 'application/json;charset=UTF-8',
    ...(status === 401 ? { 'WWW-Authenticate': 'Token' } : {}),
  },
  body: JSON.stringify([{ message, errorCode }]),
})

const invalidSession = (): SimResponse => refusal(401, 'INVALID_SESSION_ID', 'Session expired or invalid')

const uncurable: Readonly<Record<Exclude<AppSettings['uncurable'], 'no'>, () => SimResponse>> = {
  always401: invalidSession,
  'not-valid-for-rest': () => refusal(401, 'INVALID_SESSION_ID', 'This session is not valid for use with the REST API'),
  'not-attached-to-agent': () => refusal(401, 'INVALID_SESSION_ID', 'Connected app is not attached to Agent'),
  scope: () =>
    refusal(401, 'INVALID_SESSION_ID', 'This session is not valid for use with the specified REST API endpoint'),
  'bad-oauth-token': () => ({
    status: 403,
    headers: { 'Content-Type': 'text/plain;charset=UTF-8' },
    body: 'Bad_OAuth_Token',
  }),
}

/** The one resource that a session with an expired password is good for (over SOAP it is setPassword()). */
const isOwnPassword = (request: SimRequest, userId: string): boolean =>
  new RegExp(`/sobjects/User/${userId.slice(0, 15)}(?:[A-Z0-5]{3})?/password$`, 'i').test(request.path)

export function judgeSession(org: Org, request: SimRequest): Session | SimResponse {
  const header = request.headers['authorization']
  if (header !== undefined && bearerOf(request) === undefined) {
    return refusal(401, 'INVALID_AUTH_HEADER', 'INVALID_HEADER_TYPE')
  }
  const text = bearerOf(request) ?? request.headers['x-sfdc-session']
  const token = text === undefined ? undefined : findAccessToken(org, text)
  if (token === undefined || !isAlive(org, token)) return invalidSession()
  const user = ownerOf(org, token)
  if (user === undefined) return invalidSession()
  if (token.kind === 'soap-restricted' && !isOwnPassword(request, user.id)) {
    return refusal(
      403,
      'INVALID_OPERATION_WITH_EXPIRED_PASSWORD',
      'The users password has expired, you must call SetPassword before attempting any other API operations',
    )
  }
  const app = token.appId === null ? undefined : appById(org, token.appId)
  if (app !== undefined && app.settings.uncurable !== 'no') return uncurable[app.settings.uncurable]()
  if (!org.settings().apiEnabled)
    return refusal(403, 'API_DISABLED_FOR_ORG', 'The REST API is not enabled for this Organization.')
  if (!user.apiEnabled)
    return refusal(403, 'API_CURRENTLY_DISABLED', 'API is not enabled for this Organization or Partner')
  const scopes = token.scopes.split(' ')
  if (!token.kind.startsWith('soap') && !scopes.some((scope) => scope === 'api' || scope === 'full'))
    return uncurable.scope()
  const { used, limit } = countCall(org)
  if (used > limit) return refusal(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.')
  touch(org, token)
  return { org, userId: user.id, appId: token.appId, scopes, accessTokenId: token.id }
}
