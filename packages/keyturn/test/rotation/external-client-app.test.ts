/** Consumer key and secret of an external client app, over the wire, with the platform's open questions as switches. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { verifyEntries } from '@keyturn/tokens/ledger'
import { call, rotator, selfRotating, world } from './external-client-app-world.ts'
import type { World } from './external-client-app-world.ts'
import { reconnect } from './matrix/reconnect.ts'
import { Killed, toTheEnd } from './scene.ts'

const minute = 60_000
const judge = async (place: World, what: string): Promise<void> => {
  const { sim, keyturn } = place
  const primary = sim.control.consumers({ app: 'Erp' }).find(({ slot }) => slot === 'primary')
  const doc = await place.open().state('erp-app')
  const active = doc?.versions.findLast(({ state }) => state === 'active')
  const kept = await keyturn.store.records.secret('credential', 'erp-app', `v${active?.n ?? 0}.consumerKey`)
  assert.equal(kept?.reveal(), primary?.clientId, `${what}: what is stored is the primary pair`)
  assert.equal(doc?.run ?? null, null, what)
  const grant = await keyturn.grants.show('erp')
  assert.deepEqual([grant.clientId, grant.former], [primary?.clientId, null], what)
  sim.control.expireAccessTokens()
  assert.equal(await call(place), 200, `${what}: the grant signs in`)
  const { consumerSecretsByRest } = sim.control.changeOrg({ settings: {} })
  assert.equal(consumerSecretsByRest, false, `${what}: the switch is off again`)
  assert.equal(verifyEntries(await keyturn.store.ledger(1, 5_000)).ok, true, what)
}

const judgeOld = async (place: World): Promise<void> => {
  const pairs = place.sim.control
    .consumers({ app: 'Erp' })
    .filter(({ slot }) => slot === 'primary' || slot === 'staged')
  const erp = place.sim.orgs[0]?.apps.find(({ name }) => name === 'Erp')
  assert.deepEqual(
    pairs.map(({ clientId }) => clientId),
    [erp?.clientId],
  )
  assert.equal((await place.keyturn.grants.show('erp')).former, null)
  place.sim.control.expireAccessTokens()
  assert.equal(await call(place), 200)
}

void test('the whole way: staged, stored, rotated in, proved, told, drained, removed; no call fails meanwhile', async (t) => {
  const place = await world(t, { propagationMs: 10 * minute })
  await place.start()
  const run = await toTheEnd(
    place,
    'erp-app',
    () => place.open(),
    async () => {
      place.sim.control.expireAccessTokens()
      assert.equal(await call(place), 200)
    },
  )
  assert.equal(run.state, 'retired', run.problem?.text)
  await judge(place, 'the whole way')
  const primary = place.sim.control.consumers({ app: 'Erp' }).find(({ slot }) => slot === 'primary')
  assert.match(readFileSync(place.envFile, 'utf8'), new RegExp(`SF_CONSUMER_KEY=["']?${primary?.clientId}`))
  const { switches, done } = run
  assert.equal(switches.length, 3, 'open while it stages, rotates and removes, and never over the drain')
  assert(switches.every(({ openedAt, closedAt }) => closedAt !== null && closedAt - openedAt < minute))
  assert.match(done.find(({ step }) => step === 'drain')?.note ?? '', /not observable/)
  assert.match(done.at(-1)?.note ?? '', /was deleted/)
  assert.equal(run.exposed.length, 1)
  assert((run.exposed[0]?.to ?? 0) - (run.exposed[0]?.from ?? 0) >= 10 * minute)
})

for (const [what, settings, removed] of [
  ['a staged pair that works at once', { stagedUsable: 'at-once' }, /was deleted/],
  ['a record that shows the promoted pair', { rotatedShows: 'promoted' }, /left alone/],
  ['urls the other way round', { stagedUrls: 'swapped' }, /was deleted/],
  ['an old pair that ends at once', { oldConsumerMs: 0, propagationMs: 5 * minute, propagation: 'mixed' }, /./],
] as const) {
  void test(`the platform as others describe it: ${what}`, async (t) => {
    const place = await world(t, settings)
    await place.start()
    const run = await toTheEnd(place, 'erp-app', () => place.open())
    assert.equal(run.state, 'retired', run.problem?.text)
    assert.match(run.done.at(-1)?.note ?? '', removed)
    await judge(place, what)
    assert.equal(
      run.done.find(({ step }) => step === 'try-staged')?.facts['staged'] === 'works',
      what.includes('at once') && what.includes('staged'),
    )
  })
}

void test('killed at a write here and there, another process brings it to its end', async (t) => {
  const counting = await world(t)
  await counting.start()
  await toTheEnd(counting, 'erp-app', () => counting.open())
  const writes = counting.writes()
  const every = process.env['KEYTURN_LONG'] === undefined ? 6 : 1
  let cells = 0
  for (let at = 2; at <= writes; at += every) {
    const when = at % 2 === 0 ? 'after' : 'before'
    const place = await world(t)
    const dying = place.open({ at, when })
    await place.start(dying).then(
      () =>
        assert.rejects(
          toTheEnd(place, 'erp-app', () => dying),
          Killed,
        ),
      (error: unknown) => assert(error instanceof Killed),
    )
    cells += 1
    place.advance(31_000)
    const run = await toTheEnd(place, 'erp-app', () => place.open())
    assert.equal(run.state, 'retired', `write ${at} ${when}: ${run.problem?.text ?? ''}`)
    await judge(place, `write ${at} ${when}`)
    assert.equal(place.sim.control.consumers({ app: 'Erp' }).length, 2, 'one pair was made')
  }
  t.diagnostic(`${cells} of ${writes} writes`)
})

void test('a pair that somebody else staged is not touched, and the org is as it was', async (t) => {
  const place = await world(t)
  const { keyturn, sim } = place
  sim.control.changeOrg({ settings: { consumerSecretsByRest: true } })
  const app = sim.orgs[0]?.apps.find(({ name }) => name === 'Erp')?.id ?? ''
  const base = `/services/data/v66.0/apps/oauth/credentials/${app}`
  const { consumers } = (await (await keyturn.fetch('rotator', base)).json()) as { consumers: { id: string }[] }
  await keyturn.fetch('rotator', `${base}/${consumers[0]?.id ?? ''}/staged`, { method: 'POST' })
  sim.control.changeOrg({ settings: { consumerSecretsByRest: false } })
  const before = sim.control.consumers({ app: 'Erp' })
  await place.start()
  const run = await toTheEnd(place, 'erp-app', () => place.open())
  assert.deepEqual([run.state, run.problem?.code], ['rolled-back', 'STAGED_BY_OTHERS'])
  assert.deepEqual(sim.control.consumers({ app: 'Erp' }), before)
  assert.equal(sim.control.changeOrg({ settings: {} }).consumerSecretsByRest, false)
})

void test('cancelled before the rotation, the staged pair is deleted; behind it there is no way back', async (t) => {
  const place = await world(t, { propagationMs: 10 * minute, propagation: 'late' })
  const rotation = place.open()
  await place.start(rotation)
  await rotation.cancel('erp-app', 'somebody')
  const back = await toTheEnd(place, 'erp-app', () => rotation)
  assert.equal(back.state, 'rolled-back')
  await judgeOld(place)
  await place.start(rotation)
  const waiting = await rotation.advance('erp-app', { attended: false })
  assert.match(waiting.run.waitsFor ?? '', /not known yet/)
  await assert.rejects(rotation.cancel('erp-app', 'somebody'), { code: 'ROLL_BACK_IMPOSSIBLE' })
})

void test('who may not switch it on is told the clicks; resumed after them, the run goes on', async (t) => {
  const place = await world(t)
  place.sim.control.changeUser({ user: rotator, change: {} })
  const limited = place.process({
    ...place.sections,
    credentials: {
      'erp-app': { ...(place.sections['credentials'] as Record<string, object>)['erp-app'], org: 'plain' },
    },
  })
  const grant = place.sim.control.grant({ user: 'plain@acme.example', app: 'Web' })
  await place.keyturn.grants.add({
    name: 'plain',
    loginUrl: place.sim.url,
    clientId: grant.clientId,
    clientSecret: grant.clientSecret,
    refreshToken: grant.refreshToken,
    flow: 'refresh_token',
  })
  await place.start(limited)
  const waiting = await toTheEnd(place, 'erp-app', () => limited)
  assert.equal(waiting.state, 'waiting-for-person', waiting.problem?.text)
  assert.match(waiting.person?.clicks.join(' ') ?? '', /consumer secrets via REST API/)
  place.sim.control.changeOrg({ settings: { consumerSecretsByRest: true } })
  await limited.resume('erp-app')
  const run = await toTheEnd(place, 'erp-app', () => limited)
  assert.equal(run.state, 'retired', run.problem?.text)
  assert.deepEqual(run.switches, [], 'what a person switched on is the person’s to switch off')
})

void test('the app that Keyturn itself signs in with turns like any other, and no call of the rotator fails', async (t) => {
  const place = await world(t, {
    propagationMs: 10 * minute,
    propagation: 'mixed',
    clientCredentialsUser: selfRotating,
  })
  // The very grant that rotates, and nothing else to fall back on.
  const own = place.process({
    ...place.sections,
    credentials: {
      'erp-app': { ...(place.sections['credentials'] as Record<string, object>)['erp-app'], org: 'erp' },
    },
  })
  await place.start(own)
  const run = await toTheEnd(
    place,
    'erp-app',
    () => own,
    () => void place.sim.control.expireAccessTokens(),
  )
  assert.equal(run.state, 'retired', run.problem?.text)
  assert.deepEqual(
    run.done.filter(({ tries }) => tries > 2).map(({ step, tries }) => [step, tries]),
    [],
    'no step was refused and tried again',
  )
  await judge(place, 'its own app')
})

void test('the preflight finds what is wrong with app and consumer, and says which switch the run opens', async (t) => {
  const place = await world(t)
  const erp = (place.sections['credentials'] as Record<string, Record<string, unknown>>)['erp-app'] ?? {}
  const of = (change: object) => place.process({ ...place.sections, credentials: { 'erp-app': { ...erp, ...change } } })
  const codes = async (change: object) =>
    (await of(change).preflight('erp-app')).map(({ code, text }) => `${code}: ${text}`).join()
  assert.equal(await codes({}), '')
  assert.equal(await codes({ app: 'Erp' }), '')
  assert.match(await codes({ app: 'Erpp' }), /^CONFIG_INVALID: The org knows no external client app Erpp$/)
  const title = 'Allow access to External Client App consumer secrets via REST API'
  const now = (on: boolean | null) => [{ name: 'consumer-secrets-by-rest', title, on }]
  assert.deepEqual(await place.open().switches('erp-app'), now(false))
  place.sim.control.changeOrg({ settings: { consumerSecretsByRest: true } })
  assert.deepEqual(await place.open().switches('erp-app'), now(true))
  assert.match(await codes({ consumer: 'Warehouse' }), /^CONFIG_INVALID: .* has no consumer Warehouse/)
  assert.deepEqual(place.sim.control.consumers({ app: 'Erp' }).length, 1, 'and it changed nothing')
})

void test('an administrator who may not see client secrets is told so before anything is begun', async (t) => {
  const place = await world(t)
  const { clientId, clientSecret, refreshToken } = place.sim.control.grant({ user: 'limited@acme.example', app: 'Web' })
  await place.keyturn.grants.add({
    name: 'limited',
    loginUrl: place.sim.url,
    clientId,
    clientSecret,
    refreshToken,
    flow: 'refresh_token',
  })
  const erp = (place.sections['credentials'] as Record<string, Record<string, unknown>>)['erp-app'] ?? {}
  const rotation = place.process({ ...place.sections, credentials: { 'erp-app': { ...erp, org: 'limited' } } })
  const [found, ...more] = await rotation.preflight('erp-app')
  assert.deepEqual([found?.code, more], ['NOT_PERMITTED', []])
  assert.match(found?.text ?? '', /lacks “External Client App Developer” and “View Client Secret”$/)
  assert.match(found?.next ?? '', /permission set Keyturn_Rotator_External_Client_Apps/)
  await assert.rejects(place.start(rotation), { code: 'PREFLIGHT_FAILED' })
})

void test('a grant of the app that is removed while the old pair drains holds up nothing', async (t) => {
  const place = await world(t)
  await place.start()
  let removed = false
  const run = await toTheEnd(
    place,
    'erp-app',
    () => place.open(),
    async ({ state }) => {
      if (state !== 'draining' || removed) return
      removed = true
      await place.keyturn.grants.remove('erp')
    },
  )
  assert.equal(run.state, 'retired', run.problem?.text)
  assert(removed)
})

void test('an org that is down when the grants are tried asks nobody to sign in again', async (t) => {
  const place = await world(t)
  await place.start()
  place.sim.control.addFault({ match: { endpoint: 'userinfo' }, count: 2, action: { status: 503 } })
  const run = await toTheEnd(place, 'erp-app', () => place.open())
  assert.equal(run.state, 'retired', run.person?.what ?? run.problem?.text)
  await judge(place, 'an org that was down')
})

void test('one consumer of several turns, and the others keep their pairs', async (t) => {
  const place = await world(t)
  const second = place.sim.control.addConsumer({ app: 'Erp', name: 'Warehouse' })
  const app = (place.sections['credentials'] as Record<string, Record<string, unknown>>)['erp-app'] ?? {}
  const unnamed = place.open()
  await place.start(unnamed)
  const asked = await toTheEnd(place, 'erp-app', () => unnamed)
  assert.equal(asked.state, 'rolled-back')
  assert.match(asked.problem?.text ?? '', /several consumers.*Warehouse/)
  const named = place.process({
    ...place.sections,
    credentials: { 'erp-app': { ...app, consumer: 'Warehouse' } },
  })
  const main = place.sim.control.consumers({ app: 'Erp' }).filter(({ consumer }) => consumer !== second.id)
  await place.start(named)
  const run = await toTheEnd(place, 'erp-app', () => named)
  assert.equal(run.state, 'retired', run.problem?.text)
  const after = place.sim.control.consumers({ app: 'Erp' })
  assert.deepEqual(
    after.filter(({ consumer }) => consumer !== second.id).map(({ clientId, slot }) => [clientId, slot]),
    main.map(({ clientId, slot }) => [clientId, slot]),
  )
  assert.notEqual(
    after.find(({ consumer, slot }) => consumer === second.id && slot === 'primary')?.clientId,
    second.clientId,
  )
})

for (const [grantsOfOldKey, step] of [
  ['die-at-rotate', 'activate'],
  ['die-at-removal', 'retire'],
] as const) {
  void test(`tokens of the old key that ${grantsOfOldKey}: whose they were is asked to sign in again, before the run ends`, async (t) => {
    const place = await world(t, { grantsOfOldKey })
    const { sim, keyturn } = place
    const web = sim.control.grant({ user: 'plain@acme.example', app: 'Erp' })
    const { clientId, clientSecret, refreshToken } = web
    await keyturn.grants.add({
      ...{ name: 'portal', loginUrl: sim.url, clientId, clientSecret, refreshToken },
      flow: 'refresh_token',
    })
    const userinfo = (): Promise<number> =>
      keyturn.fetch('portal', '/services/oauth2/userinfo').then(
        ({ status }) => status,
        () => 0,
      )
    assert.equal(await userinfo(), 200)
    await place.start()
    const asked = await toTheEnd(place, 'erp-app', () => place.open())
    assert.deepEqual([asked.state, asked.begun?.step], ['waiting-for-person', step], asked.problem?.text)
    assert.match(asked.person?.what ?? '', /ended the tokens of portal$/)
    assert.match(asked.person?.clicks.join(' ') ?? '', /keyturn connect portal/)
    assert.equal(sim.control.changeOrg({ settings: {} }).consumerSecretsByRest, false, 'nothing is open meanwhile')
    await reconnect(place, 'portal', 'plain@acme.example')
    place.advance(61_000)
    const run = await toTheEnd(place, 'erp-app', () => place.open())
    assert.equal(run.state, 'retired', run.problem?.text)
    assert.match(run.done.at(-1)?.note ?? '', /was deleted/)
    sim.control.expireAccessTokens()
    assert.equal(await userinfo(), 200)
    await judge(place, grantsOfOldKey)
  })
}

for (const [what, answer] of [
  ['a page of a proxy', { html: true }],
  ['an object without anything in it', { body: '{}' }],
] as const) {
  void test(`before the old pair is deleted: ${what} instead of the record is not taken for one`, async (t) => {
    const place = await world(t)
    await place.start()
    const rotation = place.open()
    let spoilt = false
    const run = await toTheEnd(
      place,
      'erp-app',
      () => rotation,
      ({ state }) => {
        if (state !== 'draining' || spoilt) return
        spoilt = true
        place.sim.control.addFault({
          match: { path: '/staged/', method: 'GET' },
          action: { status: 200, when: 'before', ...answer },
        })
      },
    )
    assert.equal(run.state, 'retired', run.problem?.text)
    await judge(place, what)
    const deletes = place.sim.control
      .requests()
      .filter(({ method, path }) => method === 'DELETE' && /staged/.test(path))
    const reads = place.sim.control
      .requests()
      .filter(({ method, path }) => method === 'GET' && /staged\/\w+$/.test(path))
    assert.equal(deletes.length, 1)
    assert(reads.length >= 2, 'it looked again before it deleted')
  })
}
