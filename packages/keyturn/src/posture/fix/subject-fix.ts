/** The form of a fix that mends finding by finding: for each a change, or a sentence that says who can. */
import type { Asked } from '../controls/asked.ts'
import type { Evidence as Subject } from '../control.ts'
import type { Snapshot } from '../snapshot.ts'
import type { Fix, PlannedFix, Unfixable } from './fix.ts'

export type Mended = Omit<PlannedFix, 'subjects'> | string

export interface AskedFix extends Asked {
  readonly snapshot: Snapshot
  /** All findings: what several of them have in common is changed only when all of them agree. */
  readonly findings: readonly Subject[]
}

/** Findings that one change mends are planned as one. */
export const subjectFix = (
  control: string,
  mend: (finding: Subject, asked: AskedFix) => Mended,
  keyOf: (finding: Subject) => string = ({ subject }) => subject,
): Fix => ({
  control,
  plan: (findings, snapshot, parameters) => {
    const { facts, takenAt, org } = snapshot
    const asked: AskedFix = { facts, parameters, takenAt, org, snapshot, findings }
    const fixes = new Map<string, { readonly fix: Mended & object; readonly subjects: Set<string> }>()
    const unfixable: Unfixable[] = []
    for (const finding of findings) {
      const { subject } = finding
      const mended = mend(finding, asked)
      if (typeof mended === 'string') {
        unfixable.push({ subject, why: mended })
        continue
      }
      const key = mended.change.title + keyOf(finding)
      const subjects = fixes.get(key)?.subjects ?? new Set()
      fixes.set(key, { fix: mended, subjects: subjects.add(subject) })
    }
    return {
      fixes: [...fixes.values()].map(({ fix, subjects }): PlannedFix => ({ ...fix, subjects: [...subjects] })),
      unfixable,
    }
  },
})

/** What no change of metadata mends, and by which command or whom it is. */
export const byHand = (control: string, why: string | ((finding: Subject, asked: AskedFix) => string)): Fix =>
  subjectFix(control, (finding, asked) => (typeof why === 'string' ? why : why(finding, asked)))
