/**
 * Hostile input over raw sockets: what is tried, and how often, is in the tables. After each the broker must have sent
 * nothing to anybody but the org, nothing with a real token to whoever may not have it, and must still serve.
 */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { login, post, query, startBroker } from './broker.ts'
import type { TestBroker } from './broker.ts'
import { putInFront } from './front.ts'

const PATIENCE_MS = 30_000

/** Sends bytes and reads until the other side closes. */
const speak = (url: string, bytes: string): Promise<string> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname, () => void socket.write(bytes, 'latin1'))
    let said = ''
    const done = (): void => {
      socket.destroy()
      resolve(said)
    }
    socket.setTimeout(PATIENCE_MS, done)
    socket.on('data', (chunk) => {
      said += chunk.toString('latin1')
    })
    socket.on('error', done)
    socket.on('close', done)
  })

interface Trap {
  readonly broker: TestBroker
  readonly session: string
  /** Request lines the org was asked. */
  readonly upstream: string[]
  /** Requests that reached a server which is nobody's org. */
  readonly stolen: string[]
  readonly elsewhere: string
}

const trap = async (t: TestContext, redirect = false): Promise<Trap> => {
  const upstream: string[] = []
  const stolen: string[] = []
  const server = createServer((request, response) => {
    stolen.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`)
    response.end('{}')
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  const elsewhere = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const before = putInFront(t, (incoming, response) => {
    upstream.push(`${incoming.method} ${incoming.url} ${incoming.headers.host}`)
    if (!redirect || !(incoming.url ?? '').includes('/sobjects/')) return false
    response.writeHead(302, { location: `http://${elsewhere}/services/data/v60.0/` }).end()
    return true
  })
  const broker = await startBroker(t, { before })
  const { access_token: session = '' } = await login(broker, await broker.enrol('guest'))
  upstream.length = 0
  return { broker, session, upstream, stolen, elsewhere }
}

const stillServes = async ({ broker, session, stolen }: Trap): Promise<void> => {
  assert.equal((await query(broker.url, session)).status, 200)
  assert.deepEqual(stolen, [])
}

test('no request line leads anywhere but to the data APIs of the org (30 spellings)', async (t) => {
  const scene = await trap(t)
  const { broker, session, elsewhere, upstream } = scene
  const targets = [
    `http://${elsewhere}/services/data/`,
    `//${elsewhere}/services/data/`,
    `/services/data/@${elsewhere}/../..`,
    `///${elsewhere}/services/data`,
    `/\\${elsewhere}/services/data`,
    `http:${elsewhere}/services/data`,
    '/services/data/../oauth2/token',
    '/services/data/%2e%2e/%2e%2e/secur/frontdoor.jsp',
    '/services/data/..%2f..%2fsecur/frontdoor.jsp',
    '/services/data/%252e%252e/x',
    '/services/data/.%2e/x',
    '/services/data/;/../x',
    '/services/data/..;/x',
    '/services/data/%5c..%5cx',
    '/services/data/v60.0/%0d%0aX-Evil:%201',
    '/services/data/v60.0/%00',
    '/services/data/v60.0//x',
    '/secur/frontdoor.jsp?sid=1',
    '/services/oauth2/authorize?response_type=code',
    '/services/oauth2/singleaccess',
    '/services/../services/data/',
    '/orgs/acme/../../services/data/',
    '/orgs/a/orgs/b/services/data/',
    '/orgs/%2e%2e/services/oauth2/authorize',
    '/services/Soap/../data',
    '/cometd/../services/oauth2/token',
    '/id/00D000000000000/../services',
    '/setup/x',
    '/services/data\u00e9/',
    '*',
  ]
  assert.equal(targets.length, 30)
  t.diagnostic(`${targets.length} request lines`)
  for (const target of targets) {
    const said = await speak(
      broker.url,
      `GET ${target} HTTP/1.1\r\nHost: broker\r\nAuthorization: Bearer ${session}\r\nConnection: close\r\n\r\n`,
    )
    assert.match(said, /^HTTP\/1\.1 4\d\d /, target)
  }
  assert.deepEqual(upstream, [])
  await stillServes(scene)
})

