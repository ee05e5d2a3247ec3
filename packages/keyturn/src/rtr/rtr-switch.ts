/**
 * Switching rotation of one app on, watching what becomes of its clients, and taking it back. A record is written before
 * the org is changed, so that whoever was killed between finds out by the same command what became of it.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { RecordEntry } from '@keyturn/tokens'
import type { Changing } from '../change/change-command.ts'
import { changeFlow } from '../change/change-flow.ts'
import type { ChangeFlow } from '../change/change-flow.ts'
import type { CarriedOut } from '../posture/change/carry-out.ts'
import type { PlannedApp } from '../posture/rtr/plan.ts'
import { rotationImpact } from '../posture/rtr/rotation-impact.ts'
import { looker } from '../posture/rtr/sightings.ts'
import { readSwitch, removeSwitch, writeSwitch } from '../posture/rtr/switch-records.ts'
import type { SwitchRecord } from '../posture/rtr/switch-records.ts'
import { factOf, rotationChange, rotationNow } from '../posture/rtr/switch-rotation.ts'
import { watch } from '../posture/rtr/watch.ts'
import type { WatchState } from '../posture/rtr/watch.ts'
import type { Snapshot } from '../posture/snapshot.ts'

export interface Switching extends Changing {
  readonly snapshot: Snapshot
  readonly app: PlannedApp
}

const recordOf = async ({ keyturn, snapshot, app }: Switching): Promise<SwitchRecord | null> =>
  readSwitch(keyturn.store, snapshot.org.id, app.subject)

/** Why rotation of this app is not to be switched from here; null: it is. */
const elsewhere = ({ stage, origin, subject, label }: PlannedApp): KeyturnError | null => {
  if (origin !== null && origin !== 'local')
    return new KeyturnError('ORG_REFUSED', `${label} is ${origin}: only its maker can switch its rotation`, {
      fix: `Send them what \`keyturn rtr notice NAME ${subject}\` writes; limit or block the app here with \`keyturn rtr limit\`.`,
    })
  if (stage === 'unknown')
    return new KeyturnError('ORG_REFUSED', `Whether ${label} rotates, or whose it is, can’t be seen`, {
      fix: 'Let the grant’s user read metadata of apps (Customize Application).',
    })
  return null
}

export interface SwitchedOn {
  /** Null: the org was so already. */
  readonly out: CarriedOut | null
  /** Since when its clients are to be watched; null: it is not on. */
  readonly record: SwitchRecord | null
}

/** `found` that it is on: by an earlier run that was killed, or by somebody else. */
const alreadyOn = async (switching: Switching): Promise<SwitchRecord> => {
  const { keyturn, snapshot, app, clock, flags, log } = switching
  const before = await recordOf(switching)
  const began = before?.state === 'began'
  const record: SwitchRecord = {
    ...(before ?? { v: 1, org: snapshot.org.id, subject: app.subject, watched: null }),
    // Of a run that was killed: what was there before it; else what is there now.
    tokens: began ? before.tokens : app.held,
    beganAt: began ? before.beganAt : clock.wall(),
    changedAt: began ? before.beganAt : clock.wall(),
    ours: began,
    state: 'on',
  }
  log(
    began
      ? 'Rotation is on: an earlier run switched it on and was ended before it could say so.'
      : 'It rotates already; nothing was changed.',
  )
  if (before?.state === 'on') return before
  if (flags['dry-run']) return record
  const data = { grantName: switching.org.grant, org: snapshot.org.id, app: app.id, resumed: began }
  await writeSwitch(keyturn.store, record, { kind: 'rtr-found-on', data })
  return record
}

const flowOf = (switching: Switching, on: boolean): Omit<ChangeFlow, 'change' | 'impact'> => {
  const { snapshot, app } = switching
  const data: RecordEntry['data'] = { org: snapshot.org.id, app: app.id }
  return {
    ...switching,
    verb: on ? 'rtr-enable' : 'rtr-roll-back',
    data,
    verify: async () => {
      const now = await rotationNow(switching.org, factOf(snapshot.facts, app))
      if (now === on) return { ok: true, text: `Read again: rotation of ${app.label} is ${on ? 'on' : 'off'}.` }
      return { ok: false, text: now === null ? 'It can’t be read back.' : `It still reads ${now ? 'on' : 'off'}.` }
    },
  }
}

