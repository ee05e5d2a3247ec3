import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MINUTE, startOrg, WAIT } from './org.ts'

const lost = { match: { endpoint: 'token', grantType: 'refresh_token' }, action: { drop: 'after' } } as const

test('half an hour of 503 costs nobody a grant and needs no person', async (t) => {
  const org = await startOrg(t)
  await org.add()
  assert.equal(await org.call(), 200)
  org.expire()
  org.sim.control.addFault({
    match: { endpoint: 'token' },
    count: 'forever',
    action: { status: 503, when: 'before', html: true },
  })
  for (let minute = 0; minute < 30; minute++) {
    assert.equal(await org.call(), 'GRANT_IN_DOUBT')
    org.advance(MINUTE)
  }
  const { unknownOutcomes, orderedReplays } = org.counters()
  assert.ok(orderedReplays <= unknownOutcomes && unknownOutcomes < 12, `asked ${unknownOutcomes} times, backing off`)
  org.sim.control.removeFaults()
  org.advance(60 * MINUTE)
  assert.equal(await org.call(), 200)
  assert.equal(org.counters().reuses, 0)
})

test('a lost answer with a spare way in is a fail-over: calls go on and the refresh token is not sent again', async (t) => {
  const org = await startOrg(t)
  org.ready('Jwt')
  await org.add({ fallback: [org.jwtSpare()] })
  assert.equal(await org.call(), 200)
  org.expire()
  org.sim.control.addFault(lost)
  assert.equal(await org.call(), 200)
  assert.equal((await org.keyturn.grants.show('acme')).source, 'jwt_bearer-1')
  assert.deepEqual([org.counters().reuses, org.counters().orderedReplays], [0, 0])
})

test('a lost answer while the access token lives: it is served to its end, then a clean request to re-authorise', async (t) => {
  const org = await startOrg(t)
  const ready = await org.add({ policy: { drain: 5 * MINUTE } })
  assert.equal(await org.call(), 200)
  const { generation } = await org.keyturn.token('acme')
  org.sim.control.addFault(lost)
  org.advance(2 * MINUTE)
  // Refreshed ahead of time, the answer is lost: the token in hand goes on working.
  const { id } = await org.keyturn.grants.show('acme')
  await org.keyturn.store.change(id, 'learned', { learned: { sessionTimeout: MINUTE, observedLife: null } })
  await org.keyturn.sweep()
  assert.equal((await org.keyturn.grants.show('acme')).status, 'in-doubt')
  assert.equal((await org.keyturn.token('acme')).generation, generation)
  assert.equal(await org.call(), 200)
  assert.equal(org.counters().orderedReplays, 0)
  org.expire()
  assert.equal(await org.call(), 'GRANT_IN_DOUBT', 'a request may still wait in a queue: not before the drain is over')
  org.advance(10 * MINUTE)
  // Its end: one replay as the last resort, refused by a strict server, and nothing after it.
  assert.equal(await org.call(), 'GRANT_DEAD')
  for (let n = 0; n < 20; n++) assert.equal(await org.call(), 'GRANT_DEAD')
  const view = await org.keyturn.grants.show('acme')
  assert.equal(view.status, 'reauthorization-required')
  assert.match(view.why?.next ?? '', /keyturn connect acme/)
  assert.equal(org.counters().orderedReplays, 1)
  assert.equal(org.counters().grantsLostKeepable, 0)
  assert.equal(ready.username, 'integration@acme.example')
})

test('with unknownOutcome hold nothing is ever sent twice', async (t) => {
  const org = await startOrg(t, { reuse: 'lenient' })
  await org.add({ unknownOutcome: 'hold' })
  assert.equal(await org.call(), 200)
  org.expire()
  org.sim.control.addFault(lost)
  for (let n = 0; n < 10; n++) {
    assert.equal(await org.call(), 'GRANT_IN_DOUBT')
    org.advance(60 * MINUTE)
  }
  assert.equal(org.counters().orderedReplays, 0)
})

test('an answer that comes after the callers gave up is kept', async (t) => {
  const org = await startOrg(t)
  await org.add()
  assert.equal(await org.call(), 200)
  org.expire()
  const fault = org.sim.control.addFault({ match: { endpoint: 'token' }, action: { holdAfter: true } })
  const waiting = org.call()
  await org.sim.control.held({ fault: fault.id, timeoutMs: 10_000 })
  org.advance(WAIT + 1_000)
  assert.equal(await waiting, 'GRANT_IN_DOUBT')
  org.sim.control.release()
  for (let tries = 0; (await org.keyturn.grants.show('acme')).status !== 'live' && tries < 500; tries++)
    await org.options.clock?.sleep(5)
  assert.equal(await org.call(), 200)
  assert.equal(org.counters().orderedReplays, 0)
})

test('half a body with the whole new refresh token is a success, half of it is a doubt with a living access token', async (t) => {
  for (const [cutAt, status] of [
    ['after-refresh-token', 'live'],
    ['before-refresh-token', 'in-doubt'],
  ] as const) {
    const org = await startOrg(t)
    await org.add()
    assert.equal(await org.call(), 200)
    org.expire()
    org.sim.control.addFault({ match: { endpoint: 'token' }, action: { cutAt } })
    assert.equal(await org.call(), 200)
    assert.equal((await org.keyturn.grants.show('acme')).status, status)
    assert.equal(org.counters().reuses, 0)
  }
})

test('what never left is tried again without a doubt', async (t) => {
  const org = await startOrg(t)
  await org.add()
  assert.equal(await org.call(), 200)
  org.expire()
  await org.sim.control.refuse({ refuse: true })
  assert.equal(await org.call(), 'ENDPOINT_UNREACHABLE')
  assert.equal((await org.keyturn.grants.show('acme')).status, 'live')
  await org.sim.control.refuse({ refuse: false })
  assert.equal(await org.call(), 200)
  assert.equal(org.counters().unknownOutcomes, 0)
})

test('a doubt ends by a sweep also while an independent spare serves', async (t) => {
  const org = await startOrg(t)
  org.ready('Jwt')
  await org.add({ fallback: [org.jwtSpare()] })
  assert.equal(await org.call(), 200)
  org.expire()
  org.sim.control.addFault({
    match: { endpoint: 'token', grantType: 'refresh_token' },
    action: { status: 503, when: 'before' },
  })
  assert.equal(await org.call(), 200)
  assert.equal((await org.keyturn.grants.show('acme')).status, 'in-doubt')
  org.advance(10 * MINUTE)
  const did = await org.keyturn.sweep()
  assert.deepEqual(
    did.filter(({ grant }) => grant === 'acme').map(({ did: what }) => what),
    ['tried-again'],
  )
  assert.equal((await org.keyturn.grants.show('acme')).status, 'live')
  assert.equal(org.counters().reuses, 0)
})
