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
const story = `Four credentials, as keyturn rotate turns them while programs go on: a security token with its password, the key and secret of an app, and the certificates of two JWT logins. As at Salesforce, a new one is not known everywhere for ${span(DISAGREE)}; the sessions of ${CALLERS} programs end at every step. Times are of the simulated clock.`

const kinds: Readonly<Record<string, string>> = {
  'security-token': 'security token and password',
  'external-client-app': 'key and secret of an app',
  certificate: 'certificate of JWT logins',
}

/** What is none of these is shown as it is. */
const states: Readonly<Record<string, string>> = {
  retired: 'turned, proved, the old one ended',
  'rolled-back': 'taken back, the old one works',
}

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
    const head = `${turn.credential} (${kinds[turn.kind] ?? turn.kind}): ${states[turn.state] ?? turn.state}`
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
