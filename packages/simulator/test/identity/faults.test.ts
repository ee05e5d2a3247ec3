/** Each scripted fault, looked at from the client's end of the wire. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { call, expired, grantUnder, inFlight, refresh, simulator, token, until, userOf } from './wire.ts'
import type { FaultAction, FaultSpec, Position, ReadyGrant, Simulator } from '../../src/index.ts'

const onToken = { endpoint: 'token' } as const

/** The bytes that a client gets for a refresh, whatever happens to the connection. */
function rawRefresh(
  sim: Simulator,
  grant: ReadyGrant,
  refreshToken = grant.refreshToken,
): { readonly answer: Promise<Buffer>; readonly received: () => number; readonly kill: () => void } {
  const body = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: grant.clientId,
    client_secret: grant.clientSecret,
  }).toString()
  const socket = connect(sim.port, '127.0.0.1')
  socket.write(
    `POST /services/oauth2/token HTTP/1.1\r\nHost: 127.0.0.1:${sim.port}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  )
  const parts: Buffer[] = []
  socket.on('data', (part) => parts.push(part))
  const answer = new Promise<Buffer>((resolve) => {
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(Buffer.concat(parts)))
  })
  return { answer, received: () => parts.reduce((sum, part) => sum + part.length, 0), kill: () => socket.destroy() }
}

const under = async (action: FaultAction): Promise<{ readonly sim: Simulator; readonly grant: ReadyGrant }> => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  sim.control.addFault({ name: 'fault', match: onToken, action })
  return { sim, grant }
}

test('a 5xx before the commit spends nothing; after it, the token is gone', async () => {
  for (const when of ['before', 'after'] as const) {
    const { sim, grant } = await under({ status: 503, when })
    const answer = await refresh(sim, grant)
    assert.equal(answer.status, 503)
    assert.match(answer.headers.get('content-type') ?? '', /^text\/html/)
    assert.equal(sim.control.oracle().total.exchanges, when === 'before' ? 0 : 1)
    assert.equal((await refresh(sim, grant)).status, when === 'before' ? 200 : 400)
  }
})

test('HTML instead of JSON with status 200', async () => {
  const { sim, grant } = await under({ html: true })
  const answer = await refresh(sim, grant)
  assert.equal(answer.status, 200)
  assert.match(answer.text, /^<html>/)
})

test('a dropped connection before the commit, and commit-then-drop', async () => {
  for (const drop of ['before', 'after'] as const) {
    for (const reset of [false, true]) {
      const { sim, grant } = await under({ drop, reset })
      assert.equal((await rawRefresh(sim, grant).answer).length, 0)
      await until(() => sim.control.oracle().total.unknownOutcomes === 1, 'the outcome is known to be unknown')
      assert.equal((await refresh(sim, grant)).status, drop === 'before' ? 200 : 400)
    }
  }
})

test('an answer is cut at the named positions, byte for byte', async () => {
  const positions: readonly (readonly [Position, (text: string, grant: string) => void])[] = [
    [0, (text) => assert.equal(text, '')],
    [1, (text) => assert.equal(text, 'H')],
    ['status-line', (text) => assert.equal(text, 'HTTP/1.1 200 OK\r\n')],
    ['mid-header', (text) => assert.ok(text.length > 17 && !text.includes('\r\n\r\n'))],
    ['header-end', (text) => assert.ok(text.endsWith('\r\n\r\n'))],
    ['before-refresh-token', (text) => assert.ok(text.endsWith('"refresh_token":"'))],
    ['after-refresh-token', (text) => assert.match(text, /"refresh_token":"5Aep861[\w.]+"$/)],
    ['last-byte', (text) => assert.match(text, /"issued_at":"\d+"$/)],
    [-2, (text) => assert.match(text, /"issued_at":"\d+$/)],
  ]
  for (const [cutAt, check] of positions) {
    const { sim, grant } = await under({ cutAt })
    check((await rawRefresh(sim, grant).answer).toString(), grant.refreshToken)
    const { total, grants } = sim.control.oracle()
    assert.equal(total.unknownOutcomes, 1)
    const delivered = cutAt === 'after-refresh-token' || cutAt === 'last-byte' || cutAt === -2
    assert.equal(grants[0]?.delivered, delivered, String(cutAt))
    assert.equal(total.orphaned, delivered ? 0 : 1)
  }
})

test('an answer pauses at a position until it is released, and the lock is held meanwhile', async () => {
  const { sim, grant } = await under({ pauseAt: 'header-end' })
  const raw = rawRefresh(sim, grant)
  const [held] = await sim.control.held({ fault: 'fault' })
  assert.equal(held?.where, 'paused at header-end')
  await until(() => raw.received() > 0, 'the head of the answer is here')
  assert.deepEqual((await refresh(sim, grant)).json, inFlight)
  sim.control.release(held?.id)
  const text = (await raw.answer).toString()
  assert.match(text, /"issued_at":"\d+"}$/)
  assert.equal(sim.control.oracle().total.unknownOutcomes, 0)
})

test('a client that is killed at a pause leaves an unknown outcome', async () => {
  const { sim, grant } = await under({ pauseAt: 'before-refresh-token' })
  const raw = rawRefresh(sim, grant)
  await sim.control.held()
  raw.kill()
  await until(() => sim.control.oracle().total.unknownOutcomes === 1, 'the client is known to be gone')
  sim.control.release()
  await until(() => sim.control.log().some((event) => event.kind === 'answered'), 'the conversation is over')
  assert.equal(sim.control.oracle().total.orphaned, 1)
})

test('a pause and a cut together, and a dripping body', async () => {
  const { sim, grant } = await under({ pauseAt: 'status-line', cutAt: 'header-end', drip: { bytes: 40, everyMs: 1 } })
  const raw = rawRefresh(sim, grant)
  await sim.control.held()
  sim.control.release()
  assert.ok((await raw.answer).toString().endsWith('\r\n\r\n'))
  const slow = await under({ drip: { bytes: 64, everyMs: 1 } })
  assert.equal((await refresh(slow.sim, slow.grant)).status, 200)
})

test('delays before and after the commit are seen as such', async () => {
  const hour = 3_600_000
  const early = await under({ delayBeforeMs: hour })
  const first = rawRefresh(early.sim, early.grant)
  await until(() => early.sim.control.log().some((event) => event.kind === 'arrived'), 'the request is there')
  assert.equal(early.sim.control.oracle().total.exchanges, 0)
  const late = await under({ delayAfterMs: hour })
  const second = rawRefresh(late.sim, late.grant)
  await until(() => late.sim.control.oracle().total.exchanges === 1, 'it is committed')
  assert.equal(
    late.sim.control.log().some((event) => event.kind === 'answered'),
    false,
  )
  for (const { kill, received } of [first, second]) {
    assert.equal(received(), 0)
    kill()
  }
  for (const action of [{ delayBeforeMs: 1 }, { delayAfterMs: 1 }]) {
    const { sim, grant } = await under(action)
    assert.equal((await refresh(sim, grant)).status, 200)
  }
})

test('a 307 sends the same request to another origin, unprocessed', async () => {
  const seen: string[] = []
  const other = createServer((req, res) => {
    seen.push(req.url ?? '')
    res.end('{}')
  })
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { sim, grant } = await under({ redirectTo: `http://127.0.0.1:${(other.address() as AddressInfo).port}` })
  const answer = await refresh(sim, grant)
  assert.equal(answer.status, 307)
  assert.match(answer.headers.get('location') ?? '', /\/services\/oauth2\/token$/)
  assert.deepEqual(seen, [])
  assert.equal((await refresh(sim, grant)).status, 200)
  other.close()
})

