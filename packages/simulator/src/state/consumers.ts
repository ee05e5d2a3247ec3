/**
 * The pairs of consumer key and secret, and which of them count now.
 *
 * Each consumer of an app has one primary pair; an external client app may have several consumers. Beside the primary
 * there is what was staged and what was rotated out. A change takes up to ten minutes to get around at Salesforce, and
 * behaves mixed meanwhile (`propagationMs`, `propagation`): of two requests one may meet a server that knows already.
 */
import { appById, forgetApps } from './apps.ts'
import type { SimApp } from './apps.ts'
import { killUserApp } from './grants.ts'
import { asSeenBy } from './pending-changes.ts'
import { fingerprint } from './ids.ts'
import type { Org } from './org.ts'
import type { AppSettings } from './settings.ts'

export interface Consumer {
  readonly clientId: string
  readonly clientSecret: string
}

export interface KeyPair extends Consumer {
  readonly appId: string
  readonly consumerId: string
  /** `rotated`: in the place of the staged pair that took its own; `former`: deleted, or replaced without a trace. */
  readonly slot: 'primary' | 'staged' | 'rotated' | 'former'
  /** Id of the record below `…/staged`; null: it has none. */
  readonly stagedId: string | null
  readonly createdAt: number
  readonly createdBy: string | null
  readonly expiresAt: number | null
  /** null: doesn't count yet. */
  readonly countsFrom: number | null
  /** null: without an end. */
  readonly countsUntil: number | null
  readonly used: number
  readonly lastUsedAt: number | null
  readonly refused: number
}

export interface AppConsumer {
  readonly id: string
  readonly appId: string
  readonly name: string
  readonly main: 0 | 1
}

export const consumersOf = (org: Org, appId: string): readonly AppConsumer[] =>
  org
    .sql('SELECT * FROM sim_consumer WHERE appId = ? ORDER BY main DESC, id')
    .all(appId) as unknown as readonly AppConsumer[]

export const pairsOf = (org: Org, consumerId: string): readonly KeyPair[] =>
  org
    .sql('SELECT * FROM sim_key_pair WHERE consumerId = ? ORDER BY createdAt, clientId')
    .all(consumerId) as unknown as readonly KeyPair[]

export function primaryOf(org: Org, consumerId: string): KeyPair {
  const pair = org.sql(`SELECT * FROM sim_key_pair WHERE consumerId = ? AND slot = 'primary'`).get(consumerId)
  if (pair === undefined) throw new Error(`Consumer ${consumerId} has no primary pair`)
  return pair as unknown as KeyPair
}

const pairByKey = (org: Org, clientId: string): KeyPair | undefined =>
  org.sql('SELECT * FROM sim_key_pair WHERE clientId = ?').get(clientId) as unknown as KeyPair | undefined

/** Whether a key belongs to this org, counting or not: for the login host. */
export const knowsKey = (org: Org, clientId: string): boolean => pairByKey(org, clientId) !== undefined

/** The app that a key belongs to, counting or not. */
export function ownerOfKey(org: Org, clientId: string): SimApp | undefined {
  const pair = pairByKey(org, clientId)
  return pair === undefined ? undefined : appById(org, pair.appId)
}

/** Which servers know of a change is decided by the request: the same within one, anything between two. */
const serverKnows = (clientId: string, request: number): boolean =>
  Number.parseInt(fingerprint(`${clientId}|${request}`).slice(0, 2), 16) % 2 === 0

function counts(org: Org, pair: KeyPair, settings: AppSettings, request: number): boolean {
  const now = org.now()
  const { propagationMs, propagation } = settings
  const isKnown = (at: number): boolean =>
    now >= at + (at === 0 ? 0 : propagationMs) ||
    (propagation === 'mixed' && now >= at && serverKnows(pair.clientId, request))
  return (
    pair.countsFrom !== null && isKnown(pair.countsFrom) && !(pair.countsUntil !== null && isKnown(pair.countsUntil))
  )
}

/** An app by a key that counts for this request, with the key and the secret that belongs to it. */
export function appByClientId(org: Org, clientId: string, request: number): SimApp | undefined {
  const pair = pairByKey(org, clientId)
  const app = pair === undefined ? undefined : appById(org, pair.appId)
  if (pair === undefined || app === undefined || !counts(org, pair, app.settings, request)) return undefined
  const seen = asSeenBy(org, app, serverKnows(app.id, request))
  return clientId === app.clientId ? seen : { ...seen, clientId, clientSecret: pair.clientSecret }
}

/** The tester's knowledge, not the platform's: which pair a login used can't be seen in any org. */
export const countUse = (org: Org, clientId: string): void => {
  org.sql('UPDATE sim_key_pair SET used = used + 1, lastUsedAt = ? WHERE clientId = ?').run(org.now(), clientId)
}

export const countRefusal = (org: Org, clientId: string): void => {
  org.sql('UPDATE sim_key_pair SET refused = refused + 1 WHERE clientId = ?').run(clientId)
}

export const newPair = (org: Org): Consumer => ({
  clientId: `3MVG9${org.ids.token('client-id', 80)}`,
  clientSecret: org.ids.hex('client-secret', 64).toUpperCase(),
})

/** Puts a new pair in the place of a consumer's primary one; the old one goes on until `formerUntil`. */
export function replacePrimary(
  org: Org,
  consumerId: string,
  next: Consumer,
  of: { readonly countsFrom: number; readonly formerUntil: number },
): void {
  const was = primaryOf(org, consumerId)
  org
    .sql(`UPDATE sim_key_pair SET slot = 'former', countsUntil = ? WHERE clientId = ?`)
    .run(of.formerUntil, was.clientId)
  org
    .sql(
      `INSERT INTO sim_key_pair (clientId, clientSecret, appId, consumerId, slot, createdAt, countsFrom)
       VALUES (?, ?, ?, ?, 'primary', ?, ?)`,
    )
    .run(next.clientId, next.clientSecret, was.appId, consumerId, org.now(), of.countsFrom)
  forgetApps(org)
}

/** A new pair for an app's first consumer, as the setup pages of a connected app make one. */
export function rotateConsumer(
  org: Org,
  app: SimApp,
  of: { readonly overlapMs: number; readonly knownAfterMs: number; readonly revokes: boolean },
): Consumer {
  const [main] = consumersOf(org, app.id)
  if (main === undefined) throw new Error(`The app ${app.name} has no consumer`)
  const now = org.now()
  const next = newPair(org)
  replacePrimary(org, main.id, next, { countsFrom: now + of.knownAfterMs, formerUntil: now + of.overlapMs })
  if (of.revokes) {
    const users = org.sql(
      'SELECT DISTINCT userId FROM sim_access_token WHERE appId = ?1 UNION SELECT DISTINCT userId FROM sim_grant WHERE appId = ?1',
    )
    for (const { userId } of users.all(app.id))
      killUserApp(org, 0, { userId: String(userId), appId: app.id }, 'consumer-rotated')
    org.sql('UPDATE sim_grant SET approval = 0 WHERE appId = ?').run(app.id)
  }
  return next
}
