/** The oracle's counters, one definition a test. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { grantUnder, refresh, simulator, until, userOf } from './wire.ts'
import type { Counters, ReadyGrant, Simulator } from '../../src/index.ts'

const counts = (sim: Simulator, ...names: (keyof Counters)[]): readonly unknown[] => {
  const { total } = sim.control.oracle()
  return names.map((name) => total[name])
}

/** A refresh whose answer is lost after the commit. */
async function lose(sim: Simulator, grant: ReadyGrant, refreshToken = grant.refreshToken): Promise<void> {
  sim.control.addFault({ match: { endpoint: 'token' }, action: { drop: 'after' } })
  await assert.rejects(refresh(sim, grant, refreshToken))
}

test('a reuse while the successor has reached the client counts against it, and the grant could have been kept', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  await refresh(sim, grant)
  await refresh(sim, grant)
  assert.deepEqual(counts(sim, 'reuses', 'reusesWhileAlive', 'grantsLost', 'grantsLostKeepable'), [1, 1, 1, 1])
})

test('it counts the same on a lenient server, where nothing is lost', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim, { reuse: 'lenient' })
  await refresh(sim, grant)
  await refresh(sim, grant)
  assert.deepEqual(counts(sim, 'reusesWhileAlive', 'grantsLost'), [1, 0])
})

test('a replay after a lost answer is an ordered replay; while the old access token lives it is one too early', async () => {
  for (const dead of [true, false]) {
    const sim = await simulator()
    const grant = grantUnder(sim)
    await lose(sim, grant)
    if (dead) sim.control.expireAccessTokens({ grant: grant.grant })
    await refresh(sim, grant)
    assert.deepEqual(counts(sim, 'unknownOutcomes', 'orderedReplays', 'reuses', 'reusesWhileAlive'), [
      1,
      1,
      1,
      dead ? 0 : 1,
    ])
    assert.deepEqual(counts(sim, 'grantsLost', 'grantsLostKeepable'), [1, 0])
  }
})

test('an access token whose answer was lost doesn’t count as alive', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  sim.control.expireAccessTokens()
  await lose(sim, grant)
  await refresh(sim, grant)
  assert.deepEqual(counts(sim, 'reuses', 'reusesWhileAlive'), [1, 0])
})

test('in user-app cascade a living sibling grant is at risk too, and its loss could have been avoided', async () => {
  for (const cascade of ['family', 'user-app'] as const) {
    const sim = await simulator()
    const grant = grantUnder(sim, { cascade })
    const sibling = grantUnder(sim)
    await lose(sim, grant)
    sim.control.expireAccessTokens()
    await refresh(sim, grant)
    const wide = cascade === 'user-app'
    assert.deepEqual(counts(sim, 'reusesWhileAlive', 'grantsLost', 'grantsLostKeepable'), wide ? [1, 2, 1] : [0, 1, 0])
    const verdict = sim.control.oracle().grants.find((one) => one.grant === sibling.grant)
    assert.deepEqual([verdict?.live, verdict?.cause], wide ? [false, 'reuse'] : [true, null])
  }
})

test('a lost answer leaves a grant that lives and that nobody has', async () => {
  const sim = await simulator()
  await lose(sim, grantUnder(sim))
  assert.deepEqual(counts(sim, 'orphaned', 'grantsLost'), [1, 0])
})

test('a replay after a 503 before the commit is an ordered replay, a success, and no reuse', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  sim.control.addFault({ action: { status: 503 } })
  await refresh(sim, grant)
  assert.equal((await refresh(sim, grant)).status, 200)
  assert.deepEqual(counts(sim, 'unknownOutcomes', 'orderedReplays', 'reuses', 'exchanges'), [1, 1, 0, 1])
})

test('an overlapping request is rejected, and is neither unknown nor a replay', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  sim.control.addFault({ name: 'gate', action: { holdBefore: true } })
  const first = refresh(sim, grant)
  await sim.control.held()
  await refresh(sim, grant)
  sim.control.release()
  await first
  assert.deepEqual(counts(sim, 'inFlightRejects', 'unknownOutcomes', 'orderedReplays', 'reuses'), [1, 0, 0, 0])
})

test('a replay that meets the request it repeats is refused, and is no ordered replay yet', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  sim.control.addFault({ name: 'gate', action: { holdBefore: true, drop: 'before' } })
  const controller = new AbortController()
  const first = fetch(`${sim.url}/services/oauth2/token`, {
    method: 'POST',
    signal: controller.signal,
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: grant.refreshToken,
      client_id: grant.clientId,
      client_secret: grant.clientSecret,
    }),
  })
  await sim.control.held()
  controller.abort()
  await assert.rejects(first)
  await until(() => sim.control.oracle().total.unknownOutcomes === 1, 'the caller is known to be gone')
  await refresh(sim, grant)
  assert.deepEqual(counts(sim, 'inFlightRejects', 'orderedReplays'), [1, 0])
  sim.control.release()
  await until(async () => (await refresh(sim, grant)).status === 200, 'the lock is free')
  assert.deepEqual(counts(sim, 'orderedReplays', 'exchanges', 'reuses'), [1, 1, 0])
})

