/**
 * Consumer keys and secrets that were rotated. An app has one pair that is its own; for a while its predecessor may go
 * on, and it may itself not be known everywhere yet: at Salesforce such a change takes up to ten minutes to get around.
 */
import { appById, changeApp, findAppByClientId } from './apps.ts'
import type { SimApp } from './apps.ts'
import { killUserApp } from './grants.ts'
import type { Org } from './org.ts'

export interface Consumer {
  readonly clientId: string
  readonly clientSecret: string
}

/** An app by a key that counts now, with the secret that belongs to that key. */
export function appByClientId(org: Org, clientId: string): SimApp | undefined {
  const app = findAppByClientId(org, clientId)
  if (app !== undefined) return org.now() < app.consumerSince ? undefined : app
  const old = org.sql('SELECT * FROM sim_old_consumer WHERE clientId = ? AND until > ?').get(clientId, org.now())
  const owner = old === undefined ? undefined : appById(org, String(old['appId']))
  return owner === undefined ? undefined : { ...owner, clientSecret: String(old?.['clientSecret']) }
}

export function rotateConsumer(
  org: Org,
  app: SimApp,
  of: { readonly overlapMs: number; readonly knownAfterMs: number; readonly revokes: boolean },
): Consumer {
  const now = org.now()
  org
    .sql('INSERT OR REPLACE INTO sim_old_consumer (clientId, appId, clientSecret, until) VALUES (?, ?, ?, ?)')
    .run(app.clientId, app.id, app.clientSecret, now + of.overlapMs)
  const next: Consumer = {
    clientId: `3MVG9${org.ids.token('client-id', 80)}`,
    clientSecret: org.ids.hex('client-secret', 64).toUpperCase(),
  }
  changeApp(org, app, { ...next, consumerSince: now + of.knownAfterMs })
  if (of.revokes) {
    const users = org.sql(
      'SELECT DISTINCT userId FROM sim_access_token WHERE appId = ?1 UNION SELECT DISTINCT userId FROM sim_grant WHERE appId = ?1',
    )
    for (const { userId } of users.all(app.id))
      killUserApp(org, 0, { userId: String(userId), appId: app.id }, 'consumer-rotated')
  }
  return next
}
