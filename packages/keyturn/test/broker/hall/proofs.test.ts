/** Who may come in: every kind of proof, and that nothing tells why another was refused. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { Secret } from '@keyturn/tokens'
import { ask, basic, DAY, enrolled, form, openHall, until } from './hall.ts'
import type { Enrolled, Hall, Told } from './hall.ts'

const self = (hall: Hall, authorization: string, from = '127.0.0.1'): Promise<Told> =>
  ask(`${hall.url}/keyturn/v1/callers/self`, { headers: { authorization }, localAddress: from })

const refresh = (hall: Hall, token: string, client: Readonly<Record<string, string>>, from = '127.0.0.1') =>
  ask(`${hall.url}/services/oauth2/token`, {
    ...form({ grant_type: 'refresh_token', refresh_token: token, ...client }),
    localAddress: from,
  })

const ownClient = ({ id, secret }: Enrolled) => ({ client_id: id, client_secret: secret })

/** The directory is looked at again after 200 ms at the latest. */
const settled = (hall: Hall): void => hall.later(1000)

test('a caller proves itself by Basic, by Bearer, and by nothing less', async (t) => {
  const hall = await openHall(t)
  const etl = await hall.enrol('etl')
  assert.equal((await self(hall, etl.basic)).json.name, 'etl')
  assert.equal((await self(hall, `Bearer ${etl.id}.${etl.secret}`)).json.id, etl.id)
  assert.equal((await ask(`${hall.url}/keyturn/v1/callers/self`)).status, 401)
})

test('unknown, wrong, expired, out of range and not for this face get the same answer', async (t: TestContext) => {
  const hall = await openHall(t)
  const etl = await hall.enrol('etl')
  const short = await hall.enrol('short', { expiresAt: hall.clock.wall() + 1000 })
  const elsewhere = await hall.enrol('elsewhere', { ranges: ['10.0.0.0/8', '2001:db8::/32'] })
  const faceless = await hall.enrol('faceless', { faces: ['oauth'] })
  hall.later(2000)
  const answers = [
    await self(hall, basic('ktc_ffffffffffffffffffff', etl.secret)),
    await self(hall, basic(etl.id, `${etl.secret.slice(0, -1)}~`)),
    await self(hall, basic(etl.id, '')),
    await self(hall, short.basic),
    await self(hall, elsewhere.basic),
    await self(hall, faceless.basic),
    await self(hall, etl.basic, '127.0.0.2'),
    await self(hall, basic(etl.id, short.secret)),
    await self(hall, 'Bearer'),
    await self(hall, 'Basic %%%'),
    await self(hall, 'Nonsense x'),
  ]
  const without = (told: Told) => [told.status, told.text, { ...told.headers, date: '' }]
  for (const answer of answers) assert.deepEqual(without(answer), without(answers[0] ?? answer))
  assert.equal(answers[0]?.status, 401)
  assert.equal((await self(hall, etl.basic)).status, 200)
})

test('rotated secrets are good for the overlap and not longer, and at once not when there is none', async (t) => {
  const hall = await openHall(t)
  const before = await hall.enrol('etl')
  const after = enrolled(await hall.manage.rotate('etl', DAY))
  settled(hall)
  const all = async () => [
    (await self(hall, before.basic)).status,
    (await self(hall, after.basic)).status,
    (await refresh(hall, before.refreshToken, ownClient(after))).status,
    (await refresh(hall, after.refreshToken, ownClient(after))).status,
  ]
  assert.deepEqual(await all(), [200, 200, 200, 200])
  hall.later(DAY)
  assert.deepEqual(await all(), [401, 200, 400, 200])
  const last = enrolled(await hall.manage.rotate('etl', 0))
  settled(hall)
  assert.equal((await self(hall, after.basic)).status, 401)
  assert.equal((await self(hall, last.basic)).status, 200)
  await hall.manage.remove('etl')
  settled(hall)
  assert.equal((await self(hall, last.basic)).status, 401)
  const kinds = (await hall.keyturn.store.ledger(1, 1000))
    .map(({ kind }) => kind)
    .filter((kind) => kind.startsWith('caller-'))
  assert.deepEqual(kinds, ['caller-added', 'caller-rotated', 'caller-rotated', 'caller-removed'])
})

test('a stable refresh token is the same each time and needs its client, its place and an end of life', async (t) => {
  const hall = await openHall(t)
  const etl = await hall.enrol('etl')
  const first = await refresh(hall, etl.refreshToken, ownClient(etl))
  assert.equal(first.status, 200)
  assert.equal((await refresh(hall, etl.refreshToken, ownClient(etl))).status, 200)
  const refused = [
    await refresh(hall, etl.refreshToken, {}),
    await refresh(hall, etl.refreshToken, { client_id: etl.id }),
    await refresh(hall, etl.refreshToken, { client_id: etl.id, client_secret: 'wrong' }),
    await refresh(hall, etl.refreshToken, ownClient(etl), '127.0.0.2'),
    await refresh(hall, `${etl.refreshToken.slice(0, -2)}AA`, ownClient(etl)),
    await refresh(hall, `${etl.refreshToken}.x`, ownClient(etl)),
    await refresh(hall, 'ktr_W10.x', ownClient(etl)),
  ]
  for (const answer of refused) assert.deepEqual([answer.status, answer.json.error], [400, 'invalid_grant'])
  hall.later(31 * DAY)
  assert.equal((await refresh(hall, etl.refreshToken, ownClient(etl))).json.error, 'invalid_grant')
  const anywhere = await hall.manage.add({
    name: 'anywhere',
    grants: ['acme'],
    faces: ['oauth'],
    anyAddress: true,
    expiresAt: hall.clock.wall() + DAY,
  })
  const forever = await hall.manage.add({ name: 'forever', grants: ['acme'], faces: ['oauth'], ranges: ['127.0.0.1'] })
  assert.deepEqual([anywhere.refreshTokens, forever.refreshTokens], [{}, {}])
})

