/** What takes its time at Salesforce: a revocation after a reuse, a new consumer key. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { call, expired, grantUnder, refresh, simulator } from './wire.ts'

test('a cascade can come minutes after the reuse: until then the newest token works, then all is over', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim, { cascadeDelayMs: 10 * 60_000 })
  const second = (await refresh(sim, grant)).json['refresh_token']
  assert.deepEqual((await refresh(sim, grant)).json, expired)
  sim.control.moveClock({ advanceMs: 9 * 60_000 })
  const third = await refresh(sim, grant, second)
  assert.equal(third.status, 200)
  assert.deepEqual([sim.control.oracle().total.reuses, sim.control.oracle().total.grantsLost], [1, 0])
  sim.control.moveClock({ advanceMs: 60_000 })
  assert.equal((await call(sim, third.json['access_token'])).status, 401)
  assert.deepEqual((await refresh(sim, grant, third.json['refresh_token'])).json, expired)
  const { grantsLost, grantsLostKeepable, reusesWhileAlive } = sim.control.oracle().total
  assert.deepEqual([grantsLost, grantsLostKeepable, reusesWhileAlive], [1, 1, 1])
})

test('a due revocation is in the state and in the oracle without a request, and survives save and load', async (t) => {
  const { mkdtempSync, rmSync } = await import('node:fs')
  const folder = mkdtempSync((await import('node:path')).join((await import('node:os')).tmpdir(), 'simulator-doom-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const sim = await simulator()
  const grant = grantUnder(sim, { cascadeDelayMs: 1000 })
  await refresh(sim, grant)
  await refresh(sim, grant)
  sim.control.save({ folder })
  sim.control.moveClock({ advanceMs: 1000 })
  assert.deepEqual([sim.control.oracle().total.grantsLost, sim.control.state()[0]?.grants[0]?.live], [1, false])
  sim.control.load({ folder })
  assert.deepEqual([sim.control.oracle().total.grantsLost, sim.control.state()[0]?.grants[0]?.live], [0, true])
  sim.control.moveClock({ advanceMs: 1000 })
  assert.equal(sim.control.oracle().total.grantsLost, 1)
})

test('a connected app’s new consumer key ends the old one and every token', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  const next = sim.control.rotateConsumer({ app: 'Web' })
  assert.equal((await refresh(sim, grant)).json['error'], 'invalid_client_id')
  assert.deepEqual((await refresh(sim, { ...grant, ...next })).json, expired)
  assert.equal((await call(sim, grant.accessToken)).status, 401)
  assert.deepEqual(sim.control.oracle().total.ended, { 'consumer-rotated': 1 })
  assert.equal(sim.control.oracle().total.grantsLost, 0)
  assert.ok(sim.control.secrets().includes(grant.clientSecret))
})

test('an external client app’s old and new pair work side by side for a while, each with its own secret', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim, { rotation: false })
  const next = sim.control.rotateConsumer({ app: 'Web', revokes: false, overlapMs: 600_000, knownAfterMs: 60_000 })
  assert.equal((await refresh(sim, { ...grant, ...next })).json['error'], 'invalid_client_id')
  assert.equal((await refresh(sim, grant)).status, 200)
  sim.control.moveClock({ advanceMs: 60_000 })
  assert.equal((await refresh(sim, { ...grant, ...next })).status, 200)
  assert.equal((await refresh(sim, grant)).status, 200)
  const crossed = { ...grant, clientSecret: next.clientSecret }
  assert.equal((await refresh(sim, crossed)).json['error'], 'invalid_client')
  sim.control.moveClock({ advanceMs: 540_000 })
  assert.equal((await refresh(sim, grant)).json['error'], 'invalid_client_id')
  assert.equal((await refresh(sim, { ...grant, ...next })).status, 200)
})
