/** Settings of `mailboxes:` in keyturn.yaml: an IMAP mailbox that is read, or an SMTP inbox of Keyturn's own. */
import { isIP } from 'node:net'
import * as z from 'zod'
import { duration } from '../config/duration.ts'
import { secretForms, secretReference } from '../reference.ts'

const host = z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$/, 'must be a bare host name or address')
const port = z.int().min(1).max(65_535)
const address = z
  .string()
  .max(254)
  .regex(/^[!#-'*+\-/-9=?A-Z^-~.]+@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, 'must be a bare mail address')
const secret = z.string().regex(secretReference, `must say where the secret is: ${secretForms}`)
const path = z.string().min(1)
const texts = z.array(z.string().trim().min(3).max(200)).min(1)
const folder = z
  .string()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}+$/u, 'must be a name of a folder')

const isRange = (text: string): boolean => {
  const [net = '', bits, ...more] = text.split('/')
  const most = isIP(net) === 6 ? 128 : 32
  return (
    isIP(net) !== 0 && more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most))
  )
}

/** Which mail is believed. */
const acceptance = {
  from: z
    .array(address.transform((text) => text.toLowerCase()))
    .min(1)
    .optional()
    .describe('Senders, compared exactly; default noreply@salesforce.com and support@salesforce.com'),
  to: address.optional().describe('Only mail to this address; useful where a mailbox serves many'),
  subject: texts.optional().describe('Subjects, word for word; for orgs that do not write English'),
  usernameLabel: texts.optional().describe('What stands before the user name; default `Username`'),
  tokenLabel: texts.optional().describe('What stands before the token; default `Security token (case-sensitive)`'),
  authservId: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe(
      'Name by which your receiving server signs its Authentication-Results headers; `keyturn mailbox check` shows it. `unnamed`: the top-most header, if it names nobody (Microsoft 365). Known for Gmail and Microsoft 365',
    ),
  require: z
    .enum(['either', 'dmarc', 'dkim', 'none'])
    .optional()
    .describe('What that server must have found good; `none` believes every mail; default either (dkim or dmarc)'),
  acceptUnauthenticated: z
    .boolean()
    .optional()
    .describe('Take mail that nobody checked, as long as no check failed; default false'),
  clockTolerance: duration.optional().describe('How much earlier than asked for a mail may seem to come; default 2m'),
}

const imapSettings = z.strictObject({
  kind: z.literal('imap'),
  host,
  port: port.optional().describe('Default 993; 143 with tls: starttls or none'),
  tls: z
    .enum(['implicit', 'starttls', 'none'])
    .optional()
    .describe('Default implicit, starttls on port 143; none only to this machine itself'),
  plainText: z.boolean().optional().describe('Allow tls: none to another machine; default false'),
  caFile: path.optional().describe('PEM file of the CA of this server; default: the one of keyturn.yaml'),
  user: z.string().min(1).max(254).describe('Name to sign in with'),
  password: secret.optional().describe('Where its password is'),
  accessToken: secret.optional().describe('Where an OAuth access token is (XOAUTH2, OAUTHBEARER)'),
  folders: z.array(folder).min(1).max(8).optional().describe('Folders to look into, such as a junk one; default INBOX'),
  fileInto: folder.optional().describe('Folder that a used mail goes to, made if missing; default: it is deleted'),
  pollEvery: duration.optional().describe('How often to look where the server can not tell; default 15s'),
  ...acceptance,
})

const smtpInboxSettings = z.strictObject({
  kind: z.literal('smtp'),
  listen: host.optional().describe('Address to listen at; default 127.0.0.1'),
  port,
  recipients: z
    .array(address.transform((text) => text.toLowerCase()))
    .min(1)
    .describe('Addresses it takes mail for; all else is refused'),
  allowFrom: z
    .array(z.string().refine(isRange, 'must be an address or a range such as 10.0.0.0/8'))
    .min(1)
    .optional()
    .describe('Addresses and ranges that may connect; default this machine itself'),
  tls: z
    .strictObject({
      cert: path.describe('PEM file of the certificate and its chain'),
      key: secret.describe('Where the private key is'),
    })
    .optional()
    .describe('STARTTLS, then required; may be the broker’s certificate'),
  pollEvery: duration.optional().describe('How often to look for what another process took in; default 15s'),
  ...acceptance,
})

/** What no single setting shows. */
export const mailboxSettings = z
  .discriminatedUnion('kind', [imapSettings, smtpInboxSettings], { error: 'kind must be imap or smtp' })
  .superRefine((settings, context) => {
    const say = (message: string): void => context.addIssue({ code: 'custom', message })
    if (settings.kind !== 'imap') return
    if ((settings.password === undefined) === (settings.accessToken === undefined))
      say('needs password or accessToken, and not both')
    if (tlsOf(settings) === 'none' && !isLoopback(settings.host) && settings.plainText !== true)
      say('would send its password without TLS to another machine')
  })

export type ImapSettings = z.infer<typeof imapSettings>
export type SmtpInboxSettings = z.infer<typeof smtpInboxSettings>
export type MailboxSettings = z.infer<typeof mailboxSettings>
export type AcceptanceSettings = Pick<ImapSettings, keyof typeof acceptance>

const isLoopback = (name: string): boolean => name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name)

export const tlsOf = ({ tls, port: at }: Pick<ImapSettings, 'tls' | 'port'>): 'implicit' | 'starttls' | 'none' =>
  tls ?? (at === 143 ? 'starttls' : 'implicit')
