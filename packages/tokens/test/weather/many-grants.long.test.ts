/** 2,000 grants that are all due at once, swept by two processes' worth of Keyturns: each is exchanged once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifyStoreLedger } from '../../src/ledger/export.ts'
import { hostileEndpoint, json, success } from './hostile-endpoint.ts'

const GRANTS = 2_000
const DAY = 86_400_000

test('2,000 grants near their idle limit are kept alive by two sweeps at once with one exchange each', async (t) => {
  const scene = await hostileEndpoint(t)
  scene.serve((_request, answer) => json(answer, success(scene.url)))
  await Promise.all(Array.from({ length: GRANTS }, (_, n) => scene.add(`g${n}`)))
  const other = await scene.open()
  scene.advance(26 * DAY)
  await Promise.all([scene.keyturn.sweep(), other.sweep()])
  assert.equal(scene.sent.length, GRANTS)
  assert.equal(new Set(scene.sent).size, GRANTS)
  assert.deepEqual(await other.sweep(), [])
  assert.equal((await verifyStoreLedger(other.store)).ok, true)
})
