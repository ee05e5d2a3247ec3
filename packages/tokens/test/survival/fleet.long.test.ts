import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordCounts } from '../../../../test/counts.ts'
import { freshDatabase, whyNoPostgres } from '../../../../test/postgres.ts'
import { runFleet, type FleetReport } from './fleet.ts'

/** Together more than 10,000 exchanges, over both reuse modes, both stores and the switches nobody has settled. */
const EACH = Number(process.env.KEYTURN_FLEET_EXCHANGES ?? 900)
const seed = process.env.KEYTURN_SEED ?? 'fleet-long'
const worlds = [
  { reuse: 'documented', cascade: 'family' },
  { reuse: 'documented', cascade: 'user-app', rotationKillsOldAccessToken: true },
  { reuse: 'documented', cascade: 'family', lockScope: 'none', sessionPerGrant: 'same-live' },
  { reuse: 'lenient', cascade: 'family', lockScope: 'app' },
  { reuse: 'lenient', cascade: 'user-app', oauthTokenRow: 'replaced', refreshTokenFirst: true },
  { reuse: 'documented', cascade: 'family', lockErrorRevokes: true },
] as const

const reports: Record<string, FleetReport> = {}

const record = (): void => {
  const exchanges = Object.values(reports).reduce((sum, report) => sum + report.exchanges, 0)
  recordCounts('fleet', { seed, exchanges, worlds: reports })
}

for (const store of ['sqlite', 'postgres'] as const) {
  for (const [index, app] of worlds.entries()) {
    const why = store === 'postgres' ? whyNoPostgres() : false
    test(`a fleet on ${store} loses nothing that could be kept: ${JSON.stringify(app)}`, { skip: why }, async (t) => {
      const own = `${seed}-${index}`
      const postgres = store === 'postgres' ? { postgres: await freshDatabase(t) } : {}
      const report = await runFleet({ app, seed: own, exchanges: EACH, members: 24, callers: 1, ...postgres })
      reports[`${store} ${JSON.stringify(app)}`] = report
      // After each world: a run that is cut short has counted what it counted.
      record()
      t.diagnostic(`seed ${own}: ${JSON.stringify(report)}`)
      assert.deepEqual(report.problems, [])
      assert.equal(report.reusesWhileAlive, 0)
      assert.equal(report.grantsLostKeepable, 0)
      assert.equal(report.surplusReplays, 0)
      assert.ok(report.orderedReplays <= report.unknownOutcomes)
    })
  }
}
