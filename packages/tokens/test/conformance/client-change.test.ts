/**
 * A grant whose consumer key and secret are rotated at Salesforce: for ten minutes some servers know the new pair only,
 * some the old one. Nobody who asks for a token may notice.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MINUTE, startOrg } from './org.ts'
import type { OrgScene } from './org.ts'

const HOUR = 60 * MINUTE

const machine = async (org: OrgScene): Promise<{ clientId: string; clientSecret: string }> => {
  const app = org.sim.orgs[0]?.apps.find(({ name }) => name === 'Server')
  assert(app !== undefined)
  await org.keyturn.grants.add({
    name: 'acme',
    loginUrl: org.sim.url,
    clientId: app.clientId,
    clientSecret: app.clientSecret,
    flow: 'client_credentials',
  })
  return app
}

const secretsOf = async (org: OrgScene): Promise<readonly string[]> => {
  const grant = await org.keyturn.store.grant('acme')
  const names = ['clientSecret', 'former:clientSecret']
  const found = await Promise.all(names.map((name) => org.keyturn.store.secret(grant?.id ?? '', name)))
  return found.flatMap((secret) => (secret === null ? [] : [secret.reveal()]))
}

void test('a machine flow is served before, while and after the new pair is known', async (t) => {
  const org = await startOrg(t)
  const old = await machine(org)
  assert.equal(await org.call(), 200)
  const next = org.sim.control.rotateConsumer({
    app: 'Server',
    overlapMs: HOUR,
    knownAfterMs: 10 * MINUTE,
    revokes: false,
  })
  await org.keyturn.grants.changeClient('acme', next)
  await org.keyturn.grants.changeClient('acme', next)
  assert.deepEqual(await secretsOf(org), [next.clientSecret, old.clientSecret])
  for (const minutes of [0, 5, 6, 30, 60]) {
    org.advance(minutes * MINUTE)
    org.sim.control.expireAccessTokens()
    assert.equal(await org.call(), 200, `${minutes} minutes later`)
  }
  const settled = await org.keyturn.grants.settleClient('acme', 'new')
  assert.deepEqual([settled.clientId, settled.former], [next.clientId, null])
  assert.deepEqual(await secretsOf(org), [next.clientSecret])
  org.expire()
  assert.equal(await org.call(), 200)
})

void test('servers that know only the one pair or only the other: every call is served, and each asks a few times at most', async (t) => {
  const org = await startOrg(t)
  await machine(org)
  assert.equal(await org.call(), 200)
  org.sim.control.changeApp({ app: 'Server', settings: { propagationMs: 10 * MINUTE, propagation: 'mixed' } })
  const next = org.sim.control.rotateConsumer({ app: 'Server', overlapMs: 0, revokes: false })
  await org.keyturn.grants.changeClient('acme', next)
  const asked = (): number => org.sim.control.requests().filter(({ endpoint }) => endpoint === 'token').length
  const before = asked()
  const logins = 40
  for (let n = 0; n < logins; n++) {
    org.sim.control.expireAccessTokens()
    assert.equal(await org.call(), 200, `login ${n}`)
  }
  const each = (asked() - before) / logins
  assert(each > 1.2 && each < 4, `${each} requests a login: some were refused, none was asked for ever`)
})

void test('a change that is taken back leaves the old pair, and nothing of the new one', async (t) => {
  const org = await startOrg(t)
  const old = await machine(org)
  await org.keyturn.grants.changeClient('acme', { clientId: 'nobody', clientSecret: 'wrong' })
  assert.equal(await org.call(), 200)
  await assert.rejects(org.keyturn.grants.changeClient('acme', { clientSecret: 'another' }), {
    code: 'CLIENT_CHANGE_RUNNING',
  })
  const back = await org.keyturn.grants.settleClient('acme', 'old')
  assert.equal(back.clientId, old.clientId)
  assert.deepEqual(await secretsOf(org), [old.clientSecret])
  org.expire()
  assert.equal(await org.call(), 200)
})

void test('a refresh token goes back to the old pair while the new one is unknown, and nothing is lost', async (t) => {
  const org = await startOrg(t)
  const grant = await org.add()
  assert.equal(await org.call(), 200)
  const next = org.sim.control.rotateConsumer({
    app: 'Web',
    overlapMs: HOUR,
    knownAfterMs: 10 * MINUTE,
    revokes: false,
  })
  await org.keyturn.grants.changeClient('acme', next)
  const second = await org.open()
  org.expire()
  const [one, two] = await Promise.all([org.call(), second.token('acme').then(() => 200)])
  assert.deepEqual([one, two], [200, 200])
  const view = await org.keyturn.grants.show('acme')
  assert.deepEqual([view.status, view.clientId, view.former?.swapped], ['live', grant.clientId, true])
  org.advance(11 * MINUTE)
  await org.keyturn.grants.settleClient('acme', 'new')
  org.expire()
  assert.equal(await org.call(), 200)
  assert.deepEqual(await secretsOf(org), [next.clientSecret])
  assert.equal(org.counters().reuses, 0)
})

void test('who refuses both is believed: the grant is blocked, its token kept', async (t) => {
  const org = await startOrg(t)
  const grant = await org.add()
  org.sim.control.rotateConsumer({ app: 'Web', overlapMs: 0, knownAfterMs: HOUR, revokes: false })
  await org.keyturn.grants.changeClient('acme', { clientId: 'nobody' })
  org.expire()
  assert.equal(await org.call(), 'GRANT_BLOCKED')
  const stored = await org.keyturn.store.grant('acme')
  assert.equal((await org.keyturn.store.secret(stored?.id ?? '', 'refreshToken'))?.reveal(), grant.refreshToken)
  const asked = org.sim.control.requests().filter(({ path }) => path.endsWith('/services/oauth2/token'))
  assert.equal(asked.length, 2)
})
