/**
 * Texts of an org in reports for people: nothing in them that a terminal, a renderer or a reader would obey, no half
 * characters, and no name of 10 kB. Formats for programs keep texts whole.
 */
import { terminalText } from '../../output/terminal-text.ts'
import type { ResultVerdict } from './result.ts'

/** Long enough for any name an org allows, and for a sentence about it. */
const longest = 400

export const shownText = (text: string, limit: number = longest): string => {
  // Cut before it is made visible, so that a long run of escapes costs nothing; by code points, so that none is halved.
  const cut =
    text.length > limit
      ? `${Array.from(text.slice(0, limit * 2))
          .slice(0, limit - 1)
          .join('')}…`
      : text
  return terminalText(cut.toWellFormed())
}

/** `2026-11-02 09:00 UTC`. */
export const shownMoment = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`

const catalogueNames: Readonly<Record<string, string>> = {
  sbs: 'SBS',
  shr: 'Salesforce hardening pages',
  healthCheck: 'Health Check',
  partner2026: 'Partner requirements 2026',
  checklist: 'Security checklist',
  tenable: 'Tenable',
}

export const catalogueName = (key: string): string => catalogueNames[key] ?? key

export const verdictWords: Readonly<Record<ResultVerdict, string>> = {
  pass: 'passed',
  fail: 'failed',
  waived: 'accepted',
  unknown: 'not judged',
  'not-applicable': 'does not apply',
}
