/** A run's report as Markdown. Names and notes come from the org and from people: nothing of them becomes markup. */
import { span } from '../../output/moment.ts'
import type { RunReport } from './run-report.ts'
import { exposureText, headRows, verifyText } from './wording.ts'

const plain = (text: string): string =>
  text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\`*_{}[\]<>#|!~]/g, (mark) => `\\${mark}`)

const rows = (titles: readonly string[], lines: readonly (readonly string[])[]): readonly string[] => [
  `| ${titles.join(' | ')} |`,
  `|${titles.map(() => '---').join('|')}|`,
  ...lines.map((line) => `| ${line.map(plain).join(' | ')} |`),
]

export const markdownReport = (report: RunReport): string =>
  [
    `# Rotation of ${plain(report.credential)}`,
    '',
    ...rows(['', ''], headRows(report)),
    '',
    ...(report.problem === null
      ? []
      : [
          `**What went wrong:** ${plain(report.problem.text)} (${plain(report.problem.code)}). ${plain(report.problem.next)}`,
          '',
        ]),
    '## Steps',
    '',
    ...rows(
      ['', 'step', 'what it does', 'found', 'ended', 'took', 'tries', 'entry'],
      report.steps.map(({ step, does, back, note, to, tookMs, tries, entry }) => [
        back ? 'back' : '',
        step,
        does,
        note,
        to,
        span(tookMs),
        String(tries),
        entry === null ? 'none' : String(entry),
      ]),
    ),
    '',
    '## Exposure',
    '',
    ...exposureText(report).map((text) => `- ${plain(text)}`),
    ...report.switches.map(
      ({ name, openedAt, closedAt }) =>
        `- Org switch ${plain(name)}: on from ${openedAt} to ${closedAt ?? 'now: NOT CLOSED YET'}`,
    ),
    '',
    '## Destinations',
    '',
    ...(Object.keys(report.destinations).length === 0
      ? ['None.']
      : Object.entries(report.destinations).map(([name, found]) => `- ${plain(name)}: ${plain(String(found))}`)),
    '',
    '## Ledger',
    '',
    plain(verifyText(report)),
    '',
    ...rows(
      ['entry', 'at', 'kind', 'hash'],
      report.ledger.entries.map(({ seq, at, kind, hash }) => [String(seq), at, kind, hash.slice(0, 16)]),
    ),
    '',
  ].join('\n')
