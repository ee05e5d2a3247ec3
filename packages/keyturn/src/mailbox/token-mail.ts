/**
 * Is this the mail with a user's new security token? Pure: bytes and rules in, the token or the reason against it out.
 *
 * What such a mail looks like is written down by nobody at Salesforce; sender, subject and the two lines are what guides
 * and samples agree on. So everything is compared exactly, and what differs is refused with a reason instead of guessed.
 */
import { Secret } from '@keyturn/tokens'
import { authenticationOf } from './authentication-results.ts'
import { shownField, soleAddress } from './header-field.ts'
import { readMail } from './mail-text.ts'
import type { ReadMail } from './mail-text.ts'
import type { MailAuthentication, MailQuery, Refusal, RefusedMail, TokenMail } from './mailbox.ts'

/** Larger ones are not even fetched: the real one has a few kilobytes. */
export const largestMail = 65_536

export interface RawMail {
  readonly id: string
  readonly receivedAt: number
  /** Null: too large to be looked at. */
  readonly raw: Uint8Array | null
}

/** Of the settings, with every default filled in. */
export interface MailRules {
  readonly from: readonly string[]
  readonly subject: readonly string[]
  readonly usernameLabel: readonly string[]
  readonly tokenLabel: readonly string[]
  readonly authservId?: string
  readonly require: 'either' | 'dmarc' | 'dkim' | 'none'
  readonly acceptUnauthenticated: boolean
  readonly clockTolerance: number
}

/** 25 letters and digits in every sample known; Salesforce says only "case-sensitive alphanumeric". */
const tokenForm = /^[A-Za-z0-9]{24,26}$/

/** What stands behind a label, on its line or the next one that is not empty. */
const valuesOf = (text: string, labels: readonly string[]): readonly string[] => {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.replace(/\s+/g, ' ').trim())
  const values = lines.flatMap((line, at) => {
    const label = labels.find((one) => line.startsWith(one))
    if (label === undefined) return []
    const rest = /^ ?:(.*)$/.exec(line.slice(label.length))?.[1]?.trim()
    if (rest === undefined) return []
    return [rest === '' ? (lines.slice(at + 1, at + 6).find((next) => next !== '') ?? '') : rest]
  })
  return [...new Set(values)]
}

const enough = ({ dkim, dmarc, spf }: MailAuthentication, rules: MailRules): boolean => {
  if (rules.require === 'none') return true
  if (rules.require !== 'dkim' && dmarc === 'pass') return true
  if (rules.require !== 'dmarc' && dkim === 'pass') return true
  return rules.acceptUnauthenticated && ![dkim, dmarc, spf].includes('fail')
}

const notEnough = ({ dkim, dmarc, spf }: MailAuthentication, rules: MailRules): string => {
  if (rules.authservId === undefined)
    return 'no setting authservId says whose Authentication-Results header is to be believed'
  const wanted = rules.require === 'either' ? 'dkim or dmarc' : rules.require
  return `${rules.authservId} did not say that ${wanted} passed (dkim ${dkim}, dmarc ${dmarc}, spf ${spf})`
}

/** Salesforce puts this before the subject of all mail from sandboxes. */
const sandbox = /^Sandbox: /

const subjectFits = (mail: ReadMail, rules: MailRules): boolean =>
  mail.header('subject').length === 1 && rules.subject.includes(mail.subject.replace(sandbox, ''))

/** Does it say it is one? Nothing is proved by that. */
export const looksLikeTokenMail = async (raw: Uint8Array, rules: MailRules): Promise<boolean> => {
  try {
    const mail = await readMail(raw)
    return senderOf(mail, rules) !== null && subjectFits(mail, rules)
  } catch {
    return false
  }
}

const senderOf = (mail: ReadMail, rules: MailRules): string | null => {
  const [from, ...more] = mail.header('from')
  const address = from === undefined || more.length > 0 ? null : soleAddress(from)
  return address !== null && rules.from.includes(address) ? address : null
}

export const judgeMail = async (
  { id, receivedAt, raw }: RawMail,
  rules: MailRules,
  query: MailQuery,
): Promise<TokenMail | RefusedMail> => {
  let from = ''
  const refuse = (code: Refusal, why: string): RefusedMail => ({ id, from, receivedAt, code, why })
  if (raw === null || raw.length > largestMail) return refuse('too-large', `is larger than ${largestMail} bytes`)
  let mail: ReadMail
  try {
    mail = await readMail(raw)
  } catch {
    return refuse('unreadable', 'is no mail that can be taken apart (too deep, or its headers are too long)')
  }
  from = shownField(mail.header('from').join(', '))
  const sender = senderOf(mail, rules)
  if (sender === null) return refuse('sender', `is not from ${rules.from.join(' or ')}`)
  if (!subjectFits(mail, rules)) return refuse('subject', 'has another subject than expected')
  if (receivedAt < query.since - rules.clockTolerance) return refuse('too-old', 'came before it was asked for')
  const users = valuesOf(mail.text, rules.usernameLabel)
  if (users.length !== 1 || users[0] !== query.username)
    return refuse('other-user', users.length === 0 ? 'names no user' : 'names another user')
  const tokens = valuesOf(mail.text, rules.tokenLabel)
  const [token = ''] = tokens
  if (tokens.length !== 1 || !tokenForm.test(token))
    return refuse(
      'no-token',
      tokens.length > 1
        ? 'holds several tokens'
        : tokens.length === 0
          ? 'holds no token'
          : 'holds no token of the known form',
    )
  const domain = sender.slice(sender.lastIndexOf('@') + 1)
  const authentication = authenticationOf(mail.header('authentication-results'), rules.authservId, domain)
  if (!enough(authentication, rules)) return refuse('not-authenticated', notEnough(authentication, rules))
  return {
    id,
    copies: [],
    token: new Secret(token),
    username: query.username,
    from: sender,
    receivedAt,
    authentication,
  }
}
