/** Closing, not closing, and opening twice: the end of a process or of a Keyturn in the middle of anything. */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { freshDatabase, whyNoPostgres } from '../../../../test/postgres.ts'
import { KeyturnError } from '../../src/index.ts'
import { assemble, openParts } from '../../src/keyturn.ts'
import type { Store } from '../../src/store/store.ts'
import { MINUTE, startOrg, WAIT } from '../conformance/org.ts'
import { startScene, type Scene } from '../survival/scene.ts'

test('close() cuts off what still listens, records that nothing more will be heard, and the grant goes on', async (t) => {
  for (const hold of [{ holdBefore: true }, { holdAfter: true }] as const) {
    const org = await startOrg(t)
    await org.add()
    assert.equal(await org.call(), 200)
    org.expire()
    const fault = org.sim.control.addFault({ match: { endpoint: 'token' }, action: hold })
    const calling = org.call()
    await org.sim.control.held({ fault: fault.id, timeoutMs: 10_000 })
    const closing = org.keyturn.close()
    for (let n = 0; n < 10; n++) {
      org.advance(WAIT / 5)
      await org.options.clock?.sleep(5)
    }
    await closing
    assert.match(String(await calling), /GRANT_IN_DOUBT|EXCHANGE_TIMEOUT|STORE_UNAVAILABLE/)
    org.sim.control.removeFaults()
    org.sim.control.release()
    // In the same process: its life proves nothing, its own word does.
    const again = await org.open()
    const { state } = await again.grants.show('acme')
    assert.equal(state.spend, null)
    assert.notEqual(state.doubt?.finishedAt, null)
    org.advance(10 * MINUTE)
    const end = await again.token('acme').then(
      () => 'ok',
      (error: unknown) => (error as KeyturnError).code,
    )
    assert.match(end, /ok|GRANT_DEAD/)
    const { orderedReplays, unknownOutcomes, grantsLostKeepable } = org.counters()
    assert.equal(grantsLostKeepable, 0)
    assert.ok(orderedReplays <= unknownOutcomes)
  }
})

test('a store that is away while Keyturn is closed is told by the journal when it is opened again in this process', async (t) => {
  const org = await startOrg(t)
  await org.add()
  assert.equal(await org.call(), 200)
  org.expire()
  const parts = await openParts(org.options)
  const store: Store = {
    ...parts.store,
    apply: (grantId, event, puts) =>
      'type' in event && event.type === 'answered'
        ? Promise.reject(new KeyturnError('STORE_FULL', 'no space left'))
        : parts.store.apply(grantId, event, puts),
  }
  const keyturn = await assemble({ ...parts, store }, org.options)
  const { generation } = await keyturn.token('acme')
  const asking = keyturn.rejected('acme', generation).catch((error: unknown) => (error as KeyturnError).code)
  while (org.counters().exchanges < 2) await org.options.clock?.sleep(5)
  const closing = keyturn.close()
  for (let n = 0; n < 10; n++) {
    org.advance(WAIT / 5)
    await org.options.clock?.sleep(5)
  }
  await closing
  await asking
  const again = await org.open()
  const view = await again.grants.show('acme')
  assert.deepEqual([view.status, view.state.spend], ['live', null])
  assert.equal(await org.call(), 200)
  assert.deepEqual([org.counters().exchanges, org.counters().reuses], [2, 0])
})

test('a claim that was never sent, and that a store which is away could not take back, is waited for by nobody', async (t) => {
  const org = await startOrg(t)
  await org.add({ unknownOutcome: 'replay-last' })
  assert.equal(await org.call(), 200)
  org.expire()
  const parts = await openParts(org.options)
  const full = () => Promise.reject(new KeyturnError('STORE_FULL', 'no space left'))
  let claimed = (): void => undefined
  const claim = new Promise<void>((resolve) => (claimed = resolve))
  const store: Store = {
    ...parts.store,
    apply: async (grantId, event, puts) => {
      if ('type' in event && event.type === 'never-left') return full()
      const applied = await parts.store.apply(grantId, event, puts)
      if (applied.notices.includes('claimed')) claimed()
      return applied
    },
  }
  // No word of the attempt comes to the journal.
  const sending = () => claim.then(full)
  const keyturn = await assemble({ ...parts, store, journal: { ...parts.journal, sending } }, org.options)
  const { generation } = await keyturn.token('acme')
  await assert.rejects(keyturn.rejected('acme', generation), { code: 'STORE_FULL' })
  const closing = keyturn.close()
  for (let n = 0; n < 10; n++) {
    org.advance(WAIT / 5)
    await org.options.clock?.sleep(5)
  }
  await closing
  assert.notEqual((await org.keyturn.grants.show('acme')).state.spend, null)
  assert.equal(await org.call(), 'GRANT_IN_DOUBT')
  assert.notEqual((await org.keyturn.grants.show('acme')).state.doubt?.finishedAt, null)
  org.advance(60 * MINUTE)
  assert.equal(await org.call(), 200)
  assert.deepEqual([org.counters().exchanges, org.counters().reuses], [2, 0])
})

