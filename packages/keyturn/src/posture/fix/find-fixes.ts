/** One audit as fixes need it: what a profile finds wrong and nobody answers for, of all controls or of one. */
import { KeyturnError } from '@keyturn/tokens'
import { choose } from '../audit/audit-snapshot.ts'
import { judgeAll } from '../audit/judge.ts'
import { auditReport } from '../audit/report.ts'
import type { Result } from '../audit/result.ts'
import type { Control, ProfileName } from '../control.ts'
import { nearest } from '../../nearest.ts'
import type { Snapshot } from '../snapshot.ts'
import type { Waiver } from '../waivers/waiver.ts'
import type { Found } from './plan-fixes.ts'

interface Finding {
  readonly found: readonly Found[]
  /** By control: verdict, waived findings, what could not be judged. */
  readonly results: readonly Result[]
}

interface FindingOf {
  readonly controls: readonly Control[]
  readonly snapshot: Snapshot
  readonly profile: ProfileName
  /** Null: all of the profile. */
  readonly control: string | null
  readonly waivers: readonly Waiver[]
  readonly judgedAt: number
}

/** A waived finding is somebody's decision: it is no finding here. */
export const findWrong = ({ controls, snapshot, profile, control, waivers, judgedAt }: FindingOf): Finding => {
  const asked = choose(controls, { profile, only: control === null ? [] : [control] })
  const judged = judgeAll(
    asked.map((one) => one.control),
    snapshot,
    profile,
  )
  const { results } = auditReport({
    ...{ snapshot, judgedAt, profile, judged, waivers },
    known: controls.map(({ id }) => id),
  })
  const parameters = new Map(asked.map((one) => [one.control.id, one]))
  const found = results.flatMap((result): readonly Found[] => {
    const one = parameters.get(result.control)
    return one === undefined || result.findings.length === 0
      ? []
      : [{ control: one.control, parameters: one.parameters, findings: result.findings }]
  })
  return { found, results: results.filter((one) => parameters.has(one.control)) }
}

/** Of one control, those named; naming one that is no finding is a mistake. */
export const onlySubjects = (
  found: readonly Found[],
  subjects: readonly string[],
  result: Result | undefined,
): readonly Found[] => {
  if (subjects.length === 0) return found
  const all = found.flatMap(({ findings }) => findings.map(({ subject }) => subject))
  for (const subject of subjects) {
    if (all.includes(subject)) continue
    const waived = result?.waived.some((one) => one.subject === subject) === true
    const open = result?.open.some((one) => one.subject === subject) === true
    const near = nearest(subject, all)
    const why = waived ? 'is waived' : open ? 'could not be judged' : 'is no finding of this control'
    throw new KeyturnError('BAD_ARGUMENT', `${subject} ${why}${near === null ? '' : `; did you mean ${near}?`}`, {
      fix: waived ? 'Take the waiver back first.' : `Findings: ${all.slice(0, 10).join(', ') || 'none'}.`,
    })
  }
  return found.map((one) => ({ ...one, findings: one.findings.filter(({ subject }) => subjects.includes(subject)) }))
}

/** `user` of `user:ann@example.com`. */
const kindOf = (subject: string): string => subject.split(':')[0] ?? subject

/** Judged again: of these subjects, those that are still wrong or that can't be judged now. */
export const stillWrong = (
  fixed: readonly { readonly control: Control; readonly subjects: readonly string[] }[],
  snapshot: Snapshot,
  profile: ProfileName,
): readonly { readonly control: string; readonly subject: string; readonly why: string }[] => {
  const controls = [...new Map(fixed.map(({ control }) => [control.id, control])).values()]
  return judgeAll(controls, snapshot, profile).flatMap(({ control, judgement }) => {
    const mine = new Set(fixed.filter((one) => one.control.id === control.id).flatMap(({ subjects }) => subjects))
    const { verdict, why, evidence, undecided = [] } = judgement
    if (verdict === 'pass' || verdict === 'not-applicable') return []
    const named = [...evidence, ...undecided]
    // What could not be read at all is about everything; of other users or apps it is about those.
    const kinds = new Set([...mine].map(kindOf))
    const all = named.length === 0 || named.some(({ subject }) => !kinds.has(kindOf(subject)))
    if (verdict === 'unknown' && all && !named.some(({ subject }) => mine.has(subject)))
      return [{ control: control.id, subject: [...mine].join(' '), why }]
    return named
      .filter(({ subject }) => mine.has(subject))
      .map(({ subject, text }) => ({ control: control.id, subject, why: text }))
  })
}
