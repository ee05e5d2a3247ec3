/** The posture part of the demo as a story: what is wrong, what rotation would break, and a fix from finding to proof. */
import type { Paint } from '../../output/colour.ts'
import { wrap } from '../wrap.ts'
import type { Posture, Score } from './posture.ts'

const title = 'An org nobody has looked after'
const story = (controls: number): string =>
  `keyturn audit, rtr and fix, as one would type them, on a simulated company: ${controls} controls judge what could be read, a plan says which clients stand in the way of rotation, and a fix is shown, dry-run, judged by who would be cut off, applied and proved by reading again.`

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
    ['Held back', `${held.control} would cut off ${people(held.cutOff)}: ${held.outcome}, nothing was changed.`],
    ['Mended', `${applied.control}: dry run ${applied.dryRun}, ${applied.outcome}. ${applied.proof}`],
  ]
  const rest: readonly (readonly [string, string])[] = [
    [
      'At once',
      `${safe.changes} files changed by fixes that cut nobody off: ${safe.outcome}. Three integrations exchanged their refresh tokens afterwards.`,
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
