/**
 * The machine alone, on a toy platform: every write to the store is a place to be killed at, before and after the commit;
 * every effect is one whose answer can be lost; and from each of them another process goes on.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KeyturnError, Secret } from '@keyturn/tokens'
import { verifyEntries } from '@keyturn/tokens/ledger'
import type { Rotation } from '../../src/rotation/rotation.ts'
import { newPlatform } from './toy-platform.ts'
import type { Platform } from './toy-platform.ts'
import { Killed, toy } from './toy-rotation.ts'
import type { Toy } from './toy-rotation.ts'

const common = { destinations: ['one', 'two'] }
const day = 86_400_000

/** Goes on, by as many processes and as much time as it takes; at most thirty rounds. */
const toTheEnd = async (place: Toy, open: () => Rotation = () => place.open()): Promise<string> => {
  for (let round = 0; round < 30; round++) {
    const { run, over } = await open().advance('toy', { attended: false })
    if (over || run.state === 'halted' || run.state === 'waiting-for-person') return run.state
    place.clock.push(Math.max(1_000, (run.waitUntil ?? 0) - place.clock.wall()))
  }
  return 'never'
}

const adopted = async (...given: Parameters<typeof toy>): Promise<Toy> => {
  const place = await toy(...given)
  await place.open().adopt('toy', 'test', { value: new Secret('first') })
  return place
}

const start = (rotation: Rotation) => rotation.start('toy', { why: 'due', who: 'test', attended: false })

const judge = async (place: Toy, platform: Platform, ended: string, what: string): Promise<void> => {
  const doc = await place.open().state('toy')
  assert(doc !== null, what)
  const active = doc.versions.findLast(({ state }) => state === 'active')
  const value =
    active === undefined ? null : await place.keyturn.store.records.secret('credential', 'toy', `v${active.n}.value`)
  if (ended === 'retired') {
    assert.equal(platform.current, 'value-2', what)
    assert.equal(value?.reveal(), 'value-2', what)
    assert.deepEqual([...place.told.values()], ['value-2', 'value-2'], what)
    assert.deepEqual([platform.staged, platform.old], [null, null], what)
  } else {
    assert.equal(ended, 'rolled-back', what)
    assert.deepEqual([platform.current, platform.staged], ['first', null], what)
    assert.equal(value?.reveal(), 'first', what)
    assert(
      [...place.told.values()].every((one) => one === 'first'),
      what,
    )
    assert.equal(await place.keyturn.store.records.secret('credential', 'toy', 'v2.value'), null, what)
  }
  assert.equal(doc.run, null, what)
  const record = await place.open().run(doc.runs[0] ?? '')
  assert.equal(
    record?.run.exposed.every(({ to }) => to !== null),
    true,
    `${what}: the window was closed`,
  )
  assert.equal(verifyEntries(await place.keyturn.store.ledger(1, 1_000)).ok, true, what)
}

void test('a run goes its way, and its ledger entries tell it', async (t) => {
  const platform = newPlatform()
  const place = await adopted(t, platform, { common })
  await start(place.open())
  assert.equal(await toTheEnd(place), 'retired')
  await judge(place, platform, 'retired', 'the plain way')
  assert.deepEqual(platform.effects, ['stage', 'activate', 'login', 'retire'])
  const kinds = (await place.keyturn.store.ledger(1, 1_000)).map(({ kind }) => kind)
  assert.deepEqual(
    kinds.filter((kind) => kind !== 'rotation-step-begun' && kind !== 'rotation-step'),
    ['store-created', 'credential-adopted', 'rotation-planned', 'credential-stored', 'rotation-retired'],
  )
  assert.equal(kinds.filter((kind) => kind === 'rotation-step-begun').length, 7)
})

