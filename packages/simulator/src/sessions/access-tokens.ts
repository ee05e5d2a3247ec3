/**
 * Access tokens: sessions that live by being used (opaque), or until a fixed time (JWT).
 *
 * An inactivity time-out starts again at each call. Whether a session lives is computed when somebody asks; nothing
 * runs in the background, so that the clock can jump by months in a millisecond.
 */
import { sign } from 'node:crypto'
import { fingerprint } from '../state/ids.ts'
import type { Org } from '../state/org.ts'
import type { SimApp } from '../state/apps.ts'
import { appById } from '../state/apps.ts'
import { userById } from '../state/users.ts'
import type { SimUser } from '../state/users.ts'
import { signingKey } from '../state/keys.ts'
import { insertPlatformRow, platformTime } from '../state/platform-rows.ts'

export interface AccessToken {
  readonly id: string
  readonly token: string
  readonly fingerprint: string
  readonly grantId: string | null
  readonly userId: string
  readonly appId: string | null
  readonly scopes: string
  readonly kind: 'oauth' | 'jwt' | 'soap' | 'soap-restricted'
  readonly createdAt: number
  readonly lastActivityAt: number
  /** Fixed end of a JWT; null for sessions that live by use. */
  readonly expiresAt: number | null
  readonly live: 0 | 1
}

export const findAccessToken = (org: Org, token: string): AccessToken | undefined =>
  org.sql('SELECT * FROM sim_access_token WHERE token = ?').get(token) as unknown as AccessToken | undefined

export function timeoutOf(org: Org, appId: string | null): number {
  const own = appId === null ? null : (appById(org, appId)?.settings.sessionTimeoutMs ?? null)
  return own ?? org.settings().sessionTimeoutMs
}

/** How long a session lives from now on if nobody uses it; a JWT in any case. */
export const secondsValid = (org: Org, { appId, expiresAt }: Pick<AccessToken, 'appId' | 'expiresAt'>): number =>
  Math.round((expiresAt === null ? timeoutOf(org, appId) : expiresAt - org.now()) / 1000)

export function isAlive(org: Org, token: AccessToken): boolean {
  if (token.live !== 1) return false
  if (token.expiresAt !== null) return org.now() < token.expiresAt
  return org.now() - token.lastActivityAt <= timeoutOf(org, token.appId)
}

export function touch(org: Org, token: AccessToken): void {
  const now = org.now()
  org.sql('UPDATE sim_access_token SET lastActivityAt = ? WHERE id = ?').run(now, token.id)
  // The row that shows the session is renewed only after half the time-out, as at Salesforce.
  const half = now - timeoutOf(org, token.appId) / 2
  org
    .sql('UPDATE AuthSession SET LastModifiedDate = ? WHERE Id = ? AND LastModifiedDate < ?')
    .run(platformTime(now), token.id, platformTime(half))
}

/** Live tokens of a grant, or of a user and app (grants or not). */
export function aliveTokens(
  org: Org,
  of: { readonly grantId: string } | { readonly userId: string; readonly appId: string },
): readonly AccessToken[] {
  const rows =
    'grantId' in of
      ? org.sql('SELECT * FROM sim_access_token WHERE grantId = ? AND live = 1').all(of.grantId)
      : org.sql('SELECT * FROM sim_access_token WHERE userId = ? AND appId = ? AND live = 1').all(of.userId, of.appId)
  return (rows as unknown as AccessToken[]).filter((token) => isAlive(org, token))
}

export function endAccessToken(org: Org, id: string, cause: string): void {
  org.sql('UPDATE sim_access_token SET live = 0, cause = ? WHERE id = ? AND live = 1').run(cause, id)
  org.sql('DELETE FROM AuthSession WHERE Id = ?').run(id)
}

