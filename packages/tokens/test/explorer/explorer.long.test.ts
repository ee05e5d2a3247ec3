/**
 * Every configuration to its end, the wider ones up to a cap; counts go to test/results/explorer.json.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordCounts } from '../../../../test/counts.ts'
import { clauses } from '../../src/protocol/clauses.ts'
import { protocol } from '../../src/protocol/transition.ts'
import { configurations, wider } from './configurations.ts'
import { explore, type Exploration } from './explore.ts'
import { report } from './report.ts'

const CAP = 300_000

test('no configuration has a schedule that breaks a property, to the end', (t) => {
  const standard = protocol(clauses)
  const results: Exploration[] = []
  for (const configuration of [...configurations, ...wider]) {
    const result = explore(configuration, standard, { cap: CAP })
    assert.equal(result.violation, null, report(result))
    t.diagnostic(`${report(result)}, ${result.milliseconds} ms`)
    results.push(result)
  }
  const sum = (of: (result: Exploration) => number): number => results.reduce((total, one) => total + of(one), 0)
  recordCounts('explorer', {
    seed: 'none: every schedule in order, nothing is drawn',
    configurations: results.length,
    exhausted: results.filter((one) => one.exhausted).length,
    capped: results.filter((one) => !one.exhausted).length,
    states: sum((one) => one.states),
    moves: sum((one) => one.moves),
    atRest: sum((one) => one.atRest),
    each: results.map(({ configuration, states, moves, atRest, exhausted }) => ({
      configuration,
      states,
      moves,
      atRest,
      exhausted,
    })),
  })
})
