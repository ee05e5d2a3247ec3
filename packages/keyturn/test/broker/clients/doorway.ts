/**
 * A broker for programs that take no port: HTTPS with a private CA, answering by an org's own My Domain name and as
 * login.salesforce.com, and a CONNECT proxy in the place of DNS that leads these names, and no others, to it.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import { systemClock } from '@keyturn/tokens'
import { makeCertificates } from '../../../src/broker/certificates.ts'
import { openHall } from '../hall/hall.ts'
import type { Hall } from '../hall/hall.ts'

export const MY_DOMAIN = 'acme.my.salesforce.com'
export const LOGIN = 'login.salesforce.com'

export interface Doorway extends Hall {
  /** `https://localhost:PORT`. */
  readonly secure: string
  readonly port: number
  readonly caFile: string
  readonly socket: string
  readonly certificate: { readonly cert: string; readonly key: string; readonly fingerprint: string }
  /** The CONNECT proxy. */
  readonly names: string
  /** What was asked of it. */
  readonly asked: readonly string[]
  expire(): void
  counts(): readonly number[]
}

export const openDoorway = async (t: TestContext): Promise<Doorway> => {
  const files = { ca: '', cert: '', key: '', fingerprint: '', socket: '' }
  const hall = await openHall(t, {
    section: async (folder) => {
      const tls = join(folder, 'tls')
      mkdirSync(tls)
      const { ca, made } = await makeCertificates({
        folder: tls,
        names: ['localhost', '127.0.0.1', MY_DOMAIN, LOGIN],
        clients: ['etl'],
        clock: systemClock,
        random: randomBytes,
      })
      const client = made.find(({ what }) => what === 'client')
      Object.assign(files, { ca, ...client, socket: join(folder, 'etl.sock') })
      return {
        listen: [
          { port: 0, tls: { cert: join(tls, 'server.pem'), key: `file:${join(tls, 'server.key')}`, clientCa: ca } },
          { port: 0 },
          { socket: files.socket, name: 'etl', mode: '0600' },
        ],
        hosts: ['localhost', '127.0.0.1', LOGIN],
        orgs: { acme: { hosts: [MY_DOMAIN] } },
      }
    },
  })
  const [secured = '', plain = ''] = hall.broker.addresses
  const port = Number(new URL(secured).port)
  const asked: string[] = []
  const proxy = createServer((client) => lead(client, port, asked))
  await new Promise<void>((done) => void proxy.listen(0, '127.0.0.1', done))
  t.after(() => void proxy.close())
  const { sim } = hall
  return {
    ...hall,
    url: plain.replace('127.0.0.1', 'localhost'),
    secure: `https://localhost:${port}`,
    port,
    caFile: files.ca,
    socket: files.socket,
    certificate: files,
    names: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    asked,
    expire: () => void sim.control.expireAccessTokens(),
    counts: () => {
      const { exchanges, reuses, grantsLost } = sim.control.oracle().total
      return [exchanges, reuses, grantsLost]
    },
  }
}

const lead = (client: Socket, port: number, asked: string[]): void => {
  client.on('error', () => client.destroy())
  client.once('data', (bytes: Buffer) => {
    const name = /^CONNECT ([^ :]+):443 /.exec(bytes.toString('latin1'))?.[1] ?? ''
    asked.push(name)
    if (name !== MY_DOMAIN && name !== LOGIN) return void client.end('HTTP/1.1 403 Forbidden\r\n\r\n')
    const broker = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      client.pipe(broker).pipe(client)
    })
    broker.on('error', () => client.destroy())
    client.on('close', () => broker.destroy())
    return undefined
  })
}

export const certificateOf = ({ caFile }: Doorway): string => readFileSync(caFile, 'utf8')