test('no framing trick splits or smuggles a request (12 tricks)', async (t) => {
  const scene = await trap(t)
  const { broker, session, upstream } = scene
  const auth = `Authorization: Bearer ${session}\r\n`
  const inner = 'GET /services/data/v60.0/smuggled HTTP/1.1\r\nHost: x\r\n\r\n'
  const head = `POST /services/data/v60.0/sobjects/Account HTTP/1.1\r\nHost: b\r\n${auth}Content-Type: application/json\r\n`
  const tricks = [
    `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
    `${head}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${inner}`,
    `${head}Content-Length: 0\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
    `${head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${inner}`,
    `${head}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${inner}`,
    `${head}Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n${inner}`,
    `${head}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${inner}`,
    `${head}Content-Length: +5\r\n\r\n{}   ${inner}`,
    `${head}Content-Length: 0x5\r\n\r\n{}   ${inner}`,
    `${head}X-A: 1\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
    `${head}X-A: 1\r\n folded: 2\r\nContent-Length: 0\r\n\r\n`,
    `${head}Transfer-Encoding: chunked\r\n\r\n5;a=\n\r\nhello\r\n0\r\n\r\n${inner}`,
  ]
  assert.equal(tricks.length, 12)
  t.diagnostic(`${tricks.length} framings`)
  for (const trick of tricks) await speak(broker.url, trick)
  // Nothing that was hidden in a body reached the org with a token on it: unauthenticated, it ends at the broker.
  assert.deepEqual(
    upstream.filter((line) => line.includes('smuggled')),
    [],
  )
  await stillServes(scene)
})

test('credentials in odd places or forms open nothing (14 forms)', async (t) => {
  const scene = await trap(t)
  const { broker, session, upstream } = scene
  const real = broker.ready.accessToken
  const forms = [
    '',
    `Cookie: sid=${session}\r\n`,
    `Cookie: sid=${real}\r\n`,
    `Authorization: Bearer ${real}\r\n`,
    `Authorization: Basic ${session}\r\n`,
    `Authorization: ${session}\r\n`,
    `Authorization: Bearer ${session}x\r\n`,
    `Authorization: Bearer  \r\n`,
    `Authorization: Bearer ${session} ${session}\r\n`,
    `Authorization: Bearer ${session}\r\nAuthorization: Bearer ${real}\r\n`,
    `Authorization: Bearer ${session}\r\nX-SFDC-Session: ${real}\r\n`,
    `X-SFDC-Session: ${real}\r\n`,
    `Proxy-Authorization: Bearer ${session}\r\n`,
    `X-Forwarded-Authorization: Bearer ${session}\r\n`,
  ]
  assert.equal(forms.length, 14)
  t.diagnostic(`${forms.length} credentials`)
  for (const form of forms) {
    const said = await speak(
      broker.url,
      `GET /services/data/v60.0/ HTTP/1.1\r\nHost: b\r\n${form}Connection: close\r\n\r\n`,
    )
    assert.match(said, /^HTTP\/1\.1 40[01] /, form)
  }
  assert.deepEqual(upstream, [])
  await stillServes(scene)
})

test('a redirect is handed back and never followed with a token', async (t) => {
  const scene = await trap(t, true)
  const answer = await fetch(`${scene.broker.url}/services/data/v60.0/sobjects/x`, {
    headers: { authorization: `Bearer ${scene.session}` },
    redirect: 'manual',
  })
  assert.equal(answer.status, 302)
  await stillServes(scene)
})

test('a Host header leads nowhere, and names no other org to the upstream side', async (t) => {
  const scene = await trap(t)
  const { broker, session, elsewhere, upstream } = scene
  const said = await speak(
    broker.url,
    `GET /services/data/v60.0/ HTTP/1.1\r\nHost: ${elsewhere}\r\nX-Forwarded-Host: ${elsewhere}\r\nForwarded: host=${elsewhere}\r\nAuthorization: Bearer ${session}\r\nConnection: close\r\n\r\n`,
  )
  assert.match(said, /^HTTP\/1\.1 200 /)
  assert.deepEqual(upstream, [`GET /services/data/v60.0/ ${new URL(broker.ready.instanceUrl).host}`])
  await stillServes(scene)
})

test('odd envelopes are refused before anything is sent (16 forms)', async (t) => {
  const scene = await trap(t)
  const { broker, session, upstream } = scene
  const envelope = (header: string, body = '<query/>'): string =>
    `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header>${header}</e:Header><e:Body>${body}</e:Body></e:Envelope>`
  const id = (token: string): string => `<SessionHeader><sessionId>${token}</sessionId></SessionHeader>`
  const forms: readonly (string | Buffer)[] = [
    'not xml',
    '',
    envelope(id(session) + id(broker.ready.accessToken)),
    envelope(id(broker.ready.accessToken)),
    envelope('<SessionHeader/>'),
    `<!DOCTYPE x SYSTEM "http://${scene.elsewhere}/x">${envelope(id(session))}`,
    `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>${envelope(id('&a;'))}`,
    Buffer.from(envelope(id(session)), 'utf16le'),
    envelope(`${'<a>'.repeat(10_000)}`),
    `<e:Envelope><e:Header><!--${'x'.repeat(200_000)}--></e:Header>`,
    // Bombs: entities that grow, in the declaration or without one, elements without end, attributes without end.
    `<!DOCTYPE b [<!ENTITY a "${'x'.repeat(100)}">${Array.from({ length: 9 }, (_, at) => `<!ENTITY a${at} "${`&a${at - 1};`.repeat(10)}">`).join('')}]>${envelope(id('&a8;'))}`,
    `<?xml version="1.0"?><!DOCTYPE b [<!ENTITY % p SYSTEM "http://${scene.elsewhere}/d">%p;]>${envelope(id(session))}`,
    envelope(id('&a8;')),
    envelope(`${'<h:a xmlns:h="u">'.repeat(3000)}${'</h:a>'.repeat(3000)}${id(session)}`),
    `<e:Envelope ${'a="1" '.repeat(30_000)}><e:Header>${id(session)}</e:Header>`,
    `<e:Envelope><e:Header>${'<![CDATA['.repeat(9000)}`,
  ]
  assert.equal(forms.length, 16)
  t.diagnostic(`${forms.length} envelopes`)
  for (const form of forms) {
    const answer = await fetch(`${broker.url}/services/Soap/u/60.0`, {
      method: 'POST',
      body: typeof form === 'string' ? form : new Uint8Array(form),
      headers: { 'content-type': 'text/xml' },
    }).catch(() => null)
    if (answer !== null) assert.equal(answer.status, 500, String(form).slice(0, 60))
  }
  assert.deepEqual(upstream, [])
  await stillServes(scene)
})

test('a policy holds for whatever spelling: methods, prefixes, requests within requests, ranges, grants', async (t) => {
  const { broker } = await trap(t)
  const paths = [{ method: 'GET', prefix: '/services/data/v60.0/query' }]
  const { access_token: session = '' } = await login(broker, await broker.enrol('reader', { paths }))
  const call = async (method: string, path: string): Promise<number> =>
    (await fetch(`${broker.url}${path}`, { method, headers: { authorization: `Bearer ${session}` } })).status
  assert.equal(await call('GET', '/services/data/v60.0/query?q=SELECT+Id+FROM+Account'), 200)
  assert.equal(await call('GET', '/services/data/v60.0/queryAll?q=SELECT+Id+FROM+Account'), 403)
  assert.equal(await call('POST', '/services/data/v60.0/query'), 403)
  assert.equal(await call('POST', '/services/data/v60.0/query?_HttpMethod=GET'), 403)
  assert.equal(await call('GET', '/services/data/v60.0/sobjects'), 403)
  const elsewhere = await broker.enrol('elsewhere', { ranges: ['192.0.2.0/24'] })
  assert.equal((await login(broker, elsewhere))['error'], 'invalid_client')
  const gone = await broker.enrol('gone')
  const { access_token: orphan } = await login(broker, gone)
  assert.equal((await query(broker.url, orphan)).status, 200)
  await broker.remove('gone')
  assert.equal((await query(broker.url, orphan)).status, 401)
  const slow = await broker.enrol('slow', { perMinute: 3 })
  const { access_token: paced } = await login(broker, slow)
  const statuses: number[] = []
  for (let calls = 0; calls < 5; calls++) statuses.push((await query(broker.url, paced)).status)
  // The login was the first of the three.
  assert.deepEqual(statuses, [200, 200, 429, 429, 429])
})

test('forms that are too long, binary or endless are refused by status', async (t) => {
  const scene = await trap(t)
  const url = `${scene.broker.url}/services/oauth2/token`
  assert.equal((await post(url, { grant_type: 'x'.repeat(100_000) })).status, 413)
  const binary = await fetch(url, { method: 'POST', body: new Uint8Array(1_000).fill(255) })
  assert.equal(binary.status, 400)
  assert.equal((await fetch(url)).status, 404)
  await stillServes(scene)
})
