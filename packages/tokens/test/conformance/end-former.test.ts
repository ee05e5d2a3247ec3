/** What an earlier authorisation left at Salesforce ends when the new one works, and the new one is looked at again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { approve } from './approve.ts'
import { startOrg, type OrgScene } from './org.ts'

const again = async (org: OrgScene, keepFormer = true) => {
  const enrolment = await org.keyturn.grants.enrol('acme')
  await enrolment.complete(await approve(org), { keepFormer })
}

/** Revocations that Salesforce was asked for. */
const revocations = (org: OrgScene) =>
  org.sim.control.log().filter((event) => event.kind === 'arrived' && event.endpoint === 'revoke').length

test('the former authorisation ends once the new one works, and only once', async (t) => {
  const org = await startOrg(t)
  const ready = await org.add()
  assert.equal(await org.call(), 200)
  await again(org)
  assert.equal(revocations(org), 0, 'nothing is revoked before it is asked for')
  assert.deepEqual(await org.keyturn.grants.endFormer('acme'), {
    before: 'works',
    revoked: 1,
    kept: 0,
    after: 'works',
    why: null,
  })
  assert.equal(revocations(org), 1)
  const sent = await fetch(`${org.sim.url}/services/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: ready.refreshToken,
      client_id: ready.clientId,
      client_secret: ready.clientSecret,
    }),
  })
  assert.equal(sent.status, 400, 'the former refresh token is dead')
  org.expire()
  assert.equal(await org.call(), 200)
  assert.equal((await org.keyturn.grants.endFormer('acme')).revoked, 0)
  assert.equal(revocations(org), 1)
})

test('where ending the former takes the new one along, the grant is dead, told, and the next one stays', async (t) => {
  const org = await startOrg(t, { revokeGrant: 'kills' })
  await org.add()
  assert.equal(await org.call(), 200)
  await again(org)
  const ended = await org.keyturn.grants.endFormer('acme')
  assert.deepEqual([ended.before, ended.revoked, ended.after], ['works', 1, 'refused'])
  assert.match(ended.why ?? '', /refused the refresh token/)
  assert.ok(org.events.includes('dead'))
  await again(org)
  // What is left now is dead already: ending it takes nothing along.
  assert.equal((await org.keyturn.grants.endFormer('acme')).after, 'works')
  org.expire()
  assert.equal(await org.call(), 200)
})

test('nothing is revoked while the new token does not work, nor while another grant could go down with it', async (t) => {
  const org = await startOrg(t)
  await org.add()
  assert.equal(await org.call(), 200)
  await again(org)
  org.sim.control.addFault({ match: { path: '^/services/data/' }, action: { status: 503, body: 'down' } })
  const unknown = await org.keyturn.grants.endFormer('acme')
  assert.deepEqual([unknown.before, unknown.revoked, unknown.kept], ['unknown', 0, 1])
  await org.add({ name: 'sibling' })
  const kept = await org.keyturn.grants.endFormer('acme')
  assert.deepEqual([kept.before, kept.revoked, kept.kept], ['works', 0, 1])
  assert.match(kept.why ?? '', /another grant/)
  assert.equal(revocations(org), 0)
  assert.equal(await org.call('sibling'), 200)
  await org.keyturn.grants.revoke('sibling')
  assert.equal((await org.keyturn.grants.endFormer('acme')).revoked, 1)
})
