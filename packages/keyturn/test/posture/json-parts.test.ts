/** JSON in pieces is the JSON of `JSON.stringify`: hashes and files of earlier versions stay what they were. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { jsonParts } from '../../src/posture/json-parts.ts'
import { inBlocks } from '../../src/posture/text-blocks.ts'

void test('the pieces together are what JSON.stringify gives, on one line and indented', () => {
  const nested = fc.anything({ maxDepth: 8, withNullPrototype: false, withBigInt: false })
  const object = fc.dictionary(fc.string(), nested)
  fc.assert(
    fc.property(object, fc.constantFrom(0, 2), (value, indent) => {
      assert.equal([...jsonParts(value, indent)].join(''), JSON.stringify(value, null, indent))
    }),
    { seed: 1, numRuns: 500 },
  )
})

void test('blocks hold every piece in its order, and none of them is the whole', () => {
  const pieces = Array.from({ length: 50_000 }, (_, n) => `${n},`)
  const blocks = [...inBlocks(pieces)]
  assert.equal(blocks.join(''), pieces.join(''))
  assert(blocks.length > 2)
})
