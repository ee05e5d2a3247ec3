/** A plan on a terminal: one line an app, then the clients and steps of each that somebody has to do something about. */
import { table } from '../../../output/table.ts'
import { wrapText } from '../../../output/terminal-text.ts'
import type { Screen } from '../../audit/formats/table.ts'
import { shownMoment, shownText } from '../../audit/shown-text.ts'
import type { PlannedApp, RtrPlan } from '../plan.ts'
import type { JudgedClient } from '../readiness.ts'
import { daysText, leadText, programText, stageWords, verdictText } from './words.ts'

const most = 8
const plain: Screen = { paint: (_, text) => text, width: undefined }
const dayOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString().slice(0, 10))

const overview = (apps: readonly PlannedApp[], { width }: Screen): string =>
  table(
    apps,
    [
      { title: 'APP', of: ({ subject }) => shownText(subject, 80) },
      { title: 'STATE', of: ({ stage }) => stageWords[stage] },
      { title: 'CLIENTS', of: ({ clients }) => clients.length, right: true, spared: 2 },
      { title: 'IN THE WAY', of: ({ stage, blockers }) => (stage === 'blocked' ? null : blockers.length), right: true },
      { title: 'TOKENS', of: ({ tokens }) => tokens ?? '?', right: true, spared: 2 },
      { title: 'LAST USED', of: ({ lastUsed }) => dayOf(lastUsed), spared: 3 },
      { title: 'WHY', of: ({ why }) => shownText(why, 160) },
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
    `  ${sign} ${shownText(programText(one), 60)} as ${shownText(one.user, 80)}: ${verdictText(one)}`,
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
    ...app.steps.map((text) => wrapText(`  → ${shownText(text, 600)}`, screen.width, '  ')),
  ].join('\n')
}

export const planTable = (plan: RtrPlan, screen: Screen = plain): string =>
  [
    [
      `${shownText(plan.org.name)} (${shownText(plan.org.id, 40)}, ${plan.org.sandbox ? 'sandbox' : 'production'}), read ${shownMoment(plan.takenAt)}`,
      wrapText(leadText(plan), screen.width),
      daysText(plan),
    ].join('\n'),
    ...(plan.apps.length === 0 ? [] : [overview(plan.apps, screen)]),
    ...plan.apps.filter(({ steps }) => steps.length > 0).map((app) => detail(app, screen)),
    ...(plan.blind.length === 0
      ? []
      : [
          [
            screen.paint('yellow', 'What could not be read, so that nothing counts as ready:'),
            ...plan.blind.map((text) => wrapText(`  ${shownText(text)}`, screen.width, '  ')),
          ].join('\n'),
        ]),
  ].join('\n\n')
