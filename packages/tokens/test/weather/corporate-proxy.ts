/**
 * A corporate proxy as they really are: CONNECT only, wants a sign-in, looks into TLS with certificates of its own
 * authority, and leads every Salesforce host to the simulator.
 */
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { connect, createSecureContext, TLSSocket } from 'node:tls'
import { makeAuthority, makeCertificate } from '../wire/certificates.ts'

export type Mood = 'open' | '407' | '502' | 'hangs' | 'hangs up' | 'speaks no HTTP'

export interface CorporateProxy {
  readonly url: string
  /** PEM of the authority that clients have to trust. */
  readonly authority: string
  /** CONNECT targets so far. */
  readonly asked: string[]
  mood: Mood
  close(): void
}

const PASSWORD = 'Pr0xy-passw0rd-canary'

export const corporateProxy = async (
  host: string,
  upstream: { readonly port: number; readonly ca: string },
): Promise<CorporateProxy> => {
  const authority = makeAuthority('Corporate Authority')
  const { pem, key } = makeCertificate(authority, host)
  const secureContext = createSecureContext({ cert: pem, key })
  const sockets = new Set<Socket>()
  const asked: string[] = []
  const answers: Partial<Record<Mood, string>> = {
    '407': 'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\ncontent-length: 0\r\n\r\n',
    '502': 'HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n',
    'speaks no HTTP': 'SSH-2.0-OpenSSH_9.6\r\n',
  }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    socket.once('data', (bytes: Buffer) => {
      const head = bytes.toString('latin1')
      asked.push(/^CONNECT (\S+)/.exec(head)?.[1] ?? head)
      if (proxy.mood === 'hangs') return
      if (proxy.mood === 'hangs up') return void socket.destroy()
      const signedIn = head.includes(`Basic ${Buffer.from(`corp:${PASSWORD}`).toString('base64')}`)
      const answer = signedIn ? answers[proxy.mood] : answers['407']
      if (answer !== undefined) return void socket.end(answer)
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      const inside = new TLSSocket(socket, { isServer: true, secureContext })
      const outside = connect({ port: upstream.port, host: '127.0.0.1', servername: 'localhost', ca: upstream.ca })
      inside.on('error', () => outside.destroy())
      outside.on('error', () => inside.destroy())
      inside.pipe(outside).pipe(inside)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: CorporateProxy = {
    url: `http://corp:${PASSWORD}@127.0.0.1:${(server.address() as AddressInfo).port}`,
    authority: authority.pem,
    asked,
    mood: 'open',
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
  return proxy
}
