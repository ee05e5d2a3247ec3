/** What a token endpoint costs without any judgement: the same form parsed, the same body serialised. */
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import fastify from 'fastify'
import { answering } from './answering.ts'

const headers = { 'cache-control': 'no-store', pragma: 'no-cache', 'content-type': 'application/json;charset=UTF-8' }

/** As the broker parses it: each name once. */
const formOf = (text: string): Record<string, string> => {
  const form: Record<string, string> = {}
  for (const [name, value] of new URLSearchParams(text)) {
    if (name in form) throw new Error('twice')
    form[name] = value
  }
  return form
}

const bodyOf = (form: Readonly<Record<string, string>>): string => {
  if (form['grant_type'] === undefined) throw new Error('no grant type')
  const at = String(Date.now())
  return JSON.stringify({
    access_token: `00D000000000001!KT${'x'.repeat(190)}`,
    signature: 'x'.repeat(44),
    scope: 'api',
    instance_url: 'http://bench.example',
    id: 'http://bench.example/id/00D000000000001AAA/005000000000001AAA',
    token_type: 'Bearer',
    issued_at: at,
    token_format: 'opaque',
  })
}

const app = fastify({ logger: false })
app.removeAllContentTypeParsers()
app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
app.post('/services/oauth2/token', async (request, reply) =>
  reply
    .code(200)
    .headers(headers)
    .send(bodyOf(formOf(String(request.body)))),
)
await app.listen({ port: 0, host: '127.0.0.1' })

const textOf = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = []
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part)
  return Buffer.concat(parts).toString('utf8')
}
const bare = createServer((request, response) => {
  void textOf(request).then((text) => {
    const body = bodyOf(formOf(text))
    response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
  })
})
await new Promise<void>((listening) => bare.listen(0, '127.0.0.1', listening))

answering(
  { ports: () => [app.server.address(), bare.address()].map((address) => (address as AddressInfo).port) },
  async () => {
    bare.closeAllConnections()
    bare.close()
    app.server.closeAllConnections()
    await app.close()
  },
)
