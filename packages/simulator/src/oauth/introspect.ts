/** /services/oauth2/introspect: is this token alive? An app learns it of its own tokens only, unless allowed more. */
import type { SimResponse } from '../route.ts'
import { currentRefreshToken, findRefreshToken, grantById } from '../state/grants.ts'
import { appById } from '../state/apps.ts'
import { userById } from '../state/users.ts'
import { findAccessToken, isAlive, ownerOf, timeoutOf } from '../sessions/access-tokens.ts'
import { requireClient } from './client.ts'
import { identityUrl } from './issue.ts'
import { json, param } from './context.ts'
import type { Call } from './context.ts'

const seconds = (ms: number): number => Math.floor(ms / 1000)

export function introspect(call: Call): SimResponse {
  const { org } = call
  const app = requireClient(call, () => true)
  if ('status' in app) return app
  const text = param(call, 'token') ?? ''
  const inactive = json(200, { active: false })

  const refresh = findRefreshToken(org, text)
  const grant = refresh === undefined ? undefined : grantById(org, refresh.grantId)
  if (refresh !== undefined && grant !== undefined) {
    if (grant.live !== 1 || currentRefreshToken(org, grant.id)?.token !== text) return inactive
    if (grant.appId !== app.id && !app.settings.introspectAllTokens) return inactive
    return json(200, {
      active: true,
      scope: grant.scopes,
      client_id: appById(org, grant.appId)?.clientId,
      username: userById(org, grant.userId)?.username,
      sub: identityUrl(call, grant.userId),
      token_type: 'refresh_token',
      iat: seconds(grant.createdAt),
      nbf: seconds(grant.createdAt),
    })
  }
  const session = findAccessToken(org, text)
  const owner = session === undefined ? undefined : ownerOf(org, session)
  if (session === undefined || owner === undefined || !isAlive(org, session)) return inactive
  if (session.appId !== app.id && !app.settings.introspectAllTokens) return inactive
  return json(200, {
    active: true,
    scope: session.scopes,
    client_id: session.appId === null ? undefined : appById(org, session.appId)?.clientId,
    username: owner.username,
    sub: identityUrl(call, owner.id),
    token_type: 'access_token',
    exp: seconds(session.expiresAt ?? session.lastActivityAt + timeoutOf(org, session.appId)),
    iat: seconds(session.createdAt),
    nbf: seconds(session.createdAt),
  })
}
