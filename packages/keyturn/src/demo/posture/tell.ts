/** The posture part of the demo as a story: what is wrong, what rotation would break, and a fix from finding to proof. */
import type { Paint } from '../../output/colour.ts'
import { wrap } from '../wrap.ts'
import type { Posture, Score } from './posture.ts'

const title = 'An org nobody has looked after'
const story = (controls: number): string =>
  `A simulated company, looked at and mended as one would type it: keyturn audit asks ${controls} questions about how the org is set up, keyturn rtr says whom rotation would lock out, and keyturn fix shows a change, lets the org check it, says who would be cut off by it, makes it, and reads again whether it helped.`

/** What became of a change, in words; what is none of these is shown as it is. */
const outcomes: Readonly<Record<string, string>> = {
  'needs-override': 'so it was not made: somebody has to say that it shall be made all the same',
  applied: 'made',
}
const outcomeOf = (outcome: string): string => outcomes[outcome] ?? outcome

const scored = ({ score, passed, failed, unknown }: Score): string =>
  `${score} of 100 (${passed} passed, ${failed} failed, ${unknown} could not be judged)`

const people = (names: readonly string[]): string => names.join(', ')

export const postureLines = (number: number, shown: Posture, width: number, paint: Paint): readonly string[] => {
  const { company, before, after, rotation, held, applied, safe, problems } = shown
  const mark = problems.length === 0 ? paint('green', '✓') : paint('red', '✗')
  const told: readonly (readonly [string, string])[] = [
    ['Before', `${company}: ${scored(before)}.`],
    [
      'Rotation',
      `${rotation.apps} apps hand out refresh tokens: ${rotation.on} rotates, ${rotation.ready} can be switched on, ${rotation.waiting} wait for clients, ${rotation.foreign} only their makers can switch. Of ${rotation.clients} clients nobody knows for ${rotation.unknownClients} whether they survive it.`,
    ],
    ['Held back', `${held.control} would cut off ${people(held.cutOff)}, ${outcomeOf(held.outcome)}.`],
    ['Mended', `${applied.control}: dry run ${applied.dryRun}, change ${outcomeOf(applied.outcome)}. ${applied.proof}`],
  ]
  const rest: readonly (readonly [string, string])[] = [
    [
      'At once',
      `all fixes that cut nobody off, ${safe.changes} files: ${outcomeOf(safe.outcome)}. Three integrations exchanged their refresh tokens afterwards.`,
    ],
    ['After', `${scored(after)}.`],
  ]
  const lines = (rows: typeof told): readonly string[] =>
    rows.flatMap(([name, text]) => wrap(`${name}: ${text}`, width, '     '))
  return [
    paint('bold', `${number}  ${title}`),
    ...wrap(story(shown.controls), width, '   '),
    `   ${mark} ${before.score} → ${after.score} of 100`,
    ...lines(told),
    ...applied.diff.map((line) => `       ${paint(line.startsWith('+') ? 'green' : 'red', line)}`),
    ...lines(rest),
    '',
  ]
}
