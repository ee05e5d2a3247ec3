/** One source as the rules see it, and the few questions all of them ask. */
import { lexes } from '../languages.ts'
import type { Language } from '../languages.ts'
import { tokensOf } from '../lexer.ts'
import type { Token } from '../lexer.ts'
import type { HabitFinding } from '../scan-report.ts'

export interface Source {
  readonly path: string
  readonly language: Language
  readonly tokens: readonly Token[]
  /** It names Salesforce, one of its hosts or one of its clients. */
  readonly salesforce: boolean
  /** A test, an example: what stands there may never run. */
  readonly aside: boolean
}

export type Rule = (source: Source) => readonly HabitFinding[]

const salesforceWord = /salesforce|sfdc|sfdx|jsforce|restforce|nforce|\bforce\.com|my\.salesforce|sforce/i

/** What no rule can match is not even taken apart. */
export const isWorthReading = (text: string): boolean =>
  /refresh_?-?token|sfdx|jsforce|restforce|nforce|sforce|simple_salesforce|keyturn|grant_?type/i.test(text)

export const sourceOf = (path: string, language: Language, text: string): Source => ({
  path,
  language,
  tokens: tokensOf(text, lexes[language]),
  salesforce: salesforceWord.test(text) || salesforceWord.test(path),
  aside:
    /(^|\/)(tests?|__tests__|specs?|__mocks__|fixtures?|examples?|samples?|bench(?:es|marks?)?|docs?)\/|\.(test|spec)\.[a-z]+$|(^|\/)test_[^/]*$|_test\.[a-z]+$/i.test(
      path,
    ),
})

export const isSign = (token: Token | undefined, ...signs: readonly string[]): boolean =>
  token?.is === 'sign' && signs.includes(token.text)

export const isName = (token: Token | undefined, ...names: readonly string[]): boolean =>
  token?.is === 'name' && names.includes(token.text)

/** Name or text: `grant_type` is either, by the language and the author. */
export const says = (token: Token | undefined, ...texts: readonly string[]): boolean =>
  (token?.is === 'name' || token?.is === 'string') && texts.includes(token.text)

const opening = '([{'
const closing = ')]}'

/** A call of more than that is not one; the bound keeps hostile nesting cheap. */
const longestGroup = 5_000

/** Where the group that opens at `open` closes; null: nowhere near. */
export const closeOf = (tokens: readonly Token[], open: number): number | null => {
  let depth = 0
  for (let at = open; at < Math.min(tokens.length, open + longestGroup); at++) {
    const token = tokens[at]
    if (token?.is !== 'sign') continue
    if (opening.includes(token.text)) depth++
    else if (closing.includes(token.text) && --depth === 0) return at
  }
  return null
}

export interface Named {
  readonly keys: ReadonlySet<string>
  /** `...rest`, `**options`: there may be more. */
  readonly spread: boolean
}

/**
 * The names that values get directly within a group: `{ a: 1, b, 'c': 2 }`, `(a=1, b: 2, :c => 3)`. Of an object that is
 * the only argument, its own.
 */
export const namedIn = (tokens: readonly Token[], open: number): Named | null => {
  const close = closeOf(tokens, open)
  if (close === null) return null
  const keys = new Set<string>()
  let spread = false
  let depth = 0
  for (let at = open; at < close; at++) {
    const token = tokens[at]
    if (token === undefined) break
    if (token.is === 'sign') {
      if (opening.includes(token.text)) depth++
      else if (closing.includes(token.text)) depth--
      else if (depth === 1 && (token.text === '.' || token.text === '*') && isSign(tokens[at + 1], token.text))
        spread = true
      continue
    }
    if (depth !== 1 || token.is === 'number') continue
    const [before, after] = [tokens[at - 1], tokens[at + 1]]
    const starts =
      isSign(before, '{', ',', '(', ':') || (before?.is === 'name' && ['async', 'get'].includes(before.text))
    const named = isSign(after, ':', '=') || (tokens[open]?.text === '{' && isSign(after, ',', '}', '('))
    if (starts && named && !isSign(before, '.')) keys.add(token.text)
  }
  return { keys, spread }
}

/** How many arguments the call at `open` has. */
export const argumentCount = (tokens: readonly Token[], open: number): number => {
  const close = closeOf(tokens, open)
  if (close === null || close === open + 1) return 0
  let depth = 0
  let count = 1
  for (let at = open; at < close; at++) {
    const token = tokens[at]
    if (token?.is !== 'sign') continue
    if (opening.includes(token.text)) depth++
    else if (closing.includes(token.text)) depth--
    else if (depth === 1 && token.text === ',' && at + 1 < close) count++
  }
  return count
}

/** A finding in a test or an example is something to look at, no more. */
export const found = (
  source: Source,
  line: number,
  habit: Pick<HabitFinding, 'kind' | 'effect' | 'confidence' | 'why' | 'next'>,
): HabitFinding => ({
  path: source.path,
  line,
  ...habit,
  confidence: source.aside ? 'possible' : habit.confidence,
})
