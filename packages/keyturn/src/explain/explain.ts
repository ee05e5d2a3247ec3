/** Finds what Salesforce meant: by code, by text, or in a whole answer that somebody pasted. */
import type { Explanation } from './explanation.ts'
import { salesforceErrors } from './salesforce-errors.ts'

const has = (haystack: string, needle: string): boolean => haystack.toLowerCase().includes(needle.toLowerCase())

/** The most specific explanation of a code and its text; null when nothing is known of it. */
export const explain = (code: string, text: string): Explanation | null => {
  const spelled = salesforceErrors.filter((row) => row.code === code)
  const candidates =
    spelled.length > 0 ? spelled : salesforceErrors.filter((row) => row.code.toLowerCase() === code.toLowerCase())
  return (
    candidates.find((row) => row.text !== null && has(text, row.text)) ??
    candidates.find((row) => row.text === null) ??
    (text === '' ? null : (salesforceErrors.find((row) => row.text !== null && has(text, row.text)) ?? null))
  )
}

const word = (text: string, code: string): boolean =>
  new RegExp(`(?<![A-Za-z0-9_])${code.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![A-Za-z0-9_])`, 'i').test(text)

/** Everything that may be meant by a pasted code, message or answer; rows whose text occurs come first. */
export const explainAny = (pasted: string): readonly Explanation[] => {
  const fitting = salesforceErrors.filter((row) => row.text !== null && has(pasted, row.text))
  // What an endpoint answers is meant before what Login History calls the same.
  const answers = fitting.filter(({ where }) => where !== 'login-history')
  const byText = answers.length > 0 ? answers : fitting
  const exact = byText.filter((row) => word(pasted, row.code))
  // The longest text is the most specific: "ip restricted" occurs in "ip restricted or invalid login hours".
  if (byText.length > 0) {
    const found = exact.length > 0 ? exact : byText
    return [...found].sort((a, b) => (b.text?.length ?? 0) - (a.text?.length ?? 0))
  }
  const byCode = salesforceErrors.filter((row) => word(pasted, row.code))
  const general = byCode.filter((row) => row.text === null)
  // A whole answer carries a text: rows for another text of the same code do not fit then.
  return pasted.trim().includes(' ') && general.length > 0 ? general : byCode
}
