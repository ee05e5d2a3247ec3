/** A store that does not answer: who was known a moment ago goes on, then 503 with Retry-After, never invalid_grant. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { freshDatabase, whyNoPostgres } from '../../../../../test/postgres.ts'
import { losingProxy } from '../../../../tokens/test/store/proxy.ts'
import { ask, form, openHall, until } from './hall.ts'
import type { Hall } from './hall.ts'

const skip = whyNoPostgres()

const cutOff = async (t: TestContext): Promise<{ hall: Hall; cut: () => void; mend: () => Promise<void> }> => {
  const database = await freshDatabase(t)
  const proxy = await losingProxy(database)
  // Nobody listens on port 1.
  const hall = await openHall(t, { store: proxy.url })
  // After the broker has closed its store.
  t.after(() => proxy.close())
  const mend = (): Promise<void> => {
    proxy.lead(Number(new URL(database).port))
    return until('ready again', async () => (await ask(`${hall.url}/readyz`)).status === 200)
  }
  return { hall, cut: () => proxy.lead(1), mend }
}

test('an outage of the store is bridged for staleMax and then said as an outage', { skip }, async (t) => {
  const { hall, cut, mend } = await cutOff(t)
  const etl = await hall.enrol('etl', { realTokens: true })
  const headers = { authorization: etl.basic }
  const self = () => ask(`${hall.url}/keyturn/v1/grants/acme/token`, { headers })
  const refresh = (fields: Readonly<Record<string, string>> = {}) =>
    ask(
      `${hall.url}/services/oauth2/token`,
      form({
        grant_type: 'refresh_token',
        refresh_token: etl.refreshToken,
        client_id: etl.id,
        client_secret: etl.secret,
        ...fields,
      }),
    )
  const before = await self()
  assert.equal(before.status, 200)
  assert.equal((await ask(`${hall.url}/readyz`)).status, 200)
  cut()
  hall.later(1000)
  const [bridged, refreshed, ready, health] = await Promise.all([
    self(),
    refresh(),
    ask(`${hall.url}/readyz`),
    ask(`${hall.url}/healthz`),
  ])
  assert.deepEqual([bridged.status, bridged.json.accessToken], [200, before.json.accessToken])
  assert.equal(refreshed.status, 200)
  assert.deepEqual([ready.status, ready.json.store, health.status], [503, false, 200])
  hall.later(60_000)
  const wrong = [{ refresh_token: 'x' }, { client_secret: 'x' }, { client_id: 'nobody' }]
  for (const answer of await Promise.all([self(), refresh(), ...wrong.map(refresh)])) {
    assert.equal(answer.status, 503)
    assert.ok(Number(answer.headers['retry-after']) > 0)
    assert.ok(!answer.text.includes('invalid_grant'))
  }
  await mend()
  assert.deepEqual([(await self()).status, (await refresh()).status], [200, 200])
})

test(
  'living virtual sessions go on for staleMax under the policy as last read, and then it is an outage',
  { skip },
  async (t) => {
    const { hall, cut, mend } = await cutOff(t)
    const login = async (name: string, more = {}): Promise<string> => {
      const { id, secret } = await hall.enrol(name, more)
      hall.later(1000)
      const fields = { grant_type: 'client_credentials', client_id: id, client_secret: secret }
      return String((await ask(`${hall.url}/services/oauth2/token`, form(fields))).json.access_token)
    }
    const etl = await login('etl')
    const reader = await login('reader', { paths: [{ method: 'GET', prefix: '/services/data' }] })
    const unseen = await login('unseen')
    const call = (token: string, method = 'GET') =>
      ask(`${hall.url}/services/data/v60.0/`, { method, headers: { authorization: `Bearer ${token}` } })
    const envelope = (token: string): string =>
      `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header><SessionHeader><sessionId>${token}</sessionId></SessionHeader></e:Header><e:Body><getServerTimestamp/></e:Body></e:Envelope>`
    const soap = (token: string) =>
      ask(`${hall.url}/services/Soap/u/60.0`, {
        method: 'POST',
        headers: { 'content-type': 'text/xml', soapaction: '""' },
        body: envelope(token),
      })
    assert.deepEqual([(await call(etl)).status, (await call(reader)).status], [200, 200])
    cut()
    for (const moved of [1000, 20_000, 15_000]) {
      hall.later(moved)
      const [first, second, refused] = await Promise.all([call(etl), call(reader), call(reader, 'POST')])
      assert.deepEqual([first.status, second.status, refused.status], [200, 200, 403], `${moved}`)
    }
    hall.later(60_000)
    const outage = await Promise.all([call(etl), call(reader), soap(etl), call(unseen)])
    for (const { status, headers, text } of outage) {
      assert.equal(status, 503)
      assert.ok(Number(headers['retry-after']) > 0)
      assert.ok(!/invalid_grant|INVALID_SESSION|InvalidSession/.test(text), text)
    }
    await mend()
    assert.deepEqual([(await call(etl)).status, (await call(unseen)).status], [200, 200])
  },
)

test('a session that begins during an outage works at the replica that began it', { skip }, async (t) => {
  const { hall, cut, mend } = await cutOff(t)
  const [known, late] = [await hall.enrol('known'), await hall.enrol('late')]
  hall.later(1000)
  const login = async ({ id, secret }: typeof known): Promise<string> => {
    const fields = { grant_type: 'client_credentials', client_id: id, client_secret: secret }
    const answer = await ask(`${hall.url}/services/oauth2/token`, form(fields))
    assert.equal(answer.status, 200, answer.text)
    return String(answer.json.access_token)
  }
  const call = async (token: string): Promise<number> =>
    (await ask(`${hall.url}/services/data/v60.0/`, { headers: { authorization: `Bearer ${token}` } })).status
  const before = await login(known)
  cut()
  await until('noticed', async () => (await ask(`${hall.url}/readyz`)).status === 503)
  hall.later(1000)
  const [same, fresh] = [await login(known), await login(late)]
  assert.equal(same, before)
  for (const token of [same, fresh]) assert.equal(await call(token), 200)
  hall.later(60_000)
  for (const token of [same, fresh]) assert.equal(await call(token), 503)
  await mend()
  for (const token of [same, fresh]) assert.equal(await call(token), 200)
})

test('the broker ends soon while the store is out, and after an outage', { skip }, async (t) => {
  const { hall, cut } = await cutOff(t)
  const etl = await hall.enrol('etl')
  const fields = { grant_type: 'client_credentials', client_id: etl.id, client_secret: etl.secret }
  assert.equal((await ask(`${hall.url}/services/oauth2/token`, form(fields))).status, 200)
  cut()
  await until('noticed', async () => (await ask(`${hall.url}/readyz`)).status === 503)
  let ended = false
  const ending = hall.broker.close().then(() => (ended = true))
  await until('ended', () => ended)
  await ending
})

test('who was never seen before an outage is not called unknown', { skip }, async (t) => {
  const { hall, cut, mend } = await cutOff(t)
  cut()
  const answer = await ask(
    `${hall.url}/services/oauth2/token`,
    form({ grant_type: 'refresh_token', refresh_token: 'anything', client_id: 'x' }),
  )
  assert.equal(answer.status, 503)
  assert.ok(!answer.text.includes('invalid_grant'))
  await mend()
})
