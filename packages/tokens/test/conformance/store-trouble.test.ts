import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startPostgres, whyNoPostgres } from '../../../../test/postgres.ts'
import { KeyturnError } from '../../src/index.ts'
import type { Journal } from '../../src/journal/journal.ts'
import { assemble, openParts } from '../../src/keyturn.ts'
import type { Store } from '../../src/store/store.ts'
import { DESCRIBE, MINUTE, startOrg, WAIT } from './org.ts'

/** The store's own files, as a careless backup copies them; the host's journal stays where it is. */
const storeFiles = (folder: string): readonly string[] =>
  readdirSync(folder).filter((name) => /^keyturn\.db(-wal|-shm)?$/.test(name))

test('a store that is full when the answer comes gets it when there is room again', async (t) => {
  const org = await startOrg(t)
  await org.add()
  assert.equal(await org.call(), 200)
  org.expire()
  const parts = await openParts(org.options)
  let refusals = 0
  const store: Store = {
    ...parts.store,
    apply: (grantId, event, puts) =>
      'type' in event && event.type === 'answered' && refusals++ < 5
        ? Promise.reject(new KeyturnError('STORE_FULL', 'no space left'))
        : parts.store.apply(grantId, event, puts),
  }
  const keyturn = await assemble({ ...parts, store }, org.options)
  assert.equal((await keyturn.fetch('acme', DESCRIBE)).status, 200)
  assert.equal(refusals, 6)
  await keyturn.close()
  assert.equal(await org.call(), 200)
  assert.deepEqual([org.counters().reuses, org.counters().unknownOutcomes], [0, 0])
})

test('no token is spent while its answer could not be kept', async (t) => {
  const org = await startOrg(t)
  await org.add()
  const parts = await openParts(org.options)
  const journal = { ...parts.journal, ready: () => Promise.reject(new KeyturnError('STORE_FULL', 'no space left')) }
  const keyturn = await assemble({ ...parts, journal }, org.options)
  await assert.rejects(keyturn.token('acme'), { code: 'STORE_FULL' })
  assert.equal(org.sim.control.log().filter((event) => event.kind === 'arrived').length, 0)
  await keyturn.close()
})

test('a disk that fills up between claim and note sends nothing, and the claim is taken back all the same', async (t) => {
  const org = await startOrg(t)
  await org.add()
  assert.equal(await org.call(), 200)
  org.expire()
  const parts = await openParts(org.options)
  const full = () => new KeyturnError('STORE_FULL', 'no space left')
  let disk: 'full' | 'roomy' = 'full'
  let claimed = (): void => undefined
  const claim = new Promise<void>((resolve) => (claimed = resolve))
  const journal: Journal = {
    ...parts.journal,
    sending: async (record) => {
      if (disk === 'roomy') return parts.journal.sending(record)
      await claim
      throw full()
    },
    finished: (attempt) => (disk === 'roomy' ? parts.journal.finished(attempt) : Promise.reject(full())),
  }
  const store: Store = {
    ...parts.store,
    apply: async (grantId, event, puts) => {
      const applied = await parts.store.apply(grantId, event, puts)
      if (applied.notices.includes('claimed')) claimed()
      return applied
    },
  }
  const keyturn = await assemble({ ...parts, store, journal }, org.options)
  const { generation } = await keyturn.token('acme')
  await assert.rejects(keyturn.rejected('acme', generation), { code: 'STORE_FULL' })
  for (let tries = 0; (await keyturn.grants.show('acme')).state.spend !== null; tries++) {
    assert.ok(tries < 1_000, 'the claim stands')
    await org.options.clock?.sleep(10)
  }
  assert.equal((await keyturn.grants.show('acme')).status, 'live')
  disk = 'roomy'
  assert.equal((await keyturn.fetch('acme', DESCRIBE)).status, 200)
  await keyturn.close()
  assert.deepEqual([org.counters().exchanges, org.counters().unknownOutcomes], [2, 0])
})

