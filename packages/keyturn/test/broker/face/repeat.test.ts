/** What is sent again after a refresh, what never is, and what is streamed meanwhile. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { login, query, startBroker } from './broker.ts'
import type { TestBroker } from './broker.ts'
import { putInFront } from './front.ts'

const expired = JSON.stringify([{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }])

interface Scene {
  readonly broker: TestBroker
  readonly session: string
  /** Bodies of the calls that the org executed, and how many calls it saw. */
  readonly executed: string[]
  calls: number
  /** The real tokens it was shown. */
  readonly tokens: string[]
  refuseNext: number
  /** Instead of executing. */
  act: ((request: IncomingMessage) => void) | null
}

const scene = async (t: TestContext): Promise<Scene> => {
  const seen = { executed: [] as string[], calls: 0, tokens: [] as string[], refuseNext: 0, act: null as Scene['act'] }
  const before = putInFront(t, (incoming, response) => {
    if (!(incoming.url ?? '').startsWith('/services/data/v60.0/jobs/')) return false
    seen.calls++
    seen.tokens.push(incoming.headers.authorization ?? '')
    if (seen.refuseNext > 0) {
      seen.refuseNext--
      response.writeHead(401, { 'content-type': 'application/json' }).end(expired)
      incoming.resume()
    } else if (seen.act !== null) seen.act(incoming)
    else {
      void text(incoming).then(
        (body) => {
          seen.executed.push(body)
          response
            .writeHead(201, { 'sforce-limit-info': 'api-usage=7/15000' })
            .end(JSON.stringify({ length: body.length }))
        },
        () => response.destroy(),
      )
    }
    return true
  })
  const broker = await startBroker(t, { before })
  const { access_token: session = '' } = await login(broker, await broker.enrol('bulk'))
  return Object.assign(seen, { broker, session })
}

