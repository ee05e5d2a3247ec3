/**
 * `grant_type=refresh_token` (and `hybrid_refresh`), with Refresh Token Rotation.
 *
 * Order of decision: client → token known → in flight → rotated out (reuse) or revoked → policy → user and address →
 * new tokens. The first three happen on arrival (`admitRefresh`), the rest when the request is processed; between the
 * two, faults can take their time while the lock is held.
 */
import type { SimResponse } from '../route.ts'
import type { SimApp } from '../state/apps.ts'
import type { Org } from '../state/org.ts'
import { doom } from '../state/doom.ts'
import { userById } from '../state/users.ts'
import {
  currentRefreshToken,
  findRefreshToken,
  grantById,
  killGrant,
  liveGrants,
  rotate,
  useGrant,
} from '../state/grants.ts'
import type { Grant, RefreshToken } from '../state/grants.ts'
import { aliveTokens, endAccessToken } from '../sessions/access-tokens.ts'
import type { LoginSubType } from '../sessions/login-history.ts'
import { judgeClient, requireClient } from './client.ts'
import { param } from './context.ts'
import type { Call } from './context.ts'
import { issueTokens } from './issue.ts'
import type { Locks } from './locks.ts'
import { refuse } from './refusal.ts'
import { objectionTo } from './user-policy.ts'

export const isRefresh = (call: Call): boolean =>
  /^(refresh_token|hybrid_refresh)$/.test(param(call, 'grant_type') ?? '')

const secretRequired = (app: SimApp): boolean => app.settings.secretRequiredForRefresh

interface Admission {
  readonly refusal?: SimResponse
  release(): void
}

/** On arrival: is this token's (or app's) slot free? */
export function admitRefresh(call: Call, locks: Locks): Admission {
  const nothing: Admission = { release: () => undefined }
  const app = judgeClient(call, secretRequired)
  const presented = findRefreshToken(call.org, param(call, 'refresh_token') ?? '')
  const grant = presented === undefined ? undefined : grantById(call.org, presented.grantId)
  if (typeof app === 'string' || presented === undefined || grant === undefined) return nothing
  // What this app can't use any more (or never could) is refused as such, whoever else is using it.
  if (app.settings.lockScope === 'none' || isOver(call.org, app, grant, presented)) return nothing
  const slot = app.settings.lockScope === 'app' ? app.id : presented.fingerprint
  const release = locks.take(`${call.org.name}|${slot}`)
  if (release !== undefined) return { release }
  if (app.settings.lockErrorRevokes) doom(call.org, call.number, app, grant, 'lock-error')
  return {
    ...nothing,
    refusal: refuse(call, 'in-flight', {
      userId: grant.userId,
      app: app.name,
      subType: subTypeOf(call),
      status: 'Failed: Token request is already being processed',
    }),
  }
}

const subTypeOf = (call: Call): LoginSubType =>
  param(call, 'grant_type') === 'hybrid_refresh' ? 'OauthHybridRefreshToken' : 'OauthRefreshToken'

export function refresh(call: Call): SimResponse {
  const { org } = call
  const app = requireClient(call, secretRequired)
  if ('status' in app) return app
  const text = param(call, 'refresh_token')
  if (text === undefined) return refuse(call, 'missing-parameter')
  const presented = findRefreshToken(org, text)
  const grant = presented === undefined ? undefined : grantById(org, presented.grantId)
  if (presented === undefined || grant === undefined) return refuse(call, 'unknown-token')
  if (grant.appId !== app.id) return refuse(call, 'other-client')

  const failed = (status: string) => ({ userId: grant.userId, app: app.name, subType: subTypeOf(call), status })
  if (presented.state === 'rotated') {
    judgeReuse(call, app, grant, presented)
    return refuse(call, 'rotated-token', failed('Failed: Invalid Token'))
  }
  if (presented.state === 'revoked' || grant.live !== 1)
    return refuse(call, 'revoked-token', failed('Failed: Invalid Token'))
  const expiry = expiryOf(org, app, grant)
  if (expiry !== undefined) {
    killGrant(org, call.number, grant, expiry)
    return refuse(call, 'expired-token', failed('Failed: Invalid Token'))
  }
  const user = userById(org, grant.userId)
  if (user === undefined) return refuse(call, 'inactive-user')
  const objection = objectionTo(call, user, app, 'refresh')
  if (objection !== undefined) return refuse(call, objection.reason, failed(objection.status))

  if (app.settings.rotation && app.settings.rotationKillsOldAccessToken) {
    for (const token of aliveTokens(org, { grantId: grant.id })) endAccessToken(org, token.id, 'rotation')
  }
  const next = app.settings.rotation ? rotate(org, grant, presented, app.settings.oauthTokenRow) : null
  useGrant(org, grant)
  // A token that is issued now came of the key that was presented now.
  if (next !== null) org.sql('UPDATE sim_grant SET clientId = ? WHERE id = ?').run(app.clientId, grant.id)
  return issueTokens(call, {
    user,
    app,
    scopes: grant.scopes.split(' '),
    grant,
    refreshToken: next,
    rotated: next === null ? null : presented.fingerprint,
    subType: subTypeOf(call),
  })
}

const isOver = (org: Org, app: SimApp, grant: Grant, presented: RefreshToken): boolean =>
  grant.appId !== app.id ||
  (presented.state !== 'rotated' && grant.live !== 1) ||
  (presented.state === 'active' && expiryOf(org, app, grant) !== undefined)

/**
 * A refresh token policy is looked at only when the token is used; it never ends a session that lives. `idle`: a client
 * could have prevented it by using the token in time.
 */
function expiryOf(org: Org, app: SimApp, grant: Grant): 'expired' | 'idle' | undefined {
  const { refreshTokenPolicy: policy, idleLimitMs } = app.settings
  const age = org.now() - grant.createdAt
  const idle = org.now() - grant.lastUsedAt
  if (policy.kind === 'zero' || (policy.kind === 'lifetime' && age > policy.ms)) return 'expired'
  const limit = Math.min(idleLimitMs ?? Infinity, policy.kind === 'inactivity' ? policy.ms : Infinity)
  return idle > limit ? 'idle' : undefined
}

/** Remembers what this reuse could reach, then lets it do what the app's switches say. */
function judgeReuse(call: Call, app: SimApp, grant: Grant, presented: RefreshToken): void {
  const { org } = call
  const wide = app.settings.cascade === 'user-app'
  const grants = wide ? liveGrants(org, grant.userId, grant.appId) : grant.live === 1 ? [grant] : []
  // A session that the API refuses is no way in, whatever the org thinks of it.
  const refused = app.settings.uncurable === 'always401' || isShutOut(org, grant)
  const sessions = refused
    ? []
    : aliveTokens(org, wide ? { userId: grant.userId, appId: grant.appId } : { grantId: grant.id })
  org.record(call.number, {
    kind: 'reuse',
    grant: grant.id,
    app: app.name,
    token: presented.fingerprint,
    atRisk: {
      refreshTokens: grants.flatMap((one) => currentRefreshToken(org, one.id)?.fingerprint ?? []),
      accessTokens: sessions.map((token) => token.fingerprint),
    },
  })
  if (app.settings.reuse === 'documented') doom(org, call.number, app, grant, 'reuse')
}

/** Sessions of frozen and inactive users answer 401 as dead ones do. */
function isShutOut(org: Org, grant: Grant): boolean {
  const user = userById(org, grant.userId)
  return user === undefined || !user.active || user.frozen
}
