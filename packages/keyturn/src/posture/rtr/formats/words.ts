/** The words of a plan that every format shares. */
import { counted } from '../../audit/shown-text.ts'
import type { RtrPlan, Stage } from '../plan.ts'
import type { JudgedClient, Readiness, Source } from '../readiness.ts'

export const stageWords: Readonly<Record<Stage, string>> = {
  on: 'rotates',
  ready: 'can be switched on',
  waiting: 'waits for clients',
  foreign: 'its maker’s to switch',
  blocked: 'blocked',
  unknown: 'not known',
}

export const readinessWords: Readonly<Record<Readiness, string>> = {
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
  program === 'unseen' ? 'nobody seen' : program === 'unnamed' ? 'gives no name' : program

/** The plan in two sentences, for whoever reads no further. */
export const leadText = ({ apps, counts }: RtrPlan): string => {
  if (apps.length === 0) return 'No app was seen that hands out refresh tokens.'
  const parts = [
    `${counts.on} ${counts.on === 1 ? 'rotates' : 'rotate'} already`,
    `${counts.ready} can be switched on now`,
    ...(counts.waiting === 0 ? [] : [`${counts.waiting} ${counts.waiting === 1 ? 'waits' : 'wait'} for clients`]),
    ...(counts.foreign === 0 ? [] : [`${counts.foreign} can be switched by their makers alone`]),
    ...(counts.blocked === 0 ? [] : [`${counts.blocked} ${counts.blocked === 1 ? 'is' : 'are'} blocked`]),
    ...(counts.unknown === 0 ? [] : [`of ${counts.unknown} nobody can tell`]),
  ]
  const clients = `Behind them ${counts.clients === 1 ? 'is' : 'are'} ${counted(counts.clients, 'client')}: ${counts.readyClients} ready, ${counts.brokenClients} that would lose access, ${counts.unknownClients} of which nobody knows.`
  return `Of ${counted(apps.length, 'app')} that hand out refresh tokens, ${parts.join(', ')}. ${clients}`
}

export const daysText = ({ days }: Pick<RtrPlan, 'days'>): string =>
  days === null ? 'The login history could not be read.' : `Logins of ${days} days were looked at.`

export const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`
