/** How one element moves: the forms that most of them take. */
import { textOf } from '../../org/metadata-component.ts'
import type { MetadataValue } from '../../org/metadata-component.ts'
import { appParts } from '../provision/app-files.ts'
import type { ElementMove, MigratedPart } from './migration.ts'

/** What an element becomes: nothing of it for `not-carried`. */
interface Moved {
  readonly move: Omit<ElementMove, 'element'>
  readonly sets: readonly (readonly [part: MigratedPart, element: string, value: MetadataValue])[]
}

export type Mover = (value: MetadataValue) => Moved

const place = (part: MigratedPart, element: string): string => `${appParts[part]}.${element}`

export const same =
  (part: MigratedPart, element: string): Mover =>
  (value) => ({
    move: { how: 'as-is', to: place(part, element), text: '', todo: null },
    sets: [[part, element, value]],
  })

/** The same meaning under another name or in another notation; null: this value has none there. */
export const otherwise =
  (part: MigratedPart, element: string, form: (value: MetadataValue) => MetadataValue | null, text = ''): Mover =>
  (value) => {
    const made = form(value)
    if (made === null)
      return notCarried(
        `the value “${textOf(value) ?? JSON.stringify(value)}” has no counterpart`,
        `Set ${place(part, element)} by hand.`,
      )(value)
    return {
      move: { how: 'other-form', to: place(part, element), text, todo: null },
      sets: [[part, element, made]],
    }
  }

export const several =
  (text: string, to: string, sets: (value: MetadataValue) => Moved['sets'] | null): Mover =>
  (value) => {
    const made = sets(value)
    return made === null
      ? notCarried(
          `the value “${textOf(value) ?? JSON.stringify(value)}” has no counterpart`,
          `Set ${to} by hand.`,
        )(value)
      : { move: { how: 'other-form', to, text, todo: null }, sets: made }
  }

export const notCarried =
  (text: string, todo: string): Mover =>
  () => ({ move: { how: 'not-carried', to: null, text, todo }, sets: [] })
