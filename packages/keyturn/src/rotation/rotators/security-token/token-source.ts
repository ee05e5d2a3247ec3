/**
 * Where a new security token comes from: what a person brought, or a mail. A mail whose token was refused is remembered
 * and not taken again; what looked like one and was not accepted is told by name.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Json, Secret } from '@keyturn/tokens'
import type { RefusedMail, TokenMail } from '../../../mailbox/mailbox.ts'
import type { PersonTask } from '../../credential.ts'
import type { StepContext, StepOutcome } from '../../rotator.ts'
import type { SecurityTokenSettings } from './settings.ts'

export type Context = StepContext<SecurityTokenSettings>

const usualPatience = 900_000
const recheck = 300_000

export const textsOf = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? (value as readonly Json[]).filter((one) => typeof one === 'string') : []

const sentAt = (context: Context): number => Number(context.data['firstSentAt'] ?? context.startedAt)

/** As the org spells it, which is how its mails do. */
const usernameOf = ({ data, settings }: Context): string =>
  typeof data['username'] === 'string' ? data['username'] : settings.user

const lookalike = ({ from, receivedAt, why }: RefusedMail): string =>
  `a mail from ${from} at ${new Date(receivedAt).toISOString()} was not accepted: ${why}`

/** All mails with a token for this user since the password was set, the newest first. */
export const mailsOf = async (context: Context): Promise<readonly TokenMail[]> => {
  const { settings, ports, data } = context
  if (settings.mailbox === undefined) return []
  const query = { username: usernameOf(context), since: sentAt(context) }
  const { found, refused } = await ports.mailbox(settings.mailbox).look(query)
  const known = textsOf(data['lookalikes'])
  const fresh = refused.map(lookalike).filter((one) => !known.includes(one))
  if (fresh.length > 0) {
    await context.keep({ data: { lookalikes: [...known, ...fresh].slice(-20) } })
    for (const one of fresh) context.tell(one)
  }
  return found
}

/** Once the password is set, a mailbox that is away ends nothing: it is asked again, and then a person is. */
const mailsIfAny = async (context: Context): Promise<readonly TokenMail[]> => {
  try {
    const found = await mailsOf(context)
    if (context.data['mailboxSays'] !== undefined) await context.keep({ data: { mailboxSays: null } })
    return found
  } catch (error) {
    if (!(error instanceof KeyturnError) || error.code === 'CLAIM_LOST' || error.code === 'STORE_UNAVAILABLE')
      throw error
    await context.keep({ data: { mailboxSays: error.message } })
    context.tell(`the mailbox can’t be read now: ${error.message}`)
    return []
  }
}

export const keepToken = async (context: Context, token: Secret, from: string, mail: string | null): Promise<void> => {
  await context.keep({ data: { tokenFrom: from, mail }, secrets: { securityToken: token } })
}

const shown = ({ authentication: { dkim, spf, dmarc } }: TokenMail): string =>
  `DKIM ${dkim}, SPF ${spf}, DMARC ${dmarc}`

/** What a person brought and was stored already: a wrong one must not be tried again and again. */
const used = new WeakSet<Secret>()

export const broughtByPerson = ({ answers }: Context): Secret | null => {
  const { securityToken } = answers
  return securityToken === undefined || used.has(securityToken) ? null : securityToken
}

/** Stores the next one that was not refused yet; null: there is none now. */
export const nextToken = async (context: Context): Promise<string | null> => {
  const brought = broughtByPerson(context)
  if (brought !== null) {
    used.add(brought)
    await keepToken(context, brought, 'a person', null)
    await context.keep({ data: { wrong: 0 } })
    return 'brought by a person'
  }
  const refused = textsOf(context.data['refusedMails'])
  const mail = (await mailsIfAny(context)).find(({ id }) => !refused.includes(id))
  if (mail === undefined) return null
  await keepToken(context, mail.token, `a mail from ${mail.from}`, mail.id)
  return `by mail from ${mail.from}, received ${new Date(mail.receivedAt).toISOString()} (${shown(mail)})`
}

/** The present one is not it. */
export const refuseToken = async (context: Context): Promise<void> => {
  const { mail, refusedMails, wrong } = context.data
  const refused = textsOf(refusedMails)
  await context.keep({
    data: {
      tokenFrom: null,
      mail: null,
      wrong: Number(wrong ?? 0) + 1,
      refusedMails: typeof mail === 'string' ? [...refused, mail] : [...refused],
    },
  })
}

const clicks = (user: string): readonly string[] => [
  `Log in to Salesforce as ${user} (an administrator with “Log In to Any User” can do it from Setup → Users)`,
  'Open the personal settings: avatar → Settings',
  'My Personal Information → Reset My Security Token → Reset Security Token',
  `Open the mail “Your new Salesforce security token” that Salesforce sends to the address of ${user}`,
  'Give the token here, or let it arrive in the mailbox; then resume this run',
]

export const askForToken = (context: Context, why: string): Extract<StepOutcome, { readonly is: 'person' }> => {
  const { mailboxSays } = context.data
  const away = typeof mailboxSays === 'string' ? ` (the mailbox can’t be read: ${mailboxSays})` : ''
  const task: PersonTask = {
    what: `${why}${away}. The password of ${context.settings.user} is set and stored; it is not changed again.`,
    clicks: clicks(context.settings.user),
    asks: [{ name: 'securityToken', label: 'New security token (empty: look into the mailbox again)', secret: true }],
  }
  // A mail that comes after all is taken without anybody saying so.
  return { is: 'person', task, ...(context.settings.mailbox === undefined ? {} : { recheck }) }
}

/** Later while a mail may come, then a person. */
export const waitForMail = (context: Context, why: string): StepOutcome => {
  const { mailbox, mailPatience = usualPatience } = context.settings
  const age = context.clock.wall() - sentAt(context)
  if (mailbox === undefined) return askForToken(context, 'The security token comes by mail, and no mailbox is named')
  if (age >= mailPatience) return askForToken(context, `${why} within ${Math.round(mailPatience / 60_000)} minutes`)
  const pace = age < 60_000 ? 5_000 : 15_000
  return { is: 'later', after: Math.min(pace, mailPatience - age), why: 'waiting for the mail with the security token' }
}

/** The mails of this run leave the mailbox; their tokens are in the store or of no use. */
export const settleMails = async (context: Context): Promise<number> => {
  const { mailbox } = context.settings
  if (mailbox === undefined) return 0
  const found = await mailsOf(context)
  for (const mail of found) await context.ports.mailbox(mailbox).settle(mail)
  return found.length
}
