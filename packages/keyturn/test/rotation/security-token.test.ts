/** Password and security token over the wire: set once whatever is lost, refused, killed or away, and never taken back. */
import assert from 'node:assert/strict'
import { mkdirSync, rmSync } from 'node:fs'
import { test } from 'node:test'
import type { Rotation } from '../../src/rotation/rotation.ts'
import { hour, passwordScene, robot } from './password-scene.ts'
import { Killed, toTheEnd } from './scene.ts'
import { changes, judge, noteOf, signsIn, start, turned } from './security-token-run.ts'

void test('the whole way: made, stored, set, mailed, proved from an untrusted address, told, drained, filed', async (t) => {
  const { place, run } = await turned(t)
  await judge(place, run)
  assert.match(noteOf(run, 'verify'), /untrusted address: password and token are proved/)
  assert.deepEqual(run.done.find(({ step }) => step === 'verify')?.facts, {
    by: 'SOAP login()',
    trusted: false,
    tokenProved: true,
  })
  assert.match(noteOf(run, 'receive'), /by mail from noreply@salesforce.com.*DKIM pass/)
  assert.equal(place.settled.size, 1, 'the mail was filed')
  assert.match(noteOf(run, 'drain'), /nobody was seen using it/)
  const { password } = place.sim.control.userSecrets({ user: robot })
  assert.match(password, /^[A-Za-z][A-Za-z0-9_.-]{31}$/)
})

void test('a second rotation needs nobody who watches, and the first one does', async (t) => {
  const place = await passwordScene(t, { credential: { firstRunUnattended: false } })
  assert.deepEqual(
    (await place.open().preflight('robot')).map(({ code }) => code),
    ['FIRST_RUN_UNATTENDED'],
  )
  await assert.rejects(start(place.open()), { code: 'PREFLIGHT_FAILED' })
  await start(place.open(), true)
  await judge(place, await toTheEnd(place, 'robot', () => place.open()))
  place.advance(24 * hour)
  assert.deepEqual(await place.open().preflight('robot'), [])
})

void test('how: own sets it as the user itself, which may no more than that', async (t) => {
  const place = await passwordScene(t, { credential: { how: 'own', org: 'robot' } })
  assert.deepEqual(
    (await place.open().preflight('robot')).map(({ code }) => code),
    ['NOT_ADOPTED'],
  )
  await assert.rejects(place.open().adopt('robot', 'test'), { code: 'BAD_ARGUMENT' })
  await place.adopt()
  await start(place.open())
  await judge(place, await toTheEnd(place, 'robot', () => place.open()))
  const other = await place.open({ org: 'admin' }).preflight('robot')
  assert.deepEqual(
    other.map(({ code }) => code),
    ['OTHER_USER'],
  )
})

for (const [what, action] of [
  ['lost after it was set', { drop: 'after' }],
  ['lost before it was set', { drop: 'before' }],
  ['an error of the server after it was set', { status: 503, when: 'after' }],
  ['an error of the server before it was set', { status: 503, when: 'before' }],
  ['delivered twice, the refusal of the second heard', { duplicate: 'after', duplicateAnswer: 'second' }],
] as const)
  for (const how of ['reset', 'own'] as const) {
    void test(`${how}: the answer of the change is ${what}: found out, and never changed again`, async (t) => {
      const place = await passwordScene(t, { credential: { how, org: how === 'own' ? 'robot' : 'admin' } })
      await place.adopt()
      await start(place.open())
      const soap = { path: '/services/Soap/u/', method: 'POST' }
      const rest = { path: '/password$', method: 'POST' }
      place.sim.control.addFault({ match: how === 'own' ? soap : rest, action })
      await judge(place, await toTheEnd(place, 'robot', () => place.open()))
      assert.deepEqual(
        place.sim.control.faults().map(({ hits }) => hits),
        [1],
      )
    })
  }

void test('an org that ends the user’s sessions with its password ends none of the run', async (t) => {
  const place = await passwordScene(t, {
    settings: { passwordChangeEndsSessions: 'all' },
    credential: { how: 'own', org: 'robot' },
  })
  await place.adopt()
  await start(place.open())
  place.sim.control.addFault({ match: { path: '/services/Soap/u/', method: 'POST' }, action: { drop: 'after' } })
  await judge(place, await toTheEnd(place, 'robot', () => place.open()))
})

void test('a destination that can’t be written leaves the run where it is, with the new value stored', async (t) => {
  const place = await passwordScene(t)
  await start(place.open())
  mkdirSync(place.envFile)
  const run = await toTheEnd(place, 'robot', () => place.open())
  assert.equal(run.state, 'halted', run.waitsFor ?? '')
  assert.deepEqual(
    run.exposed.map(({ to }) => to),
    [null],
    'consumers are cut off, and the report says so',
  )
  rmSync(place.envFile, { recursive: true })
  await place.open().resume('robot')
  await judge(place, await toTheEnd(place, 'robot', () => place.open()))
})

