/** A simulator that runs for long: the log is bounded, and the counters are what they would be without a bound. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { call, grantUnder, refresh, simulator } from './wire.ts'
import { startSimulator } from '../../src/index.ts'
import type { ReadyGrant, Simulator } from '../../src/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'simulator-log-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Good and bad behaviour under faults, the same each time; who is refused gets a new grant. */
async function live(sim: Simulator, rounds: number): Promise<void> {
  const fresh = (): ReadyGrant => grantUnder(sim, { reuse: 'lenient' })
  const grants = [fresh(), fresh(), fresh()].map((grant) => ({ grant, token: grant.refreshToken }))
  sim.control.addFault({ match: { endpoint: 'token' }, count: 'forever', every: 7, action: { drop: 'after' } })
  sim.control.addFault({ match: { endpoint: 'token' }, count: 'forever', every: 5, action: { status: 503 } })
  for (let round = 0; round < rounds; round++) {
    for (const one of grants) {
      const answer = await refresh(sim, one.grant, one.token).catch(() => undefined)
      if (round % 4 === 0) await refresh(sim, one.grant, one.token).catch(() => undefined)
      if (answer?.status === 400) one.grant = fresh()
      one.token = answer?.status === 400 ? one.grant.refreshToken : (answer?.json['refresh_token'] ?? one.token)
    }
    if (round % 10 === 0) sim.control.moveClock({ advanceMs: 3 * 3_600_000 })
  }
}

test('the counters of a bounded log are those of an unbounded one, and older lines are gone', async () => {
  const clockStart = Date.UTC(2026, 5, 1)
  const whole = await simulator({ clockStart, logLimit: 1_000_000 })
  const bounded = await simulator({ clockStart, logLimit: 50 })
  await live(whole, 150)
  await live(bounded, 150)
  assert.ok(whole.control.log().length > 1500)
  assert.ok(bounded.control.log().length <= 1050)
  assert.equal(bounded.control.log().at(-1)?.n, whole.control.log().at(-1)?.n)
  assert.deepEqual(bounded.control.oracle(), whole.control.oracle())
  const { total } = whole.control.oracle()
  assert.ok(total.exchanges > 50 && total.reuses > 10 && total.orderedReplays > 10 && total.unknownOutcomes > 10)
  const after = bounded.control.log().at(-3)?.n ?? 0
  assert.equal(bounded.control.log({ after }).length, 2)
  assert.throws(() => bounded.control.declareUndelivered({ request: 1 }), /forgotten/)
})

test('a request that is under way while its first events are forgotten is judged as ever', async () => {
  const sim = await simulator({ logLimit: 0 })
  const grant = grantUnder(sim)
  sim.control.addFault({ match: { endpoint: 'token' }, action: { holdAfter: true, drop: 'after' } })
  const slow = refresh(sim, grant)
  await sim.control.held()
  for (let i = 0; i < 600; i++) await call(sim, grant.accessToken, '/services/data')
  sim.control.release()
  await assert.rejects(slow)
  const { exchanges, unknownOutcomes, orphaned } = sim.control.oracle().total
  assert.deepEqual([exchanges, unknownOutcomes, orphaned], [1, 1, 1])
})

test('what the bounded log knew is still known after a restart, and after save and load', async () => {
  const directory = join(folder, 'kept')
  const first = await startSimulator({ seed: 's', directory, logLimit: 20 })
  await live(first, 120)
  const before = first.control.oracle()
  assert.ok((first.control.log()[0]?.n ?? 0) > 1)
  first.control.save({ folder: join(folder, 'saved') })
  await first.close()
  const second = await simulator({ seed: 's', directory, logLimit: 20 })
  assert.deepEqual(second.control.oracle(), before)
  await live(second, 3)
  assert.notDeepEqual(second.control.oracle(), before)
  second.control.load({ folder: join(folder, 'saved') })
  assert.deepEqual(second.control.oracle(), before)
})

test('a limit that is none is refused', async () => {
  await assert.rejects(startSimulator({ logLimit: -1 }), /logLimit/)
})
