/**
 * The text of a YAML file: a value that is there is replaced in place, every other byte stays. One that is missing is
 * added by the `yaml` package, which keeps comments and order but may lay out lists and blanks its own way.
 */
import { isDeepStrictEqual } from 'node:util'
import { isAlias, isCollection, isScalar, parseAllDocuments, parseDocument, visit } from 'yaml'
import type { Document, Scalar } from 'yaml'
import { notReady } from '../../secret-managers/refusals.ts'
import { pointerPath, valueAtPointer } from '../files/pointer.ts'

const parse = (text: string): Document.Parsed => {
  if (parseAllDocuments(text).length > 1) throw notReady('The file holds several YAML documents', 'Give it one only.')
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'silent' })
  const [error] = document.errors
  if (error !== undefined) throw notReady(`The file is no YAML (${error.code})`, 'Correct it.')
  return document
}

/** Aliases are bounded, so that a few lines cannot grow into gigabytes. */
const dataOf = (document: Document.Parsed): unknown => document.toJS({ maxAliasCount: 100 })

export const getYaml = (text: string, pointer: string): string | null => {
  const found = valueAtPointer(dataOf(parse(text)), pointer)
  return typeof found === 'string' ? found : null
}

export const setYaml = (text: string, values: ReadonlyMap<string, string>): string => {
  let next = text
  const contents: unknown = parse(next).contents
  if (contents !== null && !isCollection(contents) && !(isScalar(contents) && contents.value === null))
    throw notReady('The file holds a single value, no map')
  for (const [pointer, value] of values) next = setOne(next, pointer, value)
  return next
}

/** JSON's strings are YAML's double-quoted ones, but for characters that YAML does not let stand (YAML 1.2.2 §5.1). */
const quoted = (value: string): string =>
  // oxlint-disable-next-line no-control-regex -- control characters are what is escaped
  JSON.stringify(value).replaceAll(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** As it stood, where the value can stand so. */
const written = (value: string, { type }: Scalar): string => {
  if (type === 'QUOTE_SINGLE' && /^[\x20-\x7e]*$/.test(value)) return `'${value.replaceAll("'", "''")}'`
  if (type === 'PLAIN' && /^[A-Za-z][\w.@/+=-]*$/.test(value) && parseDocument(value).toJS() === value) return value
  return quoted(value)
}

const setOne = (text: string, pointer: string, value: string): string => {
  const document = parse(text)
  const path = pointerPath(pointer)
  const node: unknown = document.getIn(path, true)
  if (isCollection(node)) throw notReady(`${pointer} is a map or a list`, 'Name the value inside it.')
  if (isAlias(node)) throw notReady(`${pointer} is an alias (*${node.source})`, 'Write the value there itself.')
  const range = isScalar(node) ? node.range : undefined
  // A missing value (`key:`) has a place and no length; the package knows better how to fill it.
  if (!isScalar(node) || range == null || range[0] === range[1]) return added(document, pointer, path, value)
  if (node.anchor !== undefined && aliased(document, node.anchor))
    throw notReady(
      `${pointer} is used elsewhere, too (&${node.anchor})`,
      'Write the other places’ values there themselves.',
    )
  const block = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED'
  const tail = block && text.slice(range[0], range[1]).endsWith('\n') ? '\n' : ''
  const next = `${text.slice(0, range[0])}${written(value, node)}${tail}${text.slice(range[1])}`
  return checked(document, next, pointer)
}

const aliased = (document: Document.Parsed, anchor: string): boolean => {
  let found = false
  visit(document, { Alias: (_key, { source }) => void (found ||= source === anchor) })
  return found
}

const added = (document: Document.Parsed, pointer: string, path: readonly string[], value: string): string => {
  const before = document.clone() as Document.Parsed
  try {
    document.setIn(path, value)
  } catch {
    throw notReady(`${pointer}: there is no map to put it into`)
  }
  return checked(before, document.toString({ lineWidth: 0 }), pointer)
}

/** Nothing but that one value may differ. */
const checked = (before: Document.Parsed, after: string, pointer: string): string => {
  const without = (document: Document.Parsed): unknown => {
    const copy = document.clone() as Document.Parsed
    copy.setIn(pointerPath(pointer), null)
    return dataOf(copy)
  }
  if (isDeepStrictEqual(without(before), without(parse(after)))) return after
  throw notReady(`${pointer} can’t be changed without changing more than it`)
}
