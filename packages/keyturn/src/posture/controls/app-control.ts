/**
 * The form of a control that looks at every app. Blocked apps and apps without OAuth are left out; uninstalled ones too,
 * whose settings nobody here can read or change: `app-uninstalled-tokens` is about them.
 */
import type { Control } from '../control.ts'
import type { AppFact, Family } from '../facts.ts'
import type { Asked, ControlText } from './asked.ts'
import { controlOf } from './asked.ts'
import type { Answer } from './looks.ts'
import { apart, judgementOf, unknownFamily } from './looks.ts'

interface AppControl extends ControlText {
  /** Completes “3 of 12 apps: …”. */
  readonly wrong: string
  /** Who can put it right for an app that came from elsewhere: only its owner, or this org by its policies. */
  readonly changedBy: 'owner' | 'org'
  readonly families?: readonly Family[]
  /** Of apps without OAuth settings too. */
  readonly withoutOauth?: boolean
  readonly look: (app: AppFact, asked: Asked) => Answer
}

/** Stable, and different for apps of the same name: an uninstalled app can call itself what it likes. */
export const appSubject = ({ kind, name, origin }: Pick<AppFact, 'kind' | 'name' | 'origin'>): string =>
  `${isUninstalled({ origin }) ? 'uninstalled' : kind === 'external' ? 'eca' : 'app'}:${name}`

export const isUninstalled = ({ origin }: Pick<AppFact, 'origin'>): boolean =>
  origin.is === 'known' && origin.value === 'uninstalled'

export const isForeign = ({ origin }: Pick<AppFact, 'origin'>): boolean =>
  origin.is === 'known' && origin.value !== 'local'

const leftOut = ({ origin, blocked, oauth }: AppFact, withoutOauth: boolean): boolean =>
  isUninstalled({ origin }) ||
  (blocked.is === 'known' && blocked.value) ||
  (!withoutOauth && oauth.is === 'known' && !oauth.value)

const whoCanChange = (app: AppFact, changedBy: 'owner' | 'org'): string => {
  if (app.origin.is !== 'known' || app.origin.value === 'local') return ''
  return changedBy === 'owner'
    ? ` It is ${app.origin.value}: only its owner can change this; here it can be limited by policy, or blocked.`
    : ` It is ${app.origin.value}, and this policy is this org’s to set.`
}

export const appControl = ({
  wrong,
  changedBy,
  families = [],
  withoutOauth = false,
  look,
  ...text
}: AppControl): Control =>
  controlOf(text, ['apps', ...families], (asked) => {
    const { apps } = asked.facts
    if (apps.is === 'unknown') return unknownFamily('apps', apps)
    const looks = apps.value.map((app) => {
      const answer = leftOut(app, withoutOauth) ? apart : look(app, asked)
      const more = answer.verdict === 'fail' ? whoCanChange(app, changedBy) : ''
      const origin = app.origin.is === 'known' ? { origin: app.origin.value } : {}
      return {
        ...answer,
        subject: appSubject(app),
        text: `${answer.text}${more}`,
        facts: { ...answer.facts, label: app.label, ...origin },
      }
    })
    return judgementOf(looks, { noun: ['app', 'apps'], wrong })
  })