/** AuthSession shows what lives: sessions that ran out are put away when somebody looks. */
export function putAwayExpired(org: Org): void {
  const open = org.sql('SELECT t.* FROM sim_access_token t JOIN AuthSession s ON s.Id = t.id WHERE t.live = 1').all()
  for (const token of open as unknown as AccessToken[])
    if (!isAlive(org, token)) endAccessToken(org, token.id, 'expired')
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

export function signJwt(payload: object): string {
  const { kid, privateKey } = signingKey()
  const head = `${encode({ alg: 'RS256', typ: 'JWT', kid })}.${encode(payload)}`
  return `${head}.${sign('RSA-SHA256', Buffer.from(head), privateKey).toString('base64url')}`
}

interface SessionWish {
  readonly user: SimUser
  readonly app: SimApp | null
  readonly grantId: string | null
  readonly scopes: readonly string[]
  readonly kind: 'oauth' | 'soap' | 'soap-restricted'
  readonly source: string
  readonly issuer: string
  readonly loginHistoryId: string | null
}

/** A new session, or the one that still lives where the app says so. */
export function openSession(org: Org, wish: SessionWish): AccessToken {
  const { app, user } = wish
  if (app?.settings.sessionPerGrant === 'same-live') {
    const living = aliveTokens(
      org,
      wish.grantId === null ? { userId: user.id, appId: app.id } : { grantId: wish.grantId },
    )
    const same = living.find((token) => token.grantId === wish.grantId && token.scopes === wish.scopes.join(' '))
    if (same !== undefined) {
      touch(org, same)
      return same
    }
  }
  const now = org.now()
  const jwt = wish.kind === 'oauth' && app?.settings.accessTokenFormat === 'jwt'
  const id = org.ids.id('0Ak')
  const expiresAt = jwt ? now + (app?.settings.jwtAccessTokenLifetimeMs ?? 0) : null
  const text =
    jwt && expiresAt !== null
      ? signJwt({
          iss: wish.issuer,
          sub: `uid:${user.id}`,
          aud: [org.settings().instanceUrl ?? org.origin()],
          client_id: app?.clientId,
          scp: wish.scopes.join(' '),
          mty: 'oauth',
          sfi: org.id,
          roles: [],
          iat: Math.floor(now / 1000),
          nbf: Math.floor(now / 1000),
          exp: Math.floor(expiresAt / 1000),
          jti: org.ids.hex('jti', 32),
        })
      : `${org.id.slice(0, 15)}!AQ${org.ids.token('session', 94)}`
  const made: AccessToken = {
    id,
    token: text,
    fingerprint: fingerprint(text),
    grantId: wish.grantId,
    userId: user.id,
    appId: app?.id ?? null,
    scopes: wish.scopes.join(' '),
    kind: jwt ? 'jwt' : wish.kind,
    createdAt: now,
    lastActivityAt: now,
    expiresAt,
    live: 1,
  }
  org
    .sql(
      `INSERT INTO sim_access_token (id, token, fingerprint, grantId, userId, appId, scopes, kind, createdAt, lastActivityAt, expiresAt, live, clientId)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)`,
    )
    .run(
      id,
      text,
      made.fingerprint,
      made.grantId,
      made.userId,
      made.appId,
      made.scopes,
      made.kind,
      now,
      now,
      expiresAt,
      app?.clientId ?? null,
    )
  insertPlatformRow(org, 'AuthSession', {
    Id: id,
    UsersId: user.id,
    CreatedDate: now,
    LastModifiedDate: now,
    NumSecondsValid: secondsValid(org, made),
    LoginType: wish.kind === 'oauth' ? 'Remote Access 2.0' : 'Other Apex API',
    SessionType: wish.kind === 'oauth' ? 'Oauth2' : 'API',
    SessionSecurityLevel: 'STANDARD',
    SourceIp: wish.source,
    UserType: 'Standard',
    LoginHistoryId: wish.loginHistoryId,
  })
  return made
}

/** The user behind a session, if that session may still act for it. */
export function ownerOf(org: Org, token: AccessToken): SimUser | undefined {
  const user = userById(org, token.userId)
  return user !== undefined && user.active && !user.frozen ? user : undefined
}
