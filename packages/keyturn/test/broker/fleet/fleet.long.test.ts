import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordCounts } from '../../../../../test/counts.ts'
import { whyNoPostgres } from '../../../../../test/postgres.ts'
import type { FaultName } from './faults.ts'
import { runFleet } from './fleet.ts'
import type { FleetReport } from './fleet.ts'
import { runStorm } from './login-storm.ts'
import type { StormReport } from './login-storm.ts'

const skip = whyNoPostgres()
const seed = process.env['KEYTURN_SEED'] ?? 'broker-fleet-long'
const callers = Number(process.env['KEYTURN_FLEET_CALLERS'] ?? 300)

const killed: readonly FaultName[] = [
  'killed between claim and answer',
  'killed between answer and commit',
  'cut off from PostgreSQL and killed',
]
const cut: readonly FaultName[] = [
  'expiry',
  'PostgreSQL restarted',
  'one cut off from Salesforce',
  'one cut off from PostgreSQL',
  'lost answer',
  'cut off from both in mid-exchange and killed',
]
const worlds = [
  { name: 'owners die', faults: killed.flatMap((name) => [{ name }, { name, bare: true }]) },
  { name: 'ways are cut', faults: cut.map((name) => ({ name })) },
]

/** Within five seconds of an owner's death, on a machine of its own; a loaded one may take twice that. */
const NOTICED_MS = 10_000

const reports: Record<string, FleetReport> = {}
const storms: StormReport[] = []
const record = (): void => recordCounts('broker-fleet', { seed, callers, worlds: reports, storms })

for (const reuse of ['documented', 'lenient'] as const) {
  for (const { name, faults } of worlds) {
    test(`${callers} callers of three replicas, ${reuse}: ${name}`, { skip }, async (t) => {
      const own = `${seed}-${reuse}-${name}`
      const report = await runFleet({ seed: own, reuse, faults, grants: 12, callers, processes: 4 })
      reports[`${reuse}: ${name}`] = report
      record()
      t.diagnostic(`seed ${own}: ${JSON.stringify(report)}`)
      assert.deepEqual(report.problems, [])
      for (const { fault, measured } of report.faults) {
        const { deathToDoubt = 0, deathToSpare = 0 } = measured
        assert.ok(Math.max(deathToDoubt, deathToSpare) < NOTICED_MS, `${fault}: ${JSON.stringify(measured)}`)
      }
    })
  }
}

test(
  '300 clients that log in every second at three replicas cost no exchange, and one when the token dies',
  { skip },
  async (t) => {
    const report = await runStorm({ seed, clients: 300, seconds: 10 })
    storms.push(report)
    record()
    t.diagnostic(JSON.stringify(report))
    assert.deepEqual(report.problems, [])
    assert.deepEqual([report.exchangesBefore, report.exchangesAfter, report.reuses], [0, 1, 0])
  },
)
