/**
 * SARIF 2.1.0 (OASIS). A rule a control, a result a finding; what could not be judged is a result of kind `open` and a
 * notification, so that no viewer takes it for a pass; waived findings are suppressed with their justification.
 *
 * GitHub shows a result only with a physical location, follows it by `primaryLocationLineHash` alone, shows 5,000 of a
 * run and refuses more than 25,000. There is no file of an org: the place is a path made of its id.
 */
import type { Severity } from '../../control.ts'
import type { AuditReport } from '../report.ts'
import type { Finding, Result, WaivedFinding } from '../result.ts'
import { catalogueName, shownText } from '../shown-text.ts'
import { jsonText } from './json-text.ts'

const most = 5000

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
}

/** GitHub reads critical from 9.0, high from 7.0, medium from 4.0. */
const securitySeverity: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.0',
  info: '0.5',
}

const pascal = (id: string): string => id.replace(/(^|-)([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase())

const ruleOf = ({ control, title, matters, remedy, effort, severity, catalogues }: Result) => ({
  id: control,
  name: pascal(control),
  shortDescription: { text: title },
  fullDescription: { text: matters },
  help: {
    text: `${matters}\n\nHow to put it right (${effort}): ${remedy}`,
    markdown: `${matters}\n\n**How to put it right** (${effort}): ${remedy}`,
  },
  defaultConfiguration: { level: levels[severity] },
  properties: {
    'security-severity': securitySeverity[severity],
    tags: [
      'security',
      'salesforce',
      ...Object.entries(catalogues).flatMap(([key, ids]) => ids.map((id) => `${catalogueName(key)}/${id}`)),
    ],
  },
})

interface Entry {
  readonly result: Result
  readonly finding: Finding | WaivedFinding
  readonly kind: 'fail' | 'open'
}

const entriesOf = (result: Result): readonly Entry[] => [
  ...[...result.findings, ...result.waived].map((finding): Entry => ({ result, finding, kind: 'fail' })),
  ...result.open.map((finding): Entry => ({ result, finding, kind: 'open' })),
]

const kindOf = (subject: string): string => (subject.includes(':') ? (subject.split(':', 1)[0] ?? 'org') : 'org')

const resultOf = ({ result, finding, kind }: Entry, ruleIndex: number, uri: string) => ({
  ruleId: result.control,
  ruleIndex,
  kind,
  level: kind === 'fail' ? levels[result.severity] : 'none',
  message: { text: `${shownText(finding.subject, 200)}: ${shownText(finding.text, 1000)}` },
  locations: [
    {
      physicalLocation: { artifactLocation: { uri }, region: { startLine: 1 } },
      logicalLocations: [
        {
          name: shownText(finding.subject.slice(finding.subject.indexOf(':') + 1), 200),
          fullyQualifiedName: shownText(finding.subject),
          kind: kindOf(finding.subject),
        },
      ],
    },
  ],
  partialFingerprints: { primaryLocationLineHash: finding.fingerprint, 'keyturnFinding/v1': finding.fingerprint },
  ...('waiver' in finding
    ? {
        suppressions: [
          {
            kind: 'external',
            status: 'accepted',
            justification: `${finding.waiver.reason} (${finding.waiver.owner}, until ${finding.waiver.expires})`,
          },
        ],
      }
    : {}),
  properties: { facts: finding.facts },
})

const notificationsOf = ({ results }: AuditReport, all: number) => [
  ...results
    .filter(({ verdict }) => verdict === 'unknown')
    .map(({ control, title, because }) => ({
      level: 'warning',
      message: { text: `Could not be judged: ${title}: ${shownText(because)}` },
      associatedRule: { id: control },
    })),
  ...(all > most
    ? [{ level: 'warning', message: { text: `Only the ${most} worst of ${all} results are in this file.` } }]
    : []),
]

export const asSarif = (report: AuditReport, version: string): string => {
  const uri = `salesforce/${report.org.id}`
  const entries = report.results.flatMap(entriesOf)
  const index = new Map(report.results.map(({ control }, at) => [control, at]))
  return jsonText({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Keyturn', semanticVersion: version, rules: report.results.map(ruleOf) } },
        automationDetails: { id: `keyturn-audit/${report.org.id}/${report.profile}/` },
        invocations: [
          {
            executionSuccessful: true,
            startTimeUtc: new Date(report.takenAt).toISOString(),
            endTimeUtc: new Date(report.judgedAt).toISOString(),
            toolExecutionNotifications: notificationsOf(report, entries.length),
          },
        ],
        results: entries.slice(0, most).map((entry) => resultOf(entry, index.get(entry.result.control) ?? 0, uri)),
        properties: { org: report.org, profile: report.profile, score: report.score, counts: report.counts },
      },
    ],
  })
}
