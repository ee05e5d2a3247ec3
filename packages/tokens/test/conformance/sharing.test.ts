import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DESCRIBE, MINUTE, startOrg } from './org.ts'

test('a herd in two instances makes one exchange', async (t) => {
  const org = await startOrg(t)
  await org.add()
  assert.equal(await org.call(), 200)
  const other = await org.open()
  const { generation } = await other.token('acme')
  org.expire()
  const before = org.counters().exchanges
  const herd = [org.keyturn, other].flatMap((keyturn) =>
    Array.from({ length: 100 }, () => keyturn.rejected('acme', generation)),
  )
  const tokens = await Promise.all(herd)
  assert.equal(org.counters().exchanges, before + 1)
  assert.equal(new Set(tokens.map(({ accessToken }) => accessToken)).size, 1)
})

test('a removal or an exchange by somebody else is seen by a warm cache', async (t) => {
  const org = await startOrg(t)
  await org.add()
  const other = await org.open()
  const first = await other.token('acme')
  org.expire()
  assert.equal(await org.call(), 200)
  org.advance(250)
  assert.ok((await other.token('acme')).generation > first.generation)
  await org.keyturn.grants.remove('acme')
  org.advance(250)
  await assert.rejects(other.token('acme'), { code: 'GRANT_NOT_FOUND' })
})

test('a late report of an old generation adopts and causes no exchange', async (t) => {
  const org = await startOrg(t)
  await org.add()
  const first = await org.keyturn.token('acme')
  org.expire()
  const second = await org.keyturn.rejected('acme', first.generation)
  const third = await org.keyturn.rejected('acme', first.generation)
  assert.equal(third.generation, second.generation)
  assert.equal(org.counters().exchanges, 2)
})

test('a report on a token that lives is checked and causes no exchange', async (t) => {
  const org = await startOrg(t)
  await org.add()
  const token = await org.keyturn.token('acme')
  assert.equal((await org.keyturn.rejected('acme', token.generation)).generation, token.generation)
  assert.equal(org.counters().exchanges, 1)
})

test('a herd that meets the death of a young token looks at it once in each instance', async (t) => {
  const org = await startOrg(t)
  await org.add()
  assert.equal(await org.call(), 200)
  const other = await org.open()
  const { generation } = await other.token('acme')
  // No time passes: it dies young.
  org.sim.control.expireAccessTokens()
  const looks = (): number => org.sim.control.requests().filter(({ path }) => path === '/services/data/v60.0/').length
  const before = looks()
  const herd = [org.keyturn, other].flatMap((keyturn) =>
    Array.from({ length: 100 }, () => keyturn.rejected('acme', generation)),
  )
  assert.equal(new Set((await Promise.all(herd)).map(({ accessToken }) => accessToken)).size, 1)
  assert.ok([1, 2].includes(looks() - before), `${looks() - before} looks`)
})

test('an idle grant is kept alive before its idle limit, and a known session time-out is refreshed ahead', async (t) => {
  const org = await startOrg(t)
  await org.add({ sessionTimeout: 60 * MINUTE })
  assert.equal(await org.call(), 200)
  org.advance(55 * MINUTE)
  assert.deepEqual(await org.keyturn.sweep(), [{ grant: 'acme', did: 'refreshed-ahead' }])
  org.advance(26 * 24 * 60 * MINUTE)
  assert.deepEqual(await org.keyturn.sweep(), [{ grant: 'acme', did: 'kept-alive' }])
  org.advance(26 * 24 * 60 * MINUTE)
  await org.keyturn.sweep()
  assert.equal(await org.call(), 200)
})

test('a token is never sent to another host', async (t) => {
  const org = await startOrg(t)
  await org.add()
  await assert.rejects(org.keyturn.fetch('acme', 'http://127.0.0.1:9/steal'), { code: 'BAD_ARGUMENT' })
  await assert.rejects(org.keyturn.fetch('acme', '//127.0.0.1:9/steal'), { code: 'BAD_ARGUMENT' })
  assert.equal((await org.keyturn.fetch('acme', DESCRIBE)).status, 200)
})

test('a token that is removed during its exchange and added again comes back in the state the answer left', async (t) => {
  const org = await startOrg(t)
  const ready = await org.add()
  assert.equal(await org.call(), 200)
  org.expire()
  const fault = org.sim.control.addFault({ match: { endpoint: 'token' }, action: { holdAfter: true } })
  const waiting = org.call()
  await org.sim.control.held({ fault: fault.id, timeoutMs: 10_000 })
  await org.keyturn.grants.remove('acme')
  org.sim.control.release()
  assert.notEqual(await waiting, 200)
  const [tombstone] = await org.keyturn.grants.list({ removed: true })
  assert.equal(tombstone?.status, 'removed')
  // The spent token is nobody's any more: adding it makes a grant of its own, and Salesforce says what it thinks of it.
  await org.keyturn.grants.add({
    name: 'again',
    loginUrl: ready.instanceUrl,
    clientId: ready.clientId,
    clientSecret: ready.clientSecret,
    refreshToken: ready.refreshToken,
    flow: 'refresh_token',
  })
  assert.equal(org.counters().reuses, 0)
})

test('a token with a known life is replaced while it lives, by whoever asks for it, and nobody waits', async (t) => {
  const org = await startOrg(t)
  await org.add({ sessionTimeout: 60 * MINUTE })
  const first = await org.keyturn.token('acme')
  org.advance(55 * MINUTE)
  assert.equal((await org.keyturn.token('acme')).generation, first.generation)
  for (let tries = 0; tries < 500 && org.counters().exchanges < 2; tries++) await org.options.clock?.sleep(5)
  for (let tries = 0; tries < 500 && (await org.keyturn.token('acme')).generation === first.generation; tries++) {
    await org.options.clock?.sleep(5)
  }
  assert.equal(org.counters().exchanges, 2)
})

test('a listener that throws costs nobody anything', async (t) => {
  const org = await startOrg(t)
  org.keyturn.on('*', () => {
    throw new Error('an alarm that is broken')
  })
  const warned = new Promise<Error>((resolve) => process.once('warning', resolve))
  await org.add()
  assert.equal(await org.call(), 200)
  assert.match((await warned).message, /A listener of 'claimed' threw/)
})
