import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crashPoints, nameOf, runCell, type CrashCell, type Spare } from './crash-matrix.ts'
import { seededRandom } from './seeded-random.ts'

const spares: readonly Spare[] = ['none', 'same-cascade', 'independent']
const all: readonly CrashCell[] = crashPoints.flatMap((point) =>
  (['documented', 'lenient'] as const).flatMap((reuse) => spares.map((spare) => ({ point, reuse, spare }))),
)

/** Every point at least once, the rest of the cell drawn from the seed. */
const seed = process.env.KEYTURN_SEED ?? 'crash'
const random = seededRandom(seed)
const sample = crashPoints.map((point) => {
  const cells = all.filter((cell) => cell.point === point)
  return cells[Math.floor(random() * cells.length)]
})

test(`killed at each point of an exchange, some way in works wherever one can (seed ${seed})`, async (t) => {
  let alive = 0
  for (const cell of sample) {
    if (cell === undefined) continue
    await t.test(nameOf(cell), async () => {
      const outcome = await runCell(cell)
      alive += outcome.alive ? 1 : 0
      assert.deepEqual(outcome.problems, [])
    })
  }
  t.diagnostic(`${sample.length} cells of ${all.length}, ${alive} alive afterwards`)
})
