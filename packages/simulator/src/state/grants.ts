/**
 * Grants (one approval of one user for one app) and their refresh tokens.
 *
 * A grant has at most one active refresh token; the rotated-out ones are remembered, because what happens when one of
 * them comes back is the reason for this simulator.
 */
import { aliveTokens, endAccessToken } from '../sessions/access-tokens.ts'
import type { SimApp } from './apps.ts'
import { appById } from './apps.ts'
import { fingerprint } from './ids.ts'
import type { Org } from './org.ts'
import { updateUser } from './users.ts'
import type { SimUser } from './users.ts'
import { recordSetupChange } from './platform-rows.ts'

export interface Grant {
  readonly id: string
  readonly appId: string
  readonly userId: string
  /** Separated by spaces. */
  readonly scopes: string
  readonly createdAt: number
  readonly lastUsedAt: number
  readonly useCount: number
  readonly live: 0 | 1
  readonly cause: string | null
  readonly deleteToken: string
}

export interface RefreshToken {
  readonly token: string
  readonly fingerprint: string
  readonly grantId: string
  readonly state: 'active' | 'rotated' | 'revoked'
}

export const grantById = (org: Org, id: string): Grant | undefined =>
  org.sql('SELECT * FROM sim_grant WHERE id = ?').get(id) as unknown as Grant | undefined

export const grantByDeleteToken = (org: Org, token: string): Grant | undefined =>
  org.sql('SELECT * FROM sim_grant WHERE deleteToken = ?').get(token) as unknown as Grant | undefined

export const liveGrants = (org: Org, userId: string, appId: string): readonly Grant[] =>
  org
    .sql('SELECT * FROM sim_grant WHERE userId = ? AND appId = ? AND live = 1 ORDER BY createdAt, id')
    .all(userId, appId) as unknown as Grant[]

/**
 * What lets this user come with an assertion. An approval goes with its grant, unless the grant ended by a rotation of
 * the consumer key that spares approvals.
 */
export const approvals = (org: Org, userId: string, appId: string): readonly Grant[] =>
  org
    .sql(
      `SELECT * FROM sim_grant WHERE userId = ? AND appId = ? AND approval = 1 AND (live = 1 OR cause = 'consumer-rotated')`,
    )
    .all(userId, appId) as unknown as Grant[]

const countLive = (org: Org, userId: string, appId: string): number =>
  Number(
    org.sql('SELECT COUNT(*) AS n FROM sim_grant WHERE userId = ? AND appId = ? AND live = 1').get(userId, appId)?.[
      'n'
    ],
  )

export const findRefreshToken = (org: Org, token: string): RefreshToken | undefined =>
  org.sql('SELECT * FROM sim_refresh_token WHERE token = ?').get(token) as unknown as RefreshToken | undefined

export const currentRefreshToken = (org: Org, grantId: string): RefreshToken | undefined =>
  org.sql(`SELECT * FROM sim_refresh_token WHERE grantId = ? AND state = 'active'`).get(grantId) as unknown as
    RefreshToken | undefined

function addRefreshToken(org: Org, grantId: string): RefreshToken {
  const token = `5Aep861${org.ids.token('refresh', 80)}`
  const made: RefreshToken = { token, fingerprint: fingerprint(token), grantId, state: 'active' }
  org
    .sql('INSERT INTO sim_refresh_token (token, fingerprint, grantId, state, createdAt) VALUES (?, ?, ?, ?, ?)')
    .run(token, made.fingerprint, grantId, 'active', org.now())
  return made
}

