/** A sweep over 2,000 grants: it touches what is due and nothing else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostileEndpoint, json, success } from './hostile-endpoint.ts'

const GRANTS = 2_000
const DUE = 40
const DAY = 86_400_000

test('a sweep over 2,000 grants exchanges the few that are due, writes nothing else, and a second one does nothing', async (t) => {
  const scene = await hostileEndpoint(t)
  const { keyturn } = scene
  scene.serve((_request, answer) => json(answer, success(scene.url)))
  await Promise.all(Array.from({ length: GRANTS }, (_, n) => scene.add(`g${n}`, n < DUE ? {} : { keepAlive: null })))
  const before = await keyturn.store.mark()
  assert.deepEqual(await keyturn.sweep(), [])
  assert.deepEqual(await keyturn.store.mark(), before, 'nothing is due: nothing is written')

  // Near their idle limit, of which three were used lately.
  scene.advance(20 * DAY)
  for (const name of ['g1', 'g2', 'g3']) await keyturn.token(name)
  scene.sent.length = 0
  scene.advance(6 * DAY)
  const { seq } = await keyturn.store.mark()
  const [swept, other] = await Promise.all([keyturn.sweep(), keyturn.sweep()])
  assert.equal(new Set(scene.sent).size, DUE - 3)
  assert.equal(scene.sent.length, DUE - 3, 'two sweeps at once exchange each grant once')
  assert.ok(swept.length + other.length >= DUE - 3)
  // A claim and its outcome.
  assert.equal((await keyturn.store.mark()).seq - seq, 2 * (DUE - 3))
  scene.sent.length = 0
  assert.deepEqual(await keyturn.sweep(), [])
  assert.deepEqual(scene.sent, [])
})
