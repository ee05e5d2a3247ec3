/** Opens what `keyturn fix` works on: one audit of an org, its plan of fixes, and the same audit again afterwards. */
import { KeyturnError, systemClock } from '@keyturn/tokens'
import { auditedCredentials } from '../audit/audited-credentials.ts'
import type { Changing } from '../change/change-command.ts'
import { changeEvidence, evidenceFamilies } from '../change/change-evidence.ts'
import { choose } from '../posture/audit/audit-snapshot.ts'
import { withOwnParameters } from '../posture/audit/own-parameters.ts'
import { neededFamilies, neededSettings } from '../posture/audit/profiles.ts'
import type { Chosen } from '../posture/audit/profiles.ts'
import type { Result } from '../posture/audit/result.ts'
import { counted } from '../posture/audit/shown-text.ts'
import { collect } from '../posture/collect.ts'
import type { ProfileName } from '../posture/control.ts'
import { allControls } from '../posture/controls/registry.ts'
import type { Family } from '../posture/facts.ts'
import { findWrong, onlySubjects, stillWrong } from '../posture/fix/find-fixes.ts'
import { planFixes } from '../posture/fix/plan-fixes.ts'
import type { FixPlan, ImpactedFix } from '../posture/fix/plan-fixes.ts'
import type { Snapshot } from '../posture/snapshot.ts'

export interface FixTask {
  /** Null: everything the profile finds. */
  readonly control: string | null
  /** Of the control; empty: all. */
  readonly subjects: readonly string[]
  readonly profile: ProfileName
  readonly days: number
}

export interface PlannedRun {
  readonly snapshot: Snapshot
  readonly results: readonly Result[]
  readonly plan: FixPlan
  /** Reads again what these fixes are about, and judges it. */
  verify(fixes: readonly ImpactedFix[]): Promise<{ readonly ok: boolean; readonly text: string }>
}

export const planRun = async (
  task: FixTask,
  { keyturn, settings, org, tell }: Pick<Changing, 'keyturn' | 'settings' | 'org' | 'tell'>,
): Promise<PlannedRun> => {
  const controls = withOwnParameters(await allControls(), settings.config.controls)
  const { profile, days } = task
  const chosen = choose(controls, { profile, only: task.control === null ? [] : [task.control] })
  const read = async (of: readonly Chosen[], more: readonly Family[]): Promise<Snapshot> => {
    const snapshot = await collect({
      org,
      families: [...new Set([...neededFamilies(of), ...more])],
      settings: neededSettings(of),
      clock: systemClock,
      tell,
      days,
      elsewhere: { keyturn: () => auditedCredentials(keyturn, settings) },
    })
    tell(`${counted(snapshot.calls.total, 'call')}, ${(snapshot.calls.ms / 1000).toFixed(1)} s`)
    return snapshot
  }
  // What fixes are made of, besides what is judged: which sets give a right, and which groups hand it on.
  const snapshot = await read(chosen, [...evidenceFamilies, 'permissionSets', 'permissionSetGroups'])
  const { found, results } = findWrong({
    ...{ controls, snapshot, profile, control: task.control },
    waivers: settings.config.waivers ?? [],
    judgedAt: systemClock.wall(),
  })
  const asked = onlySubjects(found, task.subjects, results[0])
  const evidence = await changeEvidence({ keyturn, org, snapshot, days })
  return {
    snapshot,
    results,
    plan: await planFixes(asked, snapshot, evidence),
    verify: async (fixes) => {
      const ids = new Set(fixes.map(({ control }) => control.id))
      const mended = chosen.filter(({ control }) => ids.has(control.id))
      // Facts of apps and users are made of other families, too (tokens, logins), as they were the first time.
      const ofSettings = mended.every(({ control }) => control.families.every((family) => family === 'settings'))
      const again = await read(mended, ofSettings ? [] : evidenceFamilies)
      const open = stillWrong(fixes, again, profile)
      const subjects = new Set(fixes.flatMap((one) => one.subjects.map((subject) => `${one.control.id} ${subject}`)))
      const [first] = open
      if (first === undefined)
        return { ok: true, text: `Read again and judged again: ${counted(subjects.size, 'finding')} fewer.` }
      const more = open.length > 1 ? `, and ${open.length - 1} more` : ''
      return { ok: false, text: `Read again, ${first.control} still names ${first.subject}: ${first.why}${more}` }
    },
  }
}

/** Fewer than an audit reads would make apps and users unused that are not, and hide who comes once a quarter. */
export const readDays = (days: number): number => {
  if (Number.isInteger(days) && days >= 90 && days <= 180) return days
  throw new KeyturnError('BAD_ARGUMENT', '--days is not between 90 and 180', {
    fix: 'An audit reads 90 days; Salesforce keeps the login history for 180.',
  })
}
