/**
 * What the org mails to its users, and what can go wrong with it on the way: a mail can be held, lost, doubled or show
 * the token before the present one. Every mail is a row, so that a tester sees it whether it left or not.
 *
 * Sender, subject and the lines with user name and token are those that guides and leaked copies show; the rest of the
 * words is nobody's.
 */
import type { Org } from '../state/org.ts'
import type { MailSettings } from '../state/settings.ts'
import { formerSecrets } from '../state/users.ts'
import type { SimUser } from '../state/users.ts'
import { addressOf, composeMessage } from './message.ts'
import { sendMail } from './smtp.ts'

export type MailKind = 'security-token' | 'password-reset' | 'forged'
export type MailFaultKind = 'held' | 'lost' | 'twice' | 'old-token'

export interface SimMail {
  readonly n: number
  readonly kind: MailKind
  readonly userId: string
  readonly recipient: string
  readonly at: number
  /** `unsent`: the org has no mail server (setting `mail`); `failed`: the server would not take it (`error`). */
  readonly state: 'queued' | 'held' | 'lost' | 'sent' | 'failed' | 'unsent'
  readonly error: string | null
  readonly raw: string
}

interface MailFault {
  readonly fault: MailFaultKind
  /** Id of a user; null: any. */
  readonly userId: string | null
  readonly count: number
}

const defaultFrom = 'Salesforce <noreply@salesforce.com>'

/** What is on its way, per org: `mailsSettled` waits for it. */
const underWay = new WeakMap<Org, Set<Promise<void>>>()

export const mailsOf = (org: Org): readonly SimMail[] =>
  org
    .sql('SELECT n, kind, userId, recipient, at, state, error, raw FROM sim_mail ORDER BY n')
    .all() as unknown as readonly SimMail[]

const setState = (org: Org, n: number, state: SimMail['state'], error: string | null): void => {
  org.sql('UPDATE sim_mail SET state = ?, error = ? WHERE n = ?').run(state, error, n)
}

export const mailFaults = (org: Org): readonly MailFault[] =>
  JSON.parse(org.meta('mail faults') ?? '[]') as readonly MailFault[]

export const setMailFaults = (org: Org, faults: readonly MailFault[]): void =>
  org.setMeta('mail faults', JSON.stringify(faults))

/** The first fault that is about this user, used up by one. */
function takeFault(org: Org, userId: string): MailFaultKind | undefined {
  const faults = mailFaults(org)
  const hit = faults.findIndex((one) => one.userId === null || one.userId === userId)
  const fault = faults[hit]
  if (fault === undefined) return undefined
  const left = { ...fault, count: fault.count - 1 }
  setMailFaults(
    org,
    faults.flatMap((one, index) => (index !== hit ? [one] : left.count > 0 ? [left] : [])),
  )
  return fault.fault
}

async function hand(org: Org, server: MailSettings, mail: SimMail): Promise<void> {
  const from = /^From: (.*)$/m.exec(mail.raw)?.[1]?.trim() ?? defaultFrom
  const sender = mail.kind === 'forged' ? addressOf(from) : (server.sender ?? addressOf(from))
  try {
    await sendMail({ host: server.host, port: server.port, sender, recipient: mail.recipient }, mail.raw)
    if (org.db.isOpen) setState(org, mail.n, 'sent', null)
  } catch (error) {
    if (org.db.isOpen) setState(org, mail.n, 'failed', error instanceof Error ? error.message : String(error))
  }
}

/** Lets a mail go; it arrives when the mail server has taken it. */
function dispatchMail(org: Org, mail: SimMail): void {
  const server = org.settings().mail
  if (server === null) return setState(org, mail.n, 'unsent', null)
  setState(org, mail.n, 'queued', null)
  const all = underWay.get(org) ?? new Set()
  underWay.set(org, all)
  const job = hand(org, server, mail).finally(() => all.delete(job))
  all.add(job)
}

