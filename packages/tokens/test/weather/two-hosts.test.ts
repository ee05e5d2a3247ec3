/** Two hosts on one PostgreSQL: one dies in the middle of an exchange, with the answer in nothing but its journal. */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { startPostgres, whyNoPostgres } from '../../../../test/postgres.ts'
import { verifyStoreLedger } from '../../src/ledger/export.ts'
import { openKeyturn, type Keyturn } from '../../src/index.ts'
import type { OpenOptions } from '../../src/contract.ts'
import { followClock } from '../survival/follow-clock.ts'
import { startScene, type Scene } from '../survival/scene.ts'

const skip = whyNoPostgres()
const HOUR = 3_600_000

const ask = (keyturn: Keyturn): Promise<string> =>
  keyturn.token('g').then(
    () => 'ok',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )

const asked = (scene: Scene): number => scene.sim.control.log().filter(({ kind }) => kind === 'arrived').length

/** Host A is killed after it heard the answer and before the store knows it. Returns the scene and host B. */
const hostDies = async (
  t: TestContext,
  postgres: string,
  more: Partial<OpenOptions>,
  reuse: 'documented' | 'lenient',
) => {
  const scene = await startScene({ seed: `two hosts ${reuse}`, postgres, app: { reuse } })
  const a = await scene.open()
  await scene.add(a, 'g', { user: 'user0@acme.example', app: 'Web' })
  await a.close()
  const env = scene.childEnvironment({ dieAt: 'answered:before', grant: 'g' })
  const child = fork(join(import.meta.dirname, '../survival/crash-child.ts'), [], { stdio: 'inherit', env })
  const gone = once(child, 'exit')
  await once(child, 'message')
  child.send({ go: true })
  assert.deepEqual(await gone, [null, 'SIGKILL'])
  const b = await openKeyturn({
    store: postgres,
    masterKey: Buffer.from(env.SURVIVAL_KEY ?? '', 'hex'),
    stateFolder: join(scene.folder, 'host-b'),
    clock: followClock(scene.setup.clockFile),
    limits: scene.setup.limits,
    ...more,
  })
  t.after(async () => {
    await b.close()
    await scene.close()
  })
  return { scene, b }
}

test('a host that died with the answer in its journal', { skip }, async (t) => {
  const server = await startPostgres({ fsync: false })
  try {
    await t.test('is waited for by the others however long, and rolls forward when it is back', async (t) => {
      const { scene, b } = await hostDies(t, await server.newDatabase(), {}, 'documented')
      for (let n = 0; n < 5; n++) {
        scene.sim.control.moveClock({ advanceMs: 10 * HOUR })
        assert.equal(await ask(b), 'GRANT_IN_DOUBT')
        await b.sweep()
      }
      assert.equal(asked(scene), 1, 'nothing was replayed')
      const a = await scene.open()
      assert.equal(await ask(a), 'ok')
      scene.sim.control.moveClock({ advanceMs: 1_000 })
      assert.equal(await ask(b), 'ok')
      const { exchanges, reuses, orderedReplays } = scene.sim.control.oracle().total
      assert.deepEqual({ exchanges, reuses, orderedReplays }, { exchanges: 1, reuses: 0, orderedReplays: 0 })
      assert.equal((await verifyStoreLedger(b.store)).ok, true)
      await a.close()
    })

    await t.test(
      'is given up after lostHostAfter: a bet that stands in the ledger, and still loses nothing if it comes back',
      async (t) => {
        const { scene, b } = await hostDies(t, await server.newDatabase(), { lostHostAfter: 2 * HOUR }, 'lenient')
        scene.sim.control.moveClock({ advanceMs: HOUR })
        assert.equal(await ask(b), 'GRANT_IN_DOUBT')
        await b.sweep()
        scene.sim.control.moveClock({ advanceMs: HOUR / 2 })
        assert.equal(await ask(b), 'GRANT_IN_DOUBT')
        assert.equal(asked(scene), 1, 'not before its time')
        scene.sim.control.moveClock({ advanceMs: 2 * HOUR })
        await b.sweep()
        const entries = await b.store.ledger(1, 100)
        assert.equal(entries.filter(({ kind }) => kind === 'host-lost').length, 1)
        assert.deepEqual(
          entries.filter(({ kind }) => kind === 'finished').map(({ data }) => data.bet),
          [true],
        )
        scene.sim.control.moveClock({ advanceMs: HOUR })
        assert.equal(await ask(b), 'GRANT_DEAD', 'the bet was lost: the token had been spent')
        assert.equal(asked(scene), 2)
        const a = await scene.open()
        assert.equal(await ask(a), 'ok', 'a lenient server let the grant live, and the journal has its token')
        scene.sim.control.expireAccessTokens()
        scene.sim.control.moveClock({ advanceMs: HOUR })
        const token = await b.token('g')
        assert.ok((await b.rejected('g', token.generation)).generation > token.generation)
        await a.close()
      },
    )
  } finally {
    await server.stop()
  }
})
