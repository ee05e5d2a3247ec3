/** What the schema found, in the words of people who write such files. */
import type * as z from 'zod'
import { nearest } from '../nearest.ts'
import type { Found } from './found.ts'
import { configSchema } from './schema.ts'

const kinds: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of settings',
  record: 'a group of settings',
}

/** One problem per unknown name, and the message of the closest alternative of a union. */
export const foundIn = (issue: z.core.$ZodIssue): readonly Found[] => {
  if (issue.code === 'invalid_union') {
    const closest = closestOf(issue.errors)
    if (closest !== null)
      return closest.flatMap((one) => foundIn({ ...one, path: [...issue.path, ...one.path] } as z.core.$ZodIssue))
  }
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const near = nearest(key, namesAt(issue.path))
      return { path: [...issue.path, key], message: `is no setting${near === null ? '' : `; did you mean ${near}?`}` }
    })
  }
  if (issue.path.length === 1 && issue.path[0] === 'version')
    return [{ path: issue.path, message: 'must be 1: this Keyturn reads `version: 1` only' }]
  if (issue.path.length === 0)
    return [{ path: issue.path, message: 'The file must hold settings: lines of NAME: VALUE' }]
  if (issue.code === 'invalid_type') {
    const kind = kinds[issue.expected] ?? issue.expected
    const missing = issue.message.endsWith('received undefined')
    return [{ path: issue.path, message: `${missing ? 'is missing:' : 'must be'} ${kind}` }]
  }
  if (issue.code === 'invalid_value' && issue.values.length > 1)
    return [{ path: issue.path, message: `must be one of ${issue.values.map(String).join(', ')}` }]
  return [{ path: issue.path, message: issue.message }]
}

/** The alternative that the value was meant for: one whose kind (group, list, text) it has. Null: none. */
const closestOf = (alternatives: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | null =>
  alternatives.find((issues) => issues.every(({ code, path }) => code !== 'invalid_type' || path.length > 0)) ?? null

/** What may stand there; nothing where it depends on what else does. */
const namesAt = (path: readonly PropertyKey[]): readonly string[] => {
  const def = path.reduce<Def | null>((outer, key) => within(outer, String(key)), defOf(configSchema))
  return def?.type === 'object' ? Object.keys(def.shape) : []
}

type Def = z.core.$ZodTypes['_zod']['def']

const within = (def: Def | null, name: string): Def | null => {
  if (def?.type === 'object') return defOf(def.shape[name])
  if (def?.type === 'array') return defOf(def.element)
  return def?.type === 'record' ? defOf(def.valueType) : null
}

/** Without what says only that it may be left out. */
const defOf = (schema: z.core.$ZodType | undefined): Def | null => {
  if (schema === undefined) return null
  const { def } = (schema as z.core.$ZodTypes)._zod
  return def.type === 'optional' || def.type === 'default' ? defOf(def.innerType) : def
}
