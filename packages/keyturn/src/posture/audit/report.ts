/** The model of an audit: everything its formats show, made of judgements, waivers and earlier snapshots. Pure. */
import type { Control, Judgement, Parameters, ProfileName } from '../control.ts'
import type { Snapshot } from '../snapshot.ts'
import { applyWaivers, waiverResults } from '../waivers/apply-waivers.ts'
import type { WaiverUse } from '../waivers/apply-waivers.ts'
import type { Waiver } from '../waivers/waiver.ts'
import type { OrgChanges } from './org-changes.ts'
import { checklistResults } from './checklist.ts'
import type { ChecklistLine } from './checklist.ts'
import { findingsOf, fingerprint, severities } from './result.ts'
import type { Result, ResultVerdict } from './result.ts'
import { scoreOf } from './score.ts'
import type { Score } from './score.ts'
import { trendOf } from './trend.ts'
import type { Trend } from './trend.ts'

const reportFormat = 'keyturn-audit/1'

/** A control, what the profile asked of it, and what came of it. */
export interface Judged {
  readonly control: Control
  readonly parameters: Parameters
  readonly judgement: Judgement
}

export interface AuditReport {
  readonly format: typeof reportFormat
  readonly org: Snapshot['org']
  /** Epoch ms: when the facts were read, and when they were judged. */
  readonly takenAt: number
  readonly judgedAt: number
  readonly auditor: Snapshot['auditor']
  readonly profile: ProfileName
  readonly calls: Snapshot['calls']
  readonly score: Score
  /** Of the controls that look at the org. */
  readonly counts: Readonly<Record<ResultVerdict, number>>
  /** Worst first; the lines of the checklist in their own order. */
  readonly results: readonly Result[]
  readonly waivers: readonly WaiverUse[]
  readonly trend: Trend | null
  /** Against the newest of the earlier snapshots; null: there is none. */
  readonly changes: OrgChanges | null
}

type Seen = Pick<Snapshot, 'org' | 'takenAt' | 'auditor' | 'calls'>

export interface Auditing {
  readonly snapshot: Seen
  readonly judgedAt: number
  readonly profile: ProfileName
  readonly judged: readonly Judged[]
  readonly waivers: readonly Waiver[]
  /** Ids of all controls there are. */
  readonly known: readonly string[]
  /** The same controls over earlier snapshots of the same org. */
  readonly earlier?: readonly { readonly takenAt: number; readonly judged: readonly Judged[] }[]
  /** What else is otherwise than in the newest of them. */
  readonly changes?: OrgChanges
  /** Of the profile `integration`: then the results are these lines. */
  readonly checklist?: readonly ChecklistLine[]
}

const verdicts: readonly ResultVerdict[] = ['fail', 'unknown', 'waived', 'pass', 'not-applicable']

export const auditReport = (auditing: Auditing): AuditReport => {
  const { snapshot, judgedAt, profile, judged, waivers, known, earlier = [], checklist, changes = null } = auditing
  const { org, takenAt, auditor, calls } = snapshot
  const lined = (results: readonly Result[]): readonly Result[] =>
    checklist === undefined ? [...results].sort(worstFirst) : checklistResults(checklist, results)
  const applied = applyWaivers(
    judged.map((one) => resultOf(org.id, one)),
    { waivers, now: judgedAt, known },
  )
  const aboutWaivers = waiverResults(applied.waivers, (control, subject, text, facts) => ({
    subject,
    text,
    facts,
    fingerprint: fingerprint(org.id, control, subject),
  }))
  const results = lined(checklist === undefined ? [...applied.results, ...aboutWaivers] : applied.results)
  const before = earlier.map((one) => ({
    takenAt: one.takenAt,
    results: lined(one.judged.map((each) => resultOf(org.id, each))),
  }))
  return {
    format: reportFormat,
    org,
    takenAt,
    judgedAt,
    auditor,
    profile,
    calls,
    score: scoreOf(results),
    counts: countsOf(results),
    results,
    waivers: applied.waivers,
    trend: trendOf({ takenAt, results }, before),
    changes,
  }
}

const resultOf = (orgId: string, { control, parameters, judgement }: Judged): Result => {
  const { id, title, severity, why, remedy, effort, catalogues } = control
  const { verdict, evidence, undecided = [] } = judgement
  return {
    control: id,
    title,
    severity,
    verdict,
    because: String(judgement.why),
    matters: why,
    remedy,
    effort,
    catalogues,
    parameters,
    findings: verdict === 'fail' ? findingsOf(orgId, id, evidence) : [],
    open: findingsOf(orgId, id, verdict === 'unknown' ? evidence : undecided),
    waived: [],
  }
}

const worstFirst = (a: Result, b: Result): number =>
  verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict) ||
  severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
  (a.control < b.control ? -1 : 1)

const countsOf = (results: readonly Result[]): AuditReport['counts'] => {
  const counts: Record<ResultVerdict, number> = { pass: 0, fail: 0, unknown: 0, 'not-applicable': 0, waived: 0 }
  for (const { verdict, aboutWaivers } of results) if (aboutWaivers !== true) counts[verdict]++
  return counts
}
