/**
 * The listening side of Keyturn's own inbox (RFC 5321): it takes token mail for named recipients from named addresses,
 * relays nothing and answers everything else with a refusal, so that the sender learns of it.
 */
import { BlockList, isIPv6 } from 'node:net'
import type { Readable } from 'node:stream'
import type { Secret } from '@keyturn/tokens'
import type { SMTPServer } from 'smtp-server'
import type { SmtpInboxSettings } from './mailbox-settings.ts'
import { largestMail } from './token-mail.ts'

interface SmtpListenerParts {
  readonly settings: SmtpInboxSettings
  readonly tls: { readonly cert: string; readonly key: Secret } | null
  /** What is answered after the mail itself: null is 250. */
  readonly take: (raw: Uint8Array) => Promise<{ readonly status: number; readonly text: string } | null>
}

export interface SmtpListener {
  close(): Promise<void>
}

const allowList = (ranges: readonly string[]): BlockList => {
  const list = new BlockList()
  for (const range of ranges) {
    const [net = '', bits] = range.split('/')
    const family = isIPv6(net) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(net, family)
    else list.addSubnet(net, Number(bits), family)
  }
  return list
}

const refusal = (responseCode: number, text: string): Error => Object.assign(new Error(text), { responseCode })

/** At most so many bytes; null: there were more. The rest is read and dropped, as the protocol wants it. */
const bytesOf = async (stream: Readable): Promise<Uint8Array | null> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size <= largestMail) chunks.push(chunk)
  }
  return size > largestMail ? null : Buffer.concat(chunks)
}

const answerWith = async (answer: Promise<Error | null>, done: (error: Error | null) => void): Promise<void> =>
  done(await answer)

/** Rejects with the error of `listen`, such as EADDRINUSE. */
export const listenSmtp = async ({ settings, tls, take }: SmtpListenerParts): Promise<SmtpListener> => {
  const { SMTPServer: Server } = await import('smtp-server')
  const allowed = allowList(settings.allowFrom ?? ['127.0.0.0/8', '::1'])
  const receive = async (stream: Readable): Promise<Error | null> => {
    try {
      const raw = await bytesOf(stream)
      if (raw === null) return refusal(552, `5.3.4 larger than ${largestMail} bytes`)
      const answer = await take(raw)
      return answer === null ? null : refusal(answer.status, answer.text)
    } catch {
      return refusal(451, '4.3.0 not now')
    }
  }
  const server: SMTPServer = new Server({
    name: 'keyturn',
    banner: 'token mail only',
    logger: false,
    authOptional: true,
    disableReverseLookup: true,
    disabledCommands: tls === null ? ['AUTH', 'STARTTLS'] : ['AUTH'],
    ...(tls === null ? {} : { cert: tls.cert, key: tls.key.reveal(), minVersion: 'TLSv1.2' as const }),
    size: largestMail,
    maxClients: 20,
    socketTimeout: 30_000,
    closeTimeout: 1000,
    onConnect: ({ remoteAddress }, done) => {
      const address = remoteAddress.replace(/^::ffff:(?=\d+\.)/, '')
      done(allowed.check(address, isIPv6(address) ? 'ipv6' : 'ipv4') ? null : refusal(554, '5.7.1 not from there'))
    },
    onMailFrom: (_address, session, done) =>
      done(tls !== null && !session.secure ? refusal(530, '5.7.0 STARTTLS first') : null),
    onRcptTo: ({ address }, _session, done) =>
      done(settings.recipients.includes(address.toLowerCase()) ? null : refusal(550, '5.1.1 no such recipient')),
    onData: (stream, _session, done) => void answerWith(receive(stream), done),
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(settings.port, settings.listen ?? '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
  return { close: () => new Promise((resolve) => server.close(() => resolve())) }
}