test('the application’s own client id and secret stand beside a refresh token', async (t) => {
  const hall = await openHall(t)
  const app = { id: '3MVG9legacy', secret: new Secret('1234567890') }
  const etl = await hall.enrol('etl', { client: app })
  const ok = { client_id: '3MVG9legacy', client_secret: '1234567890' }
  assert.equal((await refresh(hall, etl.refreshToken, ok)).status, 200)
  assert.equal((await refresh(hall, etl.refreshToken, { ...ok, client_secret: 'x' })).status, 400)
  assert.equal((await refresh(hall, etl.refreshToken, { client_id: '3MVG9legacy' })).status, 400)
  assert.deepEqual((await hall.manage.rotate('etl', DAY)).warnings, [])
  const { warnings, refreshTokens } = await hall.manage.rotate('etl', 0)
  assert.match(warnings.join(), /own client secret \(client id 3MVG9legacy\) is taken as before/)
  settled(hall)
  assert.equal((await refresh(hall, refreshTokens['acme']?.reveal() ?? '', ok)).status, 200, 'so it is')
})

test('an old real refresh token is taken over until its date, and an alarm in every other case', async (t) => {
  const hall = await openHall(t)
  const old = hall.oldRefreshToken
  const client = { id: '3MVG9legacy', secret: new Secret('1234567890') }
  const takeOver = { token: new Secret(old), until: hall.clock.wall() + DAY }
  await assert.rejects(hall.enrol('open', { client, takeOver, ranges: [], anyAddress: true }), { code: 'BAD_ARGUMENT' })
  await assert.rejects(hall.enrol('public', { client: { id: 'x', secret: null }, takeOver }), { code: 'BAD_ARGUMENT' })
  await hall.enrol('etl', { client, takeOver })
  const right = { client_id: '3MVG9legacy', client_secret: '1234567890' }
  const good = await refresh(hall, old, right)
  assert.equal(good.status, 200)
  assert.ok(!good.text.includes(old))
  const alarms = async () =>
    (await hall.keyturn.store.ledger(1, 1000))
      .filter(({ kind }) => kind === 'old-token-used')
      .map(({ data }) => data['why'])
  assert.deepEqual(await alarms(), [])
  const cases = [
    ['without its client', () => refresh(hall, old, { ...right, client_secret: 'x' })],
    ['from another place', () => refresh(hall, old, right, '127.0.0.2')],
    ['after its take-over window', () => (hall.later(DAY), refresh(hall, old, right))],
  ] as const
  for (const [index, [why, attempt]] of cases.entries()) {
    hall.later(61_000)
    const answer = await attempt()
    assert.deepEqual([answer.status, answer.json.error], [400, 'invalid_grant'], why)
    await until(`alarm ${why}`, async () => (await alarms()).length > index)
  }
  assert.deepEqual(
    await alarms(),
    cases.map(([why]) => why),
  )
  await refresh(hall, old, right)
  assert.equal((await alarms()).length, 3, 'the same alarm is told once a minute')
  assert.ok((await ask(`${hall.url}/metrics`)).text.includes('keyturn_alarms_total{alarm="old-token-used"} 3'))
})

test('a caller that asks too often is told how long to wait; others are not held up', async (t) => {
  const hall = await openHall(t, { clockStands: true })
  const wild = await hall.enrol('wild', { perMinute: 3 })
  const calm = await hall.enrol('calm')
  const statuses = []
  for (let i = 0; i < 5; i++) statuses.push((await self(hall, wild.basic)).status)
  assert.deepEqual(statuses, [200, 200, 200, 429, 429])
  const told = await self(hall, wild.basic)
  assert.equal(told.json.code, 'RATE_LIMITED')
  assert.equal(told.headers['retry-after'], '20')
  assert.equal((await self(hall, basic(wild.id, 'wrong'))).status, 401, 'only who proved itself is told')
  assert.equal((await self(hall, calm.basic)).status, 200)
  hall.later(20_000)
  assert.equal((await self(hall, wild.basic)).status, 200)
})

test('a password matches with and without a security token behind it', async (t) => {
  const hall = await openHall(t)
  const etl = await hall.enrol('etl')
  const login = (password: string, username = 'ETL@broker.example') =>
    ask(`${hall.url}/services/oauth2/token`, form({ grant_type: 'password', username, password, ...ownClient(etl) }))
  assert.equal((await login(etl.password)).status, 200)
  assert.equal((await login(`${etl.password}Xy3kLmN0pQrStUvWxYz12345`)).status, 200)
  assert.equal((await login(`${etl.password}<x>`)).status, 400)
  assert.equal((await login(etl.password.slice(0, -1))).status, 400)
  assert.equal((await login(etl.password, 'nobody@broker.example')).status, 400)
})

test('a caller that was altered in the database is left out and holds up nobody', async (t) => {
  const hall = await openHall(t)
  const [etl, other] = [await hall.enrol('etl'), await hall.enrol('other')]
  const { DatabaseSync } = await import('node:sqlite')
  const database = new DatabaseSync(`${hall.folder}/keyturn.db`)
  database.exec(`UPDATE keyturn_records SET doc = replace(doc, '127.0.0.1', '0.0.0.0/0') WHERE id = '${etl.id}'`)
  database.close()
  await hall.enrol('third')
  settled(hall)
  assert.equal((await self(hall, etl.basic)).status, 401)
  assert.equal((await self(hall, other.basic)).status, 200)
  assert.ok(hall.lines.some((line) => line.includes('altered outside of Keyturn')))
})