/** Until every mail that left has been taken, or refused. */
export async function mailsSettled(org: Org): Promise<void> {
  for (;;) {
    const open = [...(underWay.get(org) ?? [])]
    if (open.length === 0) return
    await Promise.all(open)
  }
}

interface Letter {
  readonly kind: MailKind
  readonly user: SimUser
  readonly from: string
  readonly subject: string
  readonly text: string
  readonly token: string | null
}

const htmlOf = (text: string): string =>
  `<html><body style="font-family:Arial,sans-serif">${text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .split('\n\n')
    .map((part) => `<p>${part.replaceAll('\n', '<br/>')}</p>`)
    .join('')}</body></html>`

function write(org: Org, letter: Letter): SimMail {
  const raw = composeMessage({
    from: letter.from,
    to: letter.user.email,
    subject: letter.subject,
    date: org.now(),
    id: `${org.ids.hex('message', 24)}@${letter.kind === 'forged' ? 'mail.example' : 'sfdc.net'}`,
    text: letter.text,
    html: htmlOf(letter.text),
    dkim: letter.kind === 'forged' ? null : (org.settings().mail?.dkim ?? null),
  })
  const { lastInsertRowid } = org
    .sql(`INSERT INTO sim_mail (kind, userId, recipient, at, state, raw, token) VALUES (?, ?, ?, ?, 'queued', ?, ?)`)
    .run(letter.kind, letter.user.id, letter.user.email, org.now(), raw, letter.token)
  const n = Number(lastInsertRowid)
  const { kind, user } = letter
  return { n, kind, userId: user.id, recipient: user.email, at: org.now(), state: 'queued', error: null, raw }
}

const tokenText = (user: SimUser, token: string): string =>
  `You recently changed your password or asked for a new security token. Your new token is below.\n\n` +
  `Username: ${user.username}\nSecurity token (case-sensitive): ${token}\n\n` +
  `For more information on using your security token, see Salesforce Help.\n\nThis is a simulated message.`

const tokenSubject = 'Your new Salesforce security token'

const fromOf = (org: Org): string => org.settings().mail?.from ?? defaultFrom

export function sendToken(org: Org, user: SimUser): void {
  const fault = takeFault(org, user.id)
  const token = fault === 'old-token' ? (formerSecrets(org, user.id, 'securityToken')[0] ?? '') : user.securityToken
  const text = tokenText(user, token)
  const letter: Letter = { kind: 'security-token', user, from: fromOf(org), subject: tokenSubject, text, token }
  const mail = write(org, letter)
  if (fault === 'held' || fault === 'lost') return setState(org, mail.n, fault, null)
  dispatchMail(org, mail)
  if (fault === 'twice') dispatchMail(org, write(org, letter))
}

export function sendResetLink(org: Org, user: SimUser): void {
  const token = org.ids.token('reset-link', 40)
  const link = `${org.origin()}/secur/forgotpassword.jsp?r=${token}`
  const mail = write(org, {
    kind: 'password-reset',
    user,
    from: fromOf(org),
    subject: 'Your Salesforce password has been reset',
    text: `The password of ${user.username} was reset. Finish within 24 hours here:\n\n${link}\n\nThis is a simulated message.`,
    token,
  })
  dispatchMail(org, mail)
}

/** A look-alike that Salesforce never sent. */
export function sendForgery(
  org: Org,
  user: SimUser,
  of: { readonly from?: string; readonly subject?: string; readonly token?: string },
): SimMail {
  const token = of.token ?? org.ids.hex('forged-token', 25)
  const mail = write(org, {
    kind: 'forged',
    user,
    from: of.from ?? 'Salesforce <noreply@salesforce-security.example>',
    subject: of.subject ?? tokenSubject,
    text: tokenText(user, token),
    token,
  })
  dispatchMail(org, mail)
  return mail
}

/** Lets held mails go, oldest first; how many. */
export function releaseMails(org: Org, n: number | undefined): number {
  const held = mailsOf(org).filter((mail) => mail.state === 'held' && (n === undefined || mail.n === n))
  for (const mail of held) dispatchMail(org, mail)
  return held.length
}
