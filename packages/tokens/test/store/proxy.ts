/** A TCP proxy in front of PostgreSQL that can lose a COMMIT: before the server saw it, or after the server did it. */
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'
import { once } from 'node:events'

export interface Proxy {
  readonly url: string
  /** What happens to the next COMMIT, once. */
  lose(what: 'request' | 'answer'): void
  lost(): number
  /** Breaks everything off and leads to another port of the same host from now on. */
  lead(port: number): void
  close(): void
}

export const losingProxy = async (target: string): Promise<Proxy> => {
  const { hostname, port } = new URL(target)
  let upstreamPort = Number(port)
  const sockets = new Set<Socket>()
  let armed: 'request' | 'answer' | null = null
  let lost = 0
  const server = createServer((client) => {
    const upstream = connect(upstreamPort, hostname)
    let deaf = false
    const both = [client, upstream]
    for (const socket of both) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        for (const other of both) other.destroy()
      })
    }
    client.on('data', (chunk: Buffer) => {
      if (armed === null || !chunk.includes('COMMIT')) return void upstream.write(chunk)
      lost += 1
      const what = armed
      armed = null
      if (what === 'request') return void client.destroy()
      // The server commits and answers; the client never hears it.
      deaf = true
      upstream.write(chunk)
      return undefined
    })
    upstream.on('data', (chunk: Buffer) => void (deaf ? client.destroy() : client.write(chunk)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port')
  const url = new URL(target)
  url.port = String(address.port)
  return {
    url: url.href,
    lose: (what) => {
      armed = what
    },
    lost: () => lost,
    lead: (next) => {
      upstreamPort = next
      for (const socket of sockets) socket.destroy()
    },
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
