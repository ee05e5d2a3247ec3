/** The real tokens and secrets of the org never appear on the client's side, nor in the broker's log. */
import assert from 'node:assert/strict'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { test } from 'node:test'
import { login, post, query, startBroker } from './broker.ts'
import { putInFront } from './front.ts'

test('through logins, calls, expiries, refusals and logouts no real secret reaches the client or the log', async (t) => {
  const echoed = putInFront(t, (incoming, response) => {
    const path = incoming.url ?? ''
    const token = (incoming.headers.authorization ?? '').replace(/^\w+ /, '')
    if (path.startsWith('/services/data/v60.0/echo-error')) {
      // An org that quotes the session in its refusal, its headers and a cookie.
      response.writeHead(401, {
        'x-echo': token,
        'set-cookie': [`sid=${token}`, `other=${token}`],
        location: `/x?sid=${token}`,
      })
      response.end(
        `[{"message":"Session ${token} is not valid for use with the REST API","errorCode":"INVALID_SESSION_ID"}]`,
      )
      return true
    }
    return false
  })
  const broker = await startBroker(t, { before: echoed })
  const heard: string[] = []
  const tap = createServer((client: Socket) => {
    const { hostname, port } = new URL(broker.url)
    const upstream = connect(Number(port), hostname)
    upstream.on('data', (chunk) => void heard.push(chunk.toString('latin1')))
    client.pipe(upstream).pipe(client)
    for (const socket of [client, upstream]) socket.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => void tap.listen(0, '127.0.0.1', resolve))
  const sockets = new Set<Socket>()
  tap.on('connection', (socket) => void sockets.add(socket))
  t.after(() => {
    tap.close()
    for (const socket of sockets) socket.destroy()
  })
  const tapped = { ...broker, url: `http://127.0.0.1:${(tap.address() as AddressInfo).port}` }
  const caller = await broker.enrol('watched')
  for (let day = 0; day < 3; day++) {
    const body = await login(tapped, caller)
    const session = body['access_token'] ?? ''
    const headers = { authorization: `Bearer ${session}` }
    for (const path of ['/services/data/v60.0/', '/services/oauth2/userinfo', '/services/data/v60.0/nothing'])
      await fetch(`${tapped.url}${path}`, { headers })
    await fetch(body['id'] ?? '', { headers })
    const echo = await fetch(`${tapped.url}/services/data/v60.0/echo-error`, { headers })
    assert.match(await echo.text(), /Session 00D\w{12}!KT[\w.]+ is not valid/)
    assert.equal(echo.headers.get('x-echo'), null)
    broker.expire()
    assert.equal((await query(tapped.url, session)).status, 200)
    await post(`${tapped.url}/services/oauth2/revoke`, { token: session })
    await query(tapped.url, session)
    await post(`${tapped.url}/services/oauth2/token`, { grant_type: 'refresh_token', refresh_token: 'x' })
  }
  assert.ok(broker.counts().exchanges >= 3)
  const everything = heard.join('') + broker.log.join('')
  assert.ok(everything.includes('!KT'), 'the tap hears')
  for (const secret of broker.sim.control.secrets()) assert.ok(!everything.includes(secret), `${secret.slice(0, 6)}…`)
  // Nor what the caller itself is known by.
  for (const secret of [caller.secret, caller.password, caller.refreshToken])
    assert.ok(!broker.log.join('').includes(secret))
})
