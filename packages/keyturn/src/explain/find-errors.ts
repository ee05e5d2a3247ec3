/**
 * Every different error in a text of any length: a pasted answer, curl's output, a log of gigabytes. Read line by line
 * and forgotten again; what is kept is which row of the table fits, how often, and the first and last line. No part of
 * the text itself is kept: it may hold tokens.
 */
import { errorTable } from '@keyturn/tokens'
import type { ErrorCode } from '@keyturn/tokens'
import type { Explanation } from './explanation.ts'
import { salesforceErrors } from './salesforce-errors.ts'

export interface FoundError {
  /** Rows that fit: one, or all of a code whose text says nothing more. */
  readonly salesforce: readonly Explanation[]
  /** A code of Keyturn instead. */
  readonly keyturn: ErrorCode | null
  readonly count: number
  readonly first: number
  readonly last: number
}

/** A longer line is looked at in parts, so that a file without line ends costs no more memory than any other. */
const longestPart = 16_384
const overlap = 256

/** Lines between a code and its text that still belong together: pretty-printed answers have them on lines of their own. */
const near = 4

const plain = (text: string): string => text.toLowerCase()
const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

const codes = new Map<string, readonly Explanation[]>()
const texts = new Map<string, readonly Explanation[]>()
for (const row of salesforceErrors) {
  codes.set(row.code, [...(codes.get(row.code) ?? []), row])
  if (row.text !== null) texts.set(plain(row.text), [...(texts.get(plain(row.text)) ?? []), row])
}

/** A stack trace repeats the bare code of its error after so many lines at most: that is no second error. */
const echo = 40

/** Words that stand in any text mean something only beside their code. */
const needsCode = new Set([
  'audience',
  'multi-factor',
  'invalid token',
  'signature invalid',
  'login invalid',
  'invalid version',
  'invalid device',
  'invalid nonce',
  'username invalid',
  'timestamp invalid',
  'audience invalid',
  'certificate mismatch',
  'replay detected',
  'invalid timestamp',
  'invalid verifier',
  'unexpected parameter',
  'app blocked',
  'mobile disabled',
  'org closed',
  'org suspended',
  'org lockout',
])

/** In Login History they follow this word, or are a cell of their own. */
const asStatus = (text: string): string => `failed: ${text}`

const byLength = (a: string, b: string): number => b.length - a.length
const textForm = new RegExp([...texts.keys()].sort(byLength).map(escaped).join('|'), 'gi')
/** Codes as they are spelled: `GONE` is one, `gone` is a word. Codes in lower case are spelled in any. */
const codeForm = new RegExp(
  `(?<![A-Za-z0-9_-])(?:${[...codes.keys(), ...Object.keys(errorTable)].sort(byLength).map(escaped).join('|')})(?![A-Za-z0-9_-])`,
  'g',
)
/** Words of prose, unless they stand where codes do: behind a quote, a colon, an equals sign or a tag. */
const wordy = new Set(['GONE', 'EPIPE', 'EPROTO', 'access-denied'])

/** Codes of the OAuth endpoints are spelled in lower case; those of Login History stand in no log. */
const isOauth = (code: string): boolean => codes.get(code)?.some(({ where }) => where === 'token') === true

interface Count {
  readonly row: Omit<FoundError, 'count' | 'first' | 'last'>
  count: number
  first: number
  last: number
}

/** A code that waits whether its text comes on one of the next lines, or came on one of the last. */
interface Open {
  readonly code: string
  readonly line: number
  readonly form: 'rest' | 'soap' | null
}

