/** What counts as an outage of the store: two seconds in which it answers nobody. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock, Store } from '@keyturn/tokens'
import { openLog } from '../../src/broker/log.ts'
import { watchStore } from '../../src/broker/store-watch.ts'

/** A clock that stands until it is moved; whoever sleeps wakes when his time has come. */
const standing = () => {
  let now = 0
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>()
  const clock: Clock = {
    wall: () => now,
    boot: () => now,
    offset: () => 0,
    sleep: (ms, signal) =>
      new Promise((wake) => {
        const sleeper = { at: now + ms, wake }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', () => wake())
      }),
  }
  const jump = async (ms: number): Promise<void> => {
    now += ms
    for (const sleeper of sleepers) if (sleeper.at <= now && sleepers.delete(sleeper)) sleeper.wake()
    await new Promise((done) => setImmediate(done))
  }
  const move = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 50) await jump(Math.min(50, left))
  }
  return { clock, move, jump }
}

test('a store that is busy with others is not out; one that answers nobody is', async () => {
  const { clock, move } = standing()
  const log = openLog({ clock, level: 'silent', write: () => undefined })
  // Its own question waits behind those of the callers.
  const mark: Store['mark'] = () => new Promise(() => undefined)
  const watch = watchStore({ store: { mark }, clock, log })
  for (let second = 0; second < 10; second++) {
    await move(1_000)
    assert.equal(await watch.ask(() => Promise.resolve(second)), second)
    assert.equal(watch.down(), false)
  }
  await move(1_900)
  assert.equal(watch.down(), false)
  const waiting = watch.ask(() => new Promise(() => undefined))
  const refused = assert.rejects(waiting, { code: 'STORE_UNAVAILABLE' })
  await move(200)
  assert.equal(watch.down(), true)
  await refused
  await assert.rejects(
    watch.guard(() => Promise.resolve(1)),
    { code: 'STORE_UNAVAILABLE' },
  )
  watch.close()
})

test('a process that stood still for a minute takes that for no outage', async () => {
  const { clock, jump } = standing()
  const log = openLog({ clock, level: 'silent', write: () => undefined })
  const asked: (() => void)[] = []
  const mark = (): Promise<never> => new Promise((answer) => asked.push(answer as () => void))
  const watch = watchStore({ store: { mark }, clock, log })
  await jump(60_000)
  assert.equal(watch.down(), false)
  const waiting = watch.guard(() => Promise.resolve('served'))
  // What had arrived meanwhile is read.
  asked[0]?.()
  assert.equal(await waiting, 'served')
  await jump(0)
  await jump(1_000)
  assert.deepEqual([watch.down(), asked.length], [false, 2])
  watch.close()
})
