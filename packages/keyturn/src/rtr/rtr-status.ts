/** What `keyturn rtr status` reads: the apps that rotate, the records of their switches, the trail, and one look at all. */
import { systemClock } from '@keyturn/tokens'
import type { Keyturn } from '@keyturn/tokens'
import type { OrgConnection } from '../org/connection.ts'
import { collect } from '../posture/collect.ts'
import type { Words } from '../posture/rtr/plan.ts'
import { rotationStatus, sinceOf } from '../posture/rtr/rotation-status.ts'
import type { RotationStatus } from '../posture/rtr/rotation-status.ts'
import { looker } from '../posture/rtr/sightings.ts'
import type { Look } from '../posture/rtr/sightings.ts'
import { readSwitches } from '../posture/rtr/switch-records.ts'
import type { Snapshot } from '../posture/snapshot.ts'
import { appNamed, readRtr } from './rtr-opened.ts'
import { deadBefore } from './rtr-switch.ts'

const day = 86_400_000
/** Logins before this say nothing about now. */
const furthest = 30 * day
/** A deployment takes minutes at most; the hour before it tells who was dead already. */
const beganBefore = 2 * deadBefore

interface Asked {
  readonly words: Words
  /** Null: every app that rotates. */
  readonly app: string | null
  readonly now: number
  readonly tell: (text: string) => void
}

export interface StatusRead {
  readonly org: Snapshot['org']
  readonly statuses: readonly RotationStatus[]
  /** Subjects of apps whose switch was begun, not ended, and that do not rotate. */
  readonly unfinished: readonly string[]
}

export const readStatus = async (keyturn: Keyturn, org: OrgConnection, asked: Asked): Promise<StatusRead> => {
  const { words, now, tell } = asked
  const { snapshot, plan } = await readRtr(keyturn, org, { scan: [], words, days: 30, tell })
  const trailOf = await collect({ org, families: ['auditTrail'], clock: systemClock, tell, days: 90 })
  const chosen = asked.app === null ? plan.apps : [appNamed(plan, asked.app)]
  const on = chosen.filter(({ rotation }) => rotation === true)
  const records = await readSwitches(keyturn.store, snapshot.org.id)
  const { facts } = snapshot
  const trail = trailOf.facts.auditTrail.is === 'known' ? trailOf.facts.auditTrail.value : []
  const recordOf = new Map(records.map((one) => [one.subject, one]))
  const starts = on.map((app) => sinceOf(app, recordOf.get(app.subject), trail).since ?? now - furthest)
  const from = Math.max(now - furthest, Math.min(now, ...starts) - beganBefore)
  const names = [...new Set(on.flatMap((app) => app.names))]
  const watched = { names, since: from, seesLogins: facts.logins.is === 'known', tokensOf: null }
  const look: Look = on.length === 0 ? { at: now, sightings: [], tokens: null } : await looker(org, watched)(now)
  const tokens = new Map(on.map((app) => [app.subject, app.held] as const))
  const began = records.filter(({ state, subject }) => state === 'began' && !on.some((app) => app.subject === subject))
  return {
    org: snapshot.org,
    statuses: rotationStatus({ apps: on, records, trail, look, tokens, from, margin: deadBefore }),
    unfinished: began.map(({ subject }) => subject),
  }
}
