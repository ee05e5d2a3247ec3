/** Attempts to get round the oracle: wrongs that it has to see, and blame that it must not lay. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { expired, grantUnder, post, refresh, simulator, userOf } from './wire.ts'
import type { Counters, Simulator } from '../../src/index.ts'

const counts = (sim: Simulator, ...names: (keyof Counters)[]): readonly unknown[] => {
  const { total } = sim.control.oracle()
  return names.map((name) => total[name])
}

for (const reuse of ['documented', 'lenient'] as const) {
  test(`two at once where nothing serialises them (${reuse}): the second is a reuse while the successor is on its way`, async () => {
    const sim = await simulator()
    const grant = grantUnder(sim, { lockScope: 'none', reuse })
    sim.control.expireAccessTokens()
    sim.control.addFault({ name: 'slow', action: { holdAfter: true } })
    const first = refresh(sim, grant)
    await sim.control.held()
    assert.deepEqual((await refresh(sim, grant)).json, expired)
    assert.deepEqual(counts(sim, 'reuses', 'reusesWhileAlive', 'grantsLostKeepable'), [1, 0, 0])
    sim.control.release()
    assert.equal((await first).status, 200)
    const lost = reuse === 'documented' ? 1 : 0
    assert.deepEqual(counts(sim, 'reuses', 'reusesWhileAlive', 'grantsLost', 'grantsLostKeepable', 'unknownOutcomes'), [
      1,
      1,
      lost,
      lost,
      0,
    ])
  })
}

test('the same, but the successor is lost on its way: nothing could have been kept', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim, { lockScope: 'none' })
  sim.control.expireAccessTokens()
  sim.control.addFault({ action: { holdAfter: true, drop: 'after' } })
  const first = refresh(sim, grant)
  await sim.control.held()
  await refresh(sim, grant)
  sim.control.release()
  await assert.rejects(first)
  assert.deepEqual(counts(sim, 'reuses', 'reusesWhileAlive', 'grantsLost', 'grantsLostKeepable'), [1, 0, 1, 0])
})

test('an old unknown outcome that was settled since excuses nothing', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim, { lockScope: 'none' })
  sim.control.addFault({ action: { status: 503 } })
  await refresh(sim, grant)
  const second = (await refresh(sim, grant)).json['refresh_token']
  sim.control.expireAccessTokens()
  sim.control.addFault({ action: { holdAfter: true } })
  const slow = refresh(sim, grant, second)
  await sim.control.held()
  await refresh(sim, grant, second)
  sim.control.release()
  await slow
  assert.deepEqual(counts(sim, 'unknownOutcomes', 'grantsLostKeepable', 'reusesWhileAlive'), [1, 1, 1])
})

test('replays of one grant beyond its own unknown outcomes show, however many unknown outcomes others had', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim, { reuse: 'lenient' })
  const patient = grantUnder(sim)
  for (let i = 0; i < 4; i++) {
    sim.control.addFault({ action: { drop: 'before' } })
    await assert.rejects(refresh(sim, patient))
  }
  sim.control.addFault({ action: { drop: 'after' } })
  await assert.rejects(refresh(sim, grant))
  sim.control.expireAccessTokens()
  for (let i = 0; i < 3; i++) await refresh(sim, grant)
  const [unknown, replays, surplus] = counts(sim, 'unknownOutcomes', 'orderedReplays', 'surplusReplays')
  assert.deepEqual([unknown, replays, surplus], [5, 6, 2])
  const verdicts = new Map(sim.control.oracle().grants.map((one) => [one.grant, one]))
  assert.deepEqual([verdicts.get(grant.grant)?.orderedReplays, verdicts.get(patient.grant)?.orderedReplays], [3, 3])
})

test('a refusal that shows the token to be unspent ends the doubt: what follows is no replay', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  sim.control.addFault({ action: { status: 503 } })
  await refresh(sim, grant)
  sim.control.changeUser({ user: grant.username, change: { frozen: true } })
  assert.equal((await refresh(sim, grant)).json['error_description'], 'inactive user')
  sim.control.changeUser({ user: grant.username, change: { frozen: false } })
  assert.equal((await refresh(sim, grant)).status, 200)
  assert.deepEqual(counts(sim, 'unknownOutcomes', 'orderedReplays', 'surplusReplays'), [1, 1, 0])
})

test('a refusal that lies, after the commit, is nobody’s fault: the grant was lost when it was told', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  sim.control.expireAccessTokens()
  sim.control.addFault({ action: { status: 400, when: 'after', body: JSON.stringify(expired) } })
  assert.deepEqual((await refresh(sim, grant)).json, expired)
  await refresh(sim, grant)
  assert.deepEqual(counts(sim, 'reuses', 'reusesWhileAlive', 'grantsLost', 'grantsLostKeepable'), [1, 0, 1, 0])
})

test('an access token that the API refuses is no way in: replaying then is not too early', async () => {
  for (const shutOut of ['always401', 'frozen'] as const) {
    const sim = await simulator()
    const grant = grantUnder(sim)
    sim.control.addFault({ action: { drop: 'after' } })
    await assert.rejects(refresh(sim, grant))
    if (shutOut === 'frozen') sim.control.changeUser({ user: grant.username, change: { frozen: true } })
    else sim.control.changeApp({ app: 'Web', settings: { uncurable: 'always401' } })
    await refresh(sim, grant)
    assert.deepEqual(counts(sim, 'orderedReplays', 'reuses', 'reusesWhileAlive'), [1, 1, 0], shutOut)
  }
})

test('what a client loses by other ways than a reuse shows by its cause', async () => {
  const sim = await simulator()
  const user = userOf(sim).username
  const idle = grantUnder(sim)
  sim.control.moveClock({ advanceMs: 31 * 86_400_000 })
  assert.deepEqual((await refresh(sim, idle)).json, expired)
  const old = grantUnder(sim, { refreshTokenPolicy: { kind: 'lifetime', ms: 3_600_000 } })
  sim.control.moveClock({ advanceMs: 3_600_001 })
  await refresh(sim, old)
  sim.control.changeApp({ app: 'Web', settings: { refreshTokenPolicy: { kind: 'infinite' } } })
  const given = sim.control.grant({ user, app: 'Web' })
  await post(`${sim.url}/services/oauth2/revoke`, { token: given.refreshToken })
  for (let i = 0; i < 6; i++) sim.control.grant({ user, app: 'Web' })
  sim.control.changeUser({ user, contain: true })
  assert.deepEqual(sim.control.oracle().total.ended, { idle: 1, expired: 1, revoked: 1, evicted: 1, contained: 5 })
  assert.deepEqual(counts(sim, 'grantsLost'), [0])
})

test('a token that is over is refused as such, also while somebody else holds its lock', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  sim.control.addFault({ match: { endpoint: 'token' }, action: { holdBefore: true } })
  const first = refresh(sim, grant)
  await sim.control.held()
  await post(`${sim.url}/services/oauth2/revoke`, { token: grant.refreshToken })
  assert.deepEqual((await refresh(sim, grant)).json, expired)
  sim.control.release()
  assert.deepEqual((await first).json, expired)
  assert.deepEqual(counts(sim, 'inFlightRejects'), [0])
})

test('another app’s request does not lock the token of this one', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  const server = sim.orgs[0]?.apps.find((app) => app.name === 'Server')
  sim.control.addFault({ match: { endpoint: 'token' }, action: { holdBefore: true } })
  const foreign = refresh(sim, { ...grant, clientId: server?.clientId ?? '', clientSecret: server?.clientSecret ?? '' })
  await sim.control.held()
  assert.equal((await refresh(sim, grant)).status, 200)
  sim.control.release()
  assert.deepEqual((await foreign).json, expired)
})
