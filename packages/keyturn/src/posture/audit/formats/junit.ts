/**
 * JUnit XML: a case a control. What fails is a failure; what could not be judged is an error and not a skip, since
 * dashboards show skips as green; waived and not applicable are skips.
 */
import type { AuditReport } from '../report.ts'
import { severities } from '../result.ts'
import type { Finding, Result } from '../result.ts'
import { shownText } from '../shown-text.ts'

const most = 200

/** No controls are left by then: `shownText` shows them. U+FFFE and U+FFFF are no characters of XML 1.0. */
const xml = (text: string): string =>
  shownText(text, 2000)
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

const listed = (findings: readonly Finding[]): string =>
  [
    ...findings.slice(0, most).map(({ subject, text }) => `${xml(subject)}: ${xml(text)}`),
    ...(findings.length > most ? [`and ${findings.length - most} more`] : []),
  ].join('\n')

const inside = (result: Result): string => {
  const { verdict, because, findings, open, waived, remedy, severity } = result
  const message = xml(because)
  if (verdict === 'fail')
    return `<failure type="${severity}" message="${message}">${listed(findings)}\n${xml(remedy)}</failure>`
  if (verdict === 'unknown') return `<error type="unknown" message="${message}">${listed(open)}</error>`
  if (verdict === 'waived') return `<skipped message="waived: ${message}">${listed(waived)}</skipped>`
  return verdict === 'not-applicable' ? `<skipped message="not applicable: ${message}"/>` : ''
}

const totals = (results: readonly Result[]): string => {
  const of = (...verdicts: readonly Result['verdict'][]): number =>
    results.filter(({ verdict }) => verdicts.includes(verdict)).length
  return `tests="${results.length}" failures="${of('fail')}" errors="${of('unknown')}" skipped="${of('waived', 'not-applicable')}"`
}

export const asJunit = (report: AuditReport): string => {
  const suites = severities.flatMap((severity) => {
    const results = report.results.filter((one) => one.severity === severity)
    if (results.length === 0) return []
    const cases = results.map(
      (one) =>
        `    <testcase classname="keyturn.${severity}" name="${xml(`${one.control}: ${one.title}`)}">${inside(one)}</testcase>`,
    )
    const stamp = new Date(report.takenAt).toISOString().slice(0, 19)
    return [
      `  <testsuite name="${severity}" ${totals(results)} timestamp="${stamp}" hostname="${xml(report.org.id)}">`,
      ...cases,
      '  </testsuite>',
    ]
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${xml(`Keyturn audit of ${report.org.name}, profile ${report.profile}`)}" ${totals(report.results)}>`,
    ...suites,
    '</testsuites>\n',
  ].join('\n')
}
