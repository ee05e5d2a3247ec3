/** Who logs in again without need is answered with the session it has; and when it is not. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openKeyturn, systemClock } from '@keyturn/tokens'
import { endedSessions } from '../../../src/broker/sessions/ended-sessions.ts'
import { ask, DAY, enrolled, form, openHall } from '../hall/hall.ts'
import { login, post, query, startBroker } from './broker.ts'
import type { Enrolled, TestBroker } from './broker.ts'

const refresh = (url: string, { id, secret, refreshToken }: Enrolled) =>
  post(`${url}/services/oauth2/token`, {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: id,
    client_secret: secret,
  })

const soapSession = async (broker: TestBroker, { username, password }: Enrolled): Promise<string> => {
  const envelope = `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><login xmlns="urn:partner.soap.sforce.com"><username>${username}</username><password>${password}</password></login></e:Body></e:Envelope>`
  const headers = { 'content-type': 'text/xml', soapaction: '""' }
  const answer = await fetch(`${broker.url}/services/Soap/u/60.0`, { method: 'POST', headers, body: envelope })
  return /<sessionId>([^<]+)</.exec(await answer.text())?.[1] ?? ''
}

const revoke = async (url: string, token = ''): Promise<number> =>
  (await post(`${url}/services/oauth2/revoke`, { token })).status

test('a repeated login or refresh is answered with the same session, word for word, and each face has its own', async (t) => {
  const broker = await startBroker(t)
  const [etl, other] = [await broker.enrol('etl'), await broker.enrol('other')]
  const first = await login(broker, etl)
  broker.later(60_000)
  assert.deepEqual(await login(broker, etl), first)
  assert.deepEqual((await refresh(broker.url, etl)).body, first)
  const foreign = await login(broker, other)
  assert.notEqual(foreign['access_token'], first['access_token'])
  const session = await soapSession(broker, etl)
  assert.match(session, /!KT/)
  assert.notEqual(session, first['access_token'])
  assert.equal(await soapSession(broker, etl), session)
})

test('the answer is made for who asks: another address of the broker, a client that showed no secret', async (t) => {
  const broker = await startBroker(t)
  const etl = await broker.enrol('etl')
  const first = await login(broker, etl)
  const byPath = await refresh(`${broker.url}/orgs/acme`, etl)
  assert.deepEqual(
    [byPath.body['access_token'], byPath.body['instance_url']],
    [first['access_token'], `${broker.url}/orgs/acme`],
  )
  const password = await post(`${broker.url}/services/oauth2/token`, {
    grant_type: 'password',
    username: etl.username,
    password: etl.password,
  })
  assert.equal(password.body['access_token'], first['access_token'])
  assert.equal(password.body['signature'], undefined)
  assert.deepEqual(await login(broker, etl), first)
})

test('a session that was ended is not answered again: here at once, elsewhere within 200 ms', async (t) => {
  const broker = await startBroker(t)
  const etl = await broker.enrol('etl')
  const elsewhere = await broker.replica()
  const { access_token: first = '' } = await login(broker, etl)
  assert.equal(await revoke(broker.url, first), 200)
  const { access_token: second = '' } = await login(broker, etl)
  assert.notEqual(second, first)
  assert.equal((await query(broker.url, second)).status, 200)
  assert.equal(await revoke(elsewhere, second), 200)
  broker.later(200)
  const { access_token: third = '' } = await login(broker, etl)
  assert.notEqual(third, second)
  assert.deepEqual([(await query(broker.url, second)).status, (await query(broker.url, third)).status], [401, 200])
  const { id, secret, refreshToken } = etl
  await post(`${elsewhere}/services/oauth2/revoke`, { token: refreshToken, client_id: id, client_secret: secret })
  broker.later(200)
  const { access_token: fourth = '' } = await login(broker, etl)
  assert.notEqual(fourth, third)
  for (const url of [broker.url, elsewhere]) assert.equal((await query(url, fourth)).status, 200)
})

test('a session that begins at a replica whose clock lags behind an ending of all is none of them', async (t) => {
  const broker = await startBroker(t)
  const etl = await broker.enrol('etl')
  const elsewhere = await broker.replica()
  await login(broker, etl)
  broker.later(30_000)
  const { id, secret, refreshToken } = etl
  await post(`${broker.url}/services/oauth2/revoke`, { token: refreshToken, client_id: id, client_secret: secret })
  broker.later(-29_000)
  const { access_token: token = '' } = (await refresh(elsewhere, etl)).body
  assert.equal((await query(elsewhere, token)).status, 200)
  assert.equal((await query(broker.url, token)).status, 200)
})

test('past half its life, under another policy or another epoch a login begins a new session', async (t) => {
  const hall = await openHall(t)
  let etl = await hall.enrol('etl')
  const session = async (): Promise<string> => {
    const fields = { grant_type: 'client_credentials', client_id: etl.id, client_secret: etl.secret }
    hall.later(1000)
    return String((await ask(`${hall.url}/services/oauth2/token`, form(fields))).json.access_token)
  }
  const first = await session()
  hall.later(DAY / 2 - 5000)
  assert.equal(await session(), first)
  hall.later(5000)
  const second = await session()
  assert.notEqual(second, first)
  // Another caller's change makes all of them be read anew.
  await hall.enrol('other')
  assert.equal(await session(), second)
  etl = enrolled(await hall.manage.rotate('etl', DAY))
  assert.equal(await session(), second)
  etl = enrolled(await hall.manage.rotate('etl', DAY, true))
  const third = await session()
  assert.notEqual(third, second)
  await hall.manage.set('etl', { perMinute: 600 })
  assert.notEqual(await session(), third)
})

test('while nothing changes in the store no session is read again, and a commit costs one read for all of them', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-ended-'))
  const keyturn = await openKeyturn({ store: `sqlite:${join(folder, 'k.db')}`, masterKey: randomBytes(32), env: {} })
  t.after(async () => {
    await keyturn.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const { store } = keyturn
  let [now, gets, versions] = [systemClock.boot(), 0, 0]
  const counting = {
    version: () => (versions++, store.version()),
    records: { ...store.records, get: (kind: string, id: string) => (gets++, store.records.get(kind, id)) },
  }
  const options = { store: counting, clock: { ...systemClock, boot: () => now }, sessionLife: DAY, staleMax: 60_000 }
  const [here, there] = [endedSessions(options), endedSessions({ ...options, store })]
  const sessions = Array.from({ length: 20 }, (_, n) => ({
    ...{ id: `s${n}`, callerId: 'c', grant: 'acme', issuedAt: systemClock.wall(), epoch: 0 },
  }))
  const [one, two] = [sessions[0] ?? assert.fail(), sessions[1] ?? assert.fail()]
  const all = async (): Promise<number> =>
    (await Promise.all(sessions.map(async (each) => here.has(each)))).filter(Boolean).length
  for (const each of sessions) here.begun(each)
  assert.deepEqual([await all(), gets, versions], [0, 0, 0], 'what began here was not ended before')
  now += 200
  assert.deepEqual([await all(), versions], [0, 1])
  const before = gets
  for (let rounds = 0; rounds < 10; rounds++) {
    now += 200
    assert.equal(await all(), 0)
  }
  assert.deepEqual([gets - before, versions], [0, 11])
  await store.records.put({ kind: 'test', id: 'x', doc: null })
  now += 200
  assert.deepEqual([await all(), gets - before], [0, 1])
  await there.end(one, { name: 'c' } as never)
  assert.equal(await all(), 0, 'within 200 ms as it was')
  now += 200
  assert.deepEqual([await all(), await here.has(one), await here.has(two)], [1, true, false])
})
