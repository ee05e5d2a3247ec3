/**
 * Mail. Nodemailer is loaded when the first mail is sent. Addresses come from a strict pattern and are given as objects,
 * so that none is parsed again; the subject is one line; nothing of a mail is ever read from a file or an address.
 */
import type { Secret } from '@keyturn/tokens'
import type { Network } from '@keyturn/tokens/maintenance'
import { isLoopback } from './loopback.ts'
import type { Letter, Send, Sent } from './notification.ts'
import { plainBodyOf, plainLine } from './plain-text.ts'

interface Smtp {
  readonly host: string
  readonly port: number
  readonly tls: 'starttls' | 'implicit' | 'none'
  readonly user: string | null
  readonly password: (() => Promise<Secret>) | null
  readonly from: string
  readonly to: string
  readonly timeout: number
}

/** Where mail may go without TLS unasked. */
export const defaultTls = (host: string, port: number | undefined): Smtp['tls'] =>
  port === 465 ? 'implicit' : isLoopback(host) ? 'none' : 'starttls'

/** RFC 5321 §4.2.1: 4yz is for another time, 5yz for never. Without a reply it was the network. */
const failure = (error: unknown): Sent => {
  const { responseCode, code, command } = error as { responseCode?: unknown; code?: unknown; command?: unknown }
  const at = typeof command === 'string' && /^[A-Z ]{2,12}$/.test(command) ? ` to ${command}` : ''
  if (typeof responseCode === 'number')
    return {
      ok: false,
      why: `answered ${responseCode}${at}`,
      again: responseCode >= 400 && responseCode < 500,
      after: null,
    }
  const word = typeof code === 'string' && /^[A-Z_]{2,40}$/.test(code) ? code : 'unknown error'
  return { ok: false, why: `could not be reached (${word})`, again: code !== 'EAUTH' && code !== 'ETLS', after: null }
}

const mailOf = ({ id, at, notification, mail }: Letter, { from, to }: Pick<Smtp, 'from' | 'to'>) => ({
  from: { name: 'Keyturn', address: from },
  to: { name: '', address: mail ?? to },
  subject: `${notification.severity === 'alarm' ? 'ALARM: ' : ''}${plainLine(notification.subject)}`,
  text: `${plainBodyOf(notification)}\n`,
  date: new Date(at),
  // The same for each try, so that a mail system which got it twice can know.
  messageId: `<${id}@${from.slice(from.lastIndexOf('@') + 1)}>`,
  headers: { 'Auto-Submitted': 'auto-generated', 'X-Keyturn-Kind': notification.kind },
  disableFileAccess: true,
  disableUrlAccess: true,
})

export const smtp =
  (settings: Smtp, network: Network): Send =>
  async (letter) => {
    const { host, port, tls, user, password, timeout } = settings
    const { createTransport } = await import('nodemailer')
    const transport = createTransport({
      host,
      port,
      secure: tls === 'implicit',
      requireTLS: tls === 'starttls',
      ignoreTLS: tls === 'none',
      ...(tls === 'none' ? {} : { tls: { secureContext: await network.secureContext() } }),
      ...(user === null || password === null ? {} : { auth: { user, pass: (await password()).reveal() } }),
      connectionTimeout: timeout,
      greetingTimeout: timeout,
      socketTimeout: timeout,
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    const done = new AbortController()
    // The three limits above are for silence; this one is for a server that talks and never ends.
    const late = network.clock.sleep(2 * timeout, done.signal).then((): Sent => ({
      ok: false,
      why: `could not be reached (no end within ${2 * timeout} ms)`,
      again: true,
      after: null,
    }))
    try {
      return await Promise.race([
        transport.sendMail(mailOf(letter, settings)).then((): Sent => ({ ok: true }), failure),
        late,
      ])
    } finally {
      done.abort()
      transport.close()
    }
  }
