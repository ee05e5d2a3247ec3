/** An exchange that takes long, or whose owner died: after `limits.doubt` others turn to a spare, and a late answer still counts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startOrg } from './org.ts'
import type { OrgScene } from './org.ts'

/** No busy machine reaches them: time passes when the test says so. */
const limits = { connect: 60_000, wait: 120_000, send: 60_000, doubt: 30_000, read: 600_000, stale: 20 }

/** The owner has sent, and Salesforce thinks. */
const stuck = async (org: OrgScene): Promise<{ readonly asking: Promise<number | string> }> => {
  org.sim.control.addFault({ match: { endpoint: 'token', grantType: 'refresh_token' }, action: { holdAfter: true } })
  org.expire()
  const asking = org.call()
  await org.sim.control.held({ count: 1 })
  return { asking }
}

const callOf = async (keyturn: OrgScene['keyturn']): Promise<number | string> =>
  keyturn.fetch('acme', '/services/data/v66.0/').then(
    ({ status }) => status,
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )

const until = async (so: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; !(await so()); tries++) {
    assert(tries < 4_000, 'it never came to that')
    await new Promise((resolve) => void setTimeout(resolve, 5))
  }
}

void test('with a spare, another process is served by it once the limit has passed, and the late answer counts', async (t) => {
  const org = await startOrg(t, {}, { limits })
  await org.add({ fallback: [org.jwtSpare()] })
  const { asking: owner } = await stuck(org)
  const other = await org.open()
  org.advance(31_000)
  assert.equal(await callOf(other), 200)
  const view = await other.grants.show('acme')
  assert.deepEqual([view.status, view.source], ['in-doubt', 'jwt_bearer-1'])
  org.sim.control.release()
  assert.equal(await owner, 200)
  await until(async () => (await other.grants.show('acme')).status === 'live')
  assert.deepEqual([org.counters().exchanges, org.counters().reuses], [1, 0])
})

void test('without one, another process waits for the answer that may still come, as long as for its own', async (t) => {
  const org = await startOrg(t, {}, { limits })
  await org.add()
  const { asking: owner } = await stuck(org)
  const other = await org.open()
  org.advance(31_000)
  const asking = callOf(other)
  await until(async () => (await other.grants.show('acme')).status === 'in-doubt')
  org.sim.control.release()
  assert.deepEqual([await asking, await owner], [200, 200])
  assert.deepEqual([org.counters().exchanges, org.counters().reuses], [1, 0])
})
