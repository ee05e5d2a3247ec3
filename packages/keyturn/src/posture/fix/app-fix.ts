/**
 * The form of a fix of an app. What belongs to the app’s owner can be changed here only where this org is the owner; what
 * is this org’s policy also of packaged apps, as far as their files are here.
 */
import type { ComponentEdit, RecordEdit } from '../change/org-change.ts'
import { appSubject, isForeign, isUninstalled } from '../controls/app-control.ts'
import type { AppFact } from '../facts.ts'
import type { Restriction } from '../impact/restriction.ts'
import type { Fix } from './fix.ts'
import type { AskedFix } from './subject-fix.ts'
import { subjectFix } from './subject-fix.ts'

export interface AppMend {
  /** Completes “Erp: …”. */
  readonly title: string
  /** Null: the app has no file that holds it. */
  readonly edits: readonly (ComponentEdit | null)[]
  readonly records?: readonly RecordEdit[]
  readonly clicks?: readonly string[]
  readonly restricts: readonly Restriction[]
  readonly untold?: readonly string[]
}

interface AppFix {
  readonly control: string
  /** As the control has it: whose the setting is. */
  readonly changedBy: 'owner' | 'org'
  /** A sentence: why not from here. `app` of restrictions is `appSubject(app)`. */
  readonly mend: (app: AppFact, asked: AskedFix, subject: string) => AppMend | string
}

export const appOf = (subject: string, { facts: { apps } }: AskedFix): AppFact | string => {
  const found = apps.is === 'known' ? apps.value.filter((app) => appSubject(app) === subject) : []
  const [app, ...twins] = found
  if (app === undefined) return 'The app is not among those that were read.'
  return twins.length === 0 ? app : `${found.length} apps have this name: which of them is meant can’t be told.`
}

const whose = (app: AppFact, changedBy: AppFix['changedBy']): string | null => {
  if (isUninstalled(app))
    return 'The app is not installed here, so that it has no settings here: install it and set its policies, or block it in Setup, Connected Apps OAuth Usage.'
  if (app.origin.is === 'unknown') return `Whose the app is was not read: ${app.origin.text}.`
  if (changedBy === 'owner' && isForeign(app))
    return `The app is ${app.origin.value}, and only its owner can change this: ask them (\`keyturn rtr\` writes such a request), limit it by policy, or block it.`
  if (app.files === undefined) return 'The names of its metadata were not read: audit again with this version.'
  return app.files === null
    ? 'The org shows no metadata of the app: set it in Setup, Manage Connected Apps or External Client App Manager.'
    : null
}

export const appFix = ({ control, changedBy, mend }: AppFix): Fix =>
  subjectFix(control, ({ subject }, asked) => {
    const app = appOf(subject, asked)
    if (typeof app === 'string') return app
    const not = whose(app, changedBy)
    if (not !== null) return not
    const mended = mend(app, asked, subject)
    if (typeof mended === 'string') return mended
    const { title, edits, records = [], clicks = [], restricts, untold } = mended
    const components = edits.filter((edit) => edit !== null)
    if (components.length < edits.length) return 'No file of the app that holds this was read.'
    return {
      change: { title: `${app.label === '' ? app.name : app.label}: ${title}`, components, records, clicks },
      restricts,
      ...(untold === undefined ? {} : { untold }),
    }
  })
