/**
 * Rotating a consumer of an external client app: a new pair is staged, then rotated into the primary place; the pair
 * that was there goes on for a while. What the two pages and three tools that describe it disagree on is a switch.
 */
import { killGrant } from './grants.ts'
import type { Grant } from './grants.ts'
import { endAccessToken } from '../sessions/access-tokens.ts'
import { appById, forgetApps } from './apps.ts'
import type { SimApp } from './apps.ts'
import { newPair, pairsOf, primaryOf } from './consumers.ts'
import type { KeyPair } from './consumers.ts'
import type { Org } from './org.ts'

const recordLivesMs = 30 * 86_400_000

export interface StagedRecord {
  readonly id: string
  readonly pair: KeyPair
  readonly state: 'Active' | 'Expired' | 'Rotated'
}

function stateOf(org: Org, pair: KeyPair): StagedRecord['state'] {
  const end = pair.slot === 'staged' ? pair.expiresAt : pair.countsUntil
  if (end !== null && org.now() >= end) return 'Expired'
  return pair.slot === 'staged' ? 'Active' : 'Rotated'
}

export const stagedOf = (org: Org, consumerId: string): readonly StagedRecord[] =>
  pairsOf(org, consumerId).flatMap((pair) =>
    pair.stagedId === null ? [] : [{ id: pair.stagedId, pair, state: stateOf(org, pair) }],
  )

/** A new staged pair; null: one that is there is in the way. */
export function stage(org: Org, app: SimApp, consumerId: string, userId: string): StagedRecord | null {
  const inTheWay = stagedOf(org, consumerId).some(
    ({ state, pair }) =>
      state === 'Active' || (state === 'Rotated' && pair.slot === 'rotated' && app.settings.stagedSlots === 'one'),
  )
  if (inTheWay) return null
  const made = newPair(org)
  const id = org.ids.id('1Sc')
  const now = org.now()
  org
    .sql(
      `INSERT INTO sim_key_pair (clientId, clientSecret, appId, consumerId, slot, stagedId, createdAt, createdBy, expiresAt, countsFrom, countsUntil)
       VALUES (?, ?, ?, ?, 'staged', ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      made.clientId,
      made.clientSecret,
      app.id,
      consumerId,
      id,
      now,
      userId,
      now + recordLivesMs,
      app.settings.stagedUsable === 'at-once' ? now : null,
      app.settings.stagedUsable === 'at-once' ? now + recordLivesMs : null,
    )
  return stagedOf(org, consumerId).find((record) => record.id === id) ?? null
}

const change = (org: Org, clientId: string, to: Readonly<Record<string, string | number | null>>): void => {
  for (const [column, value] of Object.entries(to))
    org.sql(`UPDATE sim_key_pair SET ${column} = ? WHERE clientId = ?`).run(value, clientId)
}

/** Puts a staged pair in the primary place. */
export function rotateIn(org: Org, app: SimApp, record: StagedRecord): void {
  const { pair, id } = record
  const was = primaryOf(org, pair.consumerId)
  const now = org.now()
  const promoted = app.settings.rotatedShows === 'promoted'
  change(org, was.clientId, {
    slot: promoted ? 'former' : 'rotated',
    stagedId: promoted ? was.stagedId : id,
    expiresAt: now + recordLivesMs,
    countsUntil: now + app.settings.oldConsumerMs,
  })
  change(org, pair.clientId, {
    slot: 'primary',
    stagedId: promoted ? id : null,
    countsFrom: pair.countsFrom ?? now,
    countsUntil: null,
  })
  forgetApps(org)
  endWith(org, app, was.clientId, 'die-at-rotate')
}

/** Takes a staged record away, and with it the pair it holds, unless that is the one in use. */
export function removeStaged(org: Org, record: StagedRecord): void {
  const { pair } = record
  if (pair.slot === 'primary') return change(org, pair.clientId, { stagedId: null })
  const now = org.now()
  change(org, pair.clientId, {
    slot: 'former',
    stagedId: null,
    countsUntil: Math.min(now, pair.countsUntil ?? now),
  })
  carryOutEnds(org)
}

/** What ends with a pair of which an app's switches say so. */
function endWith(org: Org, app: SimApp, clientId: string, moment: 'die-at-rotate' | 'die-at-removal'): void {
  const { grantsOfOldKey, approvalsOfOldKey } = app.settings
  if (approvalsOfOldKey === moment) org.sql('UPDATE sim_grant SET approval = 0 WHERE clientId = ?').run(clientId)
  if (grantsOfOldKey !== moment) return
  const grants = org.sql('SELECT * FROM sim_grant WHERE clientId = ? AND live = 1').all(clientId)
  for (const grant of grants as unknown as readonly Grant[]) killGrant(org, 0, grant, 'consumer-rotated')
  const sessions = org.sql('SELECT id FROM sim_access_token WHERE clientId = ? AND live = 1').all(clientId)
  for (const { id } of sessions) endAccessToken(org, String(id), 'consumer-rotated')
}

/** Pairs whose time is over, by deletion or by age: carried out before the next request is looked at. */
export function carryOutEnds(org: Org): void {
  const over = org
    .sql(`SELECT clientId, appId FROM sim_key_pair WHERE ended = 0 AND slot != 'primary' AND countsUntil <= ?`)
    .all(org.now())
  for (const { clientId, appId } of over) {
    change(org, String(clientId), { ended: 1 })
    const app = appById(org, String(appId))
    if (app !== undefined) endWith(org, app, String(clientId), 'die-at-removal')
  }
}
