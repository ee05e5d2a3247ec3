/** Consumers that still sign with the old key after everybody was told: named, and too many of them take the run back. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { parseEnv } from 'node:util'
import type { Run } from '../../src/rotation/credential.ts'
import { judge, judgeOld, machine, minute, storedKey, world } from './certificate-world.ts'
import type { Kind, World } from './certificate-world.ts'
import { toTheEnd } from './scene.ts'

const end = (place: World): Promise<Run> => toTheEnd(place, 'sync-key', () => place.open())

const logins = async (place: World, key: string, count: number): Promise<void> => {
  for (let n = 0; n < count; n++) await place.login(key)
}

/** Consumers have the new key, and a minute went by. */
const drained = async (t: TestContext, wish: Parameters<typeof world>[1] = {}): Promise<World> => {
  const place = await world(t, { ...wish, org: { clientFailuresInLoginHistory: true, ...wish.org } })
  await place.open().adopt('sync-key', 'test', place.oldSecrets)
  await place.start()
  for (let round = 0; round < 50; round++) {
    const { run } = await place.open().advance('sync-key', { attended: false })
    if (run.state === 'draining') {
      place.advance(minute)
      return place
    }
    place.advance(Math.max(1_000, (run.waitUntil ?? 0) - place.clock.wall()))
  }
  throw new Error('it never drains')
}

for (const kind of ['connected', 'external'] as const satisfies readonly Kind[]) {
  void test(`too many logins with the old key, ${kind} app: the old certificate is put back by itself, and consumers get its key`, async (t) => {
    const place = await drained(t, { kind })
    await logins(place, place.oldKey, 25)
    const run = await end(place)
    assert.equal(run.problem?.code, 'TOO_MANY_FAILURES', run.problem?.text)
    assert.match(run.problem?.text ?? '', /machine@acme\.example \(Failed: Signature Invalid from /)
    assert.equal(parseEnv(readFileSync(place.envFile, 'utf8'))['SF_PRIVATE_KEY'], place.oldKey)
    await judgeOld(place, run)
  })
}

void test('whoever is refused from where no program of the app ever came in is named, and takes nothing back: a thief of the old key would', async (t) => {
  const place = await drained(t)
  place.sim.control.changeOrg({ settings: { assumedAddress: '203.0.113.66' } })
  await logins(place, place.oldKey, 25)
  place.sim.control.changeOrg({ settings: { assumedAddress: null } })
  await place.open().resume('sync-key')
  const { run } = await place.open().advance('sync-key', { attended: false })
  assert.equal(run.state, 'draining', run.problem?.text)
  assert.match(run.waitsFor ?? '', /still used by machine@acme\.example .*from 203\.0\.113\.66/)
})

void test('one program with the old key among many with the new one is named, waited for, and no reason to go back', async (t) => {
  const place = await drained(t)
  await logins(place, await storedKey(place), 40)
  await logins(place, place.oldKey, 1)
  await place.open().resume('sync-key')
  const { run } = await place.open().advance('sync-key', { attended: false })
  assert.equal(run.state, 'draining')
  assert.match(run.waitsFor ?? '', /still used by machine@acme\.example/)
  const ended = await end(place)
  assert.equal(ended.state, 'retired', ended.problem?.text)
  assert.match(ended.done.find(({ step }) => step === 'drain')?.note ?? '', /quiet .*last used by machine@acme/)
  await judge(place, 'one program')
})

void test('an old certificate that ran out is nothing to go back to: who still has its key is named, and that is all', async (t) => {
  const place = await drained(t, { days: 1 })
  place.advance(25 * 60 * minute)
  await logins(place, place.oldKey, 25)
  const { run } = await place.open().advance('sync-key', { attended: false })
  assert.equal(run.state, 'draining', run.problem?.text)
  assert.match(run.waitsFor ?? '', /still used by machine@acme\.example/)
})

void test('a user that was frozen is refused for something else than its key: nothing is taken back', async (t) => {
  const place = await drained(t, { grant: false })
  place.sim.control.changeUser({ user: machine, change: { frozen: true } })
  const key = await storedKey(place)
  for (let n = 0; n < 25; n++) assert.equal(await place.login(key), 'other')
  const run = await end(place)
  assert.equal(run.state, 'retired', run.problem?.text)
  assert.match(run.done.find(({ step }) => step === 'drain')?.note ?? '', /^not observable .*need not leave a row/)
})

void test('who may not see the logins of others takes nobody’s silence for quiet', async (t) => {
  const permissions = ['ApiEnabled', 'CustomizeApplication', 'ModifyMetadata', 'ViewSetup']
  const place = await drained(t, { rotatorPermissions: permissions as never })
  await logins(place, place.oldKey, 25)
  const run = await end(place)
  assert.equal(run.state, 'retired', run.problem?.text)
  assert.match(
    run.done.find(({ step }) => step === 'drain')?.note ?? '',
    /^not observable .*may not read Login History/,
  )
})
