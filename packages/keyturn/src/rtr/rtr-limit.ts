/**
 * What this org can do about an app that isn't its own: the policies that are the org's to set (how long refresh tokens
 * live, from where, for whom), by the fixes of their controls; or the app is blocked.
 */
import { KeyturnError, systemClock } from '@keyturn/tokens'
import type { Keyturn } from '@keyturn/tokens'
import { changeEvidence, evidenceFamilies } from '../change/change-evidence.ts'
import type { OrgConnection } from '../org/connection.ts'
import { choose } from '../posture/audit/audit-snapshot.ts'
import { neededFamilies, neededSettings } from '../posture/audit/profiles.ts'
import type { OrgChange } from '../posture/change/org-change.ts'
import { collect } from '../posture/collect.ts'
import { appSubject } from '../posture/controls/app-control.ts'
import { allControls } from '../posture/controls/registry.ts'
import { blockApp } from '../posture/fix/block-app.ts'
import { findWrong, stillWrong } from '../posture/fix/find-fixes.ts'
import { joinFixes, planFixes } from '../posture/fix/plan-fixes.ts'
import { impactOf, together } from '../posture/impact/impact-of.ts'
import type { Evidence, Impact } from '../posture/impact/impact.ts'
import { inventory } from '../posture/rtr/inventory.ts'
import { planOf } from '../posture/rtr/plan.ts'
import type { PlannedApp, Words } from '../posture/rtr/plan.ts'
import { noProofs } from '../posture/rtr/readiness.ts'
import { factOf } from '../posture/rtr/switch-rotation.ts'
import type { Snapshot } from '../posture/snapshot.ts'
import { appNamed } from './rtr-opened.ts'

/** A token that is never replaced has to die sooner: the strict limits. */
const profile = 'strict'
const policies = ['app-refresh-lifetime', 'app-ip-relaxation', 'app-permitted-users'] as const

export interface Limit {
  readonly app: PlannedApp
  readonly snapshot: Snapshot
  /** Null: nothing of it can be set from here. */
  readonly change: { readonly change: OrgChange; readonly impact: Impact } | null
  /** What can't be set from here, and who can. */
  readonly not: readonly string[]
  /** Null: there is nothing to verify. */
  readonly verify: (() => Promise<{ readonly ok: boolean; readonly text: string }>) | null
}

interface Asked {
  readonly app: string
  readonly block: boolean
  readonly words: Words
  readonly days: number
  readonly tell: (text: string) => void
}

const blocking = ({ facts }: Snapshot, app: PlannedApp, evidence: Evidence): Limit['change'] => {
  const { edits, restricts, title } = blockApp(factOf(facts, app))
  const components = edits.filter((edit) => edit !== null)
  if (components.length < edits.length) return null
  return {
    change: { title: `${app.label}: ${title}`, components, records: [], clicks: [] },
    impact: together(restricts.map((one) => impactOf(one, evidence))),
  }
}

export const planLimit = async (keyturn: Keyturn, org: OrgConnection, asked: Asked): Promise<Limit> => {
  const { words, days, tell, block } = asked
  const controls = await allControls()
  const chosen = choose(controls, { profile, only: policies })
  const families = [...new Set([...neededFamilies(chosen), ...evidenceFamilies, 'permissionSets' as const])]
  const read = (): Promise<Snapshot> =>
    collect({ org, families, settings: neededSettings(chosen), clock: systemClock, tell, days })
  const snapshot = await read()
  const now = systemClock.wall()
  const app = appNamed(planOf(inventory(snapshot, { callers: [], grants: [] }), noProofs, now, words), asked.app)
  const evidence = await changeEvidence({ keyturn, org, snapshot, days })
  if (block) {
    const change = app.origin === 'uninstalled' ? null : blocking(snapshot, app, evidence)
    return {
      ...{ app, snapshot, change },
      not:
        change === null
          ? ['The org shows no metadata of the app: Setup → Connected Apps OAuth Usage → Block does it, by a person.']
          : [],
      verify: async () => {
        const { apps } = (await read()).facts
        const found = apps.is === 'known' ? apps.value.find((one) => appSubject(one) === app.subject) : undefined
        const ok = found?.blocked.is === 'known' && found.blocked.value
        return { ok, text: ok ? `Read again: ${app.label} is blocked.` : `${app.label} does not read as blocked.` }
      },
    }
  }
  if (app.origin === 'uninstalled')
    return {
      ...{ app, snapshot, change: null },
      not: [
        'It is not installed here, so no policy applies: install it (Setup → Connected Apps OAuth Usage), or block it there.',
      ],
      verify: null,
    }
  const found = policies.flatMap((control) =>
    findWrong({ controls, snapshot, profile, control, waivers: [], judgedAt: now }).found.flatMap((one) => {
      const findings = one.findings.filter(({ subject }) => subject === app.subject)
      return findings.length === 0 ? [] : [{ ...one, findings }]
    }),
  )
  const { fixes, unfixable } = await planFixes(found, snapshot, evidence)
  return {
    app,
    snapshot,
    change: fixes.length === 0 ? null : joinFixes(`Limit ${app.label} by policy`, fixes),
    not: unfixable.map(({ control, why }) => `${control.title}: ${why}`),
    verify: async () => {
      const [first] = stillWrong(fixes, await read(), profile)
      return first === undefined
        ? { ok: true, text: 'Read again and judged again: its policies hold.' }
        : { ok: false, text: `Read again, ${first.control} still names ${first.subject}: ${first.why}` }
    },
  }
}

/** Nothing to limit there: said instead of a change of nothing. */
export const nothingToLimit = ({ app, not }: Limit): KeyturnError | null =>
  not.length === 0
    ? null
    : new KeyturnError('ORG_REFUSED', `Nothing of ${app.label} can be limited from here: ${not.join(' ')}`, {
        fix: 'Do in Setup what its message names.',
      })
