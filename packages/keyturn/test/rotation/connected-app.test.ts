/** Consumer key and secret of a connected app: a guided run, over the wire, with a person who may be slow or wrong. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Secret } from '@keyturn/tokens'
import { answered, brought, call, hour, judge, minute, untilAsked, world, yes } from './connected-app-world.ts'
import { Killed } from './scene.ts'

void test('the whole way: decided, generated, stored, applied, proved, told, authorised again, retired', async (t) => {
  const place = await world(t)
  await place.start()
  const deciding = await untilAsked(place)
  assert.match(deciding.person?.what ?? '', /1 tokens of 1 users.*machine, person|1 tokens of 1 users.*person, machine/)
  const generating = await answered(place, { 'go-on': yes })
  assert.match(
    generating.person?.clicks.join('\n') ?? '',
    /Manage Consumer Details[^]*Generate \(do not press Apply yet\)/,
  )
  const pair = place.generate()
  const applying = await answered(place, brought(pair))
  assert.match(applying.person?.what ?? '', /Apply/)
  const doc = await place.open().state('erp')
  assert.deepEqual(doc?.versions.at(-1)?.fields, ['consumerKey', 'consumerSecret'], 'stored before it counts')
  assert.equal(await call(place, 'machine'), 200)
  assert.deepEqual(applying.exposed, [], 'nothing is exposed before Apply')
  place.apply()
  const again = await untilAsked(place)
  assert.equal(again.state, 'waiting-for-person', again.problem?.text)
  assert.match(again.person?.what ?? '', /ended the tokens of person/)
  assert.match(readFileSync(place.envFile, 'utf8'), new RegExp(`SF_CONSUMER_SECRET=["']?${pair.clientSecret}`))
  assert.equal(await call(place, 'machine'), 200, 'a machine goes on by itself')
  await place.signIn()
  place.advance(61_000)
  const run = await untilAsked(place)
  assert.equal(run.state, 'retired', run.problem?.text)
  await judge(place, pair)
  assert.notEqual(await place.login(place.old), 200)
  assert.equal(run.exposed.length, 1)
  assert.match(run.exposed[0]?.what ?? '', /pressed between/)
  assert.match(run.done.find(({ step }) => step === 'drain')?.note ?? '', /not observable/)
})

void test('what was brought is looked at: a slip of the hand is asked again and never quoted', async (t) => {
  const place = await world(t)
  await place.start()
  await untilAsked(place)
  await answered(place, { 'go-on': yes })
  const pair = place.generate()
  const twice = await answered(place, brought({ ...pair, clientSecret: pair.clientId }))
  assert.match(twice.person?.what ?? '', /pasted twice/)
  const nonsense = await answered(place, { consumerKey: new Secret('no key'), consumerSecret: new Secret('x') })
  assert.match(nonsense.person?.what ?? '', /consumer key is none/)
  assert(!JSON.stringify(nonsense).includes(pair.clientId))
  assert.match((await answered(place, brought(pair))).person?.what ?? '', /Apply/)
})

void test('not decided is not begun; cancelled before Apply, everything is as it was', async (t) => {
  const place = await world(t)
  await place.start()
  await untilAsked(place)
  const still = await answered(place, { 'go-on': new Secret('no') })
  assert.match(still.person?.what ?? '', /cannot be taken back/)
  await answered(place, { 'go-on': yes })
  await answered(place, brought(place.generate()))
  await place.open().cancel('erp', 'somebody')
  const run = await untilAsked(place)
  assert.equal(run.state, 'rolled-back', run.problem?.text)
  assert.equal(await place.login(place.old), 200)
  for (const name of ['machine', 'person']) {
    place.sim.control.expireAccessTokens()
    assert.equal(await call(place, name), 200)
    const { clientId, former } = await place.keyturn.grants.show(name)
    assert.deepEqual([clientId, former], [place.old.clientId, null])
  }
})

void test('cancelled when it had been applied after all: nothing is forgotten before a person says so', async (t) => {
  const place = await world(t)
  await place.start()
  await untilAsked(place)
  await answered(place, { 'go-on': yes })
  const pair = place.generate()
  await answered(place, brought(pair))
  await place.open().cancel('erp', 'somebody')
  place.apply()
  const asked = await untilAsked(place)
  assert.equal(asked.state, 'waiting-for-person')
  assert.match(asked.person?.what ?? '', /no way back/)
  const run = await answered(place, { leave: yes })
  assert.equal(run.state, 'rolled-back')
  const adopted = await place.open().adopt('erp', 'test', brought(pair))
  assert.deepEqual(adopted.versions.at(-1)?.fields, ['consumerKey', 'consumerSecret'])
})

void test('applied at once and mixed for ten minutes: the run waits until every server must know it', async (t) => {
  const place = await world(t, { app: { propagationMs: 10 * minute, propagation: 'mixed' } })
  await place.open().adopt('erp', 'test', brought(place.old))
  await place.start()
  await untilAsked(place)
  await answered(place, { 'go-on': yes })
  const pair = place.sim.control.rotateConsumer({ app: 'Erp' })
  let run = await answered(place, brought(pair))
  while (run.state === 'waiting-for-person' && run.person?.what.startsWith('Apply') === true)
    run = await answered(place, { applied: yes })
  assert.match(run.person?.what ?? '', /ended the tokens of person/)
  await place.signIn()
  place.advance(61_000)
  assert.equal((await untilAsked(place)).state, 'retired')
  await judge(place, pair)
})

void test('servers that disagree, and agree by chance in one look, are waited for', async (t) => {
  for (let n = 1; n <= 4; n++) {
    // By its name each has another order of servers.
    await t.test(`order ${n}`, async (own) => {
      const place = await world(own, { app: { propagationMs: 10 * minute, propagation: 'mixed' } })
      await place.open().adopt('erp', 'test', brought(place.old))
      await place.start()
      await untilAsked(place)
      await answered(place, { 'go-on': yes })
      const applied = place.clock.wall()
      let run = await answered(place, brought(place.sim.control.rotateConsumer({ app: 'Erp' })))
      while (run.person?.what.startsWith('Apply') === true) run = await answered(place, { applied: yes })
      const verified = run.done.find(({ step }) => step === 'verify')?.to ?? 0
      assert(verified - applied >= 10 * minute, `verified after ${Math.round((verified - applied) / 1000)} s`)
    })
  }
})

void test('said to be applied, and it is not: after the time the platform may take, the person is asked again', async (t) => {
  const place = await world(t)
  await place.start()
  await untilAsked(place)
  await answered(place, { 'go-on': yes })
  const pair = place.generate()
  const wrong = { ...pair, clientSecret: 'A'.repeat(64) }
  await answered(place, brought(wrong))
  const refused = await answered(place, { applied: yes })
  assert.match(refused.person?.what ?? '', /refused 15 minutes after/)
  place.apply()
  const corrected = await answered(place, brought(pair))
  assert.match(corrected.person?.what ?? '', /ended the tokens of person/)
  await place.signIn()
  place.advance(61_000)
  assert.equal((await untilAsked(place)).state, 'retired')
  await judge(place, pair)
})

void test('who still shows the old pair is named where the org keeps failed logins, until it is quiet', async (t) => {
  const place = await world(t, { org: { clientFailuresInLoginHistory: true } })
  await place.start()
  await untilAsked(place)
  await answered(place, { 'go-on': yes })
  const pair = place.generate()
  await answered(place, brought(pair))
  place.apply()
  await untilAsked(place)
  await place.signIn()
  place.advance(61_000)
  const draining = await place.open().advance('erp', { attended: false })
  assert.match(draining.run.waitsFor ?? '', /not observable/)
  place.advance(minute)
  await place.login(place.old)
  place.advance((draining.run.waitUntil ?? 0) - place.clock.wall() + 1)
  const { run } = await place.open().advance('erp', { attended: false })
  assert.match(run.waitsFor ?? '', /still used by .*Failed/)
  place.advance(3 * hour)
  const end = await untilAsked(place)
  assert.equal(end.state, 'retired')
  assert.match(end.done.find(({ step }) => step === 'drain')?.note ?? '', /quiet for .* h; last used by/)
})

void test('a user who sees only its own tokens says so, and a key nobody knows ends it before it begins', async (t) => {
  const place = await world(t, { permissions: ['ApiEnabled'] })
  await assert.rejects(place.start(), { code: 'PREFLIGHT_FAILED', message: /which consumer key Erp has/ })
  await place.open().adopt('erp', 'test', brought(place.old))
  await place.start()
  assert.match((await untilAsked(place)).person?.what ?? '', /0 tokens of 0 users, and those that rotator may not see/)
})

void test('killed at a write here and there, another process brings it to its end', async (t) => {
  const way = async (place: Awaited<ReturnType<typeof world>>) => {
    await place.start()
    let run = await untilAsked(place)
    let pair = null
    for (let round = 0; run.state !== 'retired'; round++) {
      assert(round < 20 && run.person !== null, `${run.state}: ${run.problem?.text ?? ''}`)
      const { asks, what } = run.person
      if (what.startsWith('Apply')) place.apply()
      if (what.includes('ended the tokens')) await place.signIn()
      if (asks.some(({ name }) => name === 'consumerSecret')) pair ??= place.generate()
      run = await answered(place, { 'go-on': yes, ...(pair === null ? {} : brought(pair)) })
    }
    assert(pair !== null)
    return pair
  }
  const counting = await world(t)
  await way(counting)
  const writes = counting.writes()
  const every = process.env['KEYTURN_LONG'] === undefined ? 5 : 1
  let cells = 0
  for (let at = 1; at <= writes; at += every) {
    const place = await world(t)
    let die = { at, when: at % 2 === 0 ? ('after' as const) : ('before' as const) }
    let died = false
    const counted = place.writes
    const open = () => {
      const left = at - counted()
      die = { ...die, at: left }
      return died || left < 1 ? place.open() : place.open(die)
    }
    const surviving = async <T>(work: () => Promise<T>): Promise<T> => {
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof Killed)) throw error
        died = true
        place.advance(31_000)
        return work()
      }
    }
    const careful = {
      ...place,
      open: () => {
        const whole = open()
        return {
          ...whole,
          advance: async (...args: Parameters<typeof whole.advance>) => {
            const before = (await place.open().state('erp'))?.run?.id ?? ''
            return surviving(async () => {
              // Killed behind its last write: it is over.
              const ended = await place.open().run(before)
              if (ended !== null) return { run: ended.run, over: true }
              return (died ? place.open() : whole).advance(...args)
            })
          },
          resume: (name: string) => surviving(() => (died ? place.open() : whole).resume(name)),
        }
      },
    }
    const pair = await way(careful)
    await judge(place, pair)
    cells += 1
  }
  t.diagnostic(`${cells} of ${writes} writes`)
})
