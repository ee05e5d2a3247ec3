/** The import table is enforced: each planted violation is found, and what is allowed is not. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { checkBoundaries, findCycles } from '../../tools/check-boundaries.ts'

const one = (file: string, text: string): readonly string[] => checkBoundaries(new Map([[file, text]]))

const violations: readonly (readonly [file: string, text: string, message: RegExp])[] = [
  ['packages/simulator/src/a.ts', "import type { Token } from '@keyturn/tokens'", /share its mistakes/],
  ['packages/simulator/src/a.ts', "export * from '../../tokens/src/errors.ts'", /share its mistakes/],
  ['packages/tokens/src/a.ts', "await import('@keyturn/simulator')", /stands alone/],
  ['packages/tokens/src/protocol/a.ts', "import { createHash } from 'node:crypto'", /protocol is pure/],
  ['packages/tokens/src/protocol/a.ts', "import type { Clock } from '../clock.ts'", /protocol is pure/],
  ['packages/tokens/src/ledger/a.ts', "import { readFileSync } from 'fs'", /ledger is pure/],
  ['packages/tokens/src/wire/a.ts', "import { x } from '../store/store.ts'", /keeps no state/],
  ['packages/tokens/src/store/a.ts', "import { x } from '../wire/exchange.ts'", /what it is for/],
  ['packages/tokens/src/a.ts', "import x from 'lodash'", /does not name/],
  ['packages/keyturn/src/posture/a.ts', "import { x } from '../rotation/runner.ts'", /layer 3/],
  ['packages/keyturn/src/org/a.ts', "import { x } from '../posture/model.ts'", /layer 1/],
  ['packages/keyturn/src/broker/a.ts', "import { x } from '../commands/token.ts'", /layer 4/],
  ['packages/keyturn/src/commands/sim.ts', "import { x } from '@keyturn/simulator'", /on demand/],
  ['packages/keyturn/src/a.ts', "import { x } from '../../tokens/src/errors.ts'", /public entries/],
]

for (const [file, text, message] of violations) {
  test(`${file} may not contain: ${text}`, () => {
    const problems = one(file, text)
    assert.match(problems.join('\n'), message)
  })
}

test('lower layers, public entries, own folder, node: modules and named packages are allowed', () => {
  assert.deepEqual(
    one('packages/keyturn/src/rotation/a.ts', "import { a } from '../org/query.ts'\nimport { b } from './b.ts'"),
    [],
  )
  assert.deepEqual(
    one('packages/keyturn/src/a.ts', "import { a } from '@keyturn/tokens/ledger'\nimport 'node:fs'\nimport 'zod'"),
    [],
  )
  assert.deepEqual(one('packages/tokens/src/store/postgres.ts', "import type { Pool } from 'pg'"), [])
  assert.deepEqual(
    one('packages/tokens/src/protocol/a.ts', "import { b } from './b.ts'\nimport { c } from '../errors.ts'"),
    [],
  )
})

test('a circle of imports is found through type-only imports and named with its files', () => {
  const problems = checkBoundaries(
    new Map([
      ['packages/tokens/src/a.ts', "import { b } from './b.ts'"],
      ['packages/tokens/src/b.ts', "export type { C } from './c.ts'"],
      ['packages/tokens/src/c.ts', "import type { A } from './a.ts'"],
      ['packages/tokens/src/d.ts', "import { a } from './a.ts'"],
    ]),
  )
  assert.equal(problems.length, 1)
  assert.match(problems[0] ?? '', /^import cycle: .*a\.ts → .*b\.ts → .*c\.ts → .*a\.ts$/)
})

test('two separate circles are two findings, a line is none', () => {
  const graph = new Map([
    ['a', ['b']],
    ['b', ['a', 'c']],
    ['c', ['d']],
    ['d', ['e']],
    ['e', ['d']],
    ['f', ['a']],
  ])
  assert.deepEqual(
    findCycles(graph).map((cycle) => [...cycle].sort()),
    [
      ['d', 'e'],
      ['a', 'b'],
    ],
  )
})
