/** The least that a proxy in Node can do: undici passes the call on and pipes the answer back. Judges nothing. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'
import { answering } from './answering.ts'

let pool: Pool | null = null

const server = createServer((request, response) => {
  const { host: _host, connection: _connection, ...headers } = request.headers
  const body = request.headers['content-length'] === undefined ? null : request
  pool?.stream(
    { method: 'GET', path: request.url ?? '/', headers, body, opaque: response },
    ({ statusCode, headers: answered }) => {
      const { connection: _own, 'keep-alive': _kept, ...rest } = answered
      return response.writeHead(statusCode, rest)
    },
    (error) => {
      if (error !== null) response.destroy()
    },
  )
})
server.keepAliveTimeout = 600_000
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))

answering(
  {
    ready: (upstream: number) => {
      pool = new Pool(`http://127.0.0.1:${upstream}`, { connections: 256 })
      return (server.address() as AddressInfo).port
    },
  },
  async () => {
    server.closeAllConnections()
    server.close()
    await pool?.destroy()
  },
)
