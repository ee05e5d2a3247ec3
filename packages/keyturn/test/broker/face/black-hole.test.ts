/** An org that takes a connection and says nothing holds nobody up for longer than the limits say, and is told of. */
import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { systemClock } from '@keyturn/tokens'
import { lazyNetwork } from '@keyturn/tokens/maintenance'
import { ask, form, openHall } from '../hall/hall.ts'
import { login, query, startBroker } from './broker.ts'
import { putInFront } from './front.ts'

/** Long enough for any machine to answer in when it wants to. */
const LIMIT = 2_000

/** Accepts and says nothing. */
const blackHole = async (t: TestContext): Promise<number> => {
  const sockets: Socket[] = []
  const server = createServer((socket) => void sockets.push(socket.on('error', () => undefined)))
  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

test('an answer that does not begin in time is a 504 in the form of each face, and the call is not sent again', async (t) => {
  let [silent, calls] = [false, 0]
  const before = putInFront(t, ({ url = '' }) => {
    if (!silent || url.startsWith('/services/oauth2')) return false
    calls++
    return true
  })
  const broker = await startBroker(t, { before, options: { answerLimit: LIMIT } })
  const { access_token: session = '' } = await login(broker, await broker.enrol('etl'))
  // A connection is kept now: the next call goes over it.
  assert.equal((await query(broker.url, session)).status, 200)
  silent = true
  const body = `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header><SessionHeader><sessionId>${session}</sessionId></SessionHeader></e:Header><e:Body><getServerTimestamp/></e:Body></e:Envelope>`
  const headers = { 'content-type': 'text/xml', soapaction: '""' }
  const answers = await Promise.all([
    query(broker.url, session),
    fetch(`${broker.url}/services/async/60.0/job/1`, { headers: { 'x-sfdc-session': session } }),
    fetch(`${broker.url}/services/Soap/u/60.0`, { method: 'POST', headers, body }),
  ])
  const said = [
    /"errorCode":"GATEWAY_TIMEOUT"/,
    /<exceptionCode>Timeout<.*may have been executed/,
    /<faultcode>sf:UNKNOWN_EXCEPTION<.*may have been executed/,
  ]
  for (const [index, answer] of answers.entries()) {
    assert.equal(answer.status, 504)
    assert.match(await answer.text(), said[index] ?? /never/)
  }
  assert.equal(calls, 3)
  silent = false
  assert.equal((await query(broker.url, session)).status, 200)
})

test('an answer that has begun may pause longer than it may take to begin', async (t) => {
  const before = putInFront(t, ({ url = '' }, response) => {
    if (!url.includes('/slow')) return false
    response.writeHead(200, { 'content-type': 'text/plain' })
    response.write('begun ')
    void systemClock.sleep(LIMIT + 500).then(() => response.end('and done'))
    return true
  })
  const broker = await startBroker(t, { before, options: { answerLimit: LIMIT } })
  const { access_token: session } = await login(broker, await broker.enrol('etl'))
  const answer = await fetch(`${broker.url}/services/data/slow`, { headers: { authorization: `Bearer ${session}` } })
  assert.deepEqual([answer.status, await answer.text()], [200, 'begun and done'])
})

test('a connection that is never made is a 504 as well, and may be tried again', async (t) => {
  const port = await blackHole(t)
  const network = lazyNetwork({ clock: systemClock, env: {}, connectTimeout: 200 })
  t.after(() => network.close())
  const broker = await startBroker(t, {
    grant: { instanceUrl: `https://127.0.0.1:${port}` },
    options: { network, probeLimit: 100 },
  })
  const { access_token: session } = await login(broker, await broker.enrol('etl'))
  const answer = await query(broker.url, session)
  assert.equal(answer.status, 504)
  assert.ok(Number(answer.headers.get('retry-after')) > 0)
  assert.match(await answer.text(), /no connection within 200 ms/)
})

test('an org that can’t be reached is a detail of /readyz, learned from calls and over with the next answer', async (t) => {
  const hall = await openHall(t, { section: { limits: { answer: LIMIT } } })
  const { id, secret } = await hall.enrol('etl')
  const fields = { grant_type: 'client_credentials', client_id: id, client_secret: secret }
  const { access_token: token } = (await ask(`${hall.url}/services/oauth2/token`, form(fields))).json
  const call = async (): Promise<number> =>
    (await ask(`${hall.url}/services/data/v60.0/`, { headers: { authorization: `Bearer ${token}` } })).status
  const ready = () => ask(`${hall.url}/readyz`)
  assert.equal(await call(), 200)
  assert.deepEqual((await ready()).json, { status: 'ok', store: true, draining: false, unreachable: 0 })
  hall.sim.control.addFault({ match: { endpoint: 'data' }, action: { holdBefore: true }, count: 100 })
  assert.equal(await call(), 504)
  const seen = hall.sim.control.requests().length
  const degraded = await ready()
  const { orgs, ...said } = degraded.json
  assert.deepEqual([degraded.status, said], [200, { status: 'degraded', store: true, draining: false, unreachable: 1 }])
  assert.deepEqual([orgs.length, orgs[0].grant, orgs[0].code], [1, 'acme', 'TIMEOUT'])
  assert.match((await ask(`${hall.url}/metrics`)).text, /keyturn_org_unreachable\{grant="acme",code="TIMEOUT"\} 1/)
  assert.equal(hall.sim.control.requests().length, seen, 'nobody called the org to find out')
  hall.sim.control.removeFaults()
  hall.sim.control.release()
  assert.equal(await call(), 200)
  assert.deepEqual([(await ready()).json.status, (await ready()).json.orgs], ['ok', undefined])
})

test('who may not read the metrics learns how many orgs can’t be reached and not which', async (t) => {
  const hall = await openHall(t, { section: { limits: { answer: LIMIT }, metrics: { ranges: ['127.0.0.9'] } } })
  const { id, secret } = await hall.enrol('etl')
  const fields = { grant_type: 'client_credentials', client_id: id, client_secret: secret }
  const { access_token: token } = (await ask(`${hall.url}/services/oauth2/token`, form(fields))).json
  hall.sim.control.addFault({ match: { endpoint: 'data' }, action: { holdBefore: true }, count: 100 })
  await ask(`${hall.url}/services/data/v60.0/`, { headers: { authorization: `Bearer ${token}` } })
  const { json } = await ask(`${hall.url}/readyz`)
  assert.deepEqual(json, { status: 'degraded', store: true, draining: false, unreachable: 1 })
  const known = await ask(`${hall.url}/readyz`, { localAddress: '127.0.0.9' })
  assert.equal(known.json.orgs[0].grant, 'acme')
  hall.sim.control.release()
})
