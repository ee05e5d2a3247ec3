import assert from 'node:assert/strict'
import { test } from 'node:test'
import { approve } from './approve.ts'
import { startOrg } from './org.ts'

test('a dead grant comes back by a new authorisation, whatever the org does to earlier grants', async (t) => {
  for (const newAuthorization of ['keeps', 'kills'] as const) {
    const org = await startOrg(t, { newAuthorization })
    const ready = await org.add()
    assert.equal(await org.call(), 200)
    org.sim.control.revokeGrant({ grant: ready.grant })
    assert.equal(await org.call(), 'GRANT_DEAD')
    const enrolment = await org.keyturn.grants.enrol('acme')
    assert.equal((await enrolment.complete(await approve(org))).status, 'live')
    assert.equal(await org.call(), 200)
    org.expire()
    assert.equal(await org.call(), 200)
  }
})

test('while a person authorises, nothing is claimed; two persons at once are told apart', async (t) => {
  const org = await startOrg(t)
  await org.add()
  assert.equal(await org.call(), 200)
  const enrolment = await org.keyturn.grants.enrol('acme')
  await assert.rejects(org.keyturn.grants.enrol('acme'), { code: 'ENROLMENT_RUNNING' })
  const exchanges = org.counters().exchanges
  const { id, state } = await org.keyturn.grants.show('acme')
  const claim = {
    type: 'claim',
    attempt: 'a',
    holder: { host: 'h', process: 'p' },
    lineage: state.lineage ?? '',
    generation: state.generation,
    sendBy: Infinity,
    deadline: Infinity,
  } as const
  assert.equal((await org.keyturn.store.apply(id, claim)).reason, 'claim-no-enrolment')
  await enrolment.cancel()
  org.expire()
  assert.equal(await org.call(), 200)
  assert.equal(org.counters().exchanges, exchanges + 1)
})

test('the wrong person authorising changes nothing', async (t) => {
  const org = await startOrg(t)
  await org.add()
  assert.equal(await org.call(), 200)
  const enrolment = await org.keyturn.grants.enrol('acme')
  await assert.rejects(enrolment.complete(await approve(org, 'admin@acme.example')), { code: 'IDENTITY_CHANGED' })
  org.expire()
  assert.equal(await org.call(), 200)
})

test('a code is not traded while an exchange is on the wire', async (t) => {
  const org = await startOrg(t)
  await org.add()
  assert.equal(await org.call(), 200)
  org.expire()
  const fault = org.sim.control.addFault({
    match: { endpoint: 'token', grantType: 'refresh_token' },
    action: { holdBefore: true },
  })
  const calling = org.call()
  await org.sim.control.held({ fault: fault.id, timeoutMs: 10_000 })
  const enrolment = await org.keyturn.grants.enrol('acme')
  const code = await approve(org)
  let traded = false
  const trading = enrolment.complete(code).then((view) => {
    traded = true
    return view
  })
  const codes = () =>
    org.sim.control.log().filter((event) => event.kind === 'arrived' && event.grantType === 'authorization_code').length
  for (let n = 0; n < 20; n++) await org.options.clock?.sleep(5)
  assert.deepEqual([traded, codes()], [false, 0])
  org.sim.control.release()
  assert.equal((await trading).status, 'live')
  await calling
  assert.equal(await org.call(), 200)
  assert.equal(org.counters().reusesWhileAlive, 0)
})

test('a first login becomes a grant with its first token; a name that is taken costs no code', async (t) => {
  const org = await startOrg(t)
  const app = org.sim.orgs[0]?.apps.find(({ name }) => name === 'Web')
  const input = {
    name: 'acme',
    loginUrl: org.sim.url,
    clientId: app?.clientId ?? '',
    clientSecret: app?.clientSecret ?? '',
  }
  const view = await org.keyturn.grants.connect(input, await approve(org))
  assert.deepEqual([view.status, view.generation, view.access], ['live', 1, 'alive'])
  assert.equal(await org.call(), 200)
  assert.equal(org.counters().exchanges, 0)
  org.expire()
  assert.equal(await org.call(), 200)
  const code = await approve(org)
  await assert.rejects(org.keyturn.grants.connect(input, code), { code: 'GRANT_EXISTS' })
  // The code is still good: it was not sent.
  assert.equal((await org.keyturn.grants.connect({ ...input, name: 'second' }, code)).status, 'live')
})
