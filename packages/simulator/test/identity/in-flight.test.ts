/** Overlapping token requests: the lock, its scope, and how long it is held. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { call, expired, grantUnder, inFlight, refresh, simulator, until, userOf } from './wire.ts'

test('a second request with the same token is refused while the first is in flight, and harms nothing', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  sim.control.addFault({ name: 'slow', match: { endpoint: 'token' }, action: { holdBefore: true } })
  const first = refresh(sim, grant)
  await sim.control.held({ fault: 'slow' })
  const second = await refresh(sim, grant)
  assert.equal(second.status, 400)
  assert.deepEqual(second.json, inFlight)
  sim.control.release('slow')
  const next = (await first).json
  assert.equal((await refresh(sim, grant, next['refresh_token'])).status, 200)
  assert.equal(sim.control.oracle().total.inFlightRejects, 1)
})

test('the lock is held until the answer has been sent, also after the rotation was committed', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  sim.control.addFault({ name: 'late', action: { holdAfter: true } })
  const first = refresh(sim, grant)
  await sim.control.held({ fault: 'late' })
  assert.equal(sim.control.oracle().total.exchanges, 1)
  assert.deepEqual((await refresh(sim, grant)).json, inFlight)
  sim.control.release()
  assert.equal((await first).status, 200)
  assert.deepEqual((await refresh(sim, grant)).json, expired)
})

test('a client that goes away does not stop its request: it is processed, and the lock stays until then', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  sim.control.addFault({ name: 'slow', action: { holdBefore: true } })
  const controller = new AbortController()
  const body = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: grant.refreshToken,
    client_id: grant.clientId,
    client_secret: grant.clientSecret,
  })
  const first = fetch(`${sim.url}/services/oauth2/token`, { method: 'POST', body, signal: controller.signal })
  await sim.control.held({ fault: 'slow' })
  controller.abort()
  await assert.rejects(first)
  await until(() => sim.control.oracle().total.unknownOutcomes === 1, 'the caller is known to be gone')
  assert.deepEqual((await refresh(sim, grant)).json, inFlight)
  sim.control.release()
  await until(() => sim.control.oracle().total.exchanges === 1, 'the request was processed')
  assert.deepEqual((await refresh(sim, grant)).json, expired)
})

test('lock scope "app" refuses other users of the app too; "none" lets everybody through', async () => {
  for (const lockScope of ['app', 'token', 'none'] as const) {
    const sim = await simulator()
    const grant = grantUnder(sim, { lockScope })
    const other = sim.control.grant({ user: userOf(sim, 'admin').username, app: 'Web' })
    sim.control.addFault({ name: 'slow', action: { holdBefore: true } })
    const first = refresh(sim, grant)
    await sim.control.held({ fault: 'slow' })
    assert.equal((await refresh(sim, other)).status, lockScope === 'app' ? 400 : 200)
    const same = await refresh(sim, grant)
    assert.equal(same.status, lockScope === 'none' ? 200 : 400)
    sim.control.release()
    // Without a lock the first request comes to a token that the second has used up meanwhile.
    assert.equal((await first).status, lockScope === 'none' ? 400 : 200)
  }
})

test('under lockErrorRevokes the refusal itself ends the grant', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim, { lockErrorRevokes: true })
  sim.control.addFault({ name: 'late', action: { holdAfter: true } })
  const first = refresh(sim, grant)
  await sim.control.held({ fault: 'late' })
  assert.deepEqual((await refresh(sim, grant)).json, inFlight)
  sim.control.release()
  const next = (await first).json
  assert.equal((await call(sim, next['access_token'])).status, 401)
  assert.deepEqual((await refresh(sim, grant, next['refresh_token'])).json, expired)
  assert.equal(sim.control.oracle().total.grantsLost, 1)
})
