import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { inspect } from 'node:util'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { Secret } from '../../src/secret.ts'
import { plainBody } from '../../src/wire/plain-body.ts'
import { request } from '../../src/wire/request.ts'
import { afterRequest, listen, manualClock, network, oauthBody, rawServer, until } from './fixture.ts'

async function httpServer(
  t: TestContext,
  serve: (incoming: IncomingMessage, outgoing: ServerResponse) => void,
): Promise<{ url: URL; server: Server; connections: () => number }> {
  let connections = 0
  const server = createServer(serve).on('connection', () => void (connections += 1))
  return { url: new URL(`http://127.0.0.1:${await listen(t, server)}`), server, connections: () => connections }
}

test('requests share a kept connection, and carry what was given', async (t) => {
  const seen: unknown[] = []
  const { url, connections } = await httpServer(t, (incoming, outgoing) => {
    let body = ''
    incoming.setEncoding('utf8').on('data', (text: string) => (body += text))
    incoming.on('end', () => {
      seen.push([
        incoming.method,
        incoming.url,
        incoming.headers.authorization,
        incoming.headers['content-length'],
        body,
      ])
      outgoing.setHeader('Sforce-Limit-Info', 'api-usage=1/5').end('{"ok":true}')
    })
  })
  const net = await network(t)
  const headers = { Authorization: new Secret('Bearer x') }
  const first = await request(new URL('/a?b=c', url), { headers }, net)
  const second = await request(new URL('/d', url), { method: 'POST', headers, body: 'grüß' }, net)
  assert.equal(first.body.toString(), '{"ok":true}')
  assert.equal(second.headers['sforce-limit-info'], 'api-usage=1/5')
  assert.deepEqual(seen, [
    ['GET', '/a?b=c', 'Bearer x', undefined, ''],
    ['POST', '/d', 'Bearer x', '6', 'grüß'],
  ])
  assert.equal(connections(), 1)
  assert.match(inspect(second), /\[secret\]/)
})

test('a redirect is handed back, and credentials go nowhere else', async (t) => {
  const other = await httpServer(t, (_, outgoing) => void outgoing.end())
  const { url } = await httpServer(t, (_, outgoing) => void outgoing.writeHead(302, { location: other.url.href }).end())
  const response = await request(url, { headers: { authorization: 'Bearer x' } }, await network(t))
  assert.deepEqual([response.status, response.headers['location']], [302, other.url.href])
  assert.equal(other.connections(), 0)
})

test('a kept connection that died: a GET is repeated, a POST is not', async (t) => {
  for (const [method, repeated] of [
    ['GET', true],
    ['POST', false],
  ] as const) {
    let requests = 0
    const { url } = await httpServer(t, (incoming, outgoing) => {
      requests += 1
      if (requests === 2) incoming.socket.resetAndDestroy()
      else outgoing.end('ok')
    })
    const net = await network(t)
    await request(url, {}, net)
    const second = request(url, { method }, net)
    if (repeated) assert.equal((await second).status, 200)
    else await assert.rejects(second, { code: 'ENDPOINT_UNREACHABLE' })
    assert.equal(requests, repeated ? 3 : 2)
  }
})

test('failures say whether the request may have left', async (t) => {
  const cut = await rawServer(t, (socket) =>
    afterRequest(socket, () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc')),
  )
  const left = (expected: boolean) => (error: { code?: string; data?: { left?: boolean } }) => {
    assert.equal(error.code, 'ENDPOINT_UNREACHABLE')
    assert.equal(error.data?.left, expected)
    return true
  }
  const net = await network(t)
  await assert.rejects(request(cut, {}, net), left(true))
  const { url, server } = await httpServer(t, () => {})
  server.close()
  await once(server, 'close')
  await assert.rejects(request(url, {}, net), left(false))
})

test('time, size and the caller’s signal end a request', async (t) => {
  const clock = manualClock()
  let requests = 0
  const { url } = await httpServer(t, (incoming, outgoing) => {
    requests += 1
    if (incoming.url === '/huge') outgoing.end('x'.repeat(100_000))
    else outgoing.write('half')
  })
  const net = await network(t, { clock })
  const late = assert.rejects(request(url, { timeout: 5_000 }, net), {
    code: 'ENDPOINT_UNREACHABLE',
    message: /within 5000 ms/,
  })
  await until(() => requests === 1, 'the request')
  clock.advance(5_000)
  await late
  await assert.rejects(request(new URL('/huge', url), { bodyLimit: 99_999 }, net), { code: 'ANSWER_UNREADABLE' })
  const controller = new AbortController()
  const stopped = assert.rejects(request(url, { signal: controller.signal }, net), { name: 'AbortError' })
  await until(() => requests === 3, 'the request')
  controller.abort()
  await stopped
  await assert.rejects(request(url, { signal: AbortSignal.abort() }, net), { name: 'AbortError' })
  assert.equal(clock.waiting, 0)
})

test('a header that HTTP forbids is refused without naming its value', async (t) => {
  const promise = request(
    new URL('http://127.0.0.1:1'),
    { headers: { authorization: new Secret('geheim\r\nx: y') } },
    await network(t),
  )
  await assert.rejects(promise, (error: { code?: string }) => {
    assert.equal(error.code, 'BAD_ARGUMENT')
    assert.doesNotMatch(inspect(error), /geheim/)
    return true
  })
})

test('a body that something compressed all the same is read, also its beginning', () => {
  const text = Buffer.from(oauthBody)
  for (const [coding, bytes] of [
    ['gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
    ['identity', text],
  ] as const) {
    assert.equal(plainBody({ 'content-encoding': coding }, bytes)?.toString(), oauthBody)
    const half = plainBody({ 'content-encoding': coding }, bytes.subarray(0, -12))?.toString() ?? ''
    assert.ok(oauthBody.startsWith(half), coding)
  }
  assert.equal(plainBody({}, text)?.toString(), oauthBody)
  assert.equal(plainBody({ 'content-encoding': 'zstd' }, text), null)
  assert.equal(plainBody({ 'content-encoding': 'gzip' }, text), null)
  const cut = plainBody({ 'content-encoding': 'gzip' }, gzipSync(text).subarray(0, -12))?.toString() ?? ''
  assert.ok(cut.includes('5Aep861NEXT'))
})