test('an answer that the store has is an answer, also when the journal can’t note its end', async (t) => {
  const org = await startOrg(t)
  await org.add()
  const parts = await openParts(org.options)
  const journal: Journal = {
    ...parts.journal,
    finished: () => Promise.reject(new KeyturnError('STORE_FULL', 'no space left')),
  }
  const keyturn = await assemble({ ...parts, journal }, org.options)
  assert.equal((await keyturn.fetch('acme', DESCRIBE)).status, 200)
  await keyturn.close()
})

test('a store that is away when its callers give up does not cost the answer that comes later', async (t) => {
  const org = await startOrg(t)
  await org.add()
  assert.equal(await org.call(), 200)
  org.expire()
  const parts = await openParts(org.options)
  const store: Store = {
    ...parts.store,
    apply: (grantId, event, puts) =>
      'type' in event && event.type === 'doubted'
        ? Promise.reject(new KeyturnError('STORE_UNAVAILABLE', 'away'))
        : parts.store.apply(grantId, event, puts),
  }
  const keyturn = await assemble({ ...parts, store }, org.options)
  const { generation } = await keyturn.token('acme')
  const fault = org.sim.control.addFault({ match: { endpoint: 'token' }, action: { holdAfter: true } })
  const asking = keyturn.rejected('acme', generation)
  asking.catch(() => undefined)
  await org.sim.control.held({ fault: fault.id, timeoutMs: 10_000 })
  org.advance(WAIT + 1_000)
  await assert.rejects(asking, { code: 'STORE_UNAVAILABLE' })
  org.sim.control.release()
  // It waits for what is still being heard.
  await keyturn.close()
  const view = await org.keyturn.grants.show('acme')
  assert.deepEqual([view.status, view.generation, view.state.spend], ['live', generation + 1, null])
  assert.deepEqual([org.counters().exchanges, org.counters().unknownOutcomes], [2, 0])
})

test('an older copy of the store is noticed: nothing is spent from it, and the journal brings back what it lost', async (t) => {
  const org = await startOrg(t)
  await org.add()
  assert.equal(await org.call(), 200)
  await org.keyturn.close()
  const old = mkdtempSync(join(tmpdir(), 'keyturn-old-copy-'))
  for (const name of storeFiles(org.folder)) copyFileSync(join(org.folder, name), join(old, name))

  const later = await org.open()
  for (let n = 0; n < 3; n++) {
    org.expire()
    assert.equal((await later.fetch('acme', DESCRIBE)).status, 200)
  }
  const { lineage } = await later.grants.show('acme')
  await later.close()
  for (const name of storeFiles(org.folder)) rmSync(join(org.folder, name))
  for (const name of storeFiles(old)) copyFileSync(join(old, name), join(org.folder, name))
  rmSync(old, { recursive: true })

  org.expire()
  const restored = await org.open()
  const view = await restored.grants.show('acme')
  assert.deepEqual([view.status, view.lineage], ['in-doubt', lineage])
  assert.equal(view.why?.code, 'restored')
  org.advance(60 * MINUTE)
  assert.equal((await restored.fetch('acme', DESCRIBE)).status, 200)
  assert.deepEqual([org.counters().reuses, org.counters().grantsLost], [0, 0])
})

test('whoever is stopped by a restored store is told which machine has to be asked', async (t) => {
  const org = await startOrg(t)
  await org.add()
  assert.equal(await org.call(), 200)
  const other = await org.open({ stateFolder: join(org.folder, 'another-host') })
  await other.close()
  await org.keyturn.store.wentBack('restored by hand')
  org.expire()
  const { generation } = await org.keyturn.token('acme')
  const stopped = await org.keyturn.rejected('acme', generation).then(
    () => assert.fail('it went on'),
    (error: unknown) => error as KeyturnError,
  )
  assert.equal(stopped.code, 'GRANT_IN_DOUBT')
  assert.match(stopped.fix, /still to report: [^,]+ \([0-9a-f]{8}\)\)/)
  assert.ok(stopped.fix.includes(`: ${hostname()} (`), stopped.fix)
})