test('rate limits: 429 at the token endpoint and at REST', async () => {
  const { sim, grant } = await under({ rateLimit: true })
  const limited = await refresh(sim, grant)
  assert.equal(limited.status, 429)
  assert.match(limited.text, /REQUEST_LIMIT_EXCEEDED/)
  sim.control.addFault({ match: { endpoint: 'data' }, action: { rateLimit: true } })
  const api = await call(sim, grant.accessToken)
  assert.equal(api.status, 429)
  assert.equal((api.json as unknown as { errorCode: string }[])[0]?.errorCode, 'REQUEST_LIMIT_EXCEEDED')
})

test('an org can refuse connections and take them again, controlled through the login host', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  const refuse = (value: boolean) =>
    fetch(`${sim.loginUrl}/__sim/refuse`, { method: 'POST', body: JSON.stringify({ refuse: value }) })
  assert.equal((await refuse(true)).status, 200)
  await assert.rejects(
    refresh(sim, grant),
    (error: Error) => (error.cause as { code?: string }).code === 'ECONNREFUSED',
  )
  assert.equal((await refuse(false)).status, 200)
  assert.equal((await refresh(sim, grant)).status, 200)
})

test('a duplicated delivery meets the lock, or arrives after it and is a reuse that no client committed', async () => {
  const together = await under({ duplicate: 'together' })
  const first = await refresh(together.sim, together.grant)
  assert.equal(first.status, 200)
  assert.equal(together.sim.control.oracle().total.inFlightRejects, 1)
  assert.equal((await refresh(together.sim, together.grant, first.json['refresh_token'])).status, 200)

  const after = await under({ duplicate: 'after' })
  const killed = await refresh(after.sim, after.grant)
  assert.equal(killed.status, 200)
  assert.deepEqual((await refresh(after.sim, after.grant, killed.json['refresh_token'])).json, expired)
  const { total } = after.sim.control.oracle()
  assert.deepEqual([total.duplicateReuses, total.reuses, total.grantsLost, total.grantsLostKeepable], [1, 0, 1, 0])

  const second = await under({ duplicate: 'together', duplicateAnswer: 'second' })
  assert.deepEqual((await refresh(second.sim, second.grant)).json, inFlight)
  assert.equal(second.sim.control.oracle().total.unknownOutcomes, 1)
})

