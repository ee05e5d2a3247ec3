/** Virtual sessions where their caller may come from, how often, and until when. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '@keyturn/tokens'
import { makeCertificates } from '../../../src/broker/certificates.ts'
import { ask, DAY, enrolled, form, openHall } from './hall.ts'
import type { Ask, Enrolled } from './hall.ts'

const login = async (url: string, { id, secret }: Enrolled, more: Ask = {}): Promise<string> => {
  const answer = await ask(`${url}/services/oauth2/token`, {
    ...form({ grant_type: 'client_credentials', client_id: id, client_secret: secret }),
    ...more,
  })
  assert.equal(answer.status, 200, answer.text)
  return String(answer.json.access_token)
}

const called = async (url: string, token: string, more: Ask = {}): Promise<number> =>
  (await ask(`${url}/services/data/v60.0/`, { ...more, headers: { authorization: `Bearer ${token}` } })).status

test('a virtual session works only where its caller may come from: its ranges, its socket', async (t) => {
  const hall = await openHall(t, {
    section: (folder) => ({
      listen: [{ port: 0 }, { socket: join(folder, 'etl.sock'), name: 'etl' }, { socket: join(folder, 'all.sock') }],
    }),
  })
  const [tcp = '', own = '', shared = ''] = hall.broker.addresses
  const plain = 'http://broker'
  const byAddress = await login(tcp, await hall.enrol('ranged'))
  const socketed = await hall.enrol('socketed', { ranges: [], sockets: ['etl'] })
  hall.later(1000)
  const bySocket = await login(plain, socketed, { socketPath: own })
  const free = await hall.enrol('anywhere', { ranges: [], anyAddress: true })
  hall.later(1000)
  const anywhere = await login(tcp, free)
  const everywhere = async (token: string): Promise<readonly number[]> => [
    await called(tcp, token),
    await called(tcp, token, { localAddress: '127.0.0.2' }),
    await called(plain, token, { socketPath: own }),
    await called(plain, token, { socketPath: shared }),
  ]
  assert.deepEqual(await everywhere(byAddress), [200, 401, 401, 401])
  assert.deepEqual(await everywhere(bySocket), [401, 401, 200, 401])
  assert.deepEqual(await everywhere(anywhere), [200, 200, 200, 200])
  const userinfo = await ask(`${plain}/services/oauth2/userinfo`, {
    headers: { authorization: `Bearer ${byAddress}` },
    socketPath: shared,
  })
  assert.equal(userinfo.status, 403)
  const revoked = await ask(`${plain}/services/oauth2/revoke`, { ...form({ token: byAddress }), socketPath: shared })
  assert.equal(revoked.status, 400, 'nor can it be ended from there')
})

test('what logs in by a socket of its own is sent nowhere else: its session is good there only', async (t) => {
  const hall = await openHall(t, {
    section: (folder) => ({
      listen: [{ port: 0 }, { socket: join(folder, 'etl.sock'), name: 'etl' }],
      publicUrl: 'https://broker.example',
    }),
  })
  const [, socketPath = ''] = hall.broker.addresses
  await hall.enrol('etl', { ranges: [], sockets: ['etl'] })
  const asked = { ...form({ grant_type: 'client_credentials' }), socketPath }
  const { json } = await ask('http://localhost/services/oauth2/token', asked)
  assert.equal(json.instance_url, 'http://localhost')
  assert.equal(await called(json.instance_url, json.access_token, { socketPath }), 200)
})

test('a virtual session of a caller that is known by its certificate needs that certificate', async (t) => {
  let folder = ''
  let fingerprint = ''
  const hall = await openHall(t, {
    section: async (place) => {
      folder = join(place, 'tls')
      const names = { names: ['127.0.0.1'], clients: ['etl', 'other'] }
      const { made } = await makeCertificates({ folder, ...names, clock: systemClock, random: randomBytes })
      fingerprint = made.find(({ name }) => name === 'etl')?.fingerprint ?? ''
      return {
        listen: [{ port: 0, tls: { cert: 'tls/server.pem', key: 'file:tls/server.key', clientCa: 'tls/ca.pem' } }],
      }
    },
  })
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
  const ca = read('ca.pem')
  const mine = { ca, cert: read('client-etl.pem'), key: read('client-etl.key') }
  const token = await login(hall.url, await hall.enrol('etl', { ranges: [], certificates: [fingerprint] }), mine)
  assert.equal(await called(hall.url, token, mine), 200)
  assert.equal(await called(hall.url, token, { ca }), 401)
  const others = { ca, cert: read('client-other.pem'), key: read('client-other.key') }
  assert.equal(await called(hall.url, token, others), 401)
})

test('logins and calls share one budget', async (t) => {
  const hall = await openHall(t, { clockStands: true })
  const slow = await hall.enrol('slow', { perMinute: 4 })
  const token = await login(hall.url, slow)
  const statuses: number[] = []
  const whose = () => ask(`${hall.url}/services/oauth2/userinfo`, { headers: { authorization: `Bearer ${token}` } })
  statuses.push((await whose()).status)
  for (let calls = 0; calls < 3; calls++) statuses.push(await called(hall.url, token))
  statuses.push((await whose()).status)
  assert.deepEqual(statuses, [200, 200, 200, 429, 429])
  const again = await ask(
    `${hall.url}/services/oauth2/token`,
    form({ grant_type: 'client_credentials', client_id: slow.id, client_secret: slow.secret }),
  )
  assert.deepEqual([again.status, Number(again.headers['retry-after']) > 0], [429, true])
})

test('a rotation with an overlap keeps sessions unless it is asked for, one without ends them at every replica', async (t) => {
  const hall = await openHall(t)
  let etl = await hall.enrol('etl')
  const token = await login(hall.url, etl)
  const settled = (): void => hall.later(1000)
  etl = enrolled(await hall.manage.rotate('etl', DAY))
  settled()
  assert.equal(await called(hall.url, token), 200)
  etl = enrolled(await hall.manage.rotate('etl', DAY, true))
  settled()
  assert.equal(await called(hall.url, token), 401)
  const second = await login(hall.url, etl)
  assert.equal(await called(hall.url, second), 200)
  etl = enrolled(await hall.manage.rotate('etl', 0))
  settled()
  assert.equal(await called(hall.url, second), 401)
  const third = await login(hall.url, etl)
  await hall.manage.rotate('etl', 0, false)
  settled()
  assert.equal(await called(hall.url, third), 200)
  const entries = (await hall.keyturn.store.ledger(1, 1000)).filter(({ kind }) => kind === 'caller-rotated')
  assert.deepEqual(
    entries.map(({ data }) => data['sessions']),
    ['kept', 'ended', 'ended', 'kept'],
  )
})

test('a host that is not served is refused for good, in the form of each face, and never as a bad credential', async (t) => {
  const hall = await openHall(t, { section: { hosts: ['127.0.0.1'] } })
  const etl = await hall.enrol('etl')
  const token = await login(hall.url, etl)
  const host = 'elsewhere.example'
  const fields = { grant_type: 'client_credentials', client_id: etl.id, client_secret: etl.secret }
  const oauth = form(fields)
  const answers = [
    await ask(`${hall.url}/services/oauth2/token`, { ...oauth, headers: { ...oauth.headers, host } }),
    await ask(`${hall.url}/services/data/v60.0/`, { headers: { host, authorization: `Bearer ${token}` } }),
    await ask(`${hall.url}/services/async/60.0/job`, { headers: { host, 'x-sfdc-session': token } }),
    await ask(`${hall.url}/services/Soap/u/60.0`, { method: 'POST', headers: { host }, body: '<x/>' }),
    await ask(`${hall.url}/keyturn/v1/callers/self`, { headers: { host, authorization: etl.basic } }),
  ]
  assert.deepEqual(
    answers.map(({ status }) => status),
    // SOAP 1.1 §6.2: a fault comes with 500.
    [421, 421, 421, 500, 421],
  )
  for (const { headers, text } of answers) {
    assert.equal(headers['retry-after'], undefined)
    assert.match(text, /not served here/)
    assert.ok(!/invalid_grant|invalid_client|INVALID_SESSION|InvalidSession|unavailable/i.test(text), text)
  }
  assert.equal(answers[0]?.json.error, 'invalid_request')
  assert.equal(answers[1]?.json[0].errorCode, 'MISDIRECTED_REQUEST')
  assert.match(answers[2]?.text ?? '', /<exceptionCode>InvalidUrl</)
  assert.match(answers[3]?.text ?? '', /<faultcode>sf:UNKNOWN_EXCEPTION</)
  const unreadable = await ask(`${hall.url}/orgs/%zz/services/oauth2/token`, form(fields))
  assert.equal(unreadable.status, 400)
})
