/**
 * An audit in the ledger: counts and the hash of what was judged, so that a report can be tied to a moment later; no
 * finding and no name of the org's.
 */
import { createHash } from 'node:crypto'
import type { RecordEntry } from '@keyturn/tokens'
import { snapshotText } from '../snapshot-file.ts'
import type { Snapshot } from '../snapshot.ts'
import type { AuditReport } from './report.ts'
import { severities } from './result.ts'

/** Of the file that `--save` writes, so that `sha256sum` is all it takes to tie one to its entry. */
const snapshotHash = (snapshot: Snapshot): string => {
  const hash = createHash('sha256')
  for (const part of snapshotText(snapshot)) hash.update(part)
  return hash.digest('hex')
}

export const auditEntry = (grant: string, snapshot: Snapshot, report: AuditReport): RecordEntry => {
  const { org, profile, score, counts, results, waivers } = report
  const findings = Object.fromEntries(
    severities.map((severity) => [
      severity,
      results.filter((one) => one.severity === severity).reduce((sum, one) => sum + one.findings.length, 0),
    ]),
  )
  return {
    kind: 'audited',
    data: {
      grantName: grant,
      org: org.id,
      profile,
      takenAt: report.takenAt,
      snapshot: snapshotHash(snapshot),
      score: score.value,
      unknownShare: score.unknownShare,
      passed: counts.pass,
      failed: counts.fail,
      unknown: counts.unknown,
      waived: counts.waived,
      ...findings,
      waiversInUse: waivers.filter(({ state }) => state === 'in-use').length,
    },
  }
}
