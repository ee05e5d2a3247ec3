/** `grant_type=authorization_code` (and `hybrid_auth_code`): a code, once, within 15 minutes, with PKCE. */
import { createHash } from 'node:crypto'
import type { SimResponse } from '../route.ts'
import { userById } from '../state/users.ts'
import type { SimUser } from '../state/users.ts'
import type { SimApp } from '../state/apps.ts'
import { createGrant } from '../state/grants.ts'
import type { Org } from '../state/org.ts'
import { requireClient } from './client.ts'
import { param } from './context.ts'
import type { Call } from './context.ts'
import { issueTokens } from './issue.ts'
import { refuse } from './refusal.ts'
import { objectionTo } from './user-policy.ts'

const codeLifetimeMs = 15 * 60_000

/** RFC 7636 ends at 128 characters, but jsforce and the official SDKs encode 128 *bytes* into 171, and are let in. */
const isVerifier = /^[A-Za-z0-9._~-]{43,256}$/

interface Code {
  readonly code: string
  readonly appId: string
  readonly userId: string
  readonly scopes: string
  readonly redirectUri: string
  readonly challenge: string | null
  readonly nonce: string | null
  readonly createdAt: number
  readonly used: 0 | 1
}

export function makeCode(
  org: Org,
  of: {
    readonly app: SimApp
    readonly user: SimUser
    readonly scopes: readonly string[]
    readonly redirectUri: string
    readonly challenge: string | null
    readonly nonce: string | null
  },
): string {
  const code = `aPrx${org.ids.token('code', 82)}==`
  org
    .sql(
      'INSERT INTO sim_code (code, appId, userId, scopes, redirectUri, challenge, nonce, createdAt, used) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)',
    )
    .run(code, of.app.id, of.user.id, of.scopes.join(' '), of.redirectUri, of.challenge, of.nonce, org.now())
  return code
}

export const hasCode = (org: Org, code: string): boolean =>
  org.sql('SELECT 1 FROM sim_code WHERE code = ?').get(code) !== undefined

export function exchangeCode(call: Call): SimResponse {
  const { org } = call
  const app = requireClient(call, (one) => one.settings.secretRequiredForCode)
  if ('status' in app) return app
  const code = org.sql('SELECT * FROM sim_code WHERE code = ?').get(param(call, 'code') ?? '') as unknown as
    Code | undefined
  if (code === undefined || code.appId !== app.id) return refuse(call, 'unknown-code')
  if (code.used === 1 || org.now() - code.createdAt > codeLifetimeMs) return refuse(call, 'expired-code')
  if (param(call, 'redirect_uri') !== code.redirectUri) return refuse(call, 'wrong-redirect')
  const verifier = param(call, 'code_verifier')
  if (code.challenge !== null) {
    if (verifier === undefined || !isVerifier.test(verifier)) return refuse(call, 'missing-verifier')
    if (createHash('sha256').update(verifier).digest('base64url') !== code.challenge)
      return refuse(call, 'wrong-verifier')
  }
  org.sql('UPDATE sim_code SET used = 1 WHERE code = ?').run(code.code)
  const user = userById(org, code.userId)
  if (user === undefined) return refuse(call, 'inactive-user')
  const subType = param(call, 'grant_type') === 'hybrid_auth_code' ? 'OauthHybridWebServer' : 'OauthWebServer'
  const objection = objectionTo(call, user, app, 'login')
  if (objection !== undefined)
    return refuse(call, objection.reason, { userId: user.id, app: app.name, subType, status: objection.status })
  return approve(call, { app, user, scopes: code.scopes.split(' '), code: code.code, nonce: code.nonce, subType })
}

/** Tokens for an approval: a grant only where a refresh token was among the scopes. */
export function approve(
  call: Call,
  of: {
    readonly app: SimApp
    readonly user: SimUser
    readonly scopes: readonly string[]
    readonly code: string
    readonly nonce: string | null
    readonly subType: 'OauthWebServer' | 'OauthHybridWebServer' | null
  },
): SimResponse {
  const made = of.scopes.includes('refresh_token') ? createGrant(call.org, call.number, of) : null
  return issueTokens(call, {
    user: of.user,
    app: of.app,
    scopes: of.scopes,
    grant: made?.grant ?? null,
    refreshToken: made?.refreshToken ?? null,
    rotated: null,
    subType: of.subType,
    nonce: of.nonce,
  })
}
