/** Values in a JSON file, each at a pointer. */
import * as z from 'zod'
import { defineKind } from '../destination.ts'
import { fieldMap, placed } from '../field-map.ts'
import { fileDestination, fileSettings } from '../files/file-destination.ts'
import { pointerForm, pointerMessage, pointerOf } from '../files/pointer.ts'
import { getJson, setJson } from './json-text.ts'

export const jsonFile = defineKind({
  kind: 'json-file',
  settings: z.strictObject({
    kind: z.literal('json-file'),
    ...fileSettings,
    fields: fieldMap(pointerForm, pointerMessage)
      .optional()
      .describe('Pointer: field of the credential; default: each field under its own name'),
  }),
  describe: ({ file }) => file,
  open: (settings, parts) =>
    fileDestination('json-file', settings, parts, {
      named: Object.keys(settings.fields ?? {}),
      places: (_text, value) => placed(value, settings.fields, pointerOf),
      set: (text, values) => setJson(text ?? '{}\n', values),
      get: getJson,
    }),
})
