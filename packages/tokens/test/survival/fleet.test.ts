import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runFleet, type FleetOptions } from './fleet.ts'

const worlds: readonly Pick<FleetOptions, 'app'>[] = [
  { app: { reuse: 'documented', cascade: 'family' } },
  { app: { reuse: 'lenient', cascade: 'user-app', lockScope: 'app' } },
]

for (const [index, world] of worlds.entries()) {
  test(`four processes on SQLite lose nothing that could be kept (${JSON.stringify(world.app)})`, async (t) => {
    const seed = process.env.KEYTURN_SEED ?? `fleet-${index}`
    const report = await runFleet({ ...world, seed, exchanges: 120 })
    t.diagnostic(`seed ${seed}: ${JSON.stringify(report)}`)
    assert.deepEqual(report.problems, [])
    assert.equal(report.reusesWhileAlive, 0)
    assert.equal(report.grantsLostKeepable, 0)
    assert.equal(report.surplusReplays, 0)
    assert.ok(report.orderedReplays <= report.unknownOutcomes)
    assert.ok(report.callsOk > 0 && report.unknownOutcomes > 0, 'the run had faults and successes')
  })
}
