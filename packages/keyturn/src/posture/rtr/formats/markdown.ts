/** A plan as Markdown, for the issue in which it is worked off: what an org says can't become markup. */
import { code, rows, words } from '../../audit/formats/markdown-text.ts'
import { shownMoment } from '../../audit/shown-text.ts'
import type { PlannedApp, RtrPlan } from '../plan.ts'
import { daysText, leadText, programText, stageWords, verdictText } from './words.ts'

const most = 50

/** Our own sentences with commands between backticks; what an org's name brings into one is still taken apart. */
const step = (text: string): string =>
  text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? code(part) : words(part)))
    .join('')

const section = (app: PlannedApp): string =>
  [
    `### ${words(app.label)}`,
    `${code(app.subject)} · ${stageWords[app.stage]} · ${words(app.why)}`,
    ...(app.clients.length === 0
      ? []
      : [
          rows(
            ['Client', 'Signs in as', 'Verdict', 'What is known'],
            app.clients
              .slice(0, most)
              .map((one) => [
                code(programText(one)),
                code(one.user),
                words(verdictText(one)),
                words(one.evidence.map(({ text }) => text).join('; ')),
              ]),
          ),
        ]),
    ...(app.clients.length > most ? [`… and ${app.clients.length - most} more: \`--format json\` has them all.`] : []),
    ...app.notes.map(words),
    ...(app.steps.length === 0 ? [] : [app.steps.map((text) => `- [ ] ${step(text)}`).join('\n')]),
  ].join('\n\n')

export const planMarkdown = (plan: RtrPlan): string =>
  `${[
    `# Refresh Token Rotation in ${words(plan.org.name)}`,
    `${code(plan.org.id)}, ${plan.org.sandbox ? 'sandbox' : 'production'}; read ${shownMoment(plan.takenAt)}`,
    `**${words(leadText(plan))}** ${daysText(plan)}`,
    ...(plan.apps.length === 0
      ? []
      : [
          rows(
            ['App', 'State', 'Clients', 'In the way', 'Owners'],
            plan.apps.map((app) => [
              code(app.subject),
              stageWords[app.stage],
              String(app.clients.length),
              String(app.blockers.length),
              app.owners.map((owner) => (owner === null ? 'nobody known' : words(owner))).join(', '),
            ]),
          ),
        ]),
    ...(plan.blind.length === 0
      ? []
      : [
          '**What could not be read, so that nothing counts as ready**',
          plan.blind.map((text) => `- ${words(text)}`).join('\n'),
        ]),
    ...plan.apps.map(section),
  ].join('\n\n')}\n`
