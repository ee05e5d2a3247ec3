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
  const move = async (ms: number): Promise<void> => {
    now += ms
    for (const sleeper of sleepers) if (sleeper.at <= now && sleepers.delete(sleeper)) sleeper.wake()
    await new Promise((done) => setImmediate(done))
  }
  return { clock, move }
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
