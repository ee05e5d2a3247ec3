/** How an old version ends: by quiet, by time, by a person's decision, or not at all because the new one fails. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { Secret } from '@keyturn/tokens'
import type { CommonSettings } from '../../src/rotation/common-settings.ts'
import type { OldUse } from '../../src/rotation/rotator.ts'
import { newPlatform } from './toy-platform.ts'
import { toy } from './toy-rotation.ts'
import type { Toy } from './toy-rotation.ts'

const hour = 3_600_000
const day = 24 * hour

const draining = async (t: TestContext, drain: CommonSettings['drain'], use: (now: number) => OldUse): Promise<Toy> => {
  const platform = newPlatform()
  const place: Toy = await toy(t, platform, { common: { drain }, oldUse: () => use(place.clock.wall()) })
  await place.open().adopt('toy', 'test', { value: new Secret('first') })
  await place.open().start('toy', { why: 'test', who: 'test', attended: false })
  return place
}

const used = (...lastAt: readonly (number | null)[]): OldUse => ({
  observable: true,
  users: lastAt.map((at, index) => ({ name: `job-${index}`, how: 'broker', lastAt: at })),
})

/** Moves on by so much at a time until it is no longer draining; how long that took. */
const until = async (place: Toy, step: number): Promise<{ readonly state: string; readonly took: number }> => {
  const begun = place.clock.wall()
  for (let round = 0; round < 200; round++) {
    const { run, over } = await place.open().advance('toy', { attended: false })
    if (over || run.state !== 'draining') return { state: run.state, took: place.clock.wall() - begun }
    place.clock.push(step)
  }
  throw new Error('it drains for ever')
}

void test('the old version goes when nobody was seen using it for the time of the policy, and not before', async (t) => {
  const start = Date.UTC(2026, 10, 22)
  // Somebody uses it for five hours more.
  const place = await draining(t, { quiet: 12 * hour }, (now) => used(Math.min(now, start + 5 * hour)))
  const { state, took } = await until(place, hour)
  assert.equal(state, 'retired')
  assert.equal(took, 17 * hour)
})

void test('who still uses it at the end of the time is named, and a person decides', async (t) => {
  const place = await draining(t, { quiet: 12 * hour, atMost: 3 * day }, (now) => used(now, now - hour))
  const { state, took } = await until(place, hour)
  assert.deepEqual([state, took], ['waiting-for-person', 3 * day])
  const doc = await place.open().state('toy')
  assert.match(doc?.run?.person?.what ?? '', /job-0 \(broker\), job-1 \(broker\)/)
  await place.open().resume('toy')
  const asked = await place.open().advance('toy', { attended: false })
  assert.equal(asked.run.state, 'waiting-for-person', 'saying go on decides nothing')
  await place.open().resume('toy')
  const { run } = await place.open().advance('toy', { attended: false, answers: { retire: new Secret('yes') } })
  assert.equal(run.state, 'retired')
  assert.match(
    run.done.find(({ step }) => step === 'drain')?.note ?? '',
    /a person decided to end it; still used by job-0/,
  )
})

for (const [what, use] of [
  ['still used', (now: number) => used(now)],
  ['not observable', () => ({ observable: false, why: 'the platform does not say' }) as const],
] as const) {
  void test(`a secret that leaked need not drain: a person ends it at any time, and the report says so (${what})`, async (t) => {
    const place = await draining(t, { quiet: 12 * hour, atMost: 3 * day }, use)
    const going = await place.open().advance('toy', { attended: false })
    assert.equal(going.run.state, 'draining')
    await place.open().resume('toy')
    const { run: no } = await place.open().advance('toy', { attended: false, answers: { retire: new Secret('no') } })
    assert.equal(no.state, 'draining', 'anything but a yes is none')
    await place.open().resume('toy')
    const { run } = await place.open().advance('toy', { attended: false, answers: { retire: new Secret('yes') } })
    assert.equal(run.state, 'retired')
    const note = run.done.find(({ step }) => step === 'drain')?.note ?? ''
    assert.match(note, new RegExp(`a person decided to end it; ${what}`))
  })
}

void test('with whenStillUsed: retire the time decides, and the report names who was cut off', async (t) => {
  const drain = { quiet: 12 * hour, atMost: day, whenStillUsed: 'retire' } as const
  const place = await draining(t, drain, (now) => used(now))
  assert.deepEqual(await until(place, hour), { state: 'retired', took: day })
  const doc = await place.open().state('toy')
  const ended = await place.open().run(doc?.runs[0] ?? '')
  assert.match(ended?.run.done.find(({ step }) => step === 'drain')?.note ?? '', /still used by job-0/)
})

const failing = (t: TestContext, calls: { worked: number; failed: number }): Promise<Toy> => {
  const drain = { quiet: 12 * hour, failureRate: 0.05 }
  const use = (): OldUse => ({ observable: true, users: [{ name: 'job', how: 'refused', lastAt: null }], calls })
  return draining(t, drain, use)
}

void test('more failures than the policy allows: the run is taken back by itself, and says who failed', async (t) => {
  const calls = { worked: 100, failed: 1 }
  const place = await failing(t, calls)
  const { run } = await place.open().advance('toy', { attended: false })
  assert.equal(run.state, 'draining', 'one in a hundred is within the policy')
  calls.failed = 20
  const { state } = await until(place, hour)
  assert.equal(state, 'rolled-back')
  const doc = await place.open().state('toy')
  assert.equal(doc?.versions.find(({ state: one }) => one === 'active')?.n, 1)
  const ended = await place.open().run(doc?.runs[0] ?? '')
  assert.equal(ended?.run.problem?.code, 'TOO_MANY_FAILURES')
  assert.match(ended?.run.problem?.text ?? '', /20 of 120 logins .*job \(refused\)/)
})

void test('a handful of calls has no rate: nothing is taken back for nineteen that fail, and for the twentieth', async (t) => {
  const calls = { worked: 0, failed: 19 }
  const place = await failing(t, calls)
  const { run } = await place.open().advance('toy', { attended: false })
  assert.equal(run.state, 'draining')
  calls.failed = 20
  assert.equal((await until(place, hour)).state, 'rolled-back')
})

void test('where a destination has the new value and nobody the old one, too many failures ask a person instead', async (t) => {
  const users = [{ name: 'job', how: 'refused', lastAt: null }]
  const calls = { worked: 0, failed: 30 }
  const common = { destinations: ['env'], drain: { quiet: 12 * hour } }
  const place = await toy(t, newPlatform(), { common, oldUse: () => ({ observable: true, users, calls }) })
  await place.open().start('toy', { why: 'test', who: 'test', attended: false })
  const { run } = await place.open().advance('toy', { attended: false })
  assert.equal(run.state, 'waiting-for-person')
  assert.match(run.person?.what ?? '', /30 of 30 .*nobody has the old value of env/)
  calls.worked = 1_000
  place.clock.push(2 * hour)
  const again = await place.open().advance('toy', { attended: false })
  assert.equal(again.run.state, 'draining', 'it goes on by itself once they work')
})

void test('what can’t be seen ends by time, and is called not observable, never quiet', async (t) => {
  const place = await draining(t, { quiet: 2 * day }, () => ({ observable: false, why: 'the platform does not say' }))
  assert.deepEqual(await until(place, hour), { state: 'retired', took: 2 * day })
  const doc = await place.open().state('toy')
  const ended = await place.open().run(doc?.runs[0] ?? '')
  const note = ended?.run.done.find(({ step }) => step === 'drain')?.note ?? ''
  assert.match(note, /^not observable/)
  assert.doesNotMatch(note, /quiet/)
})
