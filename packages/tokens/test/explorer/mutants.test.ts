/**
 * The protocol broken on purpose: each mutant is shown a schedule that breaks a property, in the configuration of the
 * table. The long run does those that take many states (mutants.long.test.ts).
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { killed } from './killing.ts'
import { kills, redundant } from './kills.ts'
import { clauseNames, semantic } from './mutants.ts'

test('every clause and every bent rule is killed, or its redundancy is explained', () => {
  const named = new Set([...kills.map(({ mutant }) => mutant), ...Object.keys(redundant)])
  const missing = [...clauseNames, ...semantic.map(({ name }) => name)].filter((name) => !named.has(name))
  assert.deepEqual(missing, [])
  const both = Object.keys(redundant).filter((name) => kills.some(({ mutant }) => mutant === name))
  assert.deepEqual(both, [], 'explained as redundant although it dies')
})

for (const kill of kills.filter(({ late }) => late !== true)) {
  test(`dies: ${kill.mutant}`, (t) => {
    t.diagnostic(killed(kill, 25_000))
  })
}
