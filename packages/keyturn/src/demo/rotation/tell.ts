/** The rotation part of the demo as a story: what was turned, how that was proved, what it cost, and what is due next. */
import type { Paint } from '../../output/colour.ts'
import { span } from '../../output/moment.ts'
import { table } from '../../output/table.ts'
import { wrap } from '../wrap.ts'
import { CALENDAR } from './calendar.ts'
import { DISAGREE } from './org.ts'
import { turnsOf } from './rotations.ts'
import type { Rotations } from './rotations.ts'
import type { Turn } from './turn.ts'
import { CALLERS } from './under-load.ts'

const title = 'Credentials are turned'
const story = `A week with one keyturn.yaml, through what keyturn rotate runs. The org needs ${span(DISAGREE)} to know a new pair or key, and its servers disagree meanwhile; ${CALLERS} callers of the library go on all the time, and their sessions end at every step. Times are of the simulated clock.`

const calls = ({ served, asked }: Turn): string => `${served} of ${asked} calls`

const exposure = ({ exposedMs, exposed, oneKeyMs }: Turn): string => {
  if (exposed.length === 0) return 'at no time exposed'
  const whole = `${exposedMs === null ? 'exposed until now' : `exposed for ${span(exposedMs)}`} (${exposed.join(', ')})`
  return oneKeyMs === null ? whole : `${whole}; a client with one key was without for at most ${span(oneKeyMs)}`
}

const told = (shown: Rotations, turn: Turn): string => {
  if (turn === shown.token) {
    const { passwordsSet, mails } = shown.token
    return `Passwords set: ${passwordsSet}; mails with a token, by SMTP into Keyturn’s inbox: ${mails}. Proof: ${turn.proof}; ${exposure(turn)}. jsforce, started with the .env: ${calls(turn)}.`
  }
  const met = turn.refused === 0 ? '' : `, while the org refused ${turn.refused} logins`
  return turn.wanted === 'retired'
    ? `${calls(turn)}${met}. Proof: ${turn.proof}; ${exposure(turn)}.`
    : `${calls(turn)} while somebody reverts the deployment. The report: “${turn.report ?? ''}” Proof: ${turn.proof}.`
}

export const rotationLines = (number: number, shown: Rotations, width: number, paint: Paint): readonly string[] => {
  const turned = turnsOf(shown).flatMap((turn) => {
    const mark = turn.problems.length === 0 ? paint('green', '✓') : paint('red', '✗')
    const head = `${turn.kind} ${turn.credential}: ${turn.state}`
    return [`   ${mark} ${head}`, ...wrap(told(shown, turn), width, '     ')]
  })
  const { due, events } = shown.calendar
  const rows = table(due, [
    { title: 'NEXT DUE', of: ({ due: at }) => at?.slice(0, 10) ?? null },
    { title: 'IN', of: ({ dueInDays }) => (dueInDays === null ? null : `${dueInDays} d`) },
    { title: 'NAME', of: ({ name }) => name },
    { title: 'POLICY', of: ({ policy }) => policy },
    { title: 'STATE', of: ({ state }) => state },
  ])
  return [
    paint('bold', `${number}  ${title}`),
    ...wrap(story, width, '   '),
    ...turned,
    ...rows.split('\n').map((line) => `   ${line}`),
    ...wrap(`keyturn schedule --ics ${CALENDAR} wrote ${events} events.`, width, '   '),
    '',
  ]
}