test('the wall clock stepping back and forth spends nothing twice', async (t) => {
  const org = await startOrg(t)
  await org.add()
  assert.equal(await org.call(), 200)
  const clock = org.options.clock
  assert.ok(clock)
  let step = 0
  const stepping = await org.open({ clock: { ...clock, wall: () => clock.wall() + step } })
  for (const by of [-86_400_000, 86_400_000, 0, -3_600_000]) {
    step = by
    org.expire()
    assert.equal((await stepping.fetch('acme', DESCRIBE)).status, 200)
  }
  assert.deepEqual([org.counters().reuses, org.counters().unknownOutcomes], [0, 0])
})

test('a process that slept between claim and first byte does not send', async (t) => {
  const org = await startOrg(t)
  await org.add()
  assert.equal(await org.call(), 200)
  org.expire()
  const parts = await openParts(org.options)
  let sleeps = 1
  const store: Store = {
    ...parts.store,
    look: (grantId) => {
      if (sleeps-- > 0) org.advance(10 * MINUTE)
      return parts.store.look(grantId)
    },
  }
  const keyturn = await assemble({ ...parts, store }, org.options)
  await assert.rejects(keyturn.fetch('acme', DESCRIBE), { code: 'EXCHANGE_TIMEOUT' })
  assert.deepEqual([org.counters().exchanges, (await keyturn.grants.show('acme')).status], [1, 'live'])
  assert.equal((await keyturn.fetch('acme', DESCRIBE)).status, 200)
  await keyturn.close()
  assert.deepEqual([org.counters().exchanges, org.counters().unknownOutcomes], [2, 0])
})

test('two naps that are each short enough, around the reading of the store’s clock, don’t send late', async (t) => {
  const org = await startOrg(t)
  await org.add()
  assert.equal(await org.call(), 200)
  org.expire()
  const parts = await openParts(org.options)
  let next: 'none' | 'now' | 'look' | 'over' = 'none'
  /** After the answer of the store, so that only the process's own clocks can tell. Two of them are longer than `limits.doubt`. */
  const nap = async <T>(when: 'now' | 'look', then: typeof next, work: Promise<T>): Promise<T> => {
    const answer = await work
    if (next !== when) return answer
    next = then
    org.advance(12_000)
    return answer
  }
  const journal: Journal = {
    ...parts.journal,
    ready: async () => {
      await parts.journal.ready()
      if (next === 'none') next = 'now'
    },
  }
  const store: Store = {
    ...parts.store,
    now: () => nap('now', 'look', parts.store.now()),
    look: (grantId) => nap('look', 'over', parts.store.look(grantId)),
  }
  const keyturn = await assemble({ ...parts, store, journal }, org.options)
  assert.equal((await keyturn.fetch('acme', DESCRIBE)).status, 200)
  await keyturn.close()
  assert.equal(next, 'over')
  assert.equal(
    (await org.keyturn.store.ledger(1, 1_000)).filter(({ kind }) => kind === 'released').length,
    1,
    'the first was not sent',
  )
  assert.deepEqual([org.counters().exchanges, org.counters().unknownOutcomes], [2, 0])
})

test('PostgreSQL killed while the answer is on its way loses nothing', { skip: whyNoPostgres() }, async (t) => {
  const postgres = await startPostgres(t)
  const org = await startOrg(t, {}, { store: await postgres.newDatabase(), migrate: true })
  await org.add()
  assert.equal(await org.call(), 200)
  org.expire()
  const fault = org.sim.control.addFault({ match: { endpoint: 'token' }, action: { holdAfter: true } })
  const calling = org.call()
  await org.sim.control.held({ fault: fault.id, timeoutMs: 10_000 })
  await postgres.kill()
  org.sim.control.release()
  await org.options.clock?.sleep(50)
  await postgres.start()
  await calling
  for (let tries = 0; tries < 200 && (await org.call()) !== 200; tries++) await org.options.clock?.sleep(20)
  assert.equal(await org.call(), 200)
  assert.deepEqual([org.counters().reuses, org.counters().unknownOutcomes], [0, 0])
})
