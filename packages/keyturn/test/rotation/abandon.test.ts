/** A run that can neither go on nor back is ended as it is: nothing is lost, and the next one can begin. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from '@keyturn/tokens'
import type { Run } from '../../src/rotation/credential.ts'
import { nextLines } from '../../src/rotation/terminal/run-screen.ts'
import { call, world } from './external-client-app-world.ts'
import { toTheEnd } from './scene.ts'
import { newPlatform } from './toy-platform.ts'
import { toy } from './toy-rotation.ts'

const minute = 60_000
const name = 'toy'

const stuck = async (t: Parameters<typeof toy>[0], oneWay: boolean) => {
  const platform = newPlatform()
  const place = await toy(t, platform, { oneWay })
  const rotation = place.open()
  await rotation.adopt(name, 'test', { value: new Secret('first') })
  const end = (): Promise<Run> => toTheEnd({ clock: place.clock, advance: place.clock.push }, name, () => rotation)
  const start = () => rotation.start(name, { why: 'test', who: 'test', attended: false })
  const secret = async (n: number): Promise<string | null> =>
    (await place.keyturn.store.records.secret('credential', name, `v${n}.value`))?.reveal() ?? null
  return { platform, place, rotation, start, end, secret }
}

void test('halted where there is no way back: it is not offered, both values are kept, the next run ends them', async (t) => {
  const { platform, rotation, start, end, secret } = await stuck(t, true)
  platform.verdict = 'refused'
  await start()
  const halted = await end()
  assert.equal(halted.state, 'halted')
  assert.equal(await rotation.canBeTakenBack(name), false)
  await assert.rejects(rotation.cancel(name, 'somebody'), { code: 'ROLL_BACK_IMPOSSIBLE' })
  const lines = nextLines(halted, { name, bin: 'keyturn', now: 0, canGoBack: false }).join(' ')
  assert.match(lines, /--resume, or keyturn rotate toy --abandon/)
  assert.doesNotMatch(lines, /--cancel/)
  await rotation.abandon(name, 'somebody')
  const run = await end()
  assert.deepEqual([run.state, run.problem?.code], ['abandoned', 'LOGIN_REFUSED'], 'why it was stuck stays known')
  assert.equal(run.exposed.at(-1)?.to, null, 'nobody knows whether the exposed time ended')
  assert.deepEqual([await secret(1), await secret(2)], ['first', 'value-2'], 'which of them works is not known')
  platform.verdict = 'fine'
  await start()
  assert.equal((await end()).state, 'retired')
  assert.deepEqual([await secret(1), await secret(2), await secret(3)], [null, null, 'value-3'])
})

void test('or a person says which value works, and the others are forgotten', async (t) => {
  const { platform, rotation, start, end, secret } = await stuck(t, true)
  platform.verdict = 'refused'
  await start()
  await end()
  await rotation.abandon(name, 'somebody')
  await end()
  await rotation.adopt(name, 'test', { value: new Secret('by hand') })
  assert.deepEqual([await secret(1), await secret(2), await secret(3)], [null, null, 'by hand'])
})

void test('what goes on, or can be taken back, is not abandoned; who resumes has changed their mind', async (t) => {
  const { platform, place, rotation, start, end } = await stuck(t, true)
  await start()
  await assert.rejects(rotation.abandon(name, 'somebody'), { code: 'BAD_ARGUMENT', message: /need not/ })
  platform.verdict = 'refused'
  await end()
  await rotation.abandon(name, 'somebody')
  platform.verdict = 'fine'
  await rotation.resume(name)
  assert.equal((await end()).state, 'retired')
  assert.deepEqual([platform.current, place.told.size], ['value-2', 0])
  const twoWays = await stuck(t, false)
  // Somebody halts it before anything that can't be taken back.
  twoWays.platform.before = () => {
    throw new Error('dies')
  }
  await twoWays.start()
  await assert.rejects(twoWays.end(), /dies/)
  assert.equal(await twoWays.rotation.canBeTakenBack(name), true)
})

void test('an external client app whose new pair is refused for good: its grants keep the pair that works', async (t) => {
  const place = await world(t, { propagationMs: 60 * minute, propagation: 'late' })
  await place.start()
  const rotation = place.open()
  const halted = await toTheEnd(place, 'erp-app', () => rotation)
  assert.deepEqual([halted.state, halted.problem?.code], ['halted', 'NEW_PAIR_REFUSED'])
  assert.match(halted.problem?.next ?? '', /resume, or abandon/)
  await rotation.abandon('erp-app', 'somebody')
  const told: string[] = []
  const { run } = await rotation.advance('erp-app', {
    attended: false,
    tell: (event) => void (event.is === 'line' && told.push(event.text)),
  })
  assert.equal(run.state, 'abandoned')
  assert.match(told.join(), /the grant erp signs in with the old client/)
  assert.equal((await place.keyturn.grants.show('erp')).former, null)
  place.sim.control.expireAccessTokens()
  assert.equal(await call(place), 200)
  await place.start(rotation)
})

void test('a staged pair that is gone before it was rotated in: the run can be cancelled, as it says', async (t) => {
  const place = await world(t)
  await place.start()
  const rotation = place.process(place.sections, {
    watch(entry, when) {
      if (entry.kind !== 'rotation-step-begun' || entry.data['step'] !== 'rotate' || when !== 'after') return
      const body = '[{"errorCode":"NOT_FOUND","message":"gone"}]'
      place.sim.control.addFault({
        match: { path: '/staged/', method: 'GET' },
        action: { status: 404, when: 'before', body },
      })
    },
  })
  const halted = await toTheEnd(place, 'erp-app', () => rotation)
  assert.equal(halted.problem?.code, 'STAGED_PAIR_GONE')
  assert.equal(await rotation.canBeTakenBack('erp-app'), true)
  await rotation.cancel('erp-app', 'somebody')
  assert.equal((await toTheEnd(place, 'erp-app', () => rotation)).state, 'rolled-back')
  place.sim.control.expireAccessTokens()
  assert.equal(await call(place), 200)
})
