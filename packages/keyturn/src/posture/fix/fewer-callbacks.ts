/** Callbacks are taken from an app; where none would be left, nobody could authorise it any more. */
import { appSubject } from '../controls/app-control.ts'
import type { AppFact } from '../facts.ts'
import { textOf } from '../../org/metadata-component.ts'
import { appEdit, appElements } from './app-element.ts'
import type { AppMend } from './app-fix.ts'

export const fewerCallbacks = (
  app: AppFact,
  isBad: (callback: string) => boolean,
  /** What to do where all of them are. */
  otherwise: string,
): AppMend | string => {
  if (app.callbacks.is === 'unknown') return 'Its callbacks were not read.'
  const removed = app.callbacks.value.filter(isBad)
  if (removed.length === app.callbacks.value.length) return `It has no other callback. ${otherwise}`
  const edit = appEdit(app, appElements.callbacks, (now) =>
    (textOf(now) ?? '')
      .split(/\s+/u)
      .filter((callback) => callback !== '' && !isBad(callback))
      .join('\n'),
  )
  return {
    title: `take ${removed.join(' ')} from its callbacks`,
    edits: [edit],
    restricts: [{ is: 'callbacks', app: appSubject(app), removed }],
  }
}
