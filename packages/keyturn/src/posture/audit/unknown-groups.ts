/**
 * What could not be judged, by reason: one missing permission hides dozens of controls, and whoever reads wants to know
 * what to give, not fifty times the same.
 */
import type { Severity } from '../control.ts'
import { severities } from './result.ts'
import type { Result } from './result.ts'

export interface UnknownGroup {
  readonly reason: string
  /** As Setup calls it; null: no permission would help. */
  readonly missing: string | null
  /** Of the gravest control. */
  readonly severity: Severity
  readonly controls: readonly Pick<Result, 'control' | 'title' | 'severity' | 'verdict'>[]
  /** Different ones, in no order but that of the controls. */
  readonly subjects: readonly string[]
}

interface Growing {
  readonly missing: string | null
  readonly controls: Map<string, UnknownGroup['controls'][number]>
  readonly subjects: Set<string>
}

const rank = ({ severity }: { readonly severity: Severity }): number => severities.indexOf(severity)

export const unknownGroups = (results: readonly Result[]): readonly UnknownGroup[] => {
  const groups = new Map<string, Growing>()
  const add = (reason: string, missing: string | null, result: Result, subject: string | null): void => {
    const group = groups.get(reason) ?? { missing, controls: new Map(), subjects: new Set() }
    groups.set(reason, group)
    const { control, title, severity, verdict } = result
    group.controls.set(control, { control, title, severity, verdict })
    if (subject !== null) group.subjects.add(subject)
  }
  for (const result of results) {
    for (const { subject, text, facts } of result.open) {
      const { missing, doubt } = facts
      if (typeof missing === 'string') add(`The auditor’s user lacks “${missing}”`, missing, result, subject)
      else add(typeof doubt === 'string' ? doubt : text, null, result, subject)
    }
    if (result.verdict === 'unknown' && result.open.length === 0) add(result.because, null, result, null)
  }
  return [...groups]
    .map(([reason, { missing, controls, subjects }]) => {
      const sorted = [...controls.values()].sort((a, b) => rank(a) - rank(b))
      return { reason, missing, severity: sorted[0]?.severity ?? 'info', controls: sorted, subjects: [...subjects] }
    })
    .sort((a, b) => rank(a) - rank(b) || b.controls.length - a.controls.length)
}
