/** What stands behind the proxies: fixed answers by size, cheap to give. `/services/data/SIZE` is SIZE bytes of JSON. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answering } from './answering.ts'

const bodies = new Map<string, Buffer>()
const bodyOf = (size: string): Buffer => {
  const known = bodies.get(size)
  if (known !== undefined) return known
  const body = Buffer.from(JSON.stringify('x'.repeat(Math.max(0, Number(size) - 2))))
  bodies.set(size, body)
  return body
}

const server = createServer((request, response) => {
  request.resume()
  const size = /^\/services\/data\/(\d+)$/.exec(request.url ?? '')?.[1] ?? '20'
  const body = bodyOf(size)
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body)
})
server.keepAliveTimeout = 600_000
server.listen(0, '127.0.0.1', () => {
  answering({ port: () => (server.address() as AddressInfo).port }, async () => {
    server.closeAllConnections()
    server.close()
  })
})
