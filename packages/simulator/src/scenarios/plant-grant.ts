/** A grant that is there since long ago, as if it had been made then. */
import type { SimApp } from '../state/apps.ts'
import { fingerprint } from '../state/ids.ts'
import type { Org } from '../state/org.ts'

interface PlantedGrant {
  readonly app: SimApp
  readonly userId: string
  readonly scopes: readonly string[]
  readonly createdAt: number
  readonly lastUsedAt: number
  readonly useCount: number
}

const grantColumns =
  'id, appId, userId, scopes, createdAt, lastUsedAt, useCount, live, clientId, requestToken, deleteToken, rowId, rowCreatedAt'

export function plantGrant(org: Org, of: PlantedGrant): void {
  const id = org.ids.id('sim')
  const token = `5Aep861${org.ids.token('refresh', 80)}`
  org
    .sql(`INSERT INTO sim_grant (${grantColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?)`)
    .run(
      id,
      of.app.id,
      of.userId,
      of.scopes.join(' '),
      of.createdAt,
      of.lastUsedAt,
      of.useCount,
      of.app.clientId,
      org.ids.token('code', 40),
      org.ids.token('delete', 60),
      org.ids.id('0CQ'),
      of.createdAt,
    )
  org
    .sql(`INSERT INTO sim_refresh_token (token, fingerprint, grantId, state, createdAt) VALUES (?, ?, ?, 'active', ?)`)
    .run(token, fingerprint(token), id, of.createdAt)
}
