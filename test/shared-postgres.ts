/**
 * One PostgreSQL for a whole test run, started when the first test asks for it.
 *
 * Test files run in processes of their own, so the runner offers an address on loopback; `freshDatabase` asks there.
 * It runs without fsync: tests that look at durability start a server of their own.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { startPostgres, type Postgres } from './postgres.ts'

export interface SharedPostgres {
  readonly address: string
  close(): Promise<void>
}

export async function offerSharedPostgres(): Promise<SharedPostgres> {
  let running: Promise<Postgres> | undefined
  const server = createServer((request, response) => {
    request.resume()
    running ??= startPostgres({ fsync: false })
    running.then(
      ({ url }) => response.end(url),
      (error: unknown) => response.writeHead(503).end(error instanceof Error ? error.message : String(error)),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port')
  return {
    address: `http://127.0.0.1:${address.port}/`,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await (await running?.catch(() => undefined))?.stop()
    },
  }
}
