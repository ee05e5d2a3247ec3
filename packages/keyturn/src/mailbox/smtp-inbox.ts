/**
 * An SMTP inbox of Keyturn's own. It listens from the first look on, until it is closed; where another process of this
 * machine listens already, that one takes the mail in, and this one finds it in the store.
 *
 * Nobody has checked a mail that comes straight from outside: put this inbox behind a mail server that writes
 * Authentication-Results, and name that server as `authservId`.
 */
import { createHash } from 'node:crypto'
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, Secret } from '@keyturn/tokens'
import type { KeptMails } from './kept-mails.ts'
import type { Mailbox, MailboxCheck, MailboxProblem } from './mailbox.ts'
import { believesNobody } from './mail-rules.ts'
import type { SmtpInboxSettings } from './mailbox-settings.ts'
import { listenSmtp } from './smtp-server.ts'
import type { SmtpListener } from './smtp-server.ts'
import { sortMails } from './sort-mails.ts'
import { judgeMail, looksLikeTokenMail } from './token-mail.ts'
import type { MailRules } from './token-mail.ts'

interface SmtpInboxParts {
  readonly name: string
  readonly settings: SmtpInboxSettings
  readonly rules: MailRules
  readonly clock: Clock
  readonly kept: () => KeptMails
  readonly tls: () => Promise<{ readonly cert: string; readonly key: Secret } | null>
}

const codeOf = (error: unknown): string => String((error as { readonly code?: unknown }).code ?? 'unknown')

export const smtpInbox = ({ name, settings, rules, clock, kept, tls }: SmtpInboxParts): Mailbox => {
  const where = `${settings.listen ?? '127.0.0.1'}:${settings.port}`
  const waiting = new Set<() => void>()
  let listening: Promise<SmtpListener | null> | null = null
  let arrivals = 0
  let lookedAt = 0

  const take = async (raw: Uint8Array): Promise<{ readonly status: number; readonly text: string } | null> => {
    if (!(await looksLikeTokenMail(raw, rules))) return { status: 550, text: '5.7.1 token mail only' }
    const at = clock.wall()
    // The same bytes at the same moment are the same delivery.
    const id = `${at}-${createHash('sha256').update(raw).digest('hex').slice(0, 32)}`
    if (!(await kept().keep(id, raw, at))) return { status: 452, text: '4.2.2 full' }
    arrivals += 1
    for (const wake of [...waiting]) wake()
    return null
  }

  /** Null: somebody else listens there. */
  const open = async (): Promise<SmtpListener | null> => {
    try {
      return await listenSmtp({ settings, tls: await tls(), take })
    } catch (error) {
      if (error instanceof KeyturnError) throw error
      if (codeOf(error) === 'EADDRINUSE') return null
      throw new KeyturnError('LISTEN_FAILED', `mailbox ${name} can't listen at ${where} (${codeOf(error)})`)
    }
  }

  const listen = async (): Promise<SmtpListener | null> => {
    const opened = await (listening ??= open().catch((error: unknown) => {
      listening = null
      throw error
    }))
    // Whoever listened may have ended: tried again at the next look.
    if (opened === null) listening = null
    return opened
  }

  const check = async (): Promise<MailboxCheck> => {
    const facts = [{ what: 'takes mail for', text: settings.recipients.join(', ') }]
    const problems: MailboxProblem[] = []
    try {
      // Only tried where this process does not listen already.
      const opened = listening === null ? await open() : await listening
      facts.push({ what: 'listens at', text: opened === null ? `${where}: in use, hopefully by Keyturn` : where })
      if (listening === null) await opened?.close()
      facts.push({ what: 'kept mails', text: String((await kept().list()).length) })
    } catch (error) {
      if (!(error instanceof KeyturnError)) throw error
      problems.push({ code: error.code, text: error.message, next: error.fix })
    }
    facts.push({ what: 'STARTTLS', text: settings.tls === undefined ? 'not offered' : 'required' })
    facts.push({ what: 'believed server', text: rules.authservId ?? 'none' })
    if (believesNobody(rules))
      problems.push({
        code: 'MAILBOX_NOT_READY',
        text: 'no authservId says whose Authentication-Results header is to be believed, so every mail would be refused',
        next: 'Name the mail server that hands mail on to this inbox as `authservId`, or set `acceptUnauthenticated: true`.',
      })
    return { problems, facts }
  }

  return {
    name,
    check,
    preflight: async () => (await check()).problems,
    async look(query) {
      lookedAt = arrivals
      await listen()
      return sortMails(await Promise.all((await kept().list()).map((mail) => judgeMail(mail, rules, query))))
    },
    async wait(ms, signal) {
      const done = new AbortController()
      const stop = signal === undefined ? done.signal : AbortSignal.any([signal, done.signal])
      const wake = (): void => done.abort()
      waiting.add(wake)
      try {
        const mine = await listen().catch(() => null)
        // Another process does not tell this one what it took in.
        const most = mine === null ? Math.min(ms, settings.pollEvery ?? 15_000) : ms
        if (arrivals === lookedAt) await clock.sleep(most, stop)
      } finally {
        lookedAt = arrivals
        waiting.delete(wake)
        done.abort()
      }
    },
    settle: ({ id, copies }) => kept().remove([id, ...copies]),
    async close() {
      const opened = await listening?.catch(() => null)
      listening = null
      await opened?.close()
    },
  }
}
