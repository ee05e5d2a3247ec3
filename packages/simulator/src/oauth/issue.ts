/** The answer of a flow that worked: tokens, whose they are, and the signature over it. */
import { createHash, createHmac } from 'node:crypto'
import type { SimResponse } from '../route.ts'
import type { SimApp } from '../state/apps.ts'
import { countUse } from '../state/consumers.ts'
import type { SimUser } from '../state/users.ts'
import type { Grant, RefreshToken } from '../state/grants.ts'
import { openSession, signJwt } from '../sessions/access-tokens.ts'
import { json } from './context.ts'
import type { Call } from './context.ts'
import type { LoginSubType } from '../sessions/login-history.ts'
import { recordLogin } from '../sessions/login-history.ts'

/** Where the org is, in the words of the caller (127.0.0.1 or localhost). */
export function instanceUrl(call: Call): string {
  const own = call.org.settings().instanceUrl
  if (own !== null) return own
  if (!call.viaLogin) return call.request.baseUrl
  const url = new URL(call.org.origin())
  url.hostname = new URL(call.request.baseUrl).hostname
  return url.origin
}

export const identityUrl = (call: Call, userId: string): string => `${call.request.baseUrl}/id/${call.org.id}/${userId}`

/** offline_access is another name for refresh_token; the answer uses the latter. */
export const scopesOf = (text: string): readonly string[] => [
  ...new Set(
    text
      .split(/[\s+]+/)
      .filter((scope) => scope !== '')
      .map((scope) => (scope === 'offline_access' ? 'refresh_token' : scope)),
  ),
]

interface Issue {
  readonly user: SimUser
  readonly app: SimApp
  readonly scopes: readonly string[]
  readonly grant: Grant | null
  /** What goes into the answer; null: the answer has no `refresh_token`. */
  readonly refreshToken: RefreshToken | null
  /** Fingerprint of the token that this exchange took out of use. */
  readonly rotated: string | null
  readonly subType: LoginSubType | null
  readonly nonce?: string | null
}

export function issueTokens(call: Call, issue: Issue): SimResponse {
  const { org } = call
  const { app, user } = issue
  countUse(org, app.clientId)
  const isRefresh = issue.subType === 'OauthRefreshToken' || issue.subType === 'OauthHybridRefreshToken'
  const loginHistoryId =
    isRefresh && org.settings().refreshLogins === 'absent'
      ? null
      : recordLogin(call, { userId: user.id, app: app.name, subType: issue.subType, status: 'Success' })
  const session = openSession(org, {
    user,
    app,
    grantId: issue.grant?.id ?? null,
    scopes: issue.scopes,
    kind: 'oauth',
    source: call.source,
    issuer: call.request.baseUrl,
    loginHistoryId,
  })
  org.record(call.number, {
    kind: 'issued',
    grant: issue.grant?.id ?? null,
    app: app.name,
    user: user.username,
    rotated: issue.rotated,
    refreshToken: issue.refreshToken?.fingerprint ?? null,
    accessToken: session.fingerprint,
  })
  const id = identityUrl(call, user.id)
  const issuedAt = String(org.now())
  const access = { access_token: session.token }
  const refresh = issue.refreshToken === null ? {} : { refresh_token: issue.refreshToken.token }
  return json(200, {
    ...(app.settings.refreshTokenFirst ? { ...refresh, ...access } : { ...access, ...refresh }),
    signature: createHmac('sha256', app.clientSecret)
      .update(id + issuedAt)
      .digest('base64'),
    scope: issue.scopes.join(' '),
    ...(issue.scopes.includes('openid') ? { id_token: idToken(call, issue, session.token) } : {}),
    instance_url: instanceUrl(call),
    id,
    token_type: 'Bearer',
    issued_at: issuedAt,
  })
}

function idToken(call: Call, issue: Issue, accessToken: string): string {
  const now = Math.floor(call.org.now() / 1000)
  return signJwt({
    iss: call.request.baseUrl,
    sub: identityUrl(call, issue.user.id),
    aud: issue.app.clientId,
    iat: now,
    exp: now + 120,
    ...(issue.nonce == null ? {} : { nonce: issue.nonce }),
    at_hash: halfHash(accessToken),
  })
}

/** OpenID Connect Core 3.1.3.6: the left half of the SHA-256 of the access token. */
const halfHash = (accessToken: string): string =>
  createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url')
