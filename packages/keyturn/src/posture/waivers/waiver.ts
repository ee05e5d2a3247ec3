/**
 * A waiver: somebody answers for leaving a finding as it is, until a day. It covers certain findings only: what could
 * not be judged stays unknown, whatever a waiver says.
 */

export interface Waiver {
  /** Id of a control. */
  readonly control: string
  /** A subject, `*` for any run of characters: `app:Erp`, `user:*@acme.example`. */
  readonly subject: string
  readonly reason: string
  /** Who answers for it. */
  readonly owner: string
  /** The last day it holds, in UTC: `2027-01-31`. */
  readonly expires: string
}

const day = 86_400_000

/** Holds to the end of its day. */
export const isExpired = ({ expires }: Waiver, now: number): boolean => now >= Date.parse(expires) + day

/** How a finding about the waiver itself calls it. */
export const waiverSubject = ({ control, subject }: Waiver): string => `waiver:${control}:${subject}`

/** By parts and not by a regular expression: the pattern is text from a file, and the subject is an org's. */
export const subjectFits = (pattern: string, subject: string): boolean => {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return pattern === subject
  if (!subject.startsWith(first)) return false
  let at = first.length
  for (const part of rest) {
    const found = subject.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return subject.length - at >= last.length && subject.endsWith(last)
}
