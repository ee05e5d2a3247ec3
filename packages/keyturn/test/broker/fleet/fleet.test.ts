import assert from 'node:assert/strict'
import { test } from 'node:test'
import { whyNoPostgres } from '../../../../../test/postgres.ts'
import { runFleet } from './fleet.ts'
import type { FleetOptions } from './fleet.ts'

const skip = whyNoPostgres()
const worlds: readonly Pick<FleetOptions, 'reuse' | 'faults'>[] = [
  {
    reuse: 'documented',
    faults: [{ name: 'killed between answer and commit' }, { name: 'one cut off from Salesforce' }],
  },
  { reuse: 'lenient', faults: [{ name: 'PostgreSQL restarted' }] },
]

for (const [index, world] of worlds.entries()) {
  const names = world.faults.map(({ name }) => name).join(', then ')
  test(`60 callers of three replicas (${world.reuse}): ${names}`, { skip }, async (t) => {
    const seed = process.env['KEYTURN_SEED'] ?? `broker-fleet-${index}`
    const report = await runFleet({ ...world, seed, grants: 6, callers: 60, processes: 1 })
    t.diagnostic(`seed ${seed}: ${JSON.stringify(report)}`)
    assert.deepEqual(report.problems, [])
    assert.ok(report.exchanges > 0 && report.calls > 0, 'tokens expired and callers called')
  })
}
