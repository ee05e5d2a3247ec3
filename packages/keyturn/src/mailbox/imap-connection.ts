/**
 * One connection to an IMAP server, opened when it is needed and opened again after it dropped. Work on it is done one at
 * a time. A refused sign-in is not repeated with the same secret for a while: servers lock accounts out for less.
 */
import type { SecureContext } from 'node:tls'
import type { ImapFlow } from 'imapflow'
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, Secret } from '@keyturn/tokens'
import { imapError } from './imap-errors.ts'
import { tlsOf } from './mailbox-settings.ts'
import type { ImapSettings } from './mailbox-settings.ts'
import { largestMail } from './token-mail.ts'

const SIGN_IN_PAUSE_MS = 15 * 60_000
/** A connection that lived that long did not fail. */
const STEADY_MS = 60_000
const LONGEST_BACK_OFF_MS = 30_000

export interface ImapConnection {
  /** The work may be done twice where the connection drops in the middle. Throws MAILBOX_*. */
  use<T>(work: (client: ImapFlow) => Promise<T>): Promise<T>
  /** Of that folder, if it is not open yet in that way. */
  select(client: ImapFlow, folder: string, readOnly: boolean): Promise<void>
  /** Counts mails that came while a folder was open, and connections that went. */
  happened(): number
  /** Called when that number grows; gives back the way to stop. */
  onHappened(listener: () => void): () => void
  /** After failures or drops in a row: how long to leave the server alone, once for each of them. */
  backOff(): number
  close(): Promise<void>
}

interface ImapParts {
  readonly settings: ImapSettings
  readonly clock: Clock
  readonly secureContext: () => Promise<SecureContext>
  readonly secret: () => Promise<Secret>
  /** Names it in messages. */
  readonly where: string
}

export const imapConnection = ({ settings, clock, secureContext, secret, where }: ImapParts): ImapConnection => {
  const listeners = new Set<() => void>()
  let current: ImapFlow | null = null
  let turn: Promise<unknown> = Promise.resolve()
  let refused: { readonly text: string; readonly until: number; readonly error: KeyturnError } | null = null
  let happenings = 0
  let failures = 0
  let waitedFor = 0
  let since = 0
  let closed = false

  const tell = (): void => {
    happenings += 1
    for (const listener of [...listeners]) listener()
  }

  const connect = async (): Promise<ImapFlow> => {
    const { user, host, accessToken } = settings
    const tls = tlsOf(settings)
    const text = (await secret()).reveal()
    if (refused !== null && refused.text === text && clock.boot() < refused.until) throw refused.error
    const { ImapFlow: Client } = await import('imapflow')
    const client = new Client({
      host,
      port: settings.port ?? (tls === 'implicit' ? 993 : 143),
      secure: tls === 'implicit',
      ...(tls === 'implicit' ? {} : { doSTARTTLS: tls === 'starttls' }),
      ...(tls === 'none' ? {} : { tls: { secureContext: await secureContext(), minVersion: 'TLSv1.2' } }),
      auth: accessToken === undefined ? { user, pass: text } : { user, accessToken: text },
      logger: false,
      emitLogs: false,
      disableAutoIdle: true,
      clientInfo: { name: 'Keyturn' },
      connectionTimeout: 15_000,
      greetingTimeout: 15_000,
      socketTimeout: 60_000,
      maxIdleTime: 4 * 60_000,
      maxLiteralSize: 2 * largestMail,
      maxResponseSize: 4 * 1_048_576,
    })
    // Without a listener an error of the socket would end the process; the work that runs gets it, too.
    client.on('error', () => undefined)
    client.on('exists', ({ count, prevCount }) => {
      if (count > prevCount) tell()
    })
    client.on('close', () => {
      if (current !== client) return
      current = null
      if (clock.boot() - since > STEADY_MS) failures = waitedFor = 0
      failures += 1
      tell()
    })
    try {
      await client.connect()
    } catch (error) {
      client.close()
      failures += 1
      const told = imapError(error, where)
      if (told.code === 'MAILBOX_REFUSED') refused = { text, until: clock.boot() + SIGN_IN_PAUSE_MS, error: told }
      throw told
    }
    refused = null
    since = clock.boot()
    return client
  }

  const attempt = async <T>(work: (client: ImapFlow) => Promise<T>): Promise<T> => {
    for (let last = false; ; last = true) {
      if (closed) throw new KeyturnError('MAILBOX_UNREACHABLE', `${where} was closed`)
      const client = current?.usable === true ? current : await connect()
      current = client
      try {
        return await work(client)
      } catch (error) {
        if (last || client.usable) throw imapError(error, where)
      }
      client.close()
      current = null
    }
  }

  return {
    use(work) {
      const mine = turn.then(() => attempt(work))
      turn = mine.catch(() => undefined)
      return mine
    },
    async select(client, folder, readOnly) {
      const open = client.mailbox
      // A server may keep what came from an open folder until it is asked for anything (RFC 3501 §5.2).
      if (open !== false && open.path === folder && (open.readOnly === true) === readOnly) return client.noop()
      await client.mailboxOpen(folder, { readOnly })
    },
    happened: () => happenings,
    onHappened(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    backOff() {
      if (failures === waitedFor) return 0
      waitedFor = failures
      return Math.min(LONGEST_BACK_OFF_MS, 250 * 2 ** Math.min(failures, 10))
    },
    async close() {
      closed = true
      tell()
      const client = current
      current = null
      if (client === null) return
      const enough = new AbortController()
      await Promise.race([client.logout().catch(() => undefined), clock.sleep(2000, enough.signal)])
      enough.abort()
      client.close()
    },
  }
}