test('a grant that ends by policy, eviction or revocation is not lost by reuse', async () => {
  const sim = await simulator()
  for (let i = 0; i < 7; i++) grantUnder(sim)
  assert.equal(sim.control.oracle().grants.filter((one) => one.cause === 'evicted').length, 2)
  assert.deepEqual(counts(sim, 'grantsLost'), [0])
})

test('counters are kept per org, per app and per grant', async () => {
  const sim = await simulator({ orgs: [{ name: 'one' }, { name: 'two' }] })
  const grant = grantUnder(sim)
  sim.control.grant({ org: 'two', user: userOf(sim, 'integration', 1).username, app: 'Web' })
  await refresh(sim, grant)
  const verdict = sim.control.oracle()
  assert.equal(verdict.byOrg['one']?.exchanges, 1)
  assert.equal(verdict.byOrg['two'], undefined)
  assert.equal(verdict.byApp['one/Web']?.exchanges, 1)
  assert.deepEqual(
    verdict.grants.map((one) => [one.org, one.exchanges, one.live, one.delivered]),
    [
      ['one', 1, true, true],
      ['two', 0, true, true],
    ],
  )
})

for (const connection of ['keep-alive', 'close']) {
  test(`a client killed with the answer unread in its socket never got it (Connection: ${connection})`, async () => {
    const sim = await simulator()
    const grant = grantUnder(sim)
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: grant.refreshToken,
      client_id: grant.clientId,
      client_secret: grant.clientSecret,
    }).toString()
    const head = `POST /services/oauth2/token HTTP/1.1\r\nHost: x\r\nConnection: ${connection}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n`
    // The child writes and never reads.
    const child = spawn(process.execPath, [
      '-e',
      `
    const socket = require('node:net').connect(${sim.port}, '127.0.0.1')
    socket.pause()
    socket.write(${JSON.stringify(head + body)})
    setInterval(() => {}, 1000)
  `,
    ])
    await until(() => sim.control.log().some((event) => event.kind === 'answered'), 'the answer is out')
    await until(() => sim.control.log().some((event) => event.kind === 'sent'), 'its bytes are out')
    assert.deepEqual(counts(sim, 'unknownOutcomes', 'orphaned'), [0, 0])
    child.kill('SIGKILL')
    await until(() => sim.control.oracle().total.unknownOutcomes === 1, 'the reset is noticed')
    assert.deepEqual(counts(sim, 'orphaned'), [1])
  })
}

test('a client that reads the answer and then goes has it, whichever way it closes', async () => {
  for (const connection of ['keep-alive', 'close']) {
    const sim = await simulator()
    const grant = grantUnder(sim)
    const answer = await refresh(sim, grant, grant.refreshToken, { Connection: connection })
    assert.equal(answer.status, 200)
    assert.equal((await refresh(sim, grant, answer.json['refresh_token'], { Connection: connection })).status, 200)
    assert.deepEqual(counts(sim, 'unknownOutcomes', 'orphaned', 'exchanges'), [0, 0, 2])
  }
})

test('a tester can declare that an answer was never kept', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  await refresh(sim, grant)
  const issued = sim.control.log().findLast((event) => event.kind === 'issued')
  sim.control.declareUndelivered({ request: issued?.request ?? 0 })
  sim.control.expireAccessTokens()
  await refresh(sim, grant)
  assert.deepEqual(
    counts(sim, 'reuses', 'reusesWhileAlive', 'unknownOutcomes', 'orderedReplays', 'grantsLostKeepable'),
    [1, 0, 1, 1, 0],
  )
})

test('a grant is alive for its client by its current refresh token, or by an access token that lives', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  const alive = (): boolean | undefined => sim.control.oracle().grants[0]?.alive
  assert.equal(alive(), true)
  await lose(sim, grant)
  assert.equal(alive(), true)
  sim.control.expireAccessTokens()
  assert.equal(alive(), false)
})

test('the requests read one line each', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  await lose(sim, grant)
  await refresh(sim, grant)
  const lines = sim.control
    .requests()
    .map(({ endpoint, grantType, app, status, outcome, complete, faults }) => [
      endpoint,
      grantType,
      app,
      status,
      outcome,
      complete,
      faults.length,
    ])
  assert.deepEqual(lines, [
    ['token', 'refresh_token', 'Web', 0, 'issued', false, 1],
    ['token', 'refresh_token', 'Web', 400, 'rotated-token', true, 0],
  ])
})

test('the log holds no secret', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  await refresh(sim, grant)
  await refresh(sim, grant, 'wrong')
  const log =
    JSON.stringify(sim.control.log()) + JSON.stringify(sim.control.state()) + JSON.stringify(sim.control.oracle())
  const secrets = sim.control.secrets()
  assert.ok(secrets.includes(grant.refreshToken) && secrets.includes(grant.accessToken))
  for (const secret of secrets) assert.equal(log.includes(secret), false)
})
