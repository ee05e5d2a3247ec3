/** A migration as people read it: what is carried over in which form, what is not and why, what is stricter, and the plan. */
import type { Screen } from '../change/change-screen.ts'
import { span } from '../output/moment.ts'
import { table } from '../output/table.ts'
import { terminalText, wrapText } from '../output/terminal-text.ts'
import { counted, shownText } from '../posture/audit/shown-text.ts'
import { unseen } from '../posture/migrate/element-moves.ts'
import type { Migration } from '../posture/migrate/migration.ts'
import type { Difference } from '../posture/migrate/same-app.ts'
import type { SwitchPlan } from '../posture/migrate/switch-plan.ts'
import type { SwitchState } from '../posture/migrate/switch-state.ts'

type Look = Pick<Screen, 'paint' | 'width'>

const mostUsers = 20

export const migrationLines = (migration: Migration, { paint, width }: Look): readonly string[] => {
  const { from, to, moves, hardening } = migration
  const left = moves.filter(({ how }) => how === 'not-carried')
  const carried = moves.filter(({ how }) => how !== 'not-carried')
  const lines = [
    paint('bold', `${shownText(from)} → ${shownText(to)}`),
    '',
    table(
      carried,
      [
        { title: 'CARRIED OVER', of: ({ element }) => shownText(element, 60) },
        { title: 'AS', of: ({ how, text }) => (how === 'as-is' ? 'it is' : shownText(text, 100)) },
        { title: 'TO', of: ({ to: where }) => where, spared: 1 },
      ],
      width,
    ),
  ]
  if (left.length > 0) {
    lines.push('', paint('bold', 'Not carried over'))
    for (const { element, text, todo } of left) {
      lines.push(wrapText(`  ${shownText(element, 80)}: ${shownText(text)}`, width, '    '))
      if (todo !== null) lines.push(wrapText(`    → ${todo}`, width, '      '))
    }
  }
  if (hardening.length > 0) {
    lines.push('', paint('bold', 'Stricter than the old app'))
    for (const { element, was, is, text } of hardening)
      lines.push(wrapText(`  ${element}: ${shownText(was, 60)} → ${is} (${text})`, width, '    '))
  }
  lines.push('', 'No metadata shows these; look in Setup whether the old app has them:')
  for (const one of unseen) lines.push(`  ${one}`)
  lines.push(
    wrapText(
      '\nThe consumer key changes: while both apps are there each has its own. Salesforce’s own “migrate” in Setup turns an app into another in place; whether the key stays the same there is not verified, and it leaves no way back.',
      width,
    ),
  )
  return lines
}

export const planLines = ({ steps, order }: SwitchPlan, { paint, width }: Look): readonly string[] => [
  '',
  paint('bold', 'The switch'),
  ...steps.flatMap(({ title, text }, index) => [
    `${index + 1}. ${terminalText(title)}`,
    wrapText(`   ${terminalText(text)}`, width, '   '),
  ]),
  ...(order.length === 0
    ? ['', 'Nobody was seen using the old app.']
    : [
        '',
        table(
          order.slice(0, mostUsers),
          [
            { title: 'MOVE', of: ({ user }) => shownText(user, 80) },
            { title: 'CLIENT', of: ({ client }) => (client === null ? null : shownText(client, 40)), spared: 1 },
            { title: '', of: ({ why }) => why },
          ],
          width,
        ),
        ...(order.length > mostUsers ? [`… and ${order.length - mostUsers} more (--json has them)`] : []),
      ]),
]

export const differenceLines = (differences: readonly Difference[] | null, { paint }: Look): readonly string[] => {
  if (differences === null) return []
  if (differences.length === 0)
    return [`${paint('green', '✓')} Read back: the new app is the same in everything that was carried over.`]
  return differences.map(
    ({ field, was, is }) => `${paint('red', '✗')} ${field}: ${shownText(was, 120)} became ${shownText(is, 120)}`,
  )
}

export const stateLines = (state: SwitchState, { paint, width, now }: Screen): readonly string[] => {
  const { recent, quiet, blind, days } = state
  const words = { 'in-use': 'still in use', drained: 'nobody uses it any more', unknown: 'nobody can tell' }[state.is]
  const colour = state.is === 'drained' ? 'green' : 'yellow'
  const listed = [...recent, ...quiet]
  return [
    `${paint(colour, words)}: ${counted(recent.length, 'use')} seen in ${counted(days, 'day')}, ${quiet.length} older or never seen`,
    ...(listed.length === 0
      ? []
      : [
          '',
          table(
            listed.slice(0, mostUsers),
            [
              { title: 'USER', of: ({ user }) => shownText(user, 80) },
              { title: 'WAY', of: ({ way }) => (way === null ? null : shownText(way, 40)) },
              { title: 'CLIENT', of: ({ client }) => (client === null ? null : shownText(client, 40)), spared: 1 },
              { title: 'USES', of: ({ uses }) => uses, right: true },
              { title: 'LAST', of: ({ last }) => (last === null ? 'never seen' : `${span(now - last)} ago`) },
            ],
            width,
          ),
          ...(listed.length > mostUsers ? [`… and ${listed.length - mostUsers} more (--json has them)`] : []),
        ]),
    ...blind.map((one) => `${paint('yellow', '?')} ${shownText(one)}`),
  ]
}
