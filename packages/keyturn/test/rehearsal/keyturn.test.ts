/** A client that goes through Keyturn: everything that can be had; a lost answer needs a spare way in. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allPass, rehearseSample, whysOf } from './rehearsing.ts'

test('a client that goes through Keyturn passes everything when it has a spare way in', async (t) => {
  const found = await rehearseSample(t, 'keyturn', { env: { SPARE: '1' } })
  assert.deepEqual(found.verdicts, allPass, whysOf(found))
  assert.equal(found.ran.code, 0)
})

test('without a spare only the lost answer is lost, and the spent token is not sent again', async (t) => {
  const flags = ['--mode', 'documented', '--behaviour', 'survives-lost-answer', '--behaviour', 'survives-restart']
  const found = await rehearseSample(t, 'keyturn', { flags })
  assert.deepEqual(found.verdicts, { 'survives-restart': 'pass', 'survives-lost-answer': 'fail' }, whysOf(found))
  assert.match(whysOf(found), /never got in again; it did not send the spent token again/)
})

test('it passes as a program that stays, too', async (t) => {
  const flags = ['--long-lived', '--mode', 'documented', '--behaviour', 'one-exchange-across-processes']
  const more = ['--behaviour', 'reads-new-token', '--behaviour', 'stops-at-invalid-grant', '--behaviour', 'no-storm']
  const found = await rehearseSample(t, 'keyturn', { flags: [...flags, ...more], env: { SPARE: '1', LOOP: '1' } })
  assert.deepEqual([...new Set(Object.values(found.verdicts))], ['pass'], whysOf(found))
})

test('where runs make different numbers of calls, what is missing in the herd is not held against it', async (t) => {
  const flags = ['--mode', 'documented', '--behaviour', 'one-exchange-across-processes']
  const found = await rehearseSample(t, 'keyturn', { flags, env: { SPARE: '1', CALLS: 'fewer' } })
  assert.deepEqual(found.verdicts, { 'one-exchange-across-processes': 'inconclusive' }, whysOf(found))
  assert.match(whysOf(found), /different numbers of API calls \(5, 4\)/)
})
