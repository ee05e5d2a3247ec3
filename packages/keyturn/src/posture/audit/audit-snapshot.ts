/** Judges one snapshot, and earlier ones of the same org by the same measure: today's controls, profile and waivers. */
import { KeyturnError } from '@keyturn/tokens'
import { nearest } from '../../nearest.ts'
import { compareSnapshots } from '../compare.ts'
import type { Control, ProfileName } from '../control.ts'
import type { Snapshot } from '../snapshot.ts'
import type { Waiver } from '../waivers/waiver.ts'
import { judgeAll } from './judge.ts'
import { orgChanges } from './org-changes.ts'
import type { OrgChanges } from './org-changes.ts'
import { checklistLines, chosenControls } from './profiles.ts'
import type { Chosen } from './profiles.ts'
import { auditReport } from './report.ts'
import type { AuditReport } from './report.ts'

export interface Choice {
  readonly profile: ProfileName
  /** Ids; empty: all of the profile. */
  readonly only: readonly string[]
}

/** The controls to judge. Naming one that the profile doesn't ask is a mistake, not an empty audit. */
export const choose = (controls: readonly Control[], { profile, only }: Choice): readonly Chosen[] => {
  const chosen = chosenControls(controls, profile)
  for (const id of only) {
    if (chosen.some(({ control }) => control.id === id)) continue
    const known = controls.find((control) => control.id === id)
    const near = nearest(
      id,
      controls.map((control) => control.id),
    )
    throw new KeyturnError(
      'BAD_ARGUMENT',
      known === undefined
        ? `There is no control ${id}${near === null ? '' : `; did you mean ${near}?`}`
        : `The profile ${profile} does not ask for ${id}`,
      {
        fix:
          known === undefined
            ? 'Control ids stand in every report.'
            : `Choose one of its profiles: ${Object.keys(known.profiles).join(', ')}.`,
      },
    )
  }
  return only.length === 0 ? chosen : chosen.filter(({ control }) => only.includes(control.id))
}

interface AuditingSnapshot extends Choice {
  readonly controls: readonly Control[]
  readonly snapshot: Snapshot
  readonly judgedAt: number
  readonly waivers: readonly Waiver[]
  readonly earlier?: readonly Snapshot[]
}

/** What every format shows of a snapshot: a file may have been edited. */
const requireHead = ({ takenAt, org, auditor, calls }: Snapshot): void => {
  const texts = [org.id, org.name, org.instanceUrl, auditor.username]
  const numbers = [calls.total, calls.mostAtOnce, calls.ms]
  const sound =
    !Number.isNaN(new Date(takenAt).getTime()) &&
    typeof org.sandbox === 'boolean' &&
    texts.every((text) => typeof text === 'string') &&
    numbers.every((number) => Number.isFinite(number))
  if (!sound)
    throw new KeyturnError(
      'BAD_ARGUMENT',
      'The head of the snapshot (takenAt, org, auditor, calls) is not one of Keyturn',
      {
        fix: 'Judge a file that `keyturn audit --save` wrote.',
      },
    )
}

/** A file that somebody edited may hold what can't be compared: findings are, then, and the rest isn't told. */
const changesSince = (newest: Snapshot, snapshot: Snapshot): { readonly changes?: OrgChanges } => {
  try {
    return { changes: orgChanges(newest.takenAt, compareSnapshots(newest, snapshot)) }
  } catch (error) {
    if (error instanceof KeyturnError) throw error
    return {}
  }
}

export const auditSnapshot = (auditing: AuditingSnapshot): AuditReport => {
  const { controls, snapshot, judgedAt, profile, only, waivers, earlier = [] } = auditing
  const asked = choose(controls, { profile, only }).map(({ control }) => control)
  for (const one of [snapshot, ...earlier]) requireHead(one)
  for (const { org, takenAt } of earlier) {
    if (org.id.slice(0, 15) !== snapshot.org.id.slice(0, 15))
      throw new KeyturnError('BAD_ARGUMENT', `The snapshot to compare with is of another org (${org.id})`, {
        fix: `Name one of ${snapshot.org.id}.`,
      })
    if (takenAt >= snapshot.takenAt)
      throw new KeyturnError('BAD_ARGUMENT', 'The snapshot to compare with is not older than the one that is judged', {
        fix: 'Name an older one, or judge this one with --snapshot and compare the other way round.',
      })
  }
  const newest = earlier.toSorted((a, b) => a.takenAt - b.takenAt).at(-1)
  const judged = (one: Snapshot) => judgeAll(asked, one, profile)
  return auditReport({
    snapshot,
    judgedAt,
    profile,
    judged: judged(snapshot),
    waivers,
    known: controls.map(({ id }) => id),
    ...(newest === undefined ? {} : changesSince(newest, snapshot)),
    earlier: earlier.map((one) => ({ takenAt: one.takenAt, judged: judged(one) })),
    // One line alone, where controls were chosen by hand, would say of the others that nothing looks at them.
    ...(profile === 'integration' && only.length === 0 ? { checklist: checklistLines } : {}),
  })
}
