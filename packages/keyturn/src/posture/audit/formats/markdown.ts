/**
 * Markdown for issues and pull requests. Subjects stand in code; in other texts of the org whatever Markdown, HTML
 * or a code host would act on (mentions, issue numbers, addresses) is taken apart.
 */
import type { AuditReport } from '../report.ts'
import { severities } from '../result.ts'
import type { Finding, Result } from '../result.ts'
import { catalogueName, counted, shownMoment, verdictWords } from '../shown-text.ts'
import type { Moved } from '../trend.ts'
import { unknownGroups } from '../unknown-groups.ts'
import { advice, code, rows, words } from './markdown-text.ts'

const most = 50

const more = (all: number): readonly string[] =>
  all > most ? [`… and ${all - most} more: \`--format json\` has them all.`] : []

const subjects = (findings: readonly Finding[]): string =>
  [
    rows(
      ['Subject', 'What was found'],
      findings.slice(0, most).map(({ subject, text }) => [code(subject), words(text)]),
    ),
    ...more(findings.length),
  ].join('\n\n')

const section = (result: Result): string => {
  const ids = Object.entries(result.catalogues).flatMap(([key, list]) =>
    list.map((id) => `${catalogueName(key)} ${id}`),
  )
  return [
    `### ${words(result.title)}`,
    `\`${result.control}\` · ${result.severity} · ${words(result.because)}`,
    words(result.matters),
    subjects(result.findings),
    `**What to do** (${result.effort}): ${advice(result.remedy)}`,
    ...(ids.length === 0 ? [] : [`Catalogues: ${words(ids.join(', '))}`]),
  ].join('\n\n')
}

/** All of its lines, those that hold too. */
const checklist = (results: readonly Result[]): string =>
  rows(
    ['Line', 'Verdict', 'Why'],
    results.map(({ title, verdict, because }) => [words(title), verdictWords[verdict], words(because)]),
  )

const moves = (title: string, moved: readonly Moved[]): readonly string[] =>
  moved.length === 0
    ? []
    : [
        `**${title}** (${moved.length})`,
        moved
          .slice(0, most)
          .map((one) => `- ${one.severity} · \`${one.control}\` ${code(one.subject)}`)
          .join('\n'),
        ...more(moved.length),
      ]

const trendPart = ({ trend }: AuditReport): readonly string[] =>
  trend === null
    ? []
    : [
        `## Since ${shownMoment(trend.since)}`,
        ...(trend.scoreChange === null ? [] : [`Score ${trend.scoreChange >= 0 ? '+' : ''}${trend.scoreChange}`]),
        ...moves('New', trend.fresh),
        ...moves('Mended', trend.mended),
        ...moves('Accepted since', trend.waived),
        ...moves('Out of sight: failed then, can’t be judged now', trend.outOfSight),
      ]

export const scoreText = ({ score }: Pick<AuditReport, 'score'>): string => {
  if (score.value === null) return 'No score: nothing could be judged.'
  const range =
    score.unknownShare === 0
      ? ''
      : ` (between ${score.atLeast} and ${score.atMost}: ${score.unknownShare} % of the weight could not be judged)`
  return `Score ${score.value} of 100${range}`
}

export const asMarkdown = (report: AuditReport): string => {
  const { results, counts, org, waivers } = report
  const failed = results.filter(({ verdict }) => verdict === 'fail')
  const open = unknownGroups(results)
  const used = waivers.filter(({ state }) => state === 'in-use')
  const summary = severities.map((severity) => {
    const of = (verdict: Result['verdict']): string =>
      String(results.filter((one) => one.severity === severity && one.verdict === verdict).length)
    return [severity, of('fail'), of('unknown'), of('waived'), of('pass')]
  })
  return `${[
    `# Security posture of ${words(org.name)}`,
    `${code(org.id)}, ${org.sandbox ? 'sandbox' : 'production'}; read ${shownMoment(report.takenAt)} by ${code(report.auditor.username)}; profile \`${report.profile}\``,
    `**${scoreText(report)}**`,
    rows(['Severity', 'Failed', 'Not judged', 'Accepted', 'Passed'], summary),
    ...(report.profile === 'integration' ? [checklist(results)] : []),
    ...trendPart(report),
    ...(failed.length === 0 ? [] : ['## What does not hold', ...failed.map(section)]),
    ...(open.length === 0
      ? []
      : [
          '## What could not be judged',
          rows(
            ['Gravest', 'Why', 'Controls'],
            open.map((one) => [
              one.severity,
              words(one.reason),
              one.controls.map(({ control }) => `\`${control}\``).join(' '),
            ]),
          ),
        ]),
    ...(used.length === 0
      ? []
      : [
          '## Accepted risks',
          rows(
            ['Control', 'Subject', 'Reason', 'Owner', 'Until'],
            used.map((one) => [
              `\`${one.control}\``,
              code(one.subject),
              words(one.reason),
              words(one.owner),
              one.expires,
            ]),
          ),
        ]),
    `${counted(counts.pass, 'control')} passed, ${counts['not-applicable']} did not apply. ${words(report.score.formula)}`,
  ].join('\n\n')}\n`
}