/** In the form of which API's answers the code stands, where several know it. */
const formOf = (part: string): Open['form'] =>
  /["']errorCode["']\s*:/.test(part) ? 'rest' : /faultcode>|exceptionCode\b|\bsf:[A-Z]/.test(part) ? 'soap' : null

export const findErrors = async (chunks: AsyncIterable<string> | Iterable<string>): Promise<readonly FoundError[]> => {
  const counts = new Map<string, Count>()
  const waiting: Open[] = []
  /** Texts that were told without their code, which may follow. */
  const lonely: { readonly codes: ReadonlySet<string>; readonly line: number }[] = []
  /** The line in which an answer of this code was last told with its text. */
  const told = new Map<string, number>()
  let line = 0

  const add = (key: string, row: Count['row'], at: number): void => {
    const before = counts.get(key)
    if (before === undefined) counts.set(key, { row, count: 1, first: at, last: at })
    else {
      before.count++
      before.first = Math.min(before.first, at)
      before.last = Math.max(before.last, at)
    }
  }
  const settle = (upTo: number): void => {
    for (let open = waiting[0]; open !== undefined && open.line <= upTo; open = waiting[0]) {
      waiting.shift()
      const rows = codes.get(open.code) ?? []
      const general = rows.filter(({ text }) => text === null)
      if (general.length === 0 && open.line - (told.get(open.code) ?? -Infinity) <= echo) continue
      const ofForm = general.filter(({ where }) => where === open.form)
      const fitting = ofForm.length > 0 ? ofForm : general.length > 0 ? general : rows
      add(`code ${open.code} ${ofForm.length > 0 ? open.form : ''}`, { salesforce: fitting, keyturn: null }, open.line)
    }
    while (lonely.length > 0 && (lonely[0]?.line ?? 0) < upTo - near) lonely.shift()
  }

  /** What ends before `after` was seen in the part before. */
  const look = (part: string, at: number, after: number): void => {
    const found = new Set(codesIn(part, after))
    for (const text of textsIn(part, after)) {
      const rows = texts.get(text) ?? []
      const here = rows.filter(({ code }) => found.has(code))
      const before = waiting.findIndex(({ code }) => rows.some((row) => row.code === code))
      const fitting = here.length > 0 ? here : rows.filter(({ code }) => waiting[before]?.code === code)
      // `Failed: …` is how Login History begins.
      const status = plain(part).includes(asStatus(text))
      const [row] = fitting.length > 0 ? fitting : status ? rows.filter(({ where }) => where === 'login-history') : rows
      if (row === undefined || (needsCode.has(text) && fitting.length === 0 && !status && plain(part).trim() !== text))
        continue
      // An endpoint's own code in the same line says it already, and better.
      if (row.where === 'login-history' && !status && fitting.length === 0 && [...found].some(isOauth)) continue
      add(`text ${row.where} ${row.code} ${row.text}`, { salesforce: [row], keyturn: null }, at)
      told.set(row.code, at)
      // One answer says both: its code is no second error.
      if (here.length > 0) for (const { code } of here) found.delete(code)
      else if (before !== -1) waiting.splice(before, 1)
      else lonely.push({ codes: new Set(rows.map(({ code }) => code)), line: at })
    }
    for (const code of found) {
      const mate = lonely.findIndex((one) => one.codes.has(code))
      if (Object.hasOwn(errorTable, code)) add(`own ${code}`, { salesforce: [], keyturn: code as ErrorCode }, at)
      else if (mate !== -1) lonely.splice(mate, 1)
      else waiting.push({ code, line: at, form: formOf(part) })
    }
  }

  for await (const part of linesOf(chunks)) {
    if (part.begins) {
      line++
      settle(line - near - 1)
    }
    look(part.text, line, part.begins ? 0 : overlap)
  }
  settle(line)
  const all = [...counts.values()].sort((a, b) => a.first - b.first)
  // A status line says less than the body that follows it.
  const said = all.filter(({ row }) => !row.salesforce.some(({ code }) => code.startsWith('HTTP ')))
  return (said.length > 0 ? said : all).map(({ row, count, first, last }) => ({ ...row, count, first, last }))
}

const codesIn = (part: string, after: number): ReadonlySet<string> => {
  // As long as before, so that places stay what they are.
  const normal = part.replace(/HTTP\/\d(?:\.\d)? (\d{3})/g, (all, status) => `HTTP ${status}`.padStart(all.length))
  const found = new Set<string>()
  for (const { 0: code, index } of normal.matchAll(codeForm))
    if (index + code.length > after && (!wordy.has(code) || index === 0 || /["':=>[(\s]/.test(normal[index - 1] ?? '')))
      found.add(code)
  return found
}

const textsIn = (part: string, after: number): ReadonlySet<string> =>
  new Set(
    [...part.matchAll(textForm)]
      .filter(({ 0: text, index }) => index + text.length > after)
      .map(([text]) => plain(text)),
  )

/** Parts of at most `longestPart` signs, each with whether a line begins with it; parts of one line overlap. */
const linesOf = async function* (
  chunks: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<{ readonly text: string; readonly begins: boolean }> {
  let rest = ''
  let begins = true
  for await (const chunk of chunks) {
    rest += chunk
    let from = 0
    for (;;) {
      const end = rest.indexOf('\n', from)
      if (end !== -1 && end - from <= longestPart) {
        yield { text: rest.slice(from, end), begins }
        begins = true
        from = end + 1
      } else if (rest.length - from > longestPart) {
        yield { text: rest.slice(from, from + longestPart), begins }
        begins = false
        from += longestPart - overlap
      } else break
    }
    rest = rest.slice(from)
  }
  if (rest !== '') yield { text: rest, begins }
}
