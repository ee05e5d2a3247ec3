/**
 * A real fail-over to an asynchronous standby that lost acknowledged commits: the primary is killed with them, the
 * standby promoted. One fail-over for all scenes, each in a database of its own.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import pg from 'pg'
import { startPostgres, whyNoPostgres, type Postgres } from '../../../../test/postgres.ts'
import { verifyStoreLedger } from '../../src/ledger/export.ts'
import type { Keyturn } from '../../src/index.ts'
import { DESCRIBE, MINUTE, startOrg, WAIT, type OrgScene } from '../conformance/org.ts'
import { losingProxy, type Proxy } from '../store/proxy.ts'
import { makeStandby, type Standby } from '../store/standby.ts'

interface Scene {
  readonly org: OrgScene
  readonly proxy: Proxy
  readonly url: string
  /** A state folder: a host. */
  readonly host: (name: string) => string
}

const sceneOf = async (t: TestContext, primary: Postgres): Promise<Scene> => {
  const url = await primary.newDatabase()
  const proxy = await losingProxy(url)
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-hosts-'))
  const host = (name: string): string => join(folder, name)
  const org = await startOrg(t, {}, { store: proxy.url, migrate: true, stateFolder: host('a') })
  t.after(() => {
    proxy.close()
    rmSync(folder, { recursive: true, force: true })
  })
  await org.add()
  assert.equal(await org.call(), 200)
  return { org, proxy, url, host }
}