/** A new approval: ends what the app's switches say it ends, evicts the oldest beyond the limit. */
export function createGrant(
  org: Org,
  request: number,
  of: { readonly user: SimUser; readonly app: SimApp; readonly scopes: readonly string[]; readonly code?: string },
): { readonly grant: Grant; readonly refreshToken: RefreshToken } {
  const { user, app } = of
  if (app.settings.newAuthorization === 'kills') {
    for (const grant of liveGrants(org, user.id, app.id)) killGrant(org, request, grant, 'new-authorization')
  } else {
    const surplus = countLive(org, user.id, app.id) + 1 - app.settings.maxApprovals
    const oldest = surplus > 0 ? liveGrants(org, user.id, app.id).slice(0, surplus) : []
    for (const grant of oldest) killGrant(org, request, grant, 'evicted')
  }
  const now = org.now()
  const id = org.ids.id('sim')
  org
    .sql(
      `INSERT INTO sim_grant (id, appId, userId, scopes, createdAt, lastUsedAt, useCount, live, clientId, requestToken, deleteToken, rowId, rowCreatedAt)
       VALUES (?, ?, ?, ?, ?, ?, 1, 1, ?, ?, ?, ?, ?)`,
    )
    .run(
      id,
      app.id,
      user.id,
      of.scopes.join(' '),
      now,
      now,
      app.clientId,
      of.code ?? null,
      org.ids.token('delete', 60),
      org.ids.id('0CQ'),
      now,
    )
  const grant = grantById(org, id)
  if (grant === undefined) throw new Error('A grant that was just written could not be read')
  return { grant, refreshToken: addRefreshToken(org, id) }
}

/** Takes the presented token out of use and puts a new one in its place. */
export function rotate(org: Org, grant: Grant, old: RefreshToken, row: 'kept' | 'replaced'): RefreshToken {
  const now = org.now()
  org.sql(`UPDATE sim_refresh_token SET state = 'rotated', endedAt = ? WHERE token = ?`).run(now, old.token)
  if (row === 'replaced') {
    org
      .sql('UPDATE sim_grant SET rowId = ?, rowCreatedAt = ?, deleteToken = ?, useCount = 0 WHERE id = ?')
      .run(org.ids.id('0CQ'), now, org.ids.token('delete', 60), grant.id)
  }
  return addRefreshToken(org, grant.id)
}

export const useGrant = (org: Org, grant: Grant): void => {
  org.sql('UPDATE sim_grant SET lastUsedAt = ?, useCount = useCount + 1 WHERE id = ?').run(org.now(), grant.id)
}

/** Ends a grant: its current refresh token and every access token issued from it. */
export function killGrant(org: Org, request: number, grant: Grant, cause: string): void {
  if (grantById(org, grant.id)?.live !== 1) return
  const current = currentRefreshToken(org, grant.id)
  const now = org.now()
  org
    .sql(`UPDATE sim_refresh_token SET state = 'revoked', endedAt = ? WHERE grantId = ? AND state = 'active'`)
    .run(now, grant.id)
  org.sql('UPDATE sim_grant SET live = 0, cause = ?, endedAt = ? WHERE id = ?').run(cause, now, grant.id)
  for (const token of aliveTokens(org, { grantId: grant.id })) endAccessToken(org, token.id, cause)
  org.record(request, {
    kind: 'killed',
    grant: grant.id,
    app: appById(org, grant.appId)?.name ?? grant.appId,
    cause,
    refreshToken: current?.fingerprint ?? null,
  })
}

/** Ends everything of this user and app, sessions without a grant (JWT bearer, client credentials) included. */
export function killUserApp(
  org: Org,
  request: number,
  of: { readonly userId: string; readonly appId: string },
  cause: string,
): void {
  for (const grant of liveGrants(org, of.userId, of.appId)) killGrant(org, request, grant, cause)
  for (const token of aliveTokens(org, of)) endAccessToken(org, token.id, cause)
}

/**
 * What Salesforce did to orgs reached over anonymising networks, and does in an incident: the user is frozen and every
 * token of it revoked.
 */
export function contain(org: Org, user: SimUser): void {
  const userId = user.id
  updateUser(org, userId, { frozen: true })
  const grants = org.sql('SELECT * FROM sim_grant WHERE userId = ? AND live = 1').all(userId) as unknown as Grant[]
  for (const grant of grants) killGrant(org, 0, grant, 'contained')
  for (const { id } of org.sql('SELECT id FROM sim_access_token WHERE userId = ? AND live = 1').all(userId)) {
    endAccessToken(org, String(id), 'contained')
  }
  recordSetupChange(org, {
    action: 'frozeuser',
    section: 'Manage Users',
    display: `Froze user ${user.username}`,
    by: null,
  })
}
