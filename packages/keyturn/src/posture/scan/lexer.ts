/**
 * Source text as words, strings and signs, comments left out: enough to see which function gets which named values, in
 * any of the languages integrations are written in. No parser on purpose: it must take any version and dialect, broken
 * files and hostile ones, in linear time and without recursion. A test holds it against a real parser.
 */
import type { Lexis } from './languages.ts'

export interface Token {
  /** `name`: identifier or keyword; `string`: its text without quotes; `sign`: one character of anything else. */
  readonly is: 'name' | 'string' | 'number' | 'sign'
  readonly text: string
  readonly at: number
  readonly line: number
}

const nameStart = /[\p{L}_$@]/u
const nameSign = /[\p{L}\p{N}_$]/u
const digit = /[0-9]/

/** Looking for the end of what only seems to be one must cost little, however often it is tried. */
const longestRegex = 500

/** After one of these words a slash begins a regular expression, as it does after a sign that ends no value. */
const beforeRegex = new Set(
  'return typeof case in of delete void throw new instanceof do else yield await when unless if and or not'.split(' '),
)

export const tokensOf = (source: string, lexis: Lexis): readonly Token[] => {
  const tokens: Token[] = []
  /** Depths of braces at which a template's `${` was opened. */
  const templates: number[] = []
  let braces = 0
  let line = 1
  let at = 0

  const add = (is: Token['is'], text: string, from: number, onLine: number): void => {
    tokens.push({ is, text, at: from, line: onLine })
  }
  const linesOf = (from: number, to: number): void => {
    // Not by indexOf: in a file of one line each call would read to its end.
    for (let next = from; next < to; next++) if (source.charCodeAt(next) === 10) line++
  }
  const moveTo = (to: number): void => {
    linesOf(at, to)
    at = to
  }
  const startsWith = (text: string): boolean => source.startsWith(text, at)
  const afterOrEnd = (text: string, from: number): number => {
    const found = source.indexOf(text, from)
    return found === -1 ? source.length : found + text.length
  }

  const skipComment = (): boolean => {
    for (const start of lexis.line)
      if (startsWith(start) && (start !== '#' || lexis.hashInWords || !/\S/.test(source[at - 1] ?? ' '))) {
        const end = source.indexOf('\n', at)
        at = end === -1 ? source.length : end
        return true
      }
    for (const [start, end] of lexis.block)
      if (startsWith(start) && (!start.startsWith('=') || at === 0 || source[at - 1] === '\n')) {
        moveTo(afterOrEnd(end, at + start.length))
        return true
      }
    return false
  }

  /** Up to the closing quote; a string that may not span lines ends with its line, so that a stray quote costs one. */
  const endOfString = (quote: string, from: number, escapes: boolean, spans: boolean): number => {
    for (let next = from; next < source.length; next++) {
      if (escapes && source[next] === '\\') next++
      else if (source.startsWith(quote, next)) return next
      else if (!spans && source[next] === '\n') return next
    }
    return source.length
  }

  const string = (): boolean => {
    for (const { open, close, escapes, spans } of lexis.strings) {
      if (!startsWith(open)) continue
      const from = at
      const end = endOfString(close, at + open.length, escapes, spans)
      add('string', source.slice(at + open.length, end), from, line)
      moveTo(Math.min(source.length, source.startsWith(close, end) ? end + close.length : end))
      return true
    }
    return false
  }

  /** A template's text up to its end or to `${`, whose inside is read as code. */
  const template = (from: number): void => {
    const begun = line
    for (let next = from; ; next++) {
      if (next >= source.length || source[next] === '`') {
        add('string', source.slice(from, next), from - 1, begun)
        return moveTo(Math.min(source.length, next + 1))
      }
      if (source[next] === '\\') next++
      else if (source.startsWith('${', next)) {
        add('string', source.slice(from, next), from - 1, begun)
        templates.push(braces++)
        return moveTo(next + 2)
      }
    }
  }

  const regex = (): boolean => {
    if (!lexis.regex || source[at] !== '/') return false
    const before = tokens.at(-1)
    const possible =
      before === undefined ||
      (before.is === 'sign' && !')]}'.includes(before.text)) ||
      (before.is === 'name' && beforeRegex.has(before.text))
    if (!possible) return false
    let inClass = false
    const end = Math.min(source.length, at + longestRegex)
    for (let next = at + 1; next < end && source[next] !== '\n'; next++) {
      if (source[next] === '\\') next++
      else if (source[next] === '[') inClass = true
      else if (source[next] === ']') inClass = false
      else if (source[next] === '/' && !inClass) {
        add('sign', '/…/', at, line)
        at = next + 1
        while (at < source.length && nameSign.test(source[at] ?? '')) at++
        return true
      }
    }
    return false
  }

  const while_ = (sign: RegExp): string => {
    const from = at
    while (at < source.length && sign.test(source[at] ?? '')) at++
    return source.slice(from, at)
  }

  while (at < source.length) {
    const sign = source[at] ?? ''
    if (sign === '\n') {
      line++
      at++
    } else if (sign === ' ' || sign === '\t' || sign === '\r' || sign === '\f' || sign === '\ufeff') at++
    else if (skipComment() || string() || regex()) continue
    else if (lexis.templates && sign === '`') template(at + 1)
    else if (nameStart.test(sign)) {
      const from = at
      at++
      add('name', sign + while_(nameSign), from, line)
    } else if (digit.test(sign)) {
      const from = at
      add('number', while_(/[0-9a-zA-Z_.]/), from, line)
    } else {
      if (sign === '{') braces++
      if (sign === '}' && --braces === templates.at(-1)) {
        templates.pop()
        template(at + 1)
        continue
      }
      add('sign', sign, at, line)
      at++
    }
  }
  return tokens
}
