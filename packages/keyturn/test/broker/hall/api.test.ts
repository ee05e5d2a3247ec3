/** The broker's own API: what its document says is what it answers; events miss nothing; operators and others. */
import assert from 'node:assert/strict'
import { get } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import * as z from 'zod'
import { callerShape, grantShape, issuedShape, problem, tokenShape } from '../../../src/broker/api/shapes.ts'
import { ask, basic, openHall, until } from './hall.ts'
import type { Enrolled, Hall } from './hall.ts'

const call = (hall: Hall, who: Enrolled, path: string, method = 'GET', body?: unknown) =>
  ask(`${hall.url}/keyturn/v1${path}`, {
    method,
    headers: {
      authorization: who.basic,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })

/** Nothing that the document does not name. */
const fits = (shape: z.ZodObject, value: unknown): void => void z.strictObject(shape.shape).parse(value)

test('the document names every operation, and answers are as it says', async (t) => {
  const hall = await openHall(t)
  const real = await hall.enrol('real', { realTokens: true })
  const boss = await hall.enrol('boss', { operator: true, grants: [] })
  const { json: document } = await ask(`${hall.url}/keyturn/v1/openapi.json`)
  assert.equal(document.openapi, '3.1.0')
  const operations = Object.entries(document.paths as Record<string, object>).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method} ${path}`),
  )
  assert.deepEqual(operations.sort(), [
    'delete /keyturn/v1/callers/{caller}',
    'get /keyturn/v1/callers',
    'get /keyturn/v1/callers/self',
    'get /keyturn/v1/events',
    'get /keyturn/v1/grants',
    'get /keyturn/v1/grants/{name}',
    'get /keyturn/v1/grants/{name}/token',
    'get /keyturn/v1/uses',
    'patch /keyturn/v1/callers/{caller}',
    'post /keyturn/v1/callers',
    'post /keyturn/v1/callers/{caller}/rotate',
    'post /keyturn/v1/grants/{name}/reauthorise',
    'post /keyturn/v1/grants/{name}/rejected',
    'post /keyturn/v1/grants/{name}/worked',
  ])
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? '')
  for (const reference of references) {
    const name = /^#\/components\/schemas\/(\w+)$/.exec(reference)?.[1] ?? ''
    assert.ok(name in document.components.schemas, reference)
  }
  fits(grantShape, (await call(hall, real, '/grants/acme')).json)
  const token = await call(hall, real, '/grants/acme/token')
  fits(tokenShape, token.json)
  assert.equal(token.headers['cache-control'], 'no-store')
  assert.deepEqual((await call(hall, real, '/grants/acme/worked', 'POST', { generation: 1 })).json, { noted: true })
  hall.sim.control.expireAccessTokens()
  const renewed = await call(hall, real, '/grants/acme/rejected', 'POST', { generation: token.json.generation })
  fits(tokenShape, renewed.json)
  assert.ok(renewed.json.generation > token.json.generation)
  fits(callerShape, (await call(hall, real, '/callers/self')).json)
  for (const one of (await call(hall, boss, '/callers')).json.callers) fits(callerShape, one)
  const made = await call(hall, boss, '/callers', 'POST', { name: 'new', grants: ['acme'], ranges: ['127.0.0.1'] })
  fits(issuedShape, made.json)
  const wrong = await call(hall, boss, '/callers', 'POST', { name: 'new', nonsense: made.json.secret })
  fits(problem, wrong.json)
  assert.ok(!wrong.text.includes(made.json.secret))
  const rotated = await call(hall, boss, '/callers/new/rotate', 'POST', { overlap: 0 })
  fits(issuedShape, rotated.json)
  assert.equal((await call(hall, boss, '/callers/new', 'DELETE')).json.removed, true)
  assert.equal((await call(hall, boss, '/callers/new', 'DELETE')).status, 404)
})

test('a caller sees its own grants only, gets real tokens only where that is allowed, and manages nobody', async (t) => {
  const hall = await openHall(t, { section: { orgs: { acme: { ipLocked: true } } } })
  const plain = await hall.enrol('plain')
  const boss = await hall.enrol('boss', { operator: true, grants: [] })
  const locked = await hall.enrol('locked', { realTokens: true })
  assert.equal((await call(hall, plain, '/grants/acme/token')).json.code, 'NOT_ALLOWED')
  assert.equal((await call(hall, locked, '/grants/acme/token')).json.code, 'NOT_ALLOWED')
  assert.equal((await call(hall, boss, '/grants/acme/token')).status, 404, 'an operator holds no grant by itself')
  const [absent, foreign] = [await call(hall, plain, '/grants/none'), await call(hall, plain, '/grants/other')]
  assert.deepEqual([absent.status, foreign.status], [404, 404])
  for (const [path, method] of [
    ['/callers', 'GET'],
    ['/callers', 'POST'],
    ['/callers/boss', 'DELETE'],
    ['/callers/plain/rotate', 'POST'],
    ['/uses', 'GET'],
  ] as const)
    assert.equal((await call(hall, plain, path, method)).json.code, 'NOT_ALLOWED', `${method} ${path}`)
  assert.equal((await call(hall, boss, '/uses?since=yesterday')).status, 400)
  assert.deepEqual((await call(hall, boss, '/uses')).json, { uses: [] })
})

const listen = async (t: TestContext, hall: Hall, who: Enrolled, headers: Record<string, string> = {}) => {
  const heard: { id: number; kind: string; grant: string | null }[] = []
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = get(
      `${hall.url}/keyturn/v1/events`,
      { headers: { authorization: who.basic, ...headers }, agent: false },
      resolve,
    )
    request.on('error', reject)
    t.after(() => request.destroy())
  })
  let rest = ''
  let ended = false
  response.setEncoding('utf8').on('data', (part: string) => {
    const blocks = (rest + part).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1]
      if (data === undefined) continue
      const { seq, kind, grant } = JSON.parse(data)
      heard.push({ id: seq, kind, grant })
    }
  })
  response.on('close', () => {
    ended = true
  })
  response.on('error', () => undefined)
  return { heard, status: response.statusCode, ended: () => ended, stop: () => response.destroy() }
}

test('events arrive in order, go on after the last one heard, and end with the broker', async (t) => {
  const hall = await openHall(t)
  const etl = await hall.enrol('etl', { realTokens: true })
  const first = await listen(t, hall, etl)
  await call(hall, etl, '/grants/acme/token')
  await until('exchanged', () => first.heard.some(({ kind }) => kind === 'exchanged'))
  const last = first.heard.at(-1)?.id ?? 0
  first.stop()
  hall.sim.control.expireAccessTokens()
  await call(hall, etl, '/grants/acme/rejected', 'POST', { generation: 1 })
  const second = await listen(t, hall, etl, { 'last-event-id': String(last) })
  await until('the second exchange', () => second.heard.some(({ kind }) => kind === 'exchanged'))
  assert.ok(second.heard.every(({ id, grant }) => id > last && grant === 'acme'))
  assert.deepEqual(
    second.heard.map(({ id }) => id),
    second.heard.map(({ id }) => id).toSorted((a, b) => a - b),
  )
  const stranger = await ask(`${hall.url}/keyturn/v1/events`, { headers: { authorization: basic('x', 'y') } })
  assert.equal(stranger.status, 401)
  await hall.broker.close()
  await until('ended', () => second.ended())
})

test('who is removed, or loses the API or its sessions, hears no more', async (t) => {
  const hall = await openHall(t)
  const [removed, closed, ended, kept] = [
    await hall.enrol('removed'),
    await hall.enrol('closed'),
    await hall.enrol('ended'),
    await hall.enrol('kept'),
  ]
  const streams = await Promise.all([removed, closed, ended, kept].map((one) => listen(t, hall, one)))
  await hall.manage.remove('removed')
  await hall.manage.set('closed', { faces: ['oauth'] })
  await hall.manage.rotate('ended', 0)
  await until('ended', () => streams.slice(0, 3).every((stream) => stream.ended()))
  assert.equal(streams[3]?.ended(), false)
  await hall.keyturn.grants.update('acme', { policy: { drain: 60_000 } })
  await until('heard', () => (streams[3]?.heard.length ?? 0) > 0)
  assert.deepEqual(
    streams.slice(0, 3).flatMap(({ heard }) => heard.filter(({ grant }) => grant === 'acme')),
    [],
  )
})

test('uses are summed per caller, grant and face, and asked for by operators', async (t) => {
  const hall = await openHall(t)
  const etl = await hall.enrol('etl', { realTokens: true })
  const boss = await hall.enrol('boss', { operator: true })
  for (let i = 0; i < 3; i++) await call(hall, etl, '/grants/acme/token')
  // The first use is written at once, the rest each minute and at the end.
  await until('the first use', async () => (await call(hall, boss, '/uses')).json.uses.length === 1)
  await hall.broker.close()
  const { readUses } = await import('../../../src/usage/uses.ts')
  const [use, ...more] = await readUses(hall.keyturn.store)
  assert.equal(more.length, 0)
  assert.deepEqual([use?.caller, use?.grant, use?.face, use?.count], [etl.id, 'acme', 'api', 3])
})
