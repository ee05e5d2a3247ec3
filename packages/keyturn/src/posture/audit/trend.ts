/**
 * What became of the findings of an earlier snapshot. One that is no longer found is mended only where its control could
 * be judged now; where it could not, it was lost sight of, which is no good news.
 */
import type { Severity } from '../control.ts'
import { severities } from './result.ts'
import type { Finding, Result } from './result.ts'
import { scoreOf } from './score.ts'

export interface Moved {
  readonly control: string
  readonly title: string
  readonly severity: Severity
  readonly subject: string
  readonly fingerprint: string
}

interface TrendPoint {
  readonly takenAt: number
  readonly score: number | null
  readonly unknownShare: number
  /** Findings nobody answers for. */
  readonly findings: number
}

export interface Trend {
  /** Oldest first; the last one is this audit. */
  readonly points: readonly TrendPoint[]
  /** Against the newest of the earlier snapshots. */
  readonly since: number
  readonly scoreChange: number | null
  readonly fresh: readonly Moved[]
  readonly mended: readonly Moved[]
  readonly waived: readonly Moved[]
  readonly outOfSight: readonly Moved[]
  readonly remaining: number
}

/** One moment's results, waivers not applied. */
interface Earlier {
  readonly takenAt: number
  readonly results: readonly Result[]
}

const pointOf = ({ takenAt, results }: Earlier): TrendPoint => {
  const { value, unknownShare } = scoreOf(results)
  return { takenAt, score: value, unknownShare, findings: results.reduce((sum, one) => sum + one.findings.length, 0) }
}

const movedOf = ({ control, title, severity }: Result, { subject, fingerprint }: Finding): Moved => ({
  control,
  title,
  severity,
  subject,
  fingerprint,
})

const bySeverity = (a: Moved, b: Moved): number => severities.indexOf(a.severity) - severities.indexOf(b.severity)

/** `before` is not empty. Waivers themselves are left out: an earlier snapshot had those of its day. */
export const trendOf = (now: Earlier, before: readonly Earlier[]): Trend | null => {
  const earlier = [...before].sort((a, b) => a.takenAt - b.takenAt)
  const last = earlier.at(-1)
  if (last === undefined) return null
  const results = now.results.filter(({ aboutWaivers }) => aboutWaivers !== true)
  const was = new Map(last.results.flatMap((one) => one.findings.map((finding) => [finding.fingerprint, one] as const)))
  const [fresh, mended, waived, outOfSight]: [Moved[], Moved[], Moved[], Moved[]] = [[], [], [], []]
  let remaining = 0
  for (const result of results) {
    for (const finding of result.findings) {
      if (was.has(finding.fingerprint)) remaining++
      else fresh.push(movedOf(result, finding))
    }
    for (const finding of result.waived) if (was.has(finding.fingerprint)) waived.push(movedOf(result, finding))
  }
  for (const old of last.results) {
    const result = results.find(({ control }) => control === old.control)
    if (result === undefined) continue
    const still = new Set([...result.findings, ...result.waived].map(({ fingerprint }) => fingerprint))
    const open = new Set(result.open.map(({ subject }) => subject))
    for (const finding of old.findings) {
      if (still.has(finding.fingerprint)) continue
      const unseen = result.verdict === 'unknown' || open.has(finding.subject)
      ;(unseen ? outOfSight : mended).push(movedOf(old, finding))
    }
  }
  const points = [...earlier.map(pointOf), pointOf({ takenAt: now.takenAt, results })]
  const [before_, after] = [points.at(-2)?.score ?? null, points.at(-1)?.score ?? null]
  return {
    points,
    since: last.takenAt,
    scoreChange: before_ === null || after === null ? null : after - before_,
    fresh: fresh.sort(bySeverity),
    mended: mended.sort(bySeverity),
    waived: waived.sort(bySeverity),
    outOfSight: outOfSight.sort(bySeverity),
    remaining,
  }
}
