/**
 * What `keyturn rtr` knows of an org: its facts, who goes through Keyturn, what is remembered of clients, and the plan
 * that comes of it. The wiring between an org, the store and the pure parts in posture/rtr/.
 */
import { resolve } from 'node:path'
import { KeyturnError, systemClock } from '@keyturn/tokens'
import type { GrantView, Keyturn, Store } from '@keyturn/tokens'
import { nearest } from '../nearest.ts'
import type { OrgConnection } from '../org/connection.ts'
import { collect } from '../posture/collect.ts'
import type { Facts, Family } from '../posture/facts.ts'
import type { SeenCaller } from '../posture/impact/impact.ts'
import type { KeyedApp } from '../posture/rtr/app-clients.ts'
import { isClientPattern } from '../posture/rtr/client-id.ts'
import { inventory } from '../posture/rtr/inventory.ts'
import { planOf } from '../posture/rtr/plan.ts'
import type { PlannedApp, RtrPlan, Words } from '../posture/rtr/plan.ts'
import { readProofs } from '../posture/rtr/proof-records.ts'
import { noProofs } from '../posture/rtr/readiness.ts'
import type { Proofs, Scanned } from '../posture/rtr/readiness.ts'
import { scanRepository } from '../posture/scan/scan-repository.ts'
import type { ScanReport } from '../posture/scan/scan-report.ts'
import type { Snapshot } from '../posture/snapshot.ts'
import { appsByKey } from '../change/apps-by-key.ts'
import { seenCallers } from '../change/seen-callers.ts'
import { requireStore } from '../settings.ts'
import type { Settings } from '../settings.ts'

const rtrFamilies: readonly Family[] = ['apps', 'tokens', 'logins', 'users']

export interface ScannedRepository {
  /** Null: nobody said whose it is, so it proves nothing. */
  readonly client: string | null
  readonly report: ScanReport
}

/** `CLIENT=PATH`, or `PATH`. */
export const scanAll = async (wanted: readonly string[]): Promise<readonly ScannedRepository[]> => {
  const found: ScannedRepository[] = []
  for (const one of wanted) {
    const at = one.indexOf('=')
    const client = at > 0 && isClientPattern(one.slice(0, at)) ? one.slice(0, at) : null
    found.push({ client, report: await scanRepository(resolve(client === null ? one : one.slice(at + 1))) })
  }
  return found
}

const scannedOf = (scans: readonly ScannedRepository[], at: number): readonly Scanned[] =>
  scans.flatMap(({ client, report: { effect, why, path } }) =>
    client === null ? [] : [{ client, at, effect, why, path }],
  )

const same = (a: string, b: string): boolean => a.slice(0, 15) === b.slice(0, 15)

/** A grant whose token is dead holds none: one of its user that is still there is somebody else's. */
const holdsRefreshToken = ({ flow, identity, status, state }: GrantView, org: string): boolean =>
  flow === 'refresh_token' &&
  status !== 'removed' &&
  state.status !== 'dead' &&
  identity !== null &&
  same(identity.orgId, org)

/** Its user, as the grant or the org's list of users tells. */
const userOf = ({ username, identity }: GrantView, { users }: Facts): string | null => {
  if (username !== null || identity === null || users.is === 'unknown') return username
  return users.value.find(({ id }) => same(id, identity.userId))?.username ?? null
}

export interface RtrView {
  readonly snapshot: Snapshot
  readonly callers: readonly SeenCaller[]
  readonly plan: RtrPlan
  readonly scans: readonly ScannedRepository[]
}

export interface Reading {
  readonly scan: readonly string[]
  readonly words: Words
  readonly tell: (text: string) => void
  readonly days: number
}

export const readRtr = async (keyturn: Keyturn, org: OrgConnection, reading: Reading): Promise<RtrView> => {
  const { words, tell, days } = reading
  const scans = await scanAll(reading.scan)
  const snapshot = await collect({ org, families: rtrFamilies, clock: systemClock, tell, days })
  const { facts } = snapshot
  const orgId = snapshot.org.id
  const own = (await keyturn.grants.list()).filter((one) => holdsRefreshToken(one, orgId))
  const apps = own.length === 0 ? new Map<string, KeyedApp>() : await appsByKey(org)
  const grants = own.map((one) => ({
    name: one.name,
    username: userOf(one, facts),
    app: apps.get(one.clientId) ?? null,
  }))
  const now = systemClock.wall()
  const [callers, remembered] = await Promise.all([
    seenCallers(keyturn, {
      orgId,
      facts,
      apps,
      now,
      days,
    }),
    readProofs(keyturn.store, orgId),
  ])
  const proofs: Proofs = { ...remembered, scanned: scannedOf(scans, now) }
  return { snapshot, callers, scans, plan: planOf(inventory(snapshot, { callers, grants }), proofs, now, words) }
}

/** Whoever looks at a file needs no store; one that was named has to be there. */
export const storeAtHand = (settings: Settings): boolean => {
  try {
    requireStore(settings)
    return true
  } catch (error) {
    if (settings.store.from === 'default' && error instanceof KeyturnError && error.code === 'STORE_MISSING')
      return false
    throw error
  }
}

/** Of a snapshot: who goes through Keyturn is then not known, and what is remembered only where a store is at hand. */
export const planOfSnapshot = async (
  snapshot: Snapshot,
  store: Store | null,
  scans: readonly ScannedRepository[],
  words: Words,
): Promise<RtrPlan> => {
  const now = systemClock.wall()
  const remembered = store === null ? noProofs : await readProofs(store, snapshot.org.id)
  const proofs: Proofs = { ...remembered, scanned: scannedOf(scans, now) }
  return planOf(inventory(snapshot, { callers: [], grants: [] }), proofs, now, words)
}

/** By its subject (`eca:Erp`), or by a name or label that only one app has. Throws BAD_ARGUMENT. */
export const appNamed = ({ apps }: Pick<RtrPlan, 'apps'>, text: string): PlannedApp => {
  const exact = apps.filter(({ subject }) => subject === text)
  const found = exact.length > 0 ? exact : apps.filter(({ name, label }) => name === text || label === text)
  const [one, other] = found
  if (one !== undefined && other === undefined) return one
  const names = apps.map(({ subject }) => subject)
  const meant = nearest(text, [...names, ...apps.map(({ name }) => name)])
  throw new KeyturnError(
    'BAD_ARGUMENT',
    one === undefined ? `No app ${text} hands out refresh tokens here` : `Several apps are called ${text}`,
    {
      fix:
        one !== undefined
          ? `Name one of ${found.map(({ subject }) => subject).join(', ')}.`
          : meant === null
            ? '`keyturn rtr NAME` lists them.'
            : `Did you mean ${meant}? \`keyturn rtr NAME\` lists them all.`,
    },
  )
}