test('a queue of faults: count, skip, every, probability, and matches by grant type, app, user and token', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  const other = sim.control.grant({ user: userOf(sim, 'admin').username, app: 'Web' })
  const statuses = async (n: number, of = grant): Promise<readonly number[]> => {
    const seen: number[] = []
    for (let i = 0; i < n; i++)
      seen.push((await token(sim, { grant_type: 'refresh_token', refresh_token: of.refreshToken })).status)
    return seen
  }
  sim.control.addFault({ name: 'one', match: onToken, action: { status: 501 } })
  sim.control.addFault({ name: 'two', match: onToken, count: 2, action: { status: 502 } })
  assert.deepEqual(await statuses(4), [501, 502, 502, 400])
  assert.equal(sim.control.removeFaults(), 2)
  sim.control.addFault({ match: onToken, skip: 1, every: 2, count: 'forever', action: { status: 503 } })
  assert.deepEqual(await statuses(6), [400, 400, 503, 400, 503, 400])
  sim.control.removeFaults()
  sim.control.addFault({ match: { user: other.username }, count: 'forever', action: { status: 504 } })
  assert.deepEqual([await statuses(1), await statuses(1, other)], [[400], [504]])
  sim.control.removeFaults()
  sim.control.addFault({ match: { grantType: 'password' }, action: { status: 505 } })
  assert.deepEqual(await statuses(1), [400])
  assert.equal((await token(sim, { grant_type: 'password' })).status, 505)
  sim.control.removeFaults()
  sim.control.addFault({ match: onToken, count: 'forever', probability: 0.5, action: { status: 503 } })
  const drawn = await statuses(40)
  assert.ok(drawn.includes(400) && drawn.includes(503))
  assert.equal(sim.control.faults()[0]?.hits, drawn.filter((status) => status === 503).length)
})

test('a fault waits to be awaited: several held requests, found by name', async () => {
  const sim = await simulator()
  const one = grantUnder(sim)
  const two = grantUnder(sim)
  sim.control.addFault({ name: 'gate', match: onToken, count: 2, action: { holdAfter: true } })
  const answers = Promise.all([refresh(sim, one), refresh(sim, two)])
  assert.equal((await sim.control.held({ fault: 'gate', count: 2 })).length, 2)
  assert.deepEqual(await sim.control.held({ fault: 'other', timeoutMs: 1 }), [])
  assert.equal(sim.control.release('gate'), 2)
  assert.deepEqual(
    (await answers).map((answer) => answer.status),
    [200, 200],
  )
})

test('a fault that would do nothing because of a slip is refused', async () => {
  const sim = await simulator()
  const add = (spec: unknown) => () => sim.control.addFault(spec as FaultSpec)
  assert.throws(add({}), /needs an "action"/)
  assert.throws(add({ action: {} }), /does nothing/)
  assert.throws(add({ action: { cutat: 3 } }), /no "cutat"/)
  assert.throws(add({ action: { cutAt: 'middle' } }), /"cutAt".*got "middle"/)
  assert.throws(add({ action: { drop: true } }), /"drop".*before,after/)
  assert.throws(add({ match: { endpoint: 'tokens' }, action: { drop: 'after' } }), /"endpoint"/)
  assert.throws(add({ mach: {}, action: { drop: 'after' } }), /no "mach"/)
  assert.equal(sim.control.addFault({ count: 'forever', action: { cutAt: -1 } }).hits, 0)
})
