import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { recordCounts } from '../../../../test/counts.ts'
import { freshDatabase, whyNoPostgres } from '../../../../test/postgres.ts'
import { crashPoints, nameOf, runCell, type CrashOutcome } from './crash-matrix.ts'

const outcomes: CrashOutcome[] = []

for (const store of ['sqlite', 'postgres'] as const) {
  const why = store === 'postgres' ? whyNoPostgres() : false
  test(`the whole crash matrix on ${store}`, { skip: why }, async (t) => {
    for (const point of crashPoints) {
      for (const reuse of ['documented', 'lenient'] as const) {
        for (const spare of ['none', 'same-cascade', 'independent'] as const) {
          const cell = { point, reuse, spare }
          await t.test(`${nameOf(cell)} on ${store}`, async (inner) => {
            const outcome = await runCell({
              ...cell,
              ...(store === 'postgres' ? { postgres: await freshDatabase(inner) } : {}),
            })
            outcomes.push(outcome)
            assert.deepEqual(outcome.problems, [])
          })
        }
      }
    }
  })
}

after(() =>
  recordCounts('crash-matrix', {
    cells: outcomes.length,
    alive: outcomes.filter(({ alive }) => alive).length,
    problems: outcomes.flatMap(({ problems }) => problems),
    replays: outcomes.reduce((sum, { replays }) => sum + replays, 0),
  }),
)
