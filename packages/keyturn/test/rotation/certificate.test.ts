/** The certificate of a JWT bearer app, over the wire: both kinds of app, jsforce for the Metadata API. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseEnv } from 'node:util'
import { call, judge, judgeOld, machine, minute, print, unchanged, world } from './certificate-world.ts'
import type { World } from './certificate-world.ts'
import { Killed, toTheEnd } from './scene.ts'
import type { Run } from '../../src/rotation/credential.ts'
import { credentialView, expiryText } from '../../src/rotation/views/credential-view.ts'

const jobs = (place: World, checkOnly: boolean): number =>
  place.sim.control.metadataJobs().filter(({ result }) => result?.['checkOnly'] === checkOnly).length

const end = (place: World, each?: (run: Run) => Promise<void> | void): Promise<Run> =>
  toTheEnd(place, 'sync-key', () => place.open(), each)

for (const kind of ['connected', 'external'] as const) {
  void test(`the whole way, ${kind} app: no call of the store's grant fails, everything else stays as it was`, async (t) => {
    const place = await world(t, { kind, app: { propagationMs: 10 * minute } })
    const before = unchanged(place.slot(), kind)
    await place.start()
    const run = await toTheEnd(
      place,
      'sync-key',
      () => place.open(),
      async () => {
        place.sim.control.expireAccessTokens()
        assert.equal(await call(place), 200)
      },
    )
    assert.equal(run.state, 'retired', run.problem?.text)
    await judge(place, kind)
    assert.deepEqual(unchanged(place.slot(), kind), before)
    assert.match(readFileSync(place.envFile, 'utf8'), /SF_PRIVATE_KEY=/)
    assert.match(readFileSync(place.envFile, 'utf8'), /SF_CERTIFICATE=/)
    assert.equal(await place.login(place.oldKey), 'refused')
  })
}

void test('under constant load: none of the grant’s calls fails; a client with one key has a window, and it is measured', async (t) => {
  const place = await world(t, { app: { propagationMs: 4 * minute }, settings: { propagation: '4m' } })
  const keyNow = (): string =>
    (existsSync(place.envFile) ? parseEnv(readFileSync(place.envFile, 'utf8'))['SF_PRIVATE_KEY'] : undefined) ??
    place.oldKey
  const calls = { worked: 0, failed: 0 }
  const outside: { readonly at: number; readonly is: string }[] = []
  // The sessions end before each burst, so that it takes a login; the clock stands still while one is under way.
  const burst = async (): Promise<void> => {
    for (let n = 0; n < 3; n++) {
      place.sim.control.expireAccessTokens({ user: machine })
      for (const answer of await Promise.all([call(place), call(place), call(place)]))
        calls[answer === 200 ? 'worked' : 'failed'] += 1
      outside.push({ at: place.clock.wall(), is: await place.login(keyNow()) })
    }
  }
  await place.start()
  let run: Run
  for (;;) {
    const [advanced] = await Promise.all([place.open().advance('sync-key', { attended: false }), burst()])
    await burst()
    run = advanced.run
    if (advanced.over || run.state === 'halted') break
    place.advance(Math.max(1_000, (run.waitUntil ?? 0) - place.clock.wall()))
  }
  assert.equal(run.state, 'retired', run.problem?.text)
  assert.equal(calls.failed, 0, `${calls.worked} worked`)
  assert(calls.worked > 10)
  const refused = outside.filter(({ is }) => is !== 'works')
  assert(refused.length > 0, 'the window of a client with one key is real')
  const told = run.done.find(({ step }) => step === 'activate')
  const window = Number(told?.facts['withoutSecondsAtMost'])
  const seen = ((refused.at(-1)?.at ?? 0) - (refused[0]?.at ?? 0)) / 1000
  assert(window >= Math.floor(seen), `reported ${window} s, seen ${seen} s`)
  t.diagnostic(
    `${calls.worked} calls, none failed; the outside client was refused ${refused.length} of ${outside.length} times; window at most ${window} s`,
  )
})

void test('what the dry run finds ends the run before anything was changed', async (t) => {
  const place = await world(t)
  await place.start()
  place.sim.control.packageApp({ app: 'Sync', namespace: 'vendor' })
  place.sim.control.packageApp({ app: 'Sync', namespace: null })
  place.sim.control.changeOrg({ settings: { metadataRunMs: 1_000 } })
  const rotation = place.open()
  await rotation.advance('sync-key', { attended: false })
  // The judge of the org changes its mind while the job is in the queue.
  place.sim.control.packageApp({ app: 'Sync', namespace: 'vendor' })
  place.advance(6_000)
  const run = await end(place)
  assert.deepEqual([run.state, run.problem?.code], ['rolled-back', 'DEPLOYMENT_REFUSED'])
  assert.equal(jobs(place, false), 0)
  place.sim.control.packageApp({ app: 'Sync', namespace: null })
  await judgeOld(place, run)
})

void test('a deployment that is reported as done and reverted is noticed, and the old certificate proved', async (t) => {
  const place = await world(t, { org: { metadataRunMs: 1_000 } })
  await place.start()
  let reverted = false
  const run = await end(place, () => {
    if (reverted || jobs(place, false) === 0) return
    place.advance(2_000)
    assert.notEqual(print(place.slot().pem), print(place.oldPem))
    place.sim.control.changeApp({ app: 'Sync', publicKey: place.oldPem })
    reverted = true
  })
  assert.equal(run.problem?.code, 'DEPLOYMENT_REVERTED')
  await judgeOld(place, run)
})

for (const kind of ['connected', 'external'] as const) {
  void test(`a new key that is not known in time, ${kind} app: the old certificate is deployed again and proved`, async (t) => {
    const place = await world(t, { kind, app: { propagationMs: 60 * minute, propagation: 'late' } })
    await place.start()
    const run = await end(place)
    assert.equal(run.problem?.code, 'NEW_KEY_REFUSED')
    assert.match(run.done.find(({ step, back }) => step === 'deploy' && back)?.note ?? '', /proved by a login/)
    assert.equal(jobs(place, false), 2)
    place.advance(120 * minute)
    await judgeOld(place, run)
  })
}

void test('a user who may not sign in any more proves nothing, and the run is taken back', async (t) => {
  const place = await world(t, { org: { metadataRunMs: 1_000 }, settings: { username: 'prover@acme.example' } })
  const settings = (names: readonly string[]) =>
    place.sim.control.changeApp({ app: 'Sync', settings: { preAuthorizedUsers: names } })
  await assert.rejects(place.start(), { code: 'PREFLIGHT_FAILED', message: /isn|hasn|not/ })
  settings([machine, 'prover@acme.example'])
  await place.start()
  const run = await end(place, () => {
    if (jobs(place, false) > 0) settings([machine])
  })
  assert.equal(run.problem?.code, 'LOGIN_REFUSED')
  await judgeOld(place, run)
})

void test('cancelled behind the deployment, it is taken back and proved', async (t) => {
  const place = await world(t, { app: { propagationMs: 10 * minute } })
  const rotation = place.open()
  await place.start(rotation)
  await rotation.advance('sync-key', { attended: false })
  assert.notEqual(print(place.slot().pem), print(place.oldPem))
  await rotation.cancel('sync-key', 'somebody')
  const run = await end(place)
  assert.equal(run.problem?.code, 'CANCELLED')
  await judgeOld(place, run)
})

void test('a certificate that somebody else put in meanwhile is left alone', async (t) => {
  const place = await world(t, { org: { metadataRunMs: 1_000 } })
  await place.start()
  const other = place.sim.control.makeCertificate()
  await place.open().advance('sync-key', { attended: false })
  place.sim.control.changeApp({ app: 'Sync', publicKey: other.certificate })
  place.advance(6_000)
  const run = await end(place)
  assert.deepEqual([run.state, run.problem?.code], ['rolled-back', 'CERTIFICATE_CHANGED'])
  assert.equal(print(place.slot().pem), print(other.certificate))
})

for (const [what, org] of [
  ['refused', {}],
  ['taken all the same', { expiredCertificateVerifies: true, expiredCertificateDeploys: true }],
] as const) {
  void test(`a certificate that ran out, in an org where it is ${what}: it is turned like any other`, async (t) => {
    const place = await world(t, { days: 1, org })
    place.advance(2 * 24 * 60 * minute)
    assert.equal(await place.login(place.oldKey), what === 'refused' ? 'refused' : 'works')
    await place.start()
    const run = await end(place)
    assert.equal(run.state, 'retired', run.problem?.text)
    await judge(place, what)
  })
}

void test('a certificate that ran out cannot be put back: the run stops and says so', async (t) => {
  const place = await world(t, { days: 1, app: { propagationMs: 60 * minute, propagation: 'late' } })
  place.advance(2 * 24 * 60 * minute)
  await place.start()
  const run = await end(place)
  assert.deepEqual([run.state, run.problem?.code], ['halted', 'RESTORATION_REFUSED'])
  assert.match(run.problem?.text ?? '', /expired/)
  place.advance(120 * minute)
  const key = await place.keyturn.store.records.secret('credential', 'sync-key', `v${run.to}.privateKey`)
  assert.equal(await place.login(key?.reveal() ?? ''), 'works', 'what it says is so: the new key is in the store')
})

for (const outcome of ['all-done', 'nothing-done'] as const) {
  void test(`a deployment that ends in an unknown exception with ${outcome}: the slot says what happened`, async (t) => {
    const place = await world(t, { org: { metadataRunMs: 1_000 } })
    await place.start()
    let broken = false
    const run = await end(place, () => {
      if (!broken && jobs(place, false) === 1) place.sim.control.changeOrg({ settings: { deployException: outcome } })
      else if (broken) place.sim.control.changeOrg({ settings: { deployException: 'no' } })
      broken = jobs(place, false) > 0
    })
    assert.equal(run.state, 'retired', run.problem?.text)
    assert.equal(jobs(place, false), outcome === 'all-done' ? 1 : 2)
    await judge(place, outcome)
  })
}

for (const action of [{ drop: 'after' }, { drop: 'before' }, { status: 503, when: 'after', html: true }] as const) {
  void test(`an answer of the Metadata API lost here and there: ${JSON.stringify(action)}`, async (t) => {
    for (const skip of [0, 2, 3, 4, 5, 7]) {
      const place = await world(t)
      await place.start()
      place.sim.control.addFault({ match: { endpoint: 'metadata' }, skip, count: 2, action })
      const run = await end(place)
      assert.equal(run.state, 'retired', `${skip}: ${run.problem?.text ?? ''}`)
      await judge(place, String(skip))
    }
  })
}

void test('killed at a write here and there, another process brings it to its end', async (t) => {
  const counting = await world(t)
  await counting.start()
  await end(counting)
  const writes = counting.writes()
  const every = process.env['KEYTURN_LONG'] === undefined ? 5 : 1
  let cells = 0
  for (let at = 2; at <= writes; at += every) {
    const when = at % 2 === 0 ? 'after' : 'before'
    const place = await world(t)
    const dying = place.open({ at, when })
    const whole = place.start(dying).then(() => toTheEnd(place, 'sync-key', () => dying))
    await assert.rejects(whole, Killed)
    cells += 1
    place.advance(31_000)
    if ((await place.open().state('sync-key'))?.run == null) continue
    const run = await end(place)
    assert.equal(run.state, 'retired', `write ${at} ${when}: ${run.problem?.text ?? ''}`)
    await judge(place, `write ${at} ${when}`)
    assert.equal(jobs(place, false), 1, `write ${at} ${when}: deployed once`)
  }
  t.diagnostic(`${cells} of ${writes} writes`)
})

void test('killed here and there on the way back, the old certificate is in the slot and proved all the same', async (t) => {
  const failing = () =>
    world(t, { app: { propagationMs: 10 * minute, propagation: 'late' }, settings: { propagation: '1m' } })
  const counting = await failing()
  await counting.start()
  let back = 0
  await end(counting, ({ direction }) => {
    if (direction === 'forward') back = counting.writes()
  })
  const writes = counting.writes()
  const every = process.env['KEYTURN_LONG'] === undefined ? 4 : 1
  let cells = 0
  for (let at = back - 2; at <= writes; at += every) {
    const when = at % 2 === 0 ? 'after' : 'before'
    const place = await failing()
    const dying = place.open({ at, when })
    await place.start(dying)
    const whole = toTheEnd(place, 'sync-key', () => dying)
    await whole.catch((error: unknown) => assert(error instanceof Killed))
    cells += 1
    place.advance(31_000)
    const held = await place.open().state('sync-key')
    if (held?.run != null) await end(place)
    const ended = await place.open().run(held?.run?.id ?? held?.runs[0] ?? '')
    assert(ended !== null)
    place.advance(30 * minute)
    await judgeOld(place, ended.run)
  }
  t.diagnostic(`${cells} of ${writes - back + 3} writes`)
})

void test('a slot the org shows nothing of: nothing is begun until the certificate is adopted, and then it can be put back', async (t) => {
  const place = await world(t, { app: { propagationMs: 60 * minute, propagation: 'late' } })
  const { publicKey } = place
  place.sim.control.changeApp({ app: 'Sync', publicKey })
  await assert.rejects(place.start(), { code: 'PREFLIGHT_FAILED', message: /does not show the certificate/ })
  await assert.rejects(place.open().adopt('sync-key', 'test'), { code: 'ORG_REFUSED' })
  await place.open().adopt('sync-key', 'test', place.oldSecrets)
  await place.start()
  const run = await end(place)
  assert.equal(run.problem?.code, 'NEW_KEY_REFUSED')
  assert.match(run.done.find(({ step, back }) => step === 'deploy' && back)?.note ?? '', /proved by a login/)
  place.advance(120 * minute)
  await judgeOld(place, run)
})

void test('an app without a certificate gets its first one; taken back, the slot is empty again', async (t) => {
  const place = await world(t, { settings: { emptySlot: true }, app: { propagationMs: 5 * minute } })
  place.sim.control.changeApp({ app: 'Sync', publicKey: null })
  place.advance(6 * minute)
  const rotation = place.open()
  await place.start(rotation)
  await rotation.advance('sync-key', { attended: false })
  assert.notEqual(place.slot().pem, '')
  await rotation.cancel('sync-key', 'somebody')
  const back = await end(place)
  assert.equal(back.state, 'rolled-back', back.problem?.text)
  assert.equal(place.slot().pem, '')
  await place.start()
  assert.equal((await end(place)).state, 'retired')
  await judge(place, 'the first certificate')
})

void test('adopted from the org, the key comes from the grant that has it; its age is that of the certificate', async (t) => {
  const place = await world(t, { kind: 'external' })
  const doc = await place.open().adopt('sync-key', 'test')
  assert.deepEqual(doc.versions.at(-1)?.fields, ['certificate', 'privateKey'])
  const age = await place.open().age('sync-key')
  assert.equal(age.basis, 'known')
  assert.match(age.why, /runs out on .*, in (89|90) days/)
  const seen = () => credentialView(place.open().settingsOf('sync-key'), doc, age, place.clock.wall())
  assert.deepEqual([seen().expires?.warning, expiryText(seen())], [null, ''])
  place.advance(82 * 24 * 60 * minute)
  assert.equal(seen().expires?.warning, 10)
  assert.match(expiryText(seen()), /runs out in [78] d/)
  place.advance(10 * 24 * 60 * minute)
  assert.match(expiryText(seen()), /^ran out on /)
})

void test('who may not use the Metadata API is told before anything is begun', async (t) => {
  const place = await world(t, { rotatorPermissions: ['ApiEnabled'] })
  await assert.rejects(place.start(), { code: 'PREFLIGHT_FAILED', message: /Metadata API requires/ })
})

const isOpen = ({ sim }: World): boolean => sim.control.changeOrg({ settings: {} }).consumerSecretsByMetadata

void test('an org that keeps the settings of external client apps closed: the run opens them for itself, and closes them', async (t) => {
  const place = await world(t, {
    kind: 'external',
    org: { globalOauthSettings: 'closed', metadataQueueMs: 20_000, metadataRunMs: 30_000 },
  })
  assert.deepEqual(await place.open().preflight('sync-key'), [])
  await place.start()
  const run = await end(place)
  assert.equal(run.state, 'retired', run.problem?.text)
  assert.equal(isOpen(place), false)
  assert(run.switches.every(({ name, closedAt }) => name === 'consumer-secrets-by-metadata' && closedAt !== null))
  assert.equal(run.switches.length, 2, 'open for making and judging, then until the deployment ended, not in between')
  await judge(place, 'opened by the run')
  assert.equal(place.sim.control.consumers({ app: 'Sync' }).length, 1, 'no secret was rotated by the way')
})

void test('… also to put the old certificate back', async (t) => {
  const place = await world(t, {
    kind: 'external',
    org: { globalOauthSettings: 'closed' },
    app: { propagationMs: 60 * minute, propagation: 'late' },
  })
  await place.start()
  const run = await end(place)
  assert.equal(run.problem?.code, 'NEW_KEY_REFUSED')
  assert.equal(isOpen(place), false)
  assert.equal(run.switches.length, 3, 'and once more for the restoration, not for the logins that prove it')
  place.advance(120 * minute)
  await judgeOld(place, run)
})

void test('… and where its user may not, a person is told the clicks', async (t) => {
  const place = await world(t, { kind: 'external', org: { globalOauthSettings: 'closed' } })
  await place.start()
  // Reading is allowed, and the update is refused.
  place.sim.control.addFault({
    match: { endpoint: 'metadata' },
    skip: 3,
    action: { status: 403, when: 'before', html: true },
  })
  const waiting = await end(place)
  assert.equal(waiting.state, 'waiting-for-person', waiting.problem?.text)
  assert.match(waiting.person?.clicks.join(' ') ?? '', /OAuth Consumer Secrets via Metadata API/)
  place.sim.control.changeOrg({ settings: { consumerSecretsByMetadata: true } })
  await place.open().resume('sync-key')
  const run = await end(place)
  assert.equal(run.state, 'retired', run.problem?.text)
  assert.deepEqual(run.switches, [], 'what a person switched on is the person’s to switch off')
  await judge(place, 'opened by a person')
})
