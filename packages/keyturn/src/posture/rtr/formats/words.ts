/** The words of a plan that every format shares. */
import { counted } from '../../audit/shown-text.ts'
import type { PlannedApp, RtrPlan, Stage } from '../plan.ts'
import type { JudgedClient, Readiness, Source } from '../readiness.ts'

export const stageWords: Readonly<Record<Stage, string>> = {
  on: 'rotates',
  ready: 'can be switched on',
  waiting: 'waits for clients',
  foreign: 'its maker’s to switch',
  blocked: 'blocked',
  unknown: 'not known',
}

const readinessWords: Readonly<Record<Readiness, string>> = {
  ready: 'ready',
  'not-ready': 'not ready',
  unknown: 'unknown',
}

const sourceWords: Readonly<Record<Source, string>> = {
  'own-grant': 'Keyturn itself',
  broker: 'broker',
  rehearsal: 'rehearsed',
  scan: 'repository',
  'known-kind': 'known kind',
  'way-in': 'other flow',
  user: 'inactive user',
  sharing: 'shared',
  declared: 'declared',
}

/** `ready (rehearsed)`, `ready (declared)`: a person's word is never shown as more than that. */
export const verdictText = ({ readiness, by }: JudgedClient): string =>
  by === null ? readinessWords[readiness] : `${readinessWords[readiness]} (${sourceWords[by]})`

export const programText = ({ program }: Pick<JudgedClient, 'program'>): string =>
  program === 'unseen' ? 'holder not seen' : program === 'unnamed' ? 'gives no name' : program

const most = 3

/** Who is in the way, by program, the surest first: `✗ PostHog, ? jsforce, ? 3 tokens nobody was seen to use`. */
export const inTheWay = ({ stage, blockers }: Pick<PlannedApp, 'stage' | 'blockers'>): string | null => {
  if (stage === 'blocked' || blockers.length === 0) return null
  const groups = new Map<string, { readonly sign: string; readonly one: JudgedClient; count: number }>()
  for (const one of blockers) {
    const sign = one.readiness === 'not-ready' ? '✗' : '?'
    const group = groups.get(`${sign}${one.program}`) ?? { sign, one, count: 0 }
    group.count++
    groups.set(`${sign}${one.program}`, group)
  }
  const largest = [...groups.values()].sort((a, b) => (a.sign === b.sign ? b.count - a.count : a.sign === '✗' ? -1 : 1))
  const texts = largest.map(({ sign, one, count }) =>
    one.program === 'unseen'
      ? `${sign} ${count === 1 ? 'a token' : `tokens of ${count} users`} nobody was seen to use`
      : `${sign} ${one.program === 'unnamed' ? 'who gives no name' : one.program}${count === 1 ? '' : ` (${count} users)`}`,
  )
  return `${texts.slice(0, most).join(', ')}${texts.length > most ? `, and ${texts.length - most} more` : ''}`
}

/** What the signs of `inTheWay` mean. */
export const legend = '✗ would lose access · ? nobody knows whether it survives'

const shown = (count: number): string => count.toLocaleString('en')

/** The plan in two sentences, for whoever reads no further. */
export const leadText = ({ apps, counts }: RtrPlan): string => {
  const [only, ...others] = apps
  if (only === undefined) return 'No app was seen that hands out refresh tokens.'
  if (others.length === 0) return `${only.label}: ${stageWords[only.stage]}; ${only.why}.`
  const parts = [
    `${counts.on} ${counts.on === 1 ? 'rotates' : 'rotate'} already`,
    `${counts.ready} can be switched on now`,
    ...(counts.waiting === 0 ? [] : [`${counts.waiting} ${counts.waiting === 1 ? 'waits' : 'wait'} for clients`]),
    ...(counts.foreign === 0 ? [] : [`${counts.foreign} can be switched by their makers alone`]),
    ...(counts.blocked === 0 ? [] : [`${counts.blocked} ${counts.blocked === 1 ? 'is' : 'are'} blocked`]),
    ...(counts.unknown === 0 ? [] : [`of ${counts.unknown} nobody can tell`]),
  ]
  const clients = `Behind them ${counts.clients === 1 ? 'is' : 'are'} ${counted(counts.clients, 'client')}: ${shown(counts.readyClients)} ready, ${shown(counts.brokenClients)} that would lose access, ${shown(counts.unknownClients)} of which nobody knows.`
  return `Of ${counted(apps.length, 'app')} that hand out refresh tokens, ${parts.join(', ')}. ${clients}`
}

export const daysText = ({ days }: Pick<RtrPlan, 'days'>): string =>
  days === null ? 'The login history could not be read.' : `Logins of ${days} days were looked at.`

export const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`