test('of two Keyturns in one process one is closed in the middle of an exchange: the other waits for its word', async (t) => {
  const org = await startOrg(t)
  await org.add()
  assert.equal(await org.call(), 200)
  const other = await org.open()
  await other.token('acme')
  org.expire()
  const fault = org.sim.control.addFault({ match: { endpoint: 'token' }, action: { holdAfter: true } })
  const calling = org.call()
  await org.sim.control.held({ fault: fault.id, timeoutMs: 10_000 })
  const closing = org.keyturn.close()
  org.sim.control.removeFaults()
  org.sim.control.release()
  await Promise.all([closing, calling])
  org.advance(MINUTE)
  assert.equal((await other.fetch('acme', '/services/data/v66.0/limits')).status, 200)
  assert.deepEqual([org.counters().exchanges, org.counters().reuses, org.counters().unknownOutcomes], [2, 0, 0])
})

/** Runs the child; resolves with what it printed once it is gone by itself. */
const child = async (scene: Scene, end: 'close' | 'exit' | 'nothing', early: boolean): Promise<string> => {
  const started = fork(join(import.meta.dirname, 'closing-child.ts'), [], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: scene.childEnvironment({ end, early }),
  })
  let printed = ''
  for (const stream of [started.stdout, started.stderr])
    stream?.on('data', (bytes: Buffer) => (printed += bytes.toString()))
  const gone = once(started, 'exit')
  if (early) {
    await once(started, 'message')
    for (let tries = 0; scene.sim.control.requests().length === 0 && tries < 2_000; tries++) await pause()
    started.send('end')
    // Its patience runs by the simulated clock.
    for (let n = 0; n < 8; n++) {
      await pause(25)
      scene.sim.control.moveClock({ advanceMs: 1_000 })
    }
  }
  const limit = setTimeout(() => started.kill('SIGKILL'), 60_000)
  const [code, signal] = await gone
  clearTimeout(limit)
  assert.deepEqual([code, signal], [0, null], `${end}: it did not end by itself: ${printed}`)
  return printed.trim()
}

const pause = (ms = 5): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const places = [
  ['sqlite', false],
  ['postgres', whyNoPostgres()],
] as const

for (const [kind, skip] of places) {
  test(
    `${kind}: a process ends by itself, whether it closes, exits or just stops, and leaves the grant usable`,
    { skip },
    async (t: TestContext) => {
      for (const end of kind === 'sqlite' ? (['close', 'exit', 'nothing'] as const) : (['close', 'exit'] as const)) {
        const postgres = kind === 'postgres' ? await freshDatabase(t) : undefined
        const scene = await startScene({ seed: `${kind}-${end}`, ...(postgres === undefined ? {} : { postgres }) })
        t.after(() => scene.close())
        const keyturn = await scene.open()
        await scene.add(keyturn, 'g', { user: 'user0@acme.example', app: 'Web' })
        assert.equal(await child(scene, end, false), 'ok')
        assert.equal((await keyturn.token('g')).generation, 1)
        await keyturn.close()
        assert.deepEqual(scene.sim.control.oracle().total.reuses, 0)
      }
    },
  )
}

for (const end of ['close', 'exit'] as const) {
  test(`a process that ends by ${end} in the middle of an exchange ends soon, and leaves a doubt and no spent token`, async (t) => {
    const scene = await startScene({ seed: `early-${end}` })
    t.after(() => scene.close())
    const keyturn = await scene.open()
    await scene.add(keyturn, 'g', { user: 'user0@acme.example', app: 'Web' })
    scene.sim.control.addFault({ match: { endpoint: 'token' }, action: { holdBefore: true } })
    await child(scene, end, true)
    scene.sim.control.removeFaults()
    await keyturn.sweep()
    const { status, state } = await keyturn.grants.show('g')
    assert.deepEqual([status, state.spend], ['in-doubt', null])
    assert.notEqual(state.doubt?.finishedAt, null)
    await keyturn.close()
    assert.deepEqual(scene.leaks(), [])
  })
}
