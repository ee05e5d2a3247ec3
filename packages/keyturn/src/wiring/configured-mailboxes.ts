/** The mailboxes of keyturn.yaml, by their names; each is opened once and closed with all. */
import { resolve } from 'node:path'
import { systemClock } from '@keyturn/tokens'
import type { Clock, Records } from '@keyturn/tokens'
import { resolveReference } from '@keyturn/tokens/maintenance'
import type { Mailbox } from '../mailbox/mailbox.ts'
import type { MailboxSettings } from '../mailbox/mailbox-settings.ts'
import { describeMailbox, openMailbox } from '../mailbox/open-mailbox.ts'
import { resolversOf } from '../settings.ts'
import type { Settings } from '../settings.ts'
import { namedEntry } from './named-entry.ts'

export interface ConfiguredMailboxes {
  readonly names: readonly string[]
  /** Kind and place, in one line and without a secret. Throws CONFIG_INVALID for an unknown name. */
  describe(name: string): string
  /** Touches nothing. Throws CONFIG_INVALID for an unknown name. */
  open(name: string): Mailbox
  close(): Promise<void>
}

export const configuredMailboxes = (
  settings: Pick<Settings, 'config' | 'folder' | 'env'>,
  records: Records,
  clock: Clock = systemClock,
): ConfiguredMailboxes => {
  const { config, folder, env } = settings
  const { mailboxes = {}, caFile } = config
  const names = Object.keys(mailboxes)
  const opened = new Map<string, Mailbox>()
  const resolvers = resolversOf(settings)
  const section = {
    what: 'mailbox',
    entries: mailboxes,
    describe: 'Describe it under `mailboxes:`; docs/how-to/let-keyturn-read-security-token-mail.md shows how.',
  }
  const of = (name: string): MailboxSettings => namedEntry(section, name)
  return {
    names,
    describe: (name) => describeMailbox(of(name)),
    open(name) {
      const mailbox =
        opened.get(name) ??
        openMailbox(of(name), {
          name,
          folder,
          clock,
          env,
          caFile: caFile === undefined ? undefined : resolve(folder, caFile),
          resolve: (reference) => resolveReference(reference, env, resolvers),
          records,
        })
      opened.set(name, mailbox)
      return mailbox
    },
    async close() {
      await Promise.all([...opened.values()].map((mailbox) => mailbox.close()))
      opened.clear()
    },
  }
}
