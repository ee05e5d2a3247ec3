/** What a terminal shows: one line a control, then what to do about each that fails. */
import type { Paint } from '../../../output/colour.ts'
import { table } from '../../../output/table.ts'
import { wrapText } from '../../../output/terminal-text.ts'
import { changeText, mostTold } from '../org-changes.ts'
import type { AuditReport } from '../report.ts'
import type { Finding, Result } from '../result.ts'
import { counted, shownMoment, shownText } from '../shown-text.ts'
import type { Moved } from '../trend.ts'
import { unknownGroups } from '../unknown-groups.ts'
import type { UnknownGroup } from '../unknown-groups.ts'
import { scoreText } from './markdown.ts'

export interface Screen {
  readonly paint: Paint
  readonly width: number | undefined
}

const most = 10
const plain: Screen = { paint: (_, text) => text, width: undefined }

const words: Readonly<Record<Result['verdict'], string>> = {
  fail: 'FAIL',
  unknown: 'unknown',
  waived: 'waived',
  pass: 'pass',
  'not-applicable': 'n/a',
}

const checklist = (results: readonly Result[], { width }: Screen): string =>
  table(
    results,
    [
      { title: 'LINE', of: ({ title }) => shownText(title) },
      { title: 'VERDICT', of: ({ verdict }) => words[verdict] },
      { title: 'WHY', of: ({ because }) => shownText(because, 200) },
    ],
    width,
  )

const overview = (results: readonly Result[], { width }: Screen): string =>
  table(
    results,
    [
      { title: 'SEVERITY', of: ({ severity }) => severity, spared: 1 },
      { title: 'CONTROL', of: ({ control }) => control },
      { title: 'VERDICT', of: ({ verdict }) => words[verdict] },
      { title: 'WHY', of: ({ because }) => shownText(because, 200) },
    ],
    width,
  )

const listed = (findings: readonly Finding[], { width }: Screen): readonly string[] => [
  ...findings
    .slice(0, most)
    .map(({ subject, text }) => wrapText(`    ${shownText(subject, 120)}  ${shownText(text)}`, width, '  ')),
  ...(findings.length > most ? [`    … and ${findings.length - most} more: \`--format json\` has them all`] : []),
]

const detail = (result: Result, screen: Screen): string =>
  [
    `${screen.paint('red', '✗')} ${screen.paint('bold', shownText(result.title))}  ${result.severity}, ${result.control}`,
    ...listed(result.findings, screen),
    wrapText(`  → ${result.remedy} (${result.effort})`, screen.width, '  '),
  ].join('\n')

const names = (list: readonly string[], { width }: Screen): string =>
  wrapText(
    `    ${list
      .slice(0, 3 * most)
      .map((one) => shownText(one, 80))
      .join(', ')}${list.length > 3 * most ? `, … and ${list.length - 3 * most} more` : ''}`,
    width,
    '  ',
  )

const undecided = (group: UnknownGroup, screen: Screen): string =>
  [
    wrapText(`${screen.paint('yellow', '?')} could not be judged: ${shownText(group.reason)}`, screen.width, '    '),
    `    ${counted(group.controls.length, 'control')}, the gravest ${group.severity}:`,
    names(
      group.controls.map(({ control }) => control),
      screen,
    ),
  ].join('\n')

const moves = (title: string, moved: readonly Moved[]): readonly string[] =>
  moved.length === 0
    ? []
    : [
        `  ${title}: ${moved.length}`,
        ...moved.slice(0, most).map((one) => `    ${one.severity} ${one.control} ${shownText(one.subject, 120)}`),
        ...(moved.length > most ? [`    … and ${moved.length - most} more`] : []),
      ]

const trendPart = ({ trend }: AuditReport): readonly string[] => {
  if (trend === null) return []
  const change = trend.scoreChange === null ? '' : `: score ${trend.scoreChange >= 0 ? '+' : ''}${trend.scoreChange}`
  return [
    [
      `Since ${shownMoment(trend.since)}${change}`,
      ...moves('new', trend.fresh),
      ...moves('mended', trend.mended),
      ...moves('accepted since', trend.waived),
      ...moves('out of sight (failed then, can’t be judged now)', trend.outOfSight),
      `  still there: ${trend.remaining}`,
    ].join('\n'),
  ]
}

const changesPart = ({ changes }: AuditReport): readonly string[] => {
  if (changes === null) return []
  const { since, total, families, told } = changes
  if (total === 0) return [`Nothing else is otherwise in the org than on ${shownMoment(since)}.`]
  const shown = told.slice(0, 2 * most)
  const of = Object.entries(families).map(([family, count]) => `${family} ${count}`)
  return [
    [
      `What is otherwise in the org since ${shownMoment(since)}: ${total} (${of.join(', ')})`,
      ...shown.map((one) => `    ${shownText(changeText(one), 200)}`),
      ...(total > shown.length
        ? [`    … and ${total - shown.length} more: \`--format json\` has up to ${mostTold}`]
        : []),
    ].join('\n'),
  ]
}

const waiverPart = ({ waivers }: AuditReport): readonly string[] => {
  const used = waivers.filter(({ state }) => state === 'in-use')
  return used.length === 0
    ? []
    : [
        [
          `Accepted risks: ${used.length}`,
          ...used.map(
            (one) =>
              `  ${one.control} ${shownText(one.subject, 120)}  until ${one.expires}, ${shownText(one.owner, 80)}: ${shownText(one.reason, 200)}`,
          ),
        ].join('\n'),
      ]
}

export const asTable = (report: AuditReport, screen: Screen = plain): string => {
  const { org, results, counts } = report
  const lines = report.profile === 'integration'
  const head = [
    `${shownText(org.name)} (${shownText(org.id, 40)}, ${org.sandbox ? 'sandbox' : 'production'}), read ${shownMoment(report.takenAt)}, profile ${report.profile}`,
    screen.paint('bold', scoreText(report)),
    `${counts.fail} failed, ${counts.unknown} not judged, ${counts.waived} accepted, ${counts.pass} passed, ${counts['not-applicable']} not applicable`,
  ]
  // The checklist is all of its lines; elsewhere what passes is a number, and the unknown stands below, by reason.
  const shown = lines ? results : results.filter(({ verdict }) => verdict === 'fail' || verdict === 'waived')
  return [
    head.join('\n'),
    ...(shown.length === 0 ? [] : [(lines ? checklist : overview)(shown, screen)]),
    ...results.filter(({ findings }) => findings.length > 0).map((one) => detail(one, screen)),
    ...unknownGroups(results).map((one) => undecided(one, screen)),
    ...waiverPart(report),
    ...trendPart(report),
    ...changesPart(report),
    counted(report.calls.total, 'call') + ` to the org, at most ${report.calls.mostAtOnce} at once`,
  ].join('\n\n')
}
