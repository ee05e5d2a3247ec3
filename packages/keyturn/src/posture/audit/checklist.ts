/**
 * The profile `integration`: the results of its controls, put together as the lines of the security checklist, each line
 * once and in order. A line is as bad as its worst control; one that no control looks at yet is unknown.
 */
import { severities } from './result.ts'
import type { Finding, Result, ResultVerdict } from './result.ts'

export interface ChecklistLine {
  readonly id: string
  readonly title: string
  readonly matters: string
}

const worst: readonly ResultVerdict[] = ['fail', 'unknown', 'waived', 'pass', 'not-applicable']
const longest: readonly Result['effort'][] = ['days', 'hours', 'minutes']

const first = <T>(order: readonly T[], given: readonly T[], otherwise: T): T =>
  order.find((one) => given.includes(one)) ?? otherwise

/** Several controls of a line lack the same fact. */
const once = (findings: readonly Finding[]): readonly Finding[] => [
  ...new Map(findings.map((one) => [JSON.stringify([one.subject, one.text]), one])).values(),
]

/** Of one thing that could not be judged its reason says more than that it is one of one. */
const said = ({ verdict, because, open }: Result): string =>
  verdict === 'unknown' && open.length === 1 ? (open[0]?.text ?? because) : because

const withControl = <T extends Finding>(finding: T, { control }: Result): T => ({
  ...finding,
  facts: { ...finding.facts, control },
})

export const checklistResults = (lines: readonly ChecklistLine[], results: readonly Result[]): readonly Result[] =>
  lines.map(({ id, title, matters }) => {
    // The gravest first: of a line with many findings only the first are shown.
    const mine = results
      .filter(({ catalogues }) => (catalogues.checklist ?? []).includes(id))
      .toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity))
    const verdict = first(
      worst,
      mine.map((one) => one.verdict),
      'unknown',
    )
    const telling = mine.filter((one) => one.verdict === verdict)
    return {
      control: `checklist-${id}`,
      title: `${id}. ${title}`,
      severity: first(
        severities,
        mine.map((one) => one.severity),
        'medium',
      ),
      verdict,
      because:
        mine.length === 0 ? 'nothing that could tell is connected yet' : [...new Set(telling.map(said))].join('; '),
      matters,
      remedy: [...new Set(telling.map(({ remedy }) => remedy))].join(' '),
      effort: first(
        longest,
        telling.map(({ effort }) => effort),
        'hours',
      ),
      catalogues: { checklist: [id] },
      parameters: {},
      // Waivers name the control, so each finding has to.
      findings: mine.flatMap((one) => one.findings.map((finding) => withControl(finding, one))),
      open: once(mine.flatMap((one) => one.open)),
      waived: mine.flatMap((one) => one.waived.map((finding) => withControl(finding, one))),
    }
  })
