/** Listeners, names, limits, and an end that costs nobody an answer. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { systemClock } from '@keyturn/tokens'
import { makeCertificates } from '../../../src/broker/certificates.ts'
import { ask, form, openHall, until, USER } from './hall.ts'
import type { Enrolled, Hall } from './hall.ts'

const login = (url: string, { id, secret }: Enrolled, more: Parameters<typeof ask>[1] = {}) =>
  ask(`${url}/services/oauth2/token`, {
    ...form({ grant_type: 'client_credentials', client_id: id, client_secret: secret }),
    ...more,
  })

test('HTTPS with a CA of our own: the callers trust it, and a client certificate is a proof', async (t) => {
  let folder = ''
  let fingerprint = ''
  const hall = await openHall(t, {
    section: async (place) => {
      folder = place
      const make = { folder: join(place, 'tls'), clock: systemClock, random: randomBytes }
      await makeCertificates({ ...make, names: ['broker.test', '127.0.0.1'], clients: [] })
      const { made } = await makeCertificates({ ...make, names: [], clients: ['etl', 'stranger'] })
      fingerprint = made.find(({ name }) => name === 'etl')?.fingerprint ?? ''
      assert.deepEqual(
        made.map(({ what }) => what),
        ['client', 'client'],
        'the CA that is there is used again',
      )
      return {
        listen: [{ port: 0, tls: { cert: 'tls/server.pem', key: 'file:tls/server.key', clientCa: 'tls/ca.pem' } }],
      }
    },
  })
  const read = (name: string): string => readFileSync(join(folder, 'tls', name), 'utf8')
  assert.equal(statSync(join(folder, 'tls', 'server.key')).mode & 0o777, 0o600)
  const ca = read('ca.pem')
  const self = `${hall.url.replace('127.0.0.1', 'broker.test')}/keyturn/v1/callers/self`
  const via = { host: '127.0.0.1', ca }
  const etl = await hall.enrol('etl', { ranges: [], certificates: [fingerprint] })
  await assert.rejects(ask(self, { host: '127.0.0.1' }), /self-signed|unable to (get|verify)/)
  assert.equal((await ask(self, via)).status, 401)
  const byCertificate = await ask(self, { ...via, cert: read('client-etl.pem'), key: read('client-etl.key') })
  assert.equal(byCertificate.json.name, 'etl')
  const stranger = await ask(self, { ...via, cert: read('client-stranger.pem'), key: read('client-stranger.key') })
  assert.equal(stranger.status, 401)
  // The secret alone, without the certificate that stands for its place:
  assert.equal((await ask(self, { ...via, headers: { authorization: etl.basic } })).status, 401)
  const other = await makeCertificates({
    folder: join(folder, 'other'),
    names: [],
    clients: ['etl'],
    clock: systemClock,
    random: randomBytes,
  })
  const forged = other.made.find(({ what }) => what === 'client')
  assert.ok(forged)
  const answer = await ask(self, {
    ...via,
    cert: readFileSync(forged.cert, 'utf8'),
    key: readFileSync(forged.key, 'utf8'),
  })
  assert.equal(answer.status, 401, 'a certificate of another CA proves nothing')
})

test('a Unix socket has the mode it was given from the start, and one of its own names its caller', async (t) => {
  const hall = await openHall(t, {
    section: (folder) => ({
      listen: [{ socket: join(folder, 'etl.sock'), mode: '0660', name: 'etl' }, { socket: join(folder, 'all.sock') }],
    }),
  })
  const [own = '', shared = ''] = hall.broker.addresses
  assert.equal(statSync(own).mode & 0o777, 0o660)
  assert.equal(statSync(shared).mode & 0o777, 0o600)
  const etl = await hall.enrol('etl', { ranges: [], sockets: ['etl'] })
  const self = 'http://broker/keyturn/v1/callers/self'
  assert.equal((await ask(self, { socketPath: own })).json.name, 'etl')
  assert.equal((await ask(self, { socketPath: shared })).status, 401)
  const there = { headers: { authorization: etl.basic }, socketPath: shared }
  assert.equal((await ask(self, there)).status, 401, 'the other socket is not its place')
  const refreshed = await ask('http://broker/services/oauth2/token', {
    ...form({
      grant_type: 'refresh_token',
      refresh_token: etl.refreshToken,
      client_id: etl.id,
      client_secret: etl.secret,
    }),
    socketPath: own,
  })
  assert.equal(refreshed.status, 200)
  await hall.broker.close()
  assert.equal(existsSync(own), false)
})

test('an org is reached by host name, by a listener of its own, and by path; other hosts are not answered', async (t) => {
  const hall = await openHall(t, {
    section: {
      listen: [{ port: 0 }, { port: 0, org: 'main' }],
      hosts: ['127.0.0.1', 'my_broker'],
      orgs: { main: { grant: 'acme', hosts: ['Main.test'] } },
      publicUrl: 'https://broker.example.com',
    },
  })
  const etl = await hall.enrol('etl')
  const [plain = '', own = ''] = hall.broker.addresses
  const idOf = async (base: string, host?: string): Promise<string> => {
    const more = host === undefined ? {} : { headers: { ...form({}).headers, host } }
    return (await login(base, etl, more)).json.id.replace(/\/id\/.*/, '')
  }
  assert.equal(await idOf(plain), 'https://broker.example.com')
  assert.equal(await idOf(own), 'https://broker.example.com')
  assert.equal(await idOf(`${plain}/orgs/main`), 'https://broker.example.com/orgs/main')
  assert.equal(await idOf(plain, 'main.test'), 'http://main.test')
  assert.equal(await idOf(plain, 'my_broker:8787'), 'https://broker.example.com', 'an upstream of nginx, a service')
  const stranger = await ask(`${plain}/keyturn/v1/openapi.json`, { headers: { host: 'evil.example' } })
  assert.equal(stranger.status, 421)
  assert.equal((await ask(`${plain}/healthz`, { headers: { host: 'probe.example' } })).status, 200)
  assert.notEqual((await login(`${plain}/orgs/other`, etl)).status, 200)
})

