/** What an audit means for the program that ran it: the exit code, and the sentence that goes with it. */
import type { Severity } from '../control.ts'
import type { AuditReport } from './report.ts'
import { atLeast } from './result.ts'

interface Asking {
  /** Findings of this severity and worse are a no; null: none is. */
  readonly failOn: Severity | null
  /** What could not be judged, of that severity and worse (null: any), is no yes. */
  readonly failOnUnknown: boolean
}

/** Codes 2–8 and 70 are those of errors (docs/errors.md); 1 is “ran well, the answer is no”. */
export const inconclusiveExit = 9

export interface Outcome {
  readonly is: 'fine' | 'findings' | 'inconclusive'
  readonly exit: 0 | 1 | typeof inconclusiveExit
  readonly findings: number
  readonly unknown: number
}

export const outcomeOf = ({ results }: Pick<AuditReport, 'results'>, { failOn, failOnUnknown }: Asking): Outcome => {
  const counted = (threshold: Severity | null) =>
    results.filter((one) => threshold === null || atLeast(one.severity, threshold))
  const findings = failOn === null ? 0 : counted(failOn).reduce((sum, one) => sum + one.findings.length, 0)
  const failed = failOn !== null && counted(failOn).some(({ verdict }) => verdict === 'fail')
  const unknown = counted(failOn).filter((one) => one.verdict === 'unknown' || one.open.length > 0).length
  if (failed) return { is: 'findings', exit: 1, findings, unknown }
  if (failOnUnknown && unknown > 0) return { is: 'inconclusive', exit: inconclusiveExit, findings, unknown }
  return { is: 'fine', exit: 0, findings, unknown }
}