void test('a password is sent to Salesforce’s hosts alone', async (t) => {
  const place = await passwordScene(t, { credential: { loginUrl: 'https://salesforce.example' } })
  await place.adopt()
  assert.deepEqual(
    (await place.open().preflight('robot')).map(({ code }) => code),
    ['LOGIN_URL_REFUSED'],
  )
  await assert.rejects(start(place.open()), { code: 'PREFLIGHT_FAILED' })
})

void test('what the org’s policy wants is what the password has; a day between two changes is waited out', async (t) => {
  const strict = {
    passwordMinimumLength: 40,
    passwordComplexity: 'UpperLowerCaseNumericSpecialCharacters',
    passwordMinimumLifetime: true,
  } as const
  const { place, run } = await turned(t, { settings: strict })
  await judge(place, run)
  assert.equal(place.told()['SF_PASSWORD']?.length, 40)
  assert.deepEqual(
    (await place.open().preflight('robot')).map(({ code }) => code),
    ['PASSWORD_TOO_YOUNG'],
  )
})

void test('a policy that can’t be read: the org’s own words lengthen the password, or make the run wait', async (t) => {
  const settings = { passwordMinimumLength: 40, passwordMinimumLifetime: true }
  const users = [{ username: 'helper@acme.example', permissions: ['ManageUsers', 'ResetPasswords'] as const }]
  const place = await passwordScene(t, { settings, users, credential: { org: 'helper' } })
  const { clientId, clientSecret, refreshToken } = place.sim.control.grant({ user: 'helper@acme.example', app: 'Web' })
  const grant = {
    name: 'helper',
    loginUrl: place.sim.url,
    clientId,
    clientSecret,
    refreshToken,
    flow: 'refresh_token',
  } as const
  await place.keyturn.grants.add(grant)
  place.sim.control.changeUser({ user: robot, change: { passwordChangedAt: place.clock.wall() - hour } })
  await start(place.open())
  const { run: waiting } = await place.open().advance('robot', { attended: false })
  assert.match(waiting.waitsFor ?? '', /a day between two changes/)
  assert.deepEqual(
    waiting.exposed.filter(({ to }) => to === null),
    [],
    'nothing is exposed while nothing was changed',
  )
  const run = await toTheEnd(place, 'robot', () => place.open())
  assert.equal(run.state, 'retired', run.problem?.text)
  assert.equal(place.told()['SF_PASSWORD']?.length, 40)
  assert.equal(await changes(place), 1)
})

void test('a password the org will not have halts before anything was changed, and goes on with other settings', async (t) => {
  const place = await passwordScene(t, { settings: { passwordMinimumLength: 8 } })
  await start(place.open())
  place.sim.control.addFault({
    match: { path: '/password$', method: 'POST' },
    action: { status: 400, when: 'before', body: '[{"errorCode":"INVALID_NEW_PASSWORD","message":"no dots please"}]' },
  })
  const run = await toTheEnd(place, 'robot', () => place.open())
  assert.deepEqual([run.state, run.problem?.code], ['halted', 'PASSWORD_REFUSED'])
  assert.match(run.problem?.next ?? '', /Nothing was changed/)
  assert.equal(place.sim.control.userSecrets({ user: robot }).password, 'former-Password-1')
  const other = { password: { special: '!', length: 20 } }
  await place.open(other).resume('robot')
  const end = await toTheEnd(place, 'robot', () => place.open(other))
  assert.equal(end.state, 'retired', end.problem?.text)
  assert.match(place.sim.control.userSecrets({ user: robot }).password, /^[\w!]{20}$/)
})

void test('a password the org will not have can be given up: the run is taken back, and nothing was changed', async (t) => {
  const place = await passwordScene(t, { settings: { passwordMinimumLength: 8 } })
  await start(place.open())
  place.sim.control.addFault({
    match: { path: '/password$', method: 'POST' },
    action: { status: 400, when: 'before', body: '[{"errorCode":"INVALID_NEW_PASSWORD","message":"no dots please"}]' },
  })
  assert.equal((await toTheEnd(place, 'robot', () => place.open())).state, 'halted')
  await place.open().cancel('robot', 'somebody')
  const end = await toTheEnd(place, 'robot', () => place.open())
  assert.equal(end.state, 'rolled-back', end.problem?.text)
  assert.equal(place.sim.control.userSecrets({ user: robot }).password, 'former-Password-1')
})

