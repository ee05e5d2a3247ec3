import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MINUTE, startOrg, USER } from './org.ts'

test('a refused token is never sent again, however often callers ask', async (t) => {
  const org = await startOrg(t)
  const ready = await org.add()
  org.sim.control.revokeGrant({ grant: ready.grant })
  for (let n = 0; n < 25; n++) {
    assert.equal(await org.call(), 'GRANT_DEAD')
    org.advance(10 * MINUTE)
  }
  assert.equal(
    org.counters().rejections['expired access/refresh token'] ?? Object.values(org.counters().rejections)[0],
    1,
  )
})

test('nobody here spent the token that was refused: reuse is suspected and said', async (t) => {
  const org = await startOrg(t, { reuse: 'lenient' })
  const ready = await org.add()
  const body = {
    grant_type: 'refresh_token',
    refresh_token: ready.refreshToken,
    client_id: ready.clientId,
    client_secret: ready.clientSecret,
  }
  const thief = await fetch(`${ready.instanceUrl}/services/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams(body),
  })
  assert.equal(thief.status, 200)
  assert.equal(await org.call(), 'GRANT_DEAD')
  assert.ok(org.events.includes('reuse-suspected'), org.events.join(' '))
})

test('a blocked user keeps the refresh token and names the cause; after retry it goes on', async (t) => {
  const org = await startOrg(t)
  await org.add()
  assert.equal(await org.call(), 200)
  org.sim.control.changeUser({ user: USER, change: { active: false } })
  org.expire()
  assert.equal(await org.call(), 'GRANT_BLOCKED')
  assert.equal(await org.call(), 'GRANT_BLOCKED')
  assert.match((await org.keyturn.grants.show('acme')).why?.text ?? '', /inactive user/)
  const asked = Object.values(org.counters().rejections).reduce((sum, count) => sum + count, 0)
  assert.equal(asked, 1)
  org.sim.control.changeUser({ user: USER, change: { active: true } })
  await org.keyturn.grants.retry('acme')
  assert.equal(await org.call(), 200)
})

test('"already being processed" spends nothing and is not taken for a refusal', async (t) => {
  const org = await startOrg(t, { lockScope: 'app' })
  await org.add()
  assert.equal(await org.call(), 200)
  org.expire()
  // Another user of the same app holds the app's lock.
  const other = org.ready('Web', 'admin@acme.example')
  const fault = org.sim.control.addFault({ match: { endpoint: 'token' }, action: { holdBefore: true } })
  const body = {
    grant_type: 'refresh_token',
    refresh_token: other.refreshToken,
    client_id: other.clientId,
    client_secret: other.clientSecret,
  }
  const theirs = fetch(`${other.instanceUrl}/services/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams(body),
  })
  await org.sim.control.held({ fault: fault.id, timeoutMs: 10_000 })
  const ours = org.call()
  for (let tries = 0; org.counters().inFlightRejects === 0 && tries < 500; tries++) await org.options.clock?.sleep(5)
  org.sim.control.release()
  assert.equal((await theirs).status, 200)
  assert.equal(await ours, 200)
  assert.equal(org.counters().reuses, 0)
})

test('a 401 that no exchange cures opens the breaker: a few exchanges, not a storm', async (t) => {
  for (const uncurable of ['always401', 'not-valid-for-rest', 'not-attached-to-agent', 'scope'] as const) {
    const org = await startOrg(t)
    await org.add()
    assert.equal(await org.call(), 200)
    org.sim.control.changeApp({ app: 'Web', settings: { uncurable } })
    org.advance(2 * MINUTE)
    for (let n = 0; n < 100; n++) await org.call()
    assert.ok(org.counters().exchanges <= 4, `${uncurable}: ${org.counters().exchanges} exchanges`)
    org.sim.control.changeApp({ app: 'Web', settings: { uncurable: 'no' } })
    org.advance(60 * MINUTE)
    assert.equal(await org.call(), 200, `${uncurable}: the breaker half-opens by itself`)
  }
})

test('the token of a refreshed sandbox is told from the one of the old org', async (t) => {
  const org = await startOrg(t)
  const jwt = org.jwtSpare()
  org.ready('Jwt')
  const input = {
    name: 'machine',
    loginUrl: org.sim.url,
    clientId: jwt.clientId ?? '',
    flow: 'jwt_bearer',
    username: USER,
    audience: org.sim.url,
  } as const
  await org.keyturn.grants.add({
    ...input,
    ...(jwt.privateKey === undefined ? {} : { privateKey: jwt.privateKey }),
    identity: { orgId: '00D000000000001AAA', userId: '005000000000001AAA' },
  })
  assert.equal(await org.call('machine'), 'GRANT_REFUSED')
  assert.match((await org.keyturn.grants.show('machine')).why?.text ?? '', /new org id/)
})
