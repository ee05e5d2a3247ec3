/** Reads keyturn.yaml and says everything that is wrong with it at once, each with its line. */
import { LineCounter, parseDocument } from 'yaml'
import type { Document } from 'yaml'
import type * as z from 'zod'
import { systemClock } from '@keyturn/tokens'
import { nearest } from '../nearest.ts'
import type { Found } from './found.ts'
import { danglingNames } from './names.ts'
import { configSchema } from './schema.ts'
import type { KeyturnConfig } from './schema.ts'
import { scheduleProblems } from './schedules.ts'

export interface Problem {
  readonly line: number
  readonly column: number
  /** `connect.port`; empty for the whole file. */
  readonly path: string
  readonly message: string
}

export type Checked =
  | { readonly config: KeyturnConfig; readonly problems: readonly [] }
  | { readonly config: null; readonly problems: readonly Problem[] }

/** `now`: windows that never open are looked for from then on. */
export const checkConfig = (text: string, now: number = systemClock.wall()): Checked => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' })
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  if (document.errors.length > 0) {
    return {
      config: null,
      problems: document.errors.map((error) => ({ ...at(error.pos[0]), path: '', message: firstLine(error.message) })),
    }
  }
  let content: unknown
  try {
    // Aliases are bounded, so that a few lines cannot grow into gigabytes.
    content = document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    return { config: null, problems: [{ line: 1, column: 1, path: '', message: firstLine(String(error)) }] }
  }
  const result = configSchema.safeParse(content ?? {})
  // What no single value shows is looked for whatever else is wrong, so that all is said at once.
  const found = [
    ...(result.error?.issues.flatMap(spread) ?? []),
    ...danglingNames(content),
    ...scheduleProblems(content, now),
  ]
  if (result.success && found.length === 0) return { config: result.data, problems: [] }
  const problems = found.map((one) => ({
    ...at(offsetOf(document, one.path)),
    path: one.path.join('.'),
    message: one.message,
  }))
  return { config: null, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) }
}

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
const spread = (issue: z.core.$ZodIssue): readonly Found[] => {
  if (issue.code === 'invalid_union') {
    const closest = closestOf(issue.errors)
    if (closest !== null)
      return closest.flatMap((one) => spread({ ...one, path: [...issue.path, ...one.path] } as z.core.$ZodIssue))
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
  return [{ path: issue.path, message: issue.message }]
}

/** The alternative that the value was meant for: one whose kind (group, list, text) it has. Null: none. */
const closestOf = (alternatives: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | null =>
  alternatives.find((issues) => issues.every(({ code, path }) => code !== 'invalid_type' || path.length > 0)) ?? null

const namesAt = (path: readonly PropertyKey[]): readonly string[] => {
  const shape: Readonly<Record<string, unknown>> = configSchema.shape
  const [first] = path
  if (first === undefined) return Object.keys(shape)
  const inner = shape[String(first)] as { unwrap?: () => { shape?: object } } | undefined
  return Object.keys(inner?.unwrap?.().shape ?? {})
}

/** Where the value stands, else its nearest parent. */
const offsetOf = (document: Document.Parsed, path: readonly PropertyKey[]): number => {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true)
    const items = (parent as { items?: readonly unknown[] } | null)?.items ?? []
    const last = path[depth - 1]
    for (const item of items) {
      const key = (item as { key?: { value?: unknown; range?: readonly number[] } }).key
      if (key?.value === last && key?.range?.[0] !== undefined) return key.range[0]
    }
    const node = document.getIn(path.slice(0, depth), true) as { range?: readonly number[] } | undefined
    if (node?.range?.[0] !== undefined) return node.range[0]
  }
  return 0
}

const firstLine = (text: string): string => text.split('\n')[0] ?? text