/** Until the standby has replayed everything the primary has acknowledged. */
const caughtUp = async (standby: Standby, { org, url }: Scene): Promise<void> => {
  const { seq } = await org.keyturn.store.mark()
  const client = new pg.Client({ connectionString: standby.urlOf(url) })
  await client.connect()
  try {
    for (let tries = 0; tries < 600; tries++) {
      const { rows } = await client.query<{ seq: string }>('SELECT seq FROM keyturn_meta')
      if (Number(rows[0]?.seq) >= seq) return
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  } finally {
    await client.end()
  }
  throw new Error('the standby never caught up')
}

const callOf = (keyturn: Keyturn): Promise<number | string> =>
  keyturn.fetch('acme', DESCRIBE).then(
    ({ status }) => status,
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )

/** Token requests that reached the server. */
const asked = ({ sim }: OrgScene): number =>
  sim.control.log().filter((event) => event.kind === 'arrived' && event.grantType === 'refresh_token').length

const spotless = (org: OrgScene): void => {
  const { reuses, grantsLost, orderedReplays, unknownOutcomes } = org.counters()
  assert.deepEqual(
    { reuses, grantsLost, orderedReplays, unknownOutcomes },
    { reuses: 0, grantsLost: 0, orderedReplays: 0, unknownOutcomes: 0 },
  )
}

test('a fail-over that lost acknowledged exchanges', { skip: whyNoPostgres() }, async (t) => {
  const primary = await startPostgres({ after: (stop) => t.after(stop) })
  const alone = await sceneOf(t, primary)
  const pair = await sceneOf(t, primary)
  const onTheWire = await sceneOf(t, primary)
  const lostClaim = await sceneOf(t, primary)
  const b = await pair.org.open({ stateFolder: pair.host('b') })
  assert.equal(await callOf(b), 200)
  const standby = await makeStandby(primary)
  t.after(() => standby.stop())
  // The restart of the primary for the copy broke every connection.
  for (const { org } of [alone, pair, onTheWire, lostClaim]) assert.equal(await org.call(), 200)
  assert.equal(await callOf(b), 200)
  for (const one of [alone, pair, onTheWire, lostClaim]) await caughtUp(standby, one)

  // The standby falls behind; what is acknowledged from now on is going to be lost.
  await standby.halt()
  for (const { org } of [alone, pair, onTheWire, lostClaim]) org.expire()
  for (let n = 0; n < 3; n++) {
    assert.equal(await alone.org.call(), 200)
    alone.org.expire()
  }
  const newest = (await alone.org.keyturn.grants.show('acme')).lineage
  assert.equal(await pair.org.call(), 200)
  const bought = (await pair.org.keyturn.grants.show('acme')).lineage
  pair.org.expire()
  const fault = onTheWire.org.sim.control.addFault({ match: { endpoint: 'token' }, action: { holdAfter: true } })
  const waiting = onTheWire.org.call()
  await onTheWire.org.sim.control.held({ fault: fault.id, timeoutMs: 20_000 })
  lostClaim.org.sim.control.addFault({ match: { endpoint: 'token' }, action: { drop: 'after' } })
  assert.equal(await lostClaim.org.call(), 'GRANT_IN_DOUBT')

  await primary.kill()
  await standby.start()
  await standby.promote()
  for (const { proxy } of [alone, pair, onTheWire, lostClaim]) proxy.lead(standby.port)

  await t.test('a process that stayed open rolls its journal forward by itself and spends nothing twice', async () => {
    const { org } = alone
    const before = asked(org)
    // The access token of the newest link is dead: everything is in doubt, and the drain is waited for.
    assert.equal(await org.call(), 'GRANT_IN_DOUBT')
    const view = await org.keyturn.grants.show('acme')
    assert.deepEqual([view.status, view.why?.code, view.lineage], ['in-doubt', 'restored', newest])
    assert.equal(asked(org), before)
    assert.ok(org.events.includes('restored') || (await org.keyturn.store.mark()).epoch === 2)
    org.advance(10 * MINUTE)
    assert.equal(await org.call(), 200)
    assert.equal((await org.keyturn.grants.show('acme')).status, 'live')
    spotless(org)
    assert.equal((await verifyStoreLedger(org.keyturn.store)).ok, true)
    assert.deepEqual(await org.keyturn.store.orphans(), [], 'links of the chain are history, not tokens to be revoked')
  })

  await t.test('the host that did not make the lost exchange waits for the one that did, however long', async () => {
    const { org } = pair
    const before = asked(org)
    for (let n = 0; n < 3; n++) {
      assert.equal(await callOf(b), 'GRANT_IN_DOUBT')
      await b.sweep()
      org.advance(60 * MINUTE)
    }
    assert.equal(asked(org), before, 'the spent token is not sent again')
    assert.deepEqual((await b.grants.show('acme')).state.doubt?.awaiting.length, 1)
    // The other host comes back: it has the successor. Then each has to look again before anything is sent.
    await org.keyturn.close()
    const a = await org.open({ stateFolder: pair.host('a') })
    assert.equal((await a.grants.show('acme')).lineage, bought)
    for (let n = 0; n < 4 && (await b.grants.show('acme')).status !== 'live'; n++) {
      await callOf(b)
      await callOf(a)
      org.advance(10 * MINUTE)
    }
    assert.deepEqual([await callOf(b), await callOf(a)], [200, 200])
    spotless(org)
    assert.equal((await verifyStoreLedger(a.store)).ok, true)
  })

  await t.test('what is still on the wire is waited for, also by another process of the same host', async () => {
    const { org } = onTheWire
    const before = asked(org)
    const second = await org.open({ stateFolder: onTheWire.host('a') })
    await callOf(second)
    org.advance(WAIT + 1_000)
    await waiting
    assert.equal(await callOf(second), 'GRANT_IN_DOUBT')
    // Longer than the drain, shorter than the reading: the answer may still come.
    org.advance(130_000)
    for (let n = 0; n < 3; n++) await second.sweep()
    assert.notEqual((await second.grants.show('acme')).state.doubt?.awaiting.length, 0, 'this host has not told all')
    assert.equal(asked(org), before)
    org.sim.control.removeFaults()
    org.sim.control.release()
    for (let tries = 0; tries < 400 && (await callOf(second)) !== 200; tries++) await org.options.clock?.sleep(5)
    assert.equal(await callOf(second), 200)
    assert.equal(asked(org), before)
    await second.sweep()
    assert.deepEqual((await second.grants.show('acme')).state.doubt?.awaiting, [])
    org.expire()
    org.advance(10 * MINUTE)
    assert.deepEqual([await callOf(second), await org.call()], [200, 200])
    spotless(org)
  })

  await t.test(
    'an exchange whose answer nobody has is replayed once as the last resort, and ends cleanly',
    async () => {
      const { org } = lostClaim
      org.advance(10 * MINUTE)
      assert.equal(await org.call(), 'GRANT_IN_DOUBT')
      org.advance(10 * MINUTE)
      assert.equal(await org.call(), 'GRANT_DEAD')
      const { orderedReplays, unknownOutcomes, grantsLostKeepable } = org.counters()
      assert.deepEqual(
        { orderedReplays, unknownOutcomes, grantsLostKeepable },
        { orderedReplays: 1, unknownOutcomes: 1, grantsLostKeepable: 0 },
      )
    },
  )
})
