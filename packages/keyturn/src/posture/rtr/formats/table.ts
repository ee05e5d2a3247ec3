/**
 * A plan on a terminal: one line an app and what to do next, so that it is one screen; of an app that was asked for its
 * clients and steps.
 */
import { table } from '../../../output/table.ts'
import { wrapText } from '../../../output/terminal-text.ts'
import type { Screen } from '../../audit/formats/table.ts'
import { shownMoment, shownText } from '../../audit/shown-text.ts'
import type { PlannedApp, RtrPlan } from '../plan.ts'
import type { JudgedClient } from '../readiness.ts'
import { quoted } from '../plan.ts'
import { daysText, inTheWay, leadText, legend, programText, stageWords, verdictText } from './words.ts'

/** Apps on the first screen, and clients of one app. */
const most = 40
const plain: Screen = { paint: (_, text) => text, width: undefined }
const dayOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString().slice(0, 10))
const readyOf = ({ clients }: PlannedApp): number => clients.filter(({ readiness }) => readiness === 'ready').length

const overview = (apps: readonly PlannedApp[], { width }: Screen): string =>
  table(
    apps,
    [
      { title: 'APP', of: ({ subject }) => shownText(subject, 80) },
      { title: 'STATE', of: ({ stage }) => stageWords[stage] },
      { title: 'READY', of: (app) => `${readyOf(app)} of ${app.clients.length}`, right: true },
      { title: 'TOKENS', of: ({ tokens }) => tokens ?? '?', right: true, spared: 1 },
      { title: 'LAST USED', of: ({ lastUsed }) => dayOf(lastUsed), spared: 2 },
      { title: 'IN THE WAY', of: (app) => shownText(inTheWay(app) ?? '', 160) },
    ],
    width,
  )

const client = (one: JudgedClient, screen: Screen): readonly string[] => {
  const sign =
    one.readiness === 'ready'
      ? screen.paint('green', '✓')
      : one.readiness === 'not-ready'
        ? screen.paint('red', '✗')
        : screen.paint('yellow', '?')
  const seen = [...one.names.slice(0, 2), ...one.ways.slice(0, 2)].map((text) => shownText(text, 60))
  return [
    one.program === 'unseen'
      ? `  ${sign} A token of ${shownText(one.user, 80)} that nobody was seen to use: ${verdictText(one)}`
      : `  ${sign} ${shownText(programText(one), 60)} as ${shownText(one.user, 80)}: ${verdictText(one)}`,
    `      ${screen.paint('dim', shownText(one.id, 300))}`,
    ...(seen.length === 0 ? [] : [wrapText(`      seen as ${seen.join(', ')}`, screen.width, '  ')]),
    ...one.evidence.map(({ text }) => wrapText(`      ${shownText(text, 300)}`, screen.width, '  ')),
  ]
}

const detail = (app: PlannedApp, screen: Screen): string => {
  const hidden = app.clients.length - most
  const shown = app.clients.toSorted((a, b) => Number(a.readiness === 'ready') - Number(b.readiness === 'ready'))
  return [
    `${screen.paint('bold', shownText(app.label, 80))}  ${shownText(app.subject, 80)}, ${stageWords[app.stage]}`,
    ...shown.slice(0, most).flatMap((one) => client(one, screen)),
    ...(hidden > 0 ? [`  … and ${hidden} more: \`--format json\` has them all`] : []),
    ...app.notes.map((text) => wrapText(`  ${shownText(text)}`, screen.width, '  ')),
    ...(app.steps.length === 0 ? [] : ['']),
    ...app.steps.map((text) => wrapText(`→ ${shownText(text, 600)}`, screen.width, '  ')),
  ].join('\n')
}

/** What to do first, and how to see more. */
const next = ({ apps }: RtrPlan, again: string, { width }: Screen): string => {
  const first = apps.find(({ stage }) => stage === 'waiting')
  const foreign = apps.find(({ stage }) => stage === 'foreign')
  const [ready] = apps.filter(({ stage }) => stage === 'ready').flatMap(({ steps }) => steps)
  const about = ({ subject }: PlannedApp): string => shownText(`\`${again} --app ${quoted(subject)}\``, 300)
  return [
    ...(ready === undefined ? [] : [`→ ${shownText(ready, 600)}`]),
    ...(first === undefined
      ? []
      : [`→ The least is in the way of ${shownText(first.label, 80)}: who, and what to do: ${about(first)}`]),
    ...(foreign === undefined ? [] : [`→ What to ask a maker, and what to limit until then: ${about(foreign)}`]),
    `→ Everything, as a page: \`${shownText(again, 300)} --format html --output rtr.html\``,
  ]
    .map((text) => wrapText(text, width, '  '))
    .join('\n')
}

/** `again`: the command that made the plan. `app`: it was asked for one app. */
export const planTable = (
  plan: RtrPlan,
  { again, app }: { readonly again: string; readonly app: PlannedApp | null },
  screen: Screen = plain,
): string => {
  const hidden = plan.apps.length - most
  return [
    [
      `${shownText(plan.org.name)} (${shownText(plan.org.id, 40)}, ${plan.org.sandbox ? 'sandbox' : 'production'}), read ${shownMoment(plan.takenAt)}`,
      wrapText(shownText(leadText(plan), 1000), screen.width),
      daysText(plan),
    ].join('\n'),
    ...(app !== null
      ? [detail(app, screen)]
      : plan.apps.length === 0
        ? []
        : [
            `${overview(plan.apps.slice(0, most), screen)}${hidden > 0 ? `\n… and ${hidden} more apps: \`--format json\` has them all` : ''}`,
            legend,
            next(plan, again, screen),
          ]),
    ...(plan.blind.length === 0
      ? []
      : [
          [
            screen.paint('yellow', 'What could not be read, so that nothing counts as ready:'),
            ...plan.blind.map((text) => wrapText(`  ${shownText(text)}`, screen.width, '  ')),
          ].join('\n'),
        ]),
  ].join('\n\n')
}