void test('killed at any write, before or after its commit, another process brings it to its end', async (t) => {
  const counting = await adopted(t, newPlatform(), { common })
  await start(counting.open())
  await toTheEnd(counting)
  const writes = counting.writes()
  let cells = 0
  for (const verdict of ['fine', 'refused'] as const) {
    for (let at = 1; at <= writes; at++) {
      for (const when of ['before', 'after'] as const) {
        const what = `write ${at} of ${writes}, ${when} its commit, login ${verdict}`
        const platform = { ...newPlatform(), verdict }
        const place = await adopted(t, platform, { common })
        const dying = place.open({ at, when })
        let killed = false
        try {
          await start(dying)
          await toTheEnd(place, () => dying)
        } catch (error) {
          assert(error instanceof Killed, `${what}: ${String(error)}`)
          killed = true
        }
        // Its lease runs out.
        place.clock.push(31_000)
        if ((await place.open().state('toy'))?.run == null && platform.effects.length === 0) await start(place.open())
        const doc = await place.open().state('toy')
        const ended = doc?.run == null ? (await place.open().run(doc?.runs[0] ?? ''))?.run.state : await toTheEnd(place)
        assert.equal(ended, verdict === 'fine' ? 'retired' : 'rolled-back', what)
        await judge(place, platform, ended ?? '', what)
        for (const effect of ['stage', 'activate', 'retire'])
          assert(platform.effects.filter((one) => one === effect).length <= 1, `${what}: ${effect} happened twice`)
        cells += killed ? 1 : 0
      }
    }
  }
  t.diagnostic(`${cells} places to be killed at, ${writes} writes a run`)
  assert(cells > 60)
})

void test('an answer lost after any effect is looked for, and the effect is not repeated', async (t) => {
  for (const lost of ['stage', 'activate', 'login', 'write one', 'write two', 'retire']) {
    const platform = newPlatform()
    let times = 0
    platform.after = (effect) => {
      if (effect === lost && (times += 1) === 1) throw new KeyturnError('ORG_UNAVAILABLE', 'the connection was reset')
    }
    const place = await adopted(t, platform, { common })
    await start(place.open())
    assert.equal(await toTheEnd(place), 'retired', lost)
    await judge(place, platform, 'retired', lost)
    for (const effect of ['stage', 'activate', 'retire'])
      assert.equal(platform.effects.filter((one) => one === effect).length, 1, `${lost}: ${effect}`)
  }
})

void test('what goes on failing is given up after six tries: taken back, or halted where it can’t be', async (t) => {
  for (const [effect, oneWay, ended] of [
    ['stage', false, 'rolled-back'],
    ['activate', false, 'rolled-back'],
    ['login', false, 'rolled-back'],
    ['login', true, 'halted'],
    ['write two', false, 'rolled-back'],
    ['retire', false, 'halted'],
  ] as const) {
    const platform = newPlatform()
    platform.before = (one) => {
      if (one === effect && place.told.get('two') !== 'value-2') throw new KeyturnError('ORG_UNAVAILABLE', 'down')
      if (one === effect && effect === 'retire') throw new KeyturnError('ORG_UNAVAILABLE', 'down')
    }
    const place: Toy = await adopted(t, platform, { common, oneWay })
    await start(place.open())
    assert.equal(await toTheEnd(place), ended, effect)
    if (ended === 'halted') {
      platform.before = () => undefined
      await place.open().resume('toy')
      assert.equal(await toTheEnd(place), 'retired', `${effect}, resumed`)
      await judge(place, platform, 'retired', effect)
    } else await judge(place, platform, ended, effect)
  }
})

void test('one credential, one run: a second one and a second process are refused', async (t) => {
  const platform = newPlatform()
  const place = await adopted(t, platform, { common })
  const one = place.open()
  await start(one)
  await assert.rejects(start(place.open()), { code: 'ROTATION_RUNNING' })
  let inside: unknown
  platform.before = (effect) => {
    if (effect !== 'login') return
    inside ??= place
      .open()
      .advance('toy', { attended: false })
      .then(
        () => 'went on',
        (error: KeyturnError) => error.code,
      )
  }
  await one.advance('toy', { attended: false })
  assert.equal(await inside, 'ROTATION_BUSY')
})

void test('cancelled while it drains, it is taken back to the old value; once that is gone it can’t be', async (t) => {
  const platform = newPlatform()
  const place = await adopted(t, platform, { common: { ...common, drain: { quiet: 30 * day } } })
  const rotation = place.open()
  await start(rotation)
  const waiting = await rotation.advance('toy', { attended: false })
  assert.equal(waiting.run.state, 'draining')
  assert.match(waiting.run.waitsFor ?? '', /not observable/)
  await rotation.cancel('toy', 'somebody')
  const back = await rotation.advance('toy', { attended: false })
  assert.deepEqual([back.over, back.run.state], [true, 'rolled-back'])
  await judge(place, platform, 'rolled-back', 'cancelled')
})
