/** A destination that is a text file: how it is changed and read differs by format, how it is replaced never does. */
import { isAbsolute, resolve } from 'node:path'
import type { Secret } from '@keyturn/tokens'
import * as z from 'zod'
import { notReady } from '../../secret-managers/refusals.ts'
import type { Destination, DestinationParts, DestinationValue } from '../destination.ts'
import { problemsOf } from '../problems.ts'
import { readTarget, replaceFile } from './replace-file.ts'
import type { FileRules } from './replace-file.ts'

/** The settings that every file has. */
export const fileSettings = {
  file: z.string().min(1).describe('The file; relative to keyturn.yaml'),
  create: z.boolean().optional().describe('Make it when it is missing; default false'),
  mode: z
    .string()
    .regex(/^0?[0-7]{3}$/, 'must be a mode such as 0640')
    .optional()
    .describe('Mode of a file that is made; default 0600'),
}

interface FileFormat {
  /** Places that the settings name: a preflight tries them. */
  readonly named: readonly string[]
  /** Places in this text (null: no file yet) and what is to stand there. */
  places(text: string | null, value: DestinationValue): ReadonlyMap<string, Secret>
  /** The text with these values in their places, everything else as it was. Throws for what can't be written. */
  set(text: string | null, values: ReadonlyMap<string, string>): string
  /** Null: nothing stands there. */
  get(text: string, place: string): string | null
}

export const fileDestination = (
  kind: string,
  settings: { readonly file: string; readonly create?: boolean | undefined; readonly mode?: string | undefined },
  { name, folder }: DestinationParts,
  format: FileFormat,
): Destination => {
  const path = isAbsolute(settings.file) ? settings.file : resolve(folder, settings.file)
  const rules: FileRules = { create: settings.create ?? false, mode: Number.parseInt(settings.mode ?? '600', 8) }
  const revealed = (places: ReadonlyMap<string, Secret>): ReadonlyMap<string, string> =>
    new Map([...places].map(([place, secret]) => [place, secret.reveal()]))
  const holds = (text: string, values: ReadonlyMap<string, string>): boolean =>
    [...values].every(([place, secret]) => format.get(text, place) === secret)
  return {
    kind,
    name,
    preflight: () =>
      problemsOf(async () => {
        const text = await readTarget(path, rules)
        // A text that can't be understood can't be changed.
        format.set(text, new Map(format.named.map((place) => [place, 'x'])))
      }),
    write: async (value) => {
      let places: readonly string[] = []
      const changed = await replaceFile(path, rules, (text) => {
        const values = revealed(format.places(text, value))
        places = [...values.keys()]
        if (text !== null && holds(text, values)) return text
        const next = format.set(text, values)
        if (!holds(next, values)) throw notReady(`${path} would not read back what was written: nothing was written`)
        return next
      })
      return { changed, at: `file:${path}#${places.join(',')}` }
    },
    readBack: async (value) => {
      const text = await readTarget(path, { ...rules, create: true })
      return text !== null && holds(text, revealed(format.places(text, value))) ? 'same' : 'different'
    },
  }
}
