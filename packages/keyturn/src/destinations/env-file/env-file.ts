/** A .env file. Without `fields`, every usual name that stands in it is kept up to date. */
import * as z from 'zod'
import { defineKind } from '../destination.ts'
import { fieldMap, placed } from '../field-map.ts'
import { fileDestination, fileSettings } from '../files/file-destination.ts'
import { usualName, usualNames } from '../usual-names.ts'
import { namesIn, readVariable, setVariables } from './env-text.ts'

export const envFile = defineKind({
  kind: 'env-file',
  settings: z.strictObject({
    kind: z.literal('env-file'),
    ...fileSettings,
    fields: fieldMap(/^[A-Za-z_][\w.-]*$/, 'must be the name of a variable')
      .optional()
      .describe('Variable: field of the credential; default: the usual names (SF_PASSWORD, SALESFORCE_PASSWORD, …)'),
    dialect: z
      .enum(['dotenv', 'shell', 'docker'])
      .optional()
      .describe('Who reads it: dotenv (default), shell (sourced), docker (--env-file)'),
  }),
  describe: ({ file }) => file,
  open: (settings, parts) => {
    const { fields, dialect = 'dotenv' } = settings
    return fileDestination('env-file', settings, parts, {
      named: Object.keys(fields ?? {}),
      places: (text, value) => {
        if (fields !== undefined) return placed(value, fields, usualName)
        const there = namesIn(text ?? '', dialect)
        return new Map(
          Object.entries(value.fields).flatMap(([field, secret]) => {
            const known = (usualNames[field] ?? []).filter((name) => there.has(name))
            return (known.length > 0 ? known : [usualName(field)]).map((name) => [name, secret] as const)
          }),
        )
      },
      set: (text, values) => setVariables(text ?? '', values, dialect),
      get: (text, place) => readVariable(text, place, dialect),
    })
  },
})
