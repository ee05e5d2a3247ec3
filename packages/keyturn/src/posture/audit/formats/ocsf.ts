/**
 * OCSF 1.7.0, Compliance Finding (2003): an array of events, one a subject, and one for each control that passes or does
 * not apply, so that a lake that keeps the latest event of each sees it change. What could not be judged is `Warning`,
 * which OCSF defines as no result for want of information.
 */
import type { Severity } from '../../control.ts'
import type { AuditReport } from '../report.ts'
import { fingerprint } from '../result.ts'
import type { Finding, Result, WaivedFinding } from '../result.ts'
import { catalogueName } from '../shown-text.ts'
import { jsonText } from './json-text.ts'

const schemaVersion = '1.7.0'

const severityIds: Readonly<Record<Severity, readonly [number, string]>> = {
  info: [1, 'Informational'],
  low: [2, 'Low'],
  medium: [3, 'Medium'],
  high: [4, 'High'],
  critical: [5, 'Critical'],
}

interface Status {
  readonly compliance: readonly [number, string]
  /** Of the finding: what somebody has to do about it. */
  readonly finding: readonly [number, string]
}

const statuses = {
  fail: { compliance: [3, 'Fail'], finding: [1, 'New'] },
  unknown: { compliance: [2, 'Warning'], finding: [1, 'New'] },
  waived: { compliance: [3, 'Fail'], finding: [3, 'Suppressed'] },
  pass: { compliance: [1, 'Pass'], finding: [4, 'Resolved'] },
  'not-applicable': { compliance: [99, 'Not applicable'], finding: [4, 'Resolved'] },
} as const satisfies Readonly<Record<Result['verdict'], Status>>

type About = Pick<Finding, 'subject' | 'text' | 'facts' | 'fingerprint'> & Partial<Pick<WaivedFinding, 'waiver'>>

const eventOf = (report: AuditReport, result: Result, verdict: Result['verdict'], about: About, version: string) => {
  const [severity_id, severity] = severityIds[result.severity]
  const { compliance, finding } = statuses[verdict]
  const { waiver } = about
  return {
    activity_id: 1,
    activity_name: 'Create',
    category_uid: 2,
    category_name: 'Findings',
    class_uid: 2003,
    class_name: 'Compliance Finding',
    type_uid: 200301,
    type_name: 'Compliance Finding: Create',
    time: report.takenAt,
    severity_id,
    severity,
    status_id: finding[0],
    status: finding[1],
    message: `${result.title}: ${about.text}`,
    ...(waiver === undefined ? {} : { comment: `${waiver.reason} (${waiver.owner}, until ${waiver.expires})` }),
    metadata: {
      version: schemaVersion,
      uid: `${about.fingerprint}-${report.takenAt}`,
      tenant_uid: report.org.id,
      product: { name: 'Keyturn', vendor_name: 'Keyturn', version, feature: { name: 'audit' } },
      profiles: [],
    },
    finding_info: {
      uid: about.fingerprint,
      title: result.title,
      desc: result.matters,
      types: ['Salesforce posture'],
      analytic: { type_id: 1, type: 'Rule', uid: result.control, name: result.title },
    },
    compliance: {
      control: result.control,
      standards: [`Keyturn ${report.profile}`, ...Object.keys(result.catalogues).map(catalogueName)],
      requirements: Object.values(result.catalogues).flat(),
      status_id: compliance[0],
      status: compliance[1],
      status_detail: result.because,
    },
    ...(verdict === 'fail' ? { remediation: { desc: `${result.remedy} (effort: ${result.effort})` } } : {}),
    resources: [
      {
        uid: about.subject,
        type: about.subject.split(':', 1)[0] ?? 'org',
        owner: { org: { uid: report.org.id, name: report.org.name } },
      },
    ],
    evidences: [{ data: about.facts }],
  }
}

export const asOcsf = (report: AuditReport, version: string): string => {
  const whole = (result: Result): About => ({
    subject: 'org',
    text: result.because,
    facts: {},
    fingerprint: fingerprint(report.org.id, result.control, 'org'),
  })
  return jsonText(
    report.results.flatMap((result) => {
      const events = [
        ...result.findings.map((one) => eventOf(report, result, 'fail', one, version)),
        ...result.open.map((one) => eventOf(report, result, 'unknown', one, version)),
        ...result.waived.map((one) => eventOf(report, result, 'waived', one, version)),
      ]
      return events.length > 0 ? events : [eventOf(report, result, result.verdict, whole(result), version)]
    }),
  )
}
