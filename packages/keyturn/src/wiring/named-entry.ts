/** An entry of a section of keyturn.yaml, by the name somebody gave. */
import { KeyturnError } from '@keyturn/tokens'
import { nearest } from '../nearest.ts'

interface Section<T> {
  /** What an entry is. */
  readonly what: string
  readonly entries: Readonly<Record<string, T>>
  /** What to do where the section has none. */
  readonly describe: string
}

/** Throws CONFIG_INVALID for a name that is not there. */
export const namedEntry = <T>({ what, entries, describe }: Section<T>, name: string): T => {
  const found = Object.hasOwn(entries, name) ? entries[name] : undefined
  if (found !== undefined) return found
  const names = Object.keys(entries)
  const near = nearest(name, names)
  throw new KeyturnError('CONFIG_INVALID', `There is no ${what} ${name.slice(0, 80)} in keyturn.yaml`, {
    fix: names.length === 0 ? describe : `It has ${names.join(', ')}.${near === null ? '' : ` Did you mean ${near}?`}`,
  })
}
