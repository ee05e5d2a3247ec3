/** Bodies that quote the session: the caller sees its virtual one, in whatever form, and nothing is held back for it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { tokenMask } from '../../../src/broker/proxy/token-mask.ts'
import { login, startBroker } from './broker.ts'
import type { TestBroker } from './broker.ts'
import { putInFront } from './front.ts'

const real = '00D5e000000abcD!AQ4AQFvv1.x_AQ4AQ0000AQ4AAAQ'
const virtual = '00D5e000000abcD!KTzzz.1_0'

const masked = (chunks: readonly Buffer[], sameLength = false): string => {
  const mask = tokenMask(real, virtual, sameLength)
  return Buffer.concat([...chunks.map((chunk) => mask.push(chunk)), mask.end()]).toString('latin1')
}

test('a token is replaced wherever chunks end, and all else passes byte for byte', () => {
  const piece = fc.oneof(
    fc.constant(real),
    fc.constant('AQ4AQ'),
    fc.constant(real.slice(0, 30)),
    fc.constant(real.slice(16, 40)),
    fc.string({ unit: fc.constantFrom('A', 'Q', '4', '!', 'x'), maxLength: 8 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat(300), { maxLength: 10 }), (pieces, cuts) => {
      const text = pieces.join('')
      const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)), text.length].sort((a, b) => a - b)
      const chunks = places.slice(1).map((end, index) => Buffer.from(text.slice(places[index] ?? 0, end), 'latin1'))
      const secret = real.slice(16)
      assert.equal(masked(chunks), text.replaceAll(secret, virtual.slice(16)))
      assert.equal(masked(chunks, true), text.replaceAll(secret, '*'.repeat(secret.length)))
    }),
    { numRuns: 2000 },
  )
})

test('nothing is kept back but a beginning of the token', () => {
  const mask = tokenMask(real, virtual, false)
  assert.equal(mask.push(Buffer.from('{"a":1}')).toString(), '{"a":1}')
  assert.equal(mask.push(Buffer.from(`x${real.slice(16, 30)}`)).toString(), 'x')
  assert.equal(mask.push(Buffer.from('no')).toString(), `${real.slice(16, 30)}no`)
  assert.equal(mask.end().length, 0)
})

interface Scene {
  readonly broker: TestBroker
  readonly session: string
  readonly fetchPath: (path: string, headers?: Readonly<Record<string, string>>) => Promise<Response>
}

type Answer = (response: ServerResponse, token: string) => void

const echo = async (t: TestContext, answers: Readonly<Record<string, Answer>>): Promise<Scene> => {
  const before = putInFront(t, (request, response) => {
    const [, name = ''] = /^\/services\/apexrest\/(\w+)/.exec(request.url ?? '') ?? []
    const answer = Object.hasOwn(answers, name) ? answers[name] : undefined
    if (answer === undefined) return false
    answer(response, (request.headers.authorization ?? '').replace(/^\w+ /, ''))
    return true
  })
  const broker = await startBroker(t, { before })
  const { access_token: session = '' } = await login(broker, await broker.enrol('guest'))
  const fetchPath: Scene['fetchPath'] = (path, headers = {}) =>
    fetch(`${broker.url}/services/apexrest/${path}`, { headers: { authorization: `Bearer ${session}`, ...headers } })
  return { broker, session, fetchPath }
}

test('Apex that answers its session id shows the virtual one: plain, escaped, compressed, as text or as bytes', async (t) => {
  const json = { 'content-type': 'application/json' }
  const long = 'x'.repeat(300_000)
  const packed =
    (coding: string, pack: (text: string) => Buffer): Answer =>
    (response, token) =>
      void response.writeHead(200, { ...json, 'content-encoding': coding }).end(pack(`"${token}"`))
  const { broker, session, fetchPath } = await echo(t, {
    plain: (response, token) => void response.writeHead(200, json).end(JSON.stringify(token)),
    long: (response, token) => {
      const body = JSON.stringify([long, token, long])
      response.writeHead(200, { ...json, 'content-length': body.length }).end(body)
    },
    xml: (response, token) =>
      void response.writeHead(200, { 'content-type': 'text/xml' }).end(`<s>${token.replace('!', '&#33;')}</s>`),
    url: (response, token) => void response.writeHead(200, json).end(`"?sid=${token.replace('!', '%21')}"`),
    bytes: (response, token) => {
      const body = `${long}${token}`
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': body.length }).end(body)
    },
    gzip: packed('gzip', gzipSync),
    deflate: packed('deflate', deflateSync),
    br: packed('br', brotliCompressSync),
    zstd: packed('zstd', Buffer.from),
    refused: (response, token) => void response.writeHead(403, json).end(`[{"message":"no ${token}"}]`),
    header: (response, token) => void response.writeHead(200, { 'x-sid': token.replace('!', '%21') }).end('{}'),
  })
  const secret = broker.ready.accessToken.split('!')[1] ?? ''
  assert.ok(secret.length > 20)
  const read = async (path: string) => {
    const answer = await fetchPath(path, { 'accept-encoding': 'gzip, deflate, br' })
    const text = await answer.text()
    assert.ok(!text.includes(secret), path)
    assert.ok(!JSON.stringify([...answer.headers]).includes(secret), path)
    return { status: answer.status, text, headers: answer.headers }
  }
  assert.deepEqual(JSON.parse((await read('plain')).text), session)
  assert.deepEqual(JSON.parse((await read('long')).text), [long, session, long])
  assert.equal((await read('xml')).text, `<s>${session.replace('!', '&#33;')}</s>`)
  assert.equal((await read('url')).text, `"?sid=${session.replace('!', '%21')}"`)
  const bytes = await read('bytes')
  assert.equal(bytes.text.length, long.length + broker.ready.accessToken.length)
  assert.ok(bytes.text.endsWith(`!${'*'.repeat(secret.length)}`))
  for (const coding of ['gzip', 'deflate', 'br']) {
    const answer = await read(coding)
    assert.deepEqual([answer.text, answer.headers.get('content-encoding')], [`"${session}"`, null])
  }
  assert.equal((await read('zstd')).status, 502)
  assert.deepEqual((await read('refused')).status, 403)
  assert.equal((await read('header')).headers.get('x-sid'), null)
  // What the caller was shown is what works for it.
  const again = await fetch(`${broker.url}/services/data/v60.0/`, {
    headers: { authorization: `Bearer ${JSON.parse((await read('plain')).text)}` },
  })
  assert.equal(again.status, 200)
})

test('small answers keep their length, and the org is asked for plain ones', async (t) => {
  let asked: string | undefined
  const { fetchPath } = await echo(t, {
    small: (response) => {
      asked = response.req.headers['accept-encoding']?.toString()
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 7 }).end('{"a":1}')
    },
  })
  const answer = await fetchPath('small', { 'accept-encoding': 'gzip' })
  assert.equal(answer.headers.get('content-length'), '7')
  assert.equal(asked, 'identity')
})

test('each piece of a stream arrives before the next one is sent: nothing is buffered', async (t) => {
  let stream: ServerResponse | null = null
  let token = ''
  const { fetchPath, session } = await echo(t, {
    slow: (response, shown) => {
      stream = response
      token = shown
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_000_000 })
      response.write('[1,')
    },
  })
  const answer = await fetchPath('slow')
  const reader = (answer.body ?? assert.fail()).getReader()
  const heard = async (): Promise<string> => Buffer.from((await reader.read()).value ?? []).toString()
  const say = (text: string): void => void (stream ?? assert.fail()).write(text)
  assert.equal(await heard(), '[1,')
  for (let piece = 0; piece < 50; piece++) {
    say(`"${piece}",`)
    assert.equal(await heard(), `"${piece}",`)
  }
  // A token that is cut in two waits for its end, and for nothing more.
  say(token.slice(0, 40))
  assert.equal(await heard(), token.slice(0, 16))
  say(`${token.slice(40)},`)
  assert.equal(await heard(), `${session.slice(16)},`)
  const ended = once(stream ?? assert.fail(), 'close')
  await reader.cancel()
  await ended
})