test('a forwarded address counts from a trusted proxy only', async (t) => {
  const hall = await openHall(t, { section: { trustedProxies: ['127.0.0.2'], metrics: { ranges: ['192.0.2.9'] } } })
  const etl = await hall.enrol('etl', { ranges: ['192.0.2.7'] })
  const self = (from: string, forwarded: string) =>
    ask(`${hall.url}/keyturn/v1/callers/self`, {
      localAddress: from,
      headers: { authorization: etl.basic, 'x-forwarded-for': forwarded },
    })
  assert.equal((await self('127.0.0.2', '192.0.2.7')).status, 200)
  assert.equal((await self('127.0.0.1', '192.0.2.7')).status, 401, 'anybody can write that header')
  assert.equal(
    (await self('127.0.0.2', '192.0.2.7, 203.0.113.5')).status,
    401,
    'what the client wrote itself comes first',
  )
  assert.equal((await self('127.0.0.2', 'rubbish, 192.0.2.7')).status, 200)
  assert.equal((await self('127.0.0.2', '203.0.113.5, 192.0.2.7:4711')).status, 200, 'as Azure’s gateways write it')
  for (const other of ['192.0.2.8:4711', '192.0.2.7:x', '[192.0.2.7', '[2001:db8::7]:4711', '192.0.2.7:1:2'])
    assert.equal((await self('127.0.0.2', other)).status, 401, other)
  assert.equal((await ask(`${hall.url}/metrics`)).status, 404)
})

const raw = (hall: Hall, text: string): Promise<string> =>
  new Promise((resolve) => {
    const { port } = new URL(hall.url)
    const socket = connect(Number(port), '127.0.0.1')
    let heard = ''
    socket.on('data', (part) => (heard += part.toString('latin1')))
    socket.on('error', () => resolve(heard))
    socket.on('close', () => resolve(heard))
    socket.write(text)
  })

