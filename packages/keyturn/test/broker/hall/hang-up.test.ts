/** Clients that hang up, that upload slowly, that keep their connection over the end of the broker. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { systemClock } from '@keyturn/tokens'
import { ask, form, openHall, until } from './hall.ts'
import type { Hall } from './hall.ts'

const login = async (hall: Hall, name = 'etl'): Promise<string> => {
  const { id, secret } = await hall.enrol(name)
  const fields = { grant_type: 'client_credentials', client_id: id, client_secret: secret }
  return String((await ask(`${hall.url}/services/oauth2/token`, form(fields))).json.access_token)
}

const dial = (hall: Hall, head: string): { readonly socket: Socket; readonly heard: () => string } => {
  const socket = connect(Number(new URL(hall.url).port), '127.0.0.1')
  let said = ''
  socket.on('data', (part) => (said += part.toString('latin1')))
  socket.on('error', () => undefined)
  socket.write(head)
  return { socket, heard: () => said }
}

test('a client that hangs up is not counted as running for ever', async (t) => {
  const hall = await openHall(t)
  const token = await login(hall)
  const running = async (): Promise<number> =>
    Number(/^keyturn_requests_running (\d+)$/m.exec((await ask(`${hall.url}/metrics`)).text)?.[1])
  const cut = async (): Promise<boolean> => (await ask(`${hall.url}/metrics`)).text.includes('status="cut"')
  assert.equal(await running(), 1, 'the one that asks')
  hall.sim.control.addFault({
    match: { path: '/services/data/v60.0/limits' },
    count: 'forever',
    action: { holdAfter: true },
  })
  const held = Array.from({ length: 5 }, () =>
    dial(hall, `GET /services/data/v60.0/limits HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`),
  )
  await until('all run', async () => (await running()) === 6)
  for (const { socket } of held) socket.destroy()
  await until('none runs', async () => (await running()) === 1)
  assert.equal(await cut(), true)
  hall.sim.control.release()
})

const upload = (hall: Hall, token: string, length: number, path = '/services/data/v60.0/sobjects/Account') =>
  dial(
    hall,
    `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n` +
      `Content-Type: application/json\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`,
  )

test('an upload may take longer than a request, as long as it comes on; a stalled one and a slow form are let go', async (t) => {
  const hall = await openHall(t, { section: { limits: { request: 2500, headers: 2500 } } })
  const token = await login(hall)
  const pieces = 12
  const size = 2048
  const body = '{"Name":"slow"}'
  const long = upload(hall, token, pieces * size + body.length)
  for (let piece = 0; piece < pieces; piece++) {
    long.socket.write(' '.repeat(size))
    await systemClock.sleep(300)
    assert.equal(long.heard(), '')
  }
  long.socket.write(body)
  await until('created', () => long.heard() !== '')
  assert.match(long.heard(), /^HTTP\/1\.1 201 /)
  const stalled = upload(hall, token, 100_000)
  stalled.socket.write(' ')
  const dripping = dial(
    hall,
    'POST /services/oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\n',
  )
  const MOST_DRIPS = 29
  let drips = 0
  const drip = async (): Promise<void> => {
    while (!dripping.socket.destroyed && drips < MOST_DRIPS) {
      dripping.socket.write('a'.repeat(2000))
      drips++
      await systemClock.sleep(150)
    }
  }
  await Promise.all([once(stalled.socket, 'close'), once(dripping.socket, 'close'), drip()])
  assert.match(stalled.heard(), /^HTTP\/1\.1 408 /)
  assert.match(dripping.heard(), /^HTTP\/1\.1 408 /)
  assert.ok(drips < MOST_DRIPS, 'it was cut while it still sent')
  assert.equal((await ask(`${hall.url}/healthz`)).status, 200)
})

test('the end does not wait for a kept connection whose answer is out, nor cut one whose answer is not', async (t) => {
  const hall = await openHall(t, { section: { limits: { grace: 60_000 } } })
  const token = await login(hall)
  hall.sim.control.expireAccessTokens()
  hall.sim.control.addFault({ match: { grantType: 'refresh_token' }, action: { holdAfter: true } })
  const agent = new Agent({ keepAlive: true })
  t.after(() => agent.destroy())
  const answered = new Promise<number>((resolve, reject) => {
    const options = { agent, headers: { authorization: `Bearer ${token}` } }
    const request = httpRequest(`${hall.url}/services/data/v60.0/`, options, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    request.on('error', reject)
    request.end()
  })
  await hall.sim.control.held({ count: 1 })
  let ended = false
  const ending = hall.broker.close().then(() => (ended = true))
  await until('no new connection', () =>
    ask(`${hall.url}/healthz`).then(
      () => false,
      () => true,
    ),
  )
  assert.equal(ended, false)
  hall.sim.control.release()
  assert.equal(await answered, 200)
  // Far sooner than the grace of a minute or the 65 s that an idle connection may stay: `until` gives up after ten.
  await until('ended', () => ended)
  await ending
})
