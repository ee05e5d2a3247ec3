/** Servers that speak raw bytes, and a clock that only a test moves. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { TestContext } from 'node:test'
import type { Clock } from '../../src/clock.ts'
import { openConnection } from '../../src/wire/connection.ts'
import type { Connection, SendOptions, WireRequest } from '../../src/wire/connection.ts'
import { prepareNetwork } from '../../src/wire/network.ts'
import type { Network, NetworkOptions } from '../../src/wire/network.ts'

export interface ManualClock extends Clock {
  /** Moves time and wakes who waited for it. */
  advance(ms: number): void
  readonly waiting: number
}

export function manualClock(): ManualClock {
  let now = 1_000_000
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>()
  return {
    wall: () => now,
    boot: () => now,
    offset: () => 0,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const sleeper = { at: now + ms, wake: () => (sleepers.delete(sleeper), resolve()) }
        sleepers.add(sleeper)
        if (signal?.aborted) sleeper.wake()
        signal?.addEventListener('abort', sleeper.wake, { once: true })
      }),
    advance(ms) {
      now += ms
      for (const sleeper of [...sleepers]) if (sleeper.at <= now) sleeper.wake()
    },
    get waiting() {
      return sleepers.size
    },
  }
}

export async function listen(t: TestContext, server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** A server that hands every connection to `serve`. */
export async function rawServer(t: TestContext, serve: (socket: Socket) => void): Promise<URL> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, serve)
  return new URL(`http://127.0.0.1:${await listen(t, server)}`)
}

/** Calls `answer` once the whole request is there (its body is `bodyLength` bytes). */
export function afterRequest(socket: Socket, answer: (request: string) => void): void {
  let text = ''
  const take = (chunk: Buffer): void => {
    text += chunk.toString('latin1')
    const end = text.indexOf('\r\n\r\n')
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)
    if (end < 0 || text.length < end + 4 + length) return
    socket.off('data', take)
    socket.resume()
    answer(text)
  }
  socket.on('data', take)
}

export async function network(t: TestContext, options: Partial<NetworkOptions> = {}): Promise<Network> {
  const net = await prepareNetwork({ clock: manualClock(), env: {}, ...options })
  t.after(() => net.close())
  return net
}

export const tokenRequest: WireRequest = {
  method: 'POST',
  path: '/services/oauth2/token',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: 'grant_type=refresh_token&refresh_token=r1',
}

export const sendOptions = (more: Partial<SendOptions> = {}): SendOptions => ({
  clock: manualClock(),
  stillAllowed: () => Promise.resolve(true),
  hardLimit: 60_000,
  ...more,
})

export async function open(t: TestContext, url: URL): Promise<Connection> {
  const connection = await openConnection(url, await network(t))
  t.after(() => connection.close())
  return connection
}

/** Until `condition` holds; fails after 10,000 turns of the event loop with real waiting in them. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (let turns = 0; !condition(); turns++) {
    if (turns > 5_000) throw new Error(`never happened: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

export const oauthBody = JSON.stringify({
  access_token: '00Dxx!AQ4AQ',
  refresh_token: '5Aep861NEXT',
  instance_url: 'https://acme.my.salesforce.com',
  id: 'https://login.salesforce.com/id/00Dxx/005xx',
  token_type: 'Bearer',
  issued_at: '1700000000000',
})