test('who is slow, too large or malformed is let go', async (t) => {
  const hall = await openHall(t, { section: { limits: { headers: 300, request: 600, body: 1000 } } })
  assert.match(await raw(hall, 'GET / HTTP/1.1\r\nHost: x\r\nX: '), /^HTTP\/1\.1 408/)
  assert.match(
    await raw(hall, 'POST /services/oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc'),
    /^HTTP\/1\.1 408/,
  )
  assert.match(await raw(hall, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(40_000)}\r\n\r\n`), /^HTTP\/1\.1 431/)
  assert.match(await raw(hall, 'GET / HTTP/1.1\r\n\r\n'), /^HTTP\/1\.1 400/)
  const smuggled = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'
  assert.match(await raw(hall, smuggled), /^HTTP\/1\.1 400/)
  const etl = await hall.enrol('etl', { operator: true })
  const headers = { authorization: etl.basic, 'content-type': 'application/json' }
  const large = await ask(`${hall.url}/keyturn/v1/callers`, {
    method: 'POST',
    headers,
    body: `"${'x'.repeat(70_000)}"`,
  })
  assert.equal(large.status, 413)
  assert.equal((await ask(`${hall.url}/healthz`)).status, 200)
})

test('the end finishes an exchange in flight, answers who waited for it, and takes nobody new', async (t) => {
  const hall = await openHall(t)
  const etl = await hall.enrol('etl', { realTokens: true })
  const headers = { authorization: etl.basic }
  hall.sim.control.addFault({ match: { grantType: 'refresh_token' }, action: { holdAfter: true } })
  const waiting = ask(`${hall.url}/keyturn/v1/grants/acme/token`, { headers })
  await hall.sim.control.held({ count: 1 })
  const ended = hall.broker.close()
  await until('no new connection', () =>
    ask(`${hall.url}/healthz`).then(
      () => false,
      () => true,
    ),
  )
  hall.sim.control.release()
  const answer = await waiting
  assert.equal(answer.status, 200)
  await ended
  await hall.keyturn.close()
  assert.deepEqual([hall.sim.control.oracle().total.exchanges, hall.sim.control.oracle().total.grantsLost], [1, 0])
})

test('an end that outlasts its grace cuts what still runs', async (t) => {
  const hall = await openHall(t, { section: { limits: { grace: 200 } } })
  const etl = await hall.enrol('etl', { realTokens: true })
  hall.sim.control.addFault({ match: { grantType: 'refresh_token' }, action: { holdAfter: true } })
  const waiting = ask(`${hall.url}/keyturn/v1/grants/acme/token`, { headers: { authorization: etl.basic } })
  const failed = assert.rejects(waiting, /socket hang up|ECONNRESET/)
  await hall.sim.control.held({ count: 1 })
  await hall.broker.close()
  await failed
  hall.sim.control.release()
  await hall.keyturn.close()
  assert.equal(hall.sim.control.oracle().total.grantsLost, 0, 'the answer was heard all the same')
})

test('two listeners on one port, or a socket in use, are refused with a code and nothing stays open', async (t) => {
  const hall = await openHall(t)
  const port = Number(new URL(hall.url).port)
  await assert.rejects(openHall(t, { section: { listen: [{ port: 0 }, { port }] } }), { code: 'LISTEN_FAILED' })
  const path = join(hall.folder, 'a.sock')
  await openHall(t, { section: { listen: [{ socket: path }] } })
  await assert.rejects(openHall(t, { section: { listen: [{ socket: path }] } }), { code: 'LISTEN_FAILED' })
  await assert.rejects(openHall(t, { section: { listen: [{ port: 1 }, { port: 1 }] } }), { code: 'CONFIG_INVALID' })
})

test('a grant that somebody altered in the database is counted and told, and the broker serves the others', async (t) => {
  const hall = await openHall(t)
  const spare = hall.sim.control.grant({ user: USER, app: 'Web' })
  await hall.keyturn.grants.add({
    name: 'altered',
    loginUrl: spare.instanceUrl,
    clientId: spare.clientId,
    clientSecret: spare.clientSecret,
    refreshToken: spare.refreshToken,
    flow: 'refresh_token',
  })
  const etl = await hall.enrol('etl')
  const database = new DatabaseSync(join(hall.folder, 'keyturn.db'))
  database.exec("UPDATE keyturn_grants SET client_id = 'another' WHERE name = 'altered'")
  database.close()
  assert.equal((await ask(`${hall.url}/readyz`)).status, 200)
  assert.match((await ask(`${hall.url}/metrics`)).text, /^keyturn_grants\{status="altered"\} 1$/m)
  const grants = await ask(`${hall.url}/keyturn/v1/grants`, { headers: { authorization: etl.basic } })
  assert.deepEqual([grants.status, grants.json.grants.map(({ name }: { name: string }) => name)], [200, ['acme']])
  assert.ok(hall.lines.some((line) => /altered outside of Keyturn/.test(line)))
  assert.equal((await login(hall.url, etl)).status, 200)
})
