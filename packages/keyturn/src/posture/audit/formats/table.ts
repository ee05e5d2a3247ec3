/** What a terminal shows: one line a control, then what to do about each that fails. */
import type { Paint } from '../../../output/colour.ts'
import { table } from '../../../output/table.ts'
import { wrapText } from '../../../output/terminal-text.ts'
import type { AuditReport } from '../report.ts'
import type { Finding, Result } from '../result.ts'
import { counted, shownMoment, shownText } from '../shown-text.ts'
import type { Moved } from '../trend.ts'
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

const undecided = (result: Result, screen: Screen): string =>
  [
    `${screen.paint('yellow', '?')} ${screen.paint('bold', shownText(result.title))}  ${result.severity}, ${result.control}`,
    ...listed(result.open, screen),
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
  // The checklist is its lines and nothing else; elsewhere what passes is a number.
  const shown = lines ? results : results.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'not-applicable')
  return [
    head.join('\n'),
    ...(shown.length === 0 ? [] : [overview(shown, screen)]),
    ...results.filter(({ findings }) => findings.length > 0).map((one) => detail(one, screen)),
    ...results.filter(({ open }) => open.length > 0).map((one) => undecided(one, screen)),
    ...waiverPart(report),
    ...trendPart(report),
    counted(report.calls.total, 'call') + ` to the org, at most ${report.calls.mostAtOnce} at once`,
  ].join('\n\n')
}
