/** Reads keyturn.yaml and says everything that is wrong with it at once, each with its line. */
import { LineCounter, parseDocument } from 'yaml'
import type { Document } from 'yaml'
import { systemClock } from '@keyturn/tokens'
import { foundIn } from './issues.ts'
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
    ...(result.error?.issues.flatMap(foundIn) ?? []),
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
