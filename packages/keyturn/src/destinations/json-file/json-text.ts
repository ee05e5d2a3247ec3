/** The text of a JSON file: replaces single values and adds missing ones; every other byte stays. */
import { isDeepStrictEqual } from 'node:util'
import { notReady } from '../../secret-managers/refusals.ts'
import { pointerPath, valueAtPointer } from '../files/pointer.ts'

interface Span {
  readonly start: number
  readonly end: number
  /** Of an object, in order; `before`: what stands between the former value (or the brace) and the name. */
  readonly members?: readonly { readonly name: string; readonly before: string; readonly value: Span }[]
  readonly items?: readonly Span[]
}

/** Where every value stands. The text was parsed before, so that nothing unexpected can come. */
const spans = (text: string): Span => {
  let at = 0
  const blank = (): string => {
    const from = at
    while (/[\s\uFEFF]/.test(text[at] ?? '')) at++
    return text.slice(from, at)
  }
  const word = (): string => {
    const found = /^(?:"(?:[^"\\]|\\.)*"|[^\s,:\]}]+)/s.exec(text.slice(at))?.[0] ?? ''
    at += found.length
    return found
  }
  const value = (): Span => {
    blank()
    const start = at
    if (text[at] === '{') {
      const members: { name: string; before: string; value: Span }[] = []
      for (at++; ; at++) {
        const before = blank()
        if (text[at] === '}') break
        const name = JSON.parse(word()) as string
        blank()
        at++
        members.push({ name, before, value: value() })
        blank()
        if (text[at] === '}') break
      }
      at++
      return { start, end: at, members }
    }
    if (text[at] === '[') {
      const items: Span[] = []
      for (at++; ; at++) {
        blank()
        if (text[at] === ']') break
        items.push(value())
        blank()
        if (text[at] === ']') break
      }
      at++
      return { start, end: at, items }
    }
    word()
    return { start, end: at }
  }
  return value()
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    throw notReady('The file is no JSON', 'Correct it; JSON with comments is not supported (yaml-file keeps them).')
  }
}

export const getJson = (text: string, pointer: string): string | null => {
  const found = valueAtPointer(parse(text), pointer)
  return typeof found === 'string' ? found : null
}

export const setJson = (text: string, values: ReadonlyMap<string, string>): string => {
  let next = text
  if (typeof parse(next) !== 'object') throw notReady('The file holds a single value, no object')
  for (const [pointer, value] of values) next = setOne(next, pointer, value)
  return next
}

const setOne = (text: string, pointer: string, value: string): string => {
  const wanted = JSON.stringify(value)
  const path = pointerPath(pointer)
  let span = spans(text)
  for (const [depth, part] of path.entries()) {
    const named = span.members?.filter(({ name }) => name === part) ?? []
    if (named.length > 1) throw notReady(`${pointer}: ${part} stands there twice`, 'Remove one of the two.')
    const inner = named[0]?.value ?? (/^\d+$/.test(part) ? span.items?.[Number(part)] : undefined)
    if (inner !== undefined) {
      span = inner
      continue
    }
    if (span.members === undefined) throw notReady(`${pointer}: there is no object to put ${part} into`)
    // Objects for what is missing in between.
    const rest = path.slice(depth + 1).reduceRight((made, name) => `{${JSON.stringify(name)}: ${made}}`, wanted)
    return insert(text, span, span.members, `${JSON.stringify(part)}: ${rest}`)
  }
  if (span.members !== undefined || span.items !== undefined)
    throw notReady(`${pointer} is an object or a list`, 'Name the value inside it.')
  return checked(text, text.slice(0, span.start) + wanted + text.slice(span.end), pointer)
}

const insert = (text: string, span: Span, members: NonNullable<Span['members']>, member: string): string => {
  const last = members.at(-1)
  if (last === undefined) return `${text.slice(0, span.start + 1)}${member}${text.slice(span.end - 1)}`
  return `${text.slice(0, last.value.end)},${last.before}${member}${text.slice(last.value.end)}`
}

/** Nothing but that one value may differ. */
const checked = (before: string, after: string, pointer: string): string => {
  const without = (text: string): unknown => {
    const data = parse(text)
    const path = pointerPath(pointer)
    const parent = path.length === 1 ? data : valueAtPointer(data, `/${pointer.split('/').slice(1, -1).join('/')}`)
    if (typeof parent === 'object' && parent !== null) (parent as Record<string, unknown>)[path.at(-1) ?? ''] = null
    return data
  }
  if (isDeepStrictEqual(without(before), without(after))) return after
  throw notReady(`${pointer} can’t be changed without changing more than it`)
}
