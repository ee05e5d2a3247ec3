/** How messages are framed on their way: lengths, repeated headers, answers in pieces, answers that break off. */
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { login, startBroker } from './broker.ts'
import { putInFront } from './front.ts'

test('a POST without a body goes on with the length 0, and a header that came twice goes on twice', async (t) => {
  const seen: { readonly raw: readonly string[]; readonly body: string }[] = []
  const before = putInFront(t, (incoming, response) => {
    if (!(incoming.url ?? '').startsWith('/services/apexrest/')) return false
    void text(incoming).then((body) => {
      seen.push({ raw: incoming.rawHeaders, body })
      response.writeHead(204).end()
    })
    return true
  })
  const broker = await startBroker(t, { before })
  const { access_token: session = '' } = await login(broker, await broker.enrol('etl'))
  const send = (method: string, headers: Readonly<Record<string, string | readonly string[]>>, body?: string) =>
    new Promise<number>((resolve, reject) => {
      const all = { authorization: `Bearer ${session}`, ...headers } as Record<string, string | string[]>
      const outgoing = request(
        `${broker.url}/services/apexrest/x`,
        { method, headers: all, agent: false },
        (answer) => {
          answer.resume()
          resolve(answer.statusCode ?? 0)
        },
      )
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  assert.equal(await send('POST', { 'content-length': '0', 'x-twice': ['a', 'b'] }), 204)
  assert.equal(await send('DELETE', {}), 204)
  assert.equal(await send('PATCH', { 'transfer-encoding': 'chunked' }, '{"a":1}'), 204)
  const valuesOf = (at: number, name: string): readonly string[] =>
    (seen[at]?.raw ?? []).filter((_, index, all) => index % 2 === 1 && all[index - 1] === name)
  assert.deepEqual([valuesOf(0, 'content-length'), valuesOf(0, 'x-twice')], [['0'], ['a', 'b']])
  assert.deepEqual([valuesOf(1, 'content-length'), valuesOf(1, 'transfer-encoding')], [[], []])
  assert.deepEqual([valuesOf(2, 'transfer-encoding'), seen[2]?.body], [['chunked'], '{"a":1}'])
  assert.deepEqual(new Set(seen.flatMap((_, at) => valuesOf(at, 'host'))).size, 1)
})

test('an answer in pieces arrives whole, with its length where it may not change; one that breaks off is cut', async (t) => {
  const before = putInFront(t, ({ url = '' }, response) => {
    const kind = /^\/services\/apexrest\/(\w+)$/.exec(url)?.[1]
    if (kind === undefined) return false
    const type = kind === 'bytes' ? 'application/octet-stream' : 'application/json'
    response.writeHead(kind === 'none' ? 304 : 200, { 'content-type': type, 'content-length': '8' })
    if (kind === 'none') response.end()
    else
      response.write('"ab', () =>
        setImmediate(() => (kind === 'broken' ? response.destroy() : response.end('cdef"'.slice(0, 5)))),
      )
    return true
  })
  const broker = await startBroker(t, { before })
  const { access_token: session } = await login(broker, await broker.enrol('etl'))
  const get = (kind: string) =>
    fetch(`${broker.url}/services/apexrest/${kind}`, { headers: { authorization: `Bearer ${session}` } })
  const [json, bytes, none] = [await get('json'), await get('bytes'), await get('none')]
  assert.equal(await json.text(), '"abcdef"')
  assert.deepEqual([await bytes.text(), bytes.headers.get('content-length')], ['"abcdef"', '8'])
  assert.deepEqual([none.status, await none.text()], [304, ''])
  await assert.rejects(async () => (await get('broken')).text())
})