const upload = (url: string, session: string, body: string | Readable, length?: number) =>
  new Promise<{ status: number; headers: IncomingMessage['headers']; text: string }>((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${session}`,
      'content-type': 'text/csv',
      ...(length === undefined ? {} : { 'content-length': String(length) }),
    }
    const outgoing = request(
      `${url}/services/data/v60.0/jobs/ingest/1/batches`,
      { method: 'PUT', headers },
      (answer) => {
        text(answer).then(
          (said) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: said }),
          reject,
        )
      },
    )
    outgoing.on('error', reject)
    if (typeof body === 'string') outgoing.end(body)
    else body.pipe(outgoing)
  })

test('a small body is sent again with the new token, once, and limit headers pass', async (t) => {
  const org = await scene(t)
  org.broker.expire()
  org.refuseNext = 1
  const answer = await upload(org.broker.url, org.session, 'Id\n001')
  assert.equal(answer.status, 201)
  assert.equal(answer.headers['sforce-limit-info'], 'api-usage=7/15000')
  assert.deepEqual(org.executed, ['Id\n001'])
  assert.deepEqual([org.calls, org.broker.counts().exchanges], [2, 1])
  assert.notEqual(org.tokens[0], org.tokens[1])
})

test('a body that was passed on beyond the small buffer is never sent again: the client hears the 401', async (t) => {
  const org = await scene(t)
  org.broker.expire()
  await login(org.broker, await org.broker.enrol('other'))
  org.broker.expire()
  org.refuseNext = 1
  const large = 'x'.repeat(1_000_000)
  const answer = await upload(org.broker.url, org.session, large, large.length).catch((error: unknown) => error)
  assert.deepEqual(org.executed, [])
  assert.equal(org.calls, 1)
  if (!(answer instanceof Error)) assert.equal((answer as { status: number }).status, 401)
})

test('a large upload that meets a dead token is saved by the look before it', async (t) => {
  const org = await scene(t)
  org.broker.later(10_000)
  org.broker.expire()
  const chunks = Array.from({ length: 64 }, () => Buffer.alloc(65_536, 'y'))
  const answer = await upload(org.broker.url, org.session, Readable.from(chunks))
  assert.equal(answer.status, 201)
  assert.equal(org.executed[0]?.length, 64 * 65_536)
  assert.deepEqual([org.broker.counts().exchanges, org.calls], [1, 1])
})

test('a call whose answer is lost is not sent again: it may have been executed', async (t) => {
  const org = await scene(t)
  org.act = (incoming) => void incoming.socket.destroy()
  const answer = await upload(org.broker.url, org.session, 'Id\n001')
  assert.equal(answer.status, 502)
  assert.match(answer.text, /may have been executed/)
  assert.equal(org.calls, 1)
})

test('a body above the limit is refused before the org executes anything', async (t) => {
  const seen: string[] = []
  const before = putInFront(t, (incoming, response) => {
    if (!(incoming.url ?? '').includes('/jobs/')) return false
    text(incoming).then(
      (body) => {
        seen.push(body)
        response.end('{}')
      },
      () => response.destroy(),
    )
    return true
  })
  const broker = await startBroker(t, { before, options: { bodyLimit: 200_000 } })
  const { access_token: session = '' } = await login(broker, await broker.enrol('bulk'))
  const declared = await upload(broker.url, session, 'z'.repeat(300_000), 300_000).catch(() => ({ status: 413 }))
  assert.equal(declared.status, 413)
  const chunked = Readable.from(Array.from({ length: 8 }, () => Buffer.alloc(65_536, 'z')))
  const answer = await upload(broker.url, session, chunked).catch(() => ({ status: 413 }))
  assert.equal(answer.status, 413)
  assert.deepEqual(seen, [])
})

test('an answer is streamed: its beginning arrives while the org still holds back the rest', async (t) => {
  const held = Promise.withResolvers<void>()
  const before = putInFront(t, (incoming, response) => {
    if (!(incoming.url ?? '').includes('/jobs/')) return false
    incoming.resume()
    response.writeHead(200, { 'content-type': 'text/csv' })
    response.write('first,')
    void held.promise.then(() => response.end('rest'))
    return true
  })
  const broker = await startBroker(t, { before })
  const { access_token: session = '' } = await login(broker, await broker.enrol('bulk'))
  const outgoing = request(`${broker.url}/services/data/v60.0/jobs/query/1/results`, {
    headers: { authorization: `Bearer ${session}` },
  }).end()
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
  const [first] = (await once(answer, 'data')) as [Buffer]
  assert.equal(first.toString(), 'first,')
  held.resolve()
  assert.equal((await buffer(answer)).toString(), 'rest')
})

for (const begun of [false, true]) {
  test(`a client that hangs up ends the call upstream, ${begun ? 'in the middle of' : 'before'} the answer`, async (t) => {
    const hungUp = Promise.withResolvers<void>()
    const arrived = Promise.withResolvers<void>()
    let calls = 0
    const before = putInFront(t, (incoming, response) => {
      if (!(incoming.url ?? '').includes('/jobs/')) return false
      calls++
      response.on('close', () => hungUp.resolve())
      if (begun) response.writeHead(200).write('x')
      arrived.resolve()
      return true
    })
    const broker = await startBroker(t, { before })
    const { access_token: session = '' } = await login(broker, await broker.enrol('bulk'))
    // A connection is kept: where one of these ends without an answer, a GET is sent again; but not for nobody.
    assert.equal((await query(broker.url, session)).status, 200)
    const outgoing = request(`${broker.url}/services/data/v60.0/jobs/query/1/results`, {
      headers: { authorization: `Bearer ${session}` },
    }).end()
    outgoing.on('error', () => undefined)
    if (begun) {
      const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
      answer.on('error', () => undefined)
    }
    await arrived.promise
    outgoing.destroy()
    await hungUp.promise
    assert.equal((await query(broker.url, session)).status, 200)
    assert.equal(calls, 1)
  })
}

test('a compressed SOAP request is unpacked on the way, and its session replaced', async (t) => {
  const seen: string[] = []
  const before = putInFront(t, (incoming, response) => {
    if (!(incoming.url ?? '').startsWith('/services/Soap/m/')) return false
    assert.equal(incoming.headers['content-encoding'], undefined)
    void text(incoming).then((body) => {
      seen.push(body)
      response.writeHead(200, { 'content-type': 'text/xml' }).end('<ok/>')
    })
    return true
  })
  const broker = await startBroker(t, { before })
  const { access_token: session = '' } = await login(broker, await broker.enrol('wsc'))
  const zip = 'A'.repeat(3_000_000)
  const envelope = (token: string): string =>
    `<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Header><SessionHeader xmlns="http://soap.sforce.com/2006/04/metadata"><sessionId>${token}</sessionId></SessionHeader></env:Header><env:Body><deploy><ZipFile>${zip}</ZipFile></deploy></env:Body></env:Envelope>`
  const answer = await fetch(`${broker.url}/services/Soap/m/60.0/00D000000000000`, {
    method: 'POST',
    headers: { 'content-type': 'text/xml; charset=UTF-8', 'content-encoding': 'gzip', soapaction: '""' },
    body: gzipSync(envelope(session)),
  })
  assert.deepEqual([answer.status, await answer.text()], [200, '<ok/>'])
  assert.deepEqual(seen, [envelope(broker.ready.accessToken)])
})

test('CometD: a handshake that is refused within a 200 is repeated with a new token', async (t) => {
  let calls = 0
  const before = putInFront(t, (incoming, response) => {
    if (!(incoming.url ?? '').startsWith('/cometd/')) return false
    const token = (incoming.headers.authorization ?? '').replace('OAuth ', '')
    incoming.resume()
    calls++
    const alive = token !== '' && token !== first
    const message = alive
      ? { channel: '/meta/handshake', clientId: 'c', successful: true }
      : { channel: '/meta/handshake', error: '401::Authentication invalid', successful: false }
    response.writeHead(200, { 'content-type': 'application/json', 'set-cookie': 'BAYEUX_BROWSER=b; Path=/' })
    response.end(JSON.stringify([message]))
    return true
  })
  const broker = await startBroker(t, { before })
  const first = broker.ready.accessToken
  const { access_token: session = '' } = await login(broker, await broker.enrol('stream'))
  broker.expire()
  const answer = await fetch(`${broker.url}/cometd/60.0`, {
    method: 'POST',
    headers: { authorization: `OAuth ${session}`, 'content-type': 'application/json' },
    body: '[{"channel":"/meta/handshake"}]',
  })
  assert.deepEqual(await answer.json(), [{ channel: '/meta/handshake', clientId: 'c', successful: true }])
  assert.equal(answer.headers.get('set-cookie'), 'BAYEUX_BROWSER=b; Path=/')
  assert.deepEqual([calls, broker.counts().exchanges], [2, 1])
})
