/** Scripts without a library: what they do right and wrong is told apart, too. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allPass, rehearseSample, whysOf } from './rehearsing.ts'

test('a script that refreshes at its start and stores at its end: restarts are fine, kill -9 and copies are not', async (t) => {
  const found = await rehearseSample(t, 'refresh-at-start')
  assert.deepEqual(
    found.verdicts,
    {
      ...allPass,
      'stores-before-use': 'fail',
      'one-exchange-in-process': 'inconclusive',
      'one-exchange-across-processes': 'fail',
      'survives-lost-answer': 'fail',
    },
    whysOf(found),
  )
})

test('a script that logs in with a password exchanges nothing, so nothing is shown', async (t) => {
  const found = await rehearseSample(t, 'password-login')
  assert.deepEqual([...new Set(Object.values(found.verdicts))], ['inconclusive'], whysOf(found))
  assert.match(whysOf(found), /reads-new-token \(documented\): No token exchange happened/)
  assert.equal(found.ran.code, 1)
})