void test('who still tries the old password is named, and when nobody does the run ends', async (t) => {
  const place = await passwordScene(t, { credential: { drain: { quiet: '1h', atMost: '30d' } } })
  await start(place.open())
  let left = 3
  const run = await toTheEnd(
    place,
    'robot',
    () => place.open(),
    async ({ state, waitsFor }) => {
      if (state !== 'draining' || left === 0) return
      if (left < 3) assert.match(waitsFor ?? '', /a program at 198\.51\.100\.7/)
      left -= 1
      // Not in the seconds of our own tries, which are not a consumer’s.
      place.advance(60_000)
      assert.equal(await signsIn(place, 'former-Password-1'), false)
    },
  )
  await judge(place, run)
  assert.equal(left, 0)
  assert.match(noteOf(run, 'drain'), /last used by a program at 198\.51\.100\.7/)
})

void test('cancelled before it was set, everything is as it was', async (t) => {
  const place = await passwordScene(t)
  const before = place.sim.control.userSecrets({ user: robot })
  const rotation = place.open()
  await start(rotation)
  await rotation.cancel('robot', 'somebody')
  const run = await toTheEnd(place, 'robot', () => rotation)
  assert.equal(run.state, 'rolled-back')
  assert.deepEqual(place.sim.control.userSecrets({ user: robot }), before)
})

void test('an org that is away for long halts the run truthfully; resumed, it finds out and goes on', async (t) => {
  for (const drop of ['before', 'after'] as const) {
    const place = await passwordScene(t)
    await start(place.open())
    const match = { path: '/password$', method: 'POST' }
    place.sim.control.addFault({ match, action: { drop }, count: 1 })
    place.sim.control.addFault({
      match: { path: '/services/(data|Soap)' },
      action: { status: 503 },
      skip: 12,
      count: 40,
    })
    const run = await toTheEnd(place, 'robot', () => place.open())
    place.sim.control.removeFaults()
    assert.equal(run.state, 'halted', `${drop}: ${run.state}`)
    assert.equal(run.problem?.code, 'ORG_UNAVAILABLE')
    await place.open().resume('robot')
    await judge(place, await toTheEnd(place, 'robot', () => place.open()))
  }
})

void test('by the OAuth username-password flow alone, a token is proved, and a former one found out', async (t) => {
  for (const fault of [null, 'old-token'] as const) {
    const place = await passwordScene(t, { settings: { soapLogin: false } })
    const web = place.sim.orgs[0]?.apps.find(({ name }) => name === 'Web')
    const signIn = { by: 'password-flow', clientId: web?.clientId, clientSecret: `command:printf ${web?.clientSecret}` }
    const open = (): Rotation => place.open({ signIn })
    if (fault !== null) place.sim.control.addMailFault({ fault })
    await start(open())
    let run = await toTheEnd(place, 'robot', open)
    if (fault !== null) {
      assert.equal(run.state, 'waiting-for-person', run.problem?.text)
      place.sim.control.resetSecurityToken({ user: robot })
      await open().resume('robot')
      run = await toTheEnd(place, 'robot', open)
    }
    assert.equal(run.state, 'retired', run.problem?.text)
    assert.match(
      noteOf(run, 'verify'),
      /username-password flow from an untrusted address: password and token are proved/,
    )
    assert.equal(await changes(place), 1)
    const now = place.sim.control.userSecrets({ user: robot })
    assert.deepEqual(
      [place.told()['SF_PASSWORD'], place.told()['SF_SECURITY_TOKEN']],
      [now.password, now.securityToken],
    )
  }
})

void test('killed at a write here and there, another process brings it to its end with one change', async (t) => {
  let writes = 0
  const every = process.env['KEYTURN_LONG'] === undefined ? 5 : 1
  for (let at = 1; ; at += every) {
    const when = at % 2 === 0 ? 'after' : 'before'
    const place = await passwordScene(t)
    await place.adopt()
    // Of some the answer to the change is lost as well.
    if (at % 3 === 0)
      place.sim.control.addFault({ match: { path: '/password$', method: 'POST' }, action: { drop: 'after' } })
    const dying = place.open({}, { die: { at, when } })
    const end = await start(dying)
      .then(() => toTheEnd(place, 'robot', () => dying))
      .catch((error: unknown) => {
        assert(error instanceof Killed, String(error))
        return null
      })
    if (end !== null) break
    writes = at
    place.advance(31_000)
    const doc = await place.open().state('robot')
    if ((doc?.runs.length ?? 0) === 0 && doc?.run == null) await start(place.open())
    // Killed behind its last write it is over.
    const ended = await place.open().run(doc?.runs[0] ?? '')
    const run = ended?.run ?? (await toTheEnd(place, 'robot', () => place.open()))
    await judge(place, run).catch((error: unknown) => {
      throw new Error(`killed ${when} write ${at}: ${String(error)}`, { cause: error })
    })
  }
  t.diagnostic(`every ${every}. of some ${writes} writes`)
  assert(writes > 20)
})
