/** A backup is put back: what was spent since is not spent again, and two hosts' journals bring the store up to date. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { startPostgres, whyNoPostgres } from '../../../../test/postgres.ts'
import { systemClock } from '../../src/clock.ts'
import { verifyStoreLedger } from '../../src/ledger/export.ts'
import { backupStore, restoreStore } from '../../src/maintenance.ts'
import type { Keyturn } from '../../src/index.ts'
import { DESCRIBE, MINUTE, startOrg } from '../conformance/org.ts'

const callOf = (keyturn: Keyturn): Promise<number | string> =>
  keyturn.fetch('acme', DESCRIBE).then(
    ({ status }) => status,
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )

const scene = async (t: TestContext, before: string, after: string): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-restore-'))
  const host = (name: string): string => join(folder, name)
  const org = await startOrg(t, {}, { store: before, migrate: true, stateFolder: host('a') })
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  await org.add()
  assert.equal(await org.call(), 200)
  const b = await org.open({ stateFolder: host('b') })
  assert.equal(await callOf(b), 200)
  const file = join(folder, 'backup')
  await backupStore(before, file, { clock: systemClock })

  // Both hosts spend after the backup was made, in turn.
  for (const keyturn of [org.keyturn, b, org.keyturn, b]) {
    org.expire()
    assert.equal(await callOf(keyturn), 200)
  }
  const newest = (await b.grants.show('acme')).lineage
  await Promise.all([org.keyturn.close(), b.close()])
  org.expire()
  await restoreStore(file, after, {
    clock: org.options.clock ?? assert.fail(),
    masterKey: org.options.masterKey as Uint8Array,
    holder: { host: 'operator', process: 'restore' },
    migrate: true,
  })

  const { exchanges } = org.counters()
  const a2 = await org.open({ store: after, stateFolder: host('a') })
  for (let n = 0; n < 3; n++) {
    assert.equal(await callOf(a2), 'GRANT_IN_DOUBT', 'the other host has yet to tell')
    org.advance(60 * MINUTE)
    await a2.sweep()
  }
  const b2 = await org.open({ store: after, stateFolder: host('b') })
  for (let n = 0; n < 6 && (await b2.grants.show('acme')).lineage !== newest; n++)
    for (const one of [a2, b2]) await callOf(one)
  assert.equal((await b2.grants.show('acme')).lineage, newest, 'the chain was followed to its end')
  assert.equal(org.counters().exchanges, exchanges)
  for (let n = 0; n < 6 && (await a2.grants.show('acme')).status !== 'live'; n++) {
    for (const one of [a2, b2]) await callOf(one)
    org.advance(10 * MINUTE)
  }
  assert.deepEqual([await callOf(a2), await callOf(b2)], [200, 200])
  const { reuses, grantsLost, unknownOutcomes } = org.counters()
  assert.deepEqual({ reuses, grantsLost, unknownOutcomes }, { reuses: 0, grantsLost: 0, unknownOutcomes: 0 })
  assert.equal((await verifyStoreLedger(a2.store)).ok, true)
  assert.deepEqual(await a2.store.orphans(), [])
  await Promise.all([a2.close(), b2.close()])
}

test('sqlite: a restored backup spends nothing twice and needs no person', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-places-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  await scene(t, `sqlite:${join(folder, 'before.db')}`, `sqlite:${join(folder, 'after.db')}`)
})

test('postgres: a restored dump spends nothing twice and needs no person', { skip: whyNoPostgres() }, async (t) => {
  const server = await startPostgres({ fsync: false })
  try {
    await t.test('into another database', async (t) => scene(t, await server.newDatabase(), await server.newDatabase()))
  } finally {
    await server.stop()
  }
})
