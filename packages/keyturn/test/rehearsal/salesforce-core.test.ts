/** @salesforce/core since 9.2 stores what it gets and shares it; a lost answer and an uncurable 401 it does not survive. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allPass, rehearseSample, whysOf } from './rehearsing.ts'

test('@salesforce/core 9.4.0 survives concurrency, but not a lost answer, and it storms', async (t) => {
  const found = await rehearseSample(t, 'salesforce-core')
  const expected = { ...allPass, 'survives-lost-answer': 'fail', 'no-storm': 'fail' }
  assert.deepEqual(found.verdicts, expected, whysOf(found))
  assert.equal(found.ran.code, 1)
})