export const switchOn = async (switching: Switching): Promise<SwitchedOn> => {
  const { keyturn, snapshot, app, clock, log } = switching
  const not = elsewhere(app)
  if (not !== null) throw not
  if (app.rotation === true) return { out: null, record: await alreadyOn(switching) }
  const own = app.clients.filter(({ seenBy }) => seenBy === 'grant')
  if (own.length > 0)
    log(
      `Keyturn’s own ${own.length === 1 ? 'grant' : 'grants'} of this app (${own.map(({ program }) => program.slice('keyturn:'.length)).join(', ')}) will go on: each new token is kept before it is used.\n`,
    )
  const former = await recordOf(switching)
  const began: SwitchRecord = {
    v: 1,
    org: snapshot.org.id,
    subject: app.subject,
    state: 'began',
    ours: true,
    beganAt: clock.wall(),
    changedAt: null,
    tokens: app.held,
    watched: null,
  }
  let hasBegun = false
  const out = await changeFlow({
    ...flowOf(switching, true),
    change: rotationChange(factOf(snapshot.facts, app), true),
    impact: rotationImpact(app, snapshotDays(snapshot)),
    // Not before: a run that nobody agreed to must not claim what somebody else switches on later.
    begin: async () => {
      await writeSwitch(keyturn.store, began)
      hasBegun = true
    },
  }).catch((error: unknown) => {
    if (hasBegun) log(findOut)
    throw error
  })
  if (out.is === 'applied') {
    const record: SwitchRecord = { ...began, state: 'on', changedAt: clock.wall() }
    await writeSwitch(keyturn.store, record)
    return { out, record }
  }
  if (hasBegun && isOff.has(out.is)) await restore(switching, former)
  else if (out.is === 'unverified') log(findOut)
  return { out, record: null }
}

const findOut = '→ Whether it is on could not be seen. Run the same command again: it finds out, and watches.'

/** It began, and is as it was. Of what is unclear the record stays: the next run finds out what became of it. */
const isOff: ReadonlySet<CarriedOut['is']> = new Set(['refused', 'reverted', 'rolled-back'])

const restore = async ({ keyturn, snapshot, app }: Switching, former: SwitchRecord | null): Promise<void> =>
  former === null ? removeSwitch(keyturn.store, snapshot.org.id, app.subject) : writeSwitch(keyturn.store, former)

const snapshotDays = ({ facts }: Snapshot): number | null =>
  facts.logins.is === 'known' ? facts.logins.value.days : null

/** Only what Keyturn switched on: taking rotation from an app that always had it would weaken the org. */
export const switchOff = async (switching: Switching): Promise<CarriedOut> => {
  const { keyturn, app, clock } = switching
  const record = await recordOf(switching)
  if (record === null || !record.ours || record.state === 'off')
    throw new KeyturnError('BAD_ARGUMENT', `Keyturn has not switched rotation of ${app.label} on`, {
      fix: 'Rolling back takes back what `keyturn rtr enable` did; anything else is done in Setup, by whoever answers for it.',
    })
  const change = rotationChange(factOf(switching.snapshot.facts, app), false)
  const out = await changeFlow({ ...flowOf(switching, false), change, impact: null })
  if (out.is === 'applied' || out.is === 'nothing-to-do')
    await writeSwitch(keyturn.store, { ...record, state: 'off', changedAt: clock.wall() })
  return out
}

export interface WatchOptions {
  readonly forMs: number
  readonly every: number
  readonly signal: AbortSignal
  readonly told: (state: WatchState) => void
}

/** Clients that were refused in this time before the switch, and not well since, are not its victims. */
export const deadBefore = 60 * 60_000

export const watchSwitch = async (
  switching: Switching,
  record: SwitchRecord,
  { forMs, every, signal, told }: WatchOptions,
): Promise<WatchState> => {
  const { keyturn, org, snapshot, app, clock } = switching
  const since = record.changedAt ?? record.beganAt
  const { logins, tokens } = snapshot.facts
  const state = await watch({
    began: record.beganAt,
    since,
    until: clock.wall() + forMs,
    every,
    before: record.tokens,
    look: looker(org, {
      names: app.names,
      since: record.beganAt - deadBefore,
      seesLogins: logins.is === 'known',
      tokensOf: tokens.is === 'known' && tokens.value.complete ? app : null,
    }),
    clock,
    tell: told,
    signal,
  })
  const { clients, lostTokens, overlaps, failed, blind } = state
  await writeSwitch(
    keyturn.store,
    { ...record, watched: { at: state.at, failed } },
    {
      kind: 'rtr-watched',
      data: {
        grantName: org.grant,
        org: snapshot.org.id,
        app: app.id,
        since,
        until: state.at,
        clients: clients.length,
        proved: clients.filter((one) => one.state === 'proved').length,
        refused: clients.filter((one) => one.state === 'refused').length,
        lostTokens: lostTokens.length,
        overlaps,
        blind: blind.length,
        failed,
      },
    },
  )
  return state
}
