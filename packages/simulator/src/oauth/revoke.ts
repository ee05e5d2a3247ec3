/**
 * /services/oauth2/revoke: an access token logs out; a refresh token (or the DeleteToken of its OauthToken row) ends
 * the grant with everything issued from it.
 */
import type { SimResponse } from '../route.ts'
import { appById } from '../state/apps.ts'
import { findRefreshToken, grantByDeleteToken, grantById, killGrant, liveGrants } from '../state/grants.ts'
import type { Grant } from '../state/grants.ts'
import type { Org } from '../state/org.ts'
import { endAccessToken, findAccessToken, isAlive } from '../sessions/access-tokens.ts'
import { html, json, noStore, param } from './context.ts'
import type { Call } from './context.ts'

function endGrant(call: Call, grant: Grant): void {
  const siblings = appById(call.org, grant.appId)?.settings.revokeGrant === 'kills'
  const ended = siblings ? liveGrants(call.org, grant.userId, grant.appId) : [grant]
  for (const one of ended) killGrant(call.org, call.number, one, 'revoked')
}

function revokeToken(call: Call, token: string): 'invalid_token' | 'unsupported_token_type' | null {
  const presented = findRefreshToken(call.org, token)
  const grant = presented === undefined ? grantByDeleteToken(call.org, token) : grantById(call.org, presented.grantId)
  if (grant !== undefined) {
    // A rotated-out token is not the grant's any more: revoking it is an error and ends nothing.
    if (grant.live !== 1 || (presented !== undefined && presented.state !== 'active')) return 'invalid_token'
    endGrant(call, grant)
    return null
  }
  const session = findAccessToken(call.org, token)
  if (session === undefined || !isAlive(call.org, session)) return 'invalid_token'
  // Sessions of SOAP login() are not this endpoint's to end.
  if (session.kind === 'soap' || session.kind === 'soap-restricted') return 'unsupported_token_type'
  endAccessToken(call.org, session.id, 'revoked')
  return null
}

/** Production’s login host knows nothing of a sandbox’s tokens: such a grant stays alive. */
const isSandbox = (org: Org): boolean => org.sql('SELECT IsSandbox FROM Organization').get()?.['IsSandbox'] === 1

export function revoke(call: Call): SimResponse {
  const elsewhere = call.viaLogin && call.org.settings().loginHostRevokes === 'production-only' && isSandbox(call.org)
  const token = param(call, 'token')
  const error = token === undefined ? 'unsupported_token_type' : elsewhere ? 'invalid_token' : revokeToken(call, token)
  if (error !== null) call.org.record(call.number, { kind: 'refused', error, description: '', reason: error })
  const callback = param(call, 'callback')
  if (callback !== undefined && /^[A-Za-z_$][\w$.]*$/.test(callback)) {
    return {
      status: 200,
      headers: { 'Content-Type': 'application/javascript', ...noStore },
      body: `${callback}(${JSON.stringify(error === null ? {} : { error })});`,
    }
  }
  if (error === null) return html(200, '')
  if (/json/.test(call.request.headers['accept'] ?? '')) {
    return json(400, { error, error_description: 'invalid token' })
  }
  // jsforce parses this body as a query string.
  return {
    status: 400,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded;charset=UTF-8', ...noStore },
    body: `error=${error}&error_description=${encodeURIComponent('invalid token')}`,
  }
}
