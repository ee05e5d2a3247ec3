/**
 * Every configuration, each up to a few thousand states: no schedule breaks a property. The long run goes to the end.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clauses } from '../../src/protocol/clauses.ts'
import { protocol } from '../../src/protocol/transition.ts'
import { configurations } from './configurations.ts'
import { explore } from './explore.ts'
import { report } from './report.ts'

const CAP = 15_000

test('no configuration has a schedule that breaks a property', (t) => {
  const standard = protocol(clauses)
  let states = 0
  let exhausted = 0
  for (const configuration of configurations) {
    const result = explore(configuration, standard, { cap: CAP })
    assert.equal(result.violation, null, report(result))
    assert.ok(result.states > 10, `${configuration.name}: hardly anything happens`)
    states += result.states
    if (result.exhausted) exhausted += 1
  }
  t.diagnostic(`${configurations.length} configurations, ${exhausted} exhausted, ${states} states`)
  assert.ok(exhausted > configurations.length / 2, `only ${exhausted} configurations were exhausted`)
})

test('configurations have different names', () => {
  assert.equal(new Set(configurations.map((c) => c.name)).size, configurations.length)
})
