/** What an audit says of one control, free of functions, so that it can be written to a file. */
import { createHash } from 'node:crypto'
import type { Control, Evidence, Parameters, Severity, Verdict } from '../control.ts'

export interface Finding extends Evidence {
  /** The same for the same thing in every audit of the org: what dashboards and code hosts follow it by. */
  readonly fingerprint: string
}

export interface WaivedFinding extends Finding {
  readonly waiver: { readonly reason: string; readonly owner: string; readonly expires: string }
}

/** `waived`: everything that is wrong is covered by waivers in force, and nothing was left undecided. */
export type ResultVerdict = Verdict | 'waived'

export interface Result {
  readonly control: string
  readonly title: string
  readonly severity: Severity
  readonly verdict: ResultVerdict
  /** One sentence: why this verdict. */
  readonly because: string
  /** Why the control matters at all. */
  readonly matters: string
  readonly remedy: string
  readonly effort: Control['effort']
  readonly catalogues: Control['catalogues']
  readonly parameters: Parameters
  /** What is wrong and nobody answers for. */
  readonly findings: readonly Finding[]
  /** What could not be judged. */
  readonly open: readonly Finding[]
  readonly waived: readonly WaivedFinding[]
  /** Looks at the waivers and not at the org: no part of the score. */
  readonly aboutWaivers?: true
}

export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const satisfies readonly Severity[]

export const atLeast = (severity: Severity, threshold: Severity): boolean =>
  severities.indexOf(severity) <= severities.indexOf(threshold)

export const fingerprint = (orgId: string, control: string, subject: string, nth = 0): string =>
  createHash('sha256')
    .update(JSON.stringify([orgId, control, subject, ...(nth === 0 ? [] : [nth])]))
    .digest('hex')
    .slice(0, 32)

/** Evidence as findings: one subject that is wrong twice has two fingerprints. */
export const findingsOf = (orgId: string, control: string, evidence: readonly Evidence[]): readonly Finding[] => {
  const seen = new Map<string, number>()
  return evidence.map((one) => {
    // Facts of a file that somebody edited may be of any kind.
    const [subject, text, facts] = [String(one.subject), String(one.text), one.facts]
    const nth = seen.get(subject) ?? 0
    seen.set(subject, nth + 1)
    return { subject, text, facts, fingerprint: fingerprint(orgId, control, subject, nth) }
  })
}
