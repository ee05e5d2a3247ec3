/** A mailbox of keyturn.yaml behind its port. Touches nothing; clients and servers are loaded when they are used. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, Records, Secret } from '@keyturn/tokens'
import { lazyNetwork } from '@keyturn/tokens/maintenance'
import { anchored } from '../reference.ts'
import { imapConnection } from './imap-connection.ts'
import { imapMailbox } from './imap.ts'
import { keptMails } from './kept-mails.ts'
import { mailRules } from './mail-rules.ts'
import type { Mailbox } from './mailbox.ts'
import type { ImapSettings, MailboxSettings, SmtpInboxSettings } from './mailbox-settings.ts'
import { smtpInbox } from './smtp-inbox.ts'

interface MailboxParts {
  /** As keyturn.yaml calls it. */
  readonly name: string
  /** What relative paths are relative to. */
  readonly folder: string
  readonly clock: Clock
  readonly env: Readonly<Record<string, string | undefined>>
  /** PEM file of a corporate CA. */
  readonly caFile?: string | undefined
  /** `env:`, `file:`, `command:`, `vault:`, `aws:`: resolved when used. */
  readonly resolve: (reference: string) => Promise<Secret>
  /** Of the store: an inbox of Keyturn's own keeps its mail there. */
  readonly records: Records
}

export const openMailbox = (settings: MailboxSettings, parts: MailboxParts): Mailbox =>
  settings.kind === 'imap' ? openImap(settings, parts) : openSmtp(settings, parts)

/** Kind and place, in one line and without a secret. */
export const describeMailbox = (settings: MailboxSettings): string =>
  settings.kind === 'imap'
    ? `imap ${settings.user} at ${settings.host}`
    : `smtp ${settings.listen ?? '127.0.0.1'}:${settings.port}`

const openImap = (settings: ImapSettings, { name, folder, clock, env, ...parts }: MailboxParts): Mailbox => {
  const caFile = settings.caFile === undefined ? parts.caFile : resolve(folder, settings.caFile)
  const network = lazyNetwork({ clock, env, ...(caFile === undefined ? {} : { caFile }) })
  const reference = settings.accessToken ?? settings.password ?? ''
  const connection = imapConnection({
    settings,
    clock,
    where: `mailbox ${name} (${settings.host})`,
    secureContext: () => network.secureContext(),
    secret: () => parts.resolve(anchored(reference, folder)),
  })
  return imapMailbox({ name, settings, rules: mailRules(settings, settings.host), clock, connection })
}

const openSmtp = (settings: SmtpInboxSettings, { name, folder, clock, records, ...parts }: MailboxParts): Mailbox => {
  const certificate = async (file: string): Promise<string> => {
    try {
      return await readFile(file, 'utf8')
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
      throw new KeyturnError('CONFIG_INVALID', `The certificate of mailbox ${name} can't be read: ${file} (${code})`)
    }
  }
  return smtpInbox({
    name,
    settings,
    rules: mailRules(settings, null),
    clock,
    kept: () => keptMails(records, name),
    async tls() {
      if (settings.tls === undefined) return null
      const cert = await certificate(resolve(folder, settings.tls.cert))
      return { cert, key: await parts.resolve(anchored(settings.tls.key, folder)) }
    },
  })
}
