/** Passwords by age: a machine’s is rotated, a person’s is reset after approval; and the due list of many users. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from '@keyturn/tokens'
import { passwordAges } from '../../src/org/password-ages.ts'
import { newPassword, usualShape } from '../../src/rotation/user-password/new-password.ts'
import type { Run } from '../../src/rotation/credential.ts'
import type { Rotation } from '../../src/rotation/rotation.ts'
import { connectJwt, setUp } from '../connected.ts'
import { hour, outside, passwordScene, robot } from './password-scene.ts'
import type { PasswordScene } from './password-scene.ts'
import { Killed, toTheEnd } from './scene.ts'
import { shipped } from './shipped-permissions.ts'

const day = 24 * hour
const ada = 'ada@acme.example'

const start = (rotation: Rotation): Promise<Run> =>
  rotation.start('robot', { why: 'test', who: 'test', attended: false })

const codes = async (rotation: Rotation): Promise<readonly string[]> =>
  (await rotation.preflight('robot')).map(({ code }) => code)

const changes = async (place: PasswordScene, action: string): Promise<number> =>
  (await place.org('admin').query(`SELECT Display FROM SetupAuditTrail WHERE Action = '${action}'`)).length

void test('a machine within login IP ranges: its password is rotated, no token is waited for', async (t) => {
  const place = await passwordScene(t, {
    kind: 'password',
    users: [{ username: 'api@acme.example', profile: 'Minimum Access - API Only Integrations', apiOnly: true }],
    credential: { user: 'api@acme.example' },
  })
  place.sim.control.changeUser({ user: 'api@acme.example', change: { loginAddresses: [outside] } })
  await start(place.open())
  const run = await toTheEnd(place, 'robot', () => place.open())
  assert.equal(run.state, 'retired', run.problem?.text)
  const { SF_USERNAME: user, SF_PASSWORD: password, SF_SECURITY_TOKEN: token } = place.told()
  assert.deepEqual(
    [user, password, token],
    ['api@acme.example', place.sim.control.userSecrets({ user: 'api@acme.example' }).password, undefined],
  )
  assert.match(run.done.find(({ step }) => step === 'verify')?.note ?? '', /password alone/)
  assert.equal(await changes(place, 'changedpassword'), 1)
})

void test('where a token is wanted all the same, the report says that it ended with the password', async (t) => {
  const place = await passwordScene(t, { kind: 'password' })
  await start(place.open())
  const run = await toTheEnd(place, 'robot', () => place.open())
  assert.equal(run.state, 'retired', run.problem?.text)
  assert.match(run.done.find(({ step }) => step === 'verify')?.note ?? '', /former token ended.*kind: security-token/)
})

void test('an address outside the login IP ranges: halted truthfully, and resumed where it is inside', async (t) => {
  const place = await passwordScene(t, { kind: 'password' })
  place.sim.control.changeUser({ user: robot, change: { loginAddresses: ['192.0.2.0/24'] } })
  await start(place.open())
  const run = await toTheEnd(place, 'robot', () => place.open())
  assert.deepEqual([run.state, run.problem?.code], ['halted', 'NEW_VALUE_REFUSED'])
  assert.match(run.problem?.next ?? '', /set and|stored and set/)
  place.sim.control.changeOrg({ settings: { assumedAddress: '192.0.2.1' } })
  await place.open().resume('robot')
  const end = await toTheEnd(place, 'robot', () => place.open())
  assert.equal(end.state, 'retired', end.problem?.text)
  assert.equal(await changes(place, 'changedpassword'), 1)
})

void test('by the OAuth username-password flow, where SOAP login() is closed', async (t) => {
  const place = await passwordScene(t, {
    kind: 'password',
    settings: { soapLogin: false, trustedAddresses: [outside] },
  })
  assert.deepEqual(await codes(place.open()), ['SOAP_LOGIN_CLOSED'])
  const web = place.sim.orgs[0]?.apps.find(({ name }) => name === 'Web')
  const flow = { by: 'password-flow', clientId: web?.clientId, clientSecret: `command:printf ${web?.clientSecret}` }
  const open = (): Rotation => place.open({ signIn: flow })
  assert.deepEqual(await codes(open()), [])
  await start(open())
  const run = await toTheEnd(place, 'robot', open)
  assert.equal(run.state, 'retired', run.problem?.text)
  place.sim.control.changeOrg({ settings: { passwordFlowBlocked: true } })
  assert.deepEqual(await codes(open()), ['NO_PASSWORD_LOGIN'])
  assert.deepEqual(await codes(place.open()), ['NO_PASSWORD_LOGIN'])
})

const person = { kind: 'password', users: [{ username: ada, firstName: 'Ada' }] }
const ofPerson = { user: ada, of: 'person', destinations: undefined }

void test('a person: nothing before approval, one link after it, and the end when a new one was chosen', async (t) => {
  const place = await passwordScene(t, { ...person, credential: ofPerson })
  const old = place.sim.control.userSecrets({ user: ada }).password
  const rotation = place.open()
  await start(rotation)
  const waiting = await toTheEnd(place, 'robot', () => rotation)
  assert.equal(waiting.state, 'waiting-for-person')
  await rotation.resume('robot')
  const no = await rotation.advance('robot', { attended: true, answers: { reset: new Secret('no') } })
  assert.equal(no.run.state, 'waiting-for-person', 'anything but a yes is none')
  assert.equal(place.sim.control.userSecrets({ user: ada }).password, old)
  await rotation.cancel('robot', 'test')
  assert.equal((await toTheEnd(place, 'robot', () => rotation)).state, 'rolled-back')

  await start(rotation)
  place.sim.control.addFault({ match: { path: '/password$', method: 'DELETE' }, action: { drop: 'after' } })
  const approved = await rotation.advance('robot', { attended: true, answers: { reset: new Secret('yes') } })
  assert.notEqual(approved.run.state, 'waiting-for-person')
  place.advance(10_000)
  const { run } = await place.open().advance('robot', { attended: false })
  assert.match(run.waitsFor ?? '', /has not used the link yet/)
  assert.equal(place.sim.control.mails({ kind: 'password-reset' }).length, 1, 'the lost answer cost no second mail')
  place.advance(25 * hour)
  const asked = await place.open().advance('robot', { attended: false })
  assert.match(asked.run.person?.what ?? '', /has not chosen a password yet/)
  place.sim.control.changeUser({ user: ada, change: { password: 'of-her-own-Choice-7', passwordExpired: false } })
  await rotation.resume('robot')
  const end = await toTheEnd(place, 'robot', () => place.open())
  assert.equal(end.state, 'retired', end.problem?.text)
  assert.equal(await changes(place, 'resetpassword'), 1)
  const [doc] = [await rotation.state('robot')]
  assert.equal(doc?.versions.at(-1)?.verifiedAt, null, 'nobody signed in with it here')
  assert.deepEqual(
    end.exposed.map(({ from, to }) => to !== null && to - from > 25 * hour),
    [true],
    'from the reset until she had one',
  )
  assert.deepEqual(doc?.versions.at(-1)?.fields, [], 'nothing of a person’s password is in the store')
})

void test('killed at a write here and there, a person gets one link, and a machine one password', async (t) => {
  const every = process.env['KEYTURN_LONG'] === undefined ? 6 : 1
  const yes = { attended: true, answers: { reset: new Secret('yes') } }
  let cells = 0
  for (const whose of ['person', 'machine'] as const)
    for (let at = 1; ; at += every) {
      const credential = whose === 'person' ? ofPerson : {}
      const place = await passwordScene(t, { kind: 'password', users: person.users, credential })
      const go = async (open: () => Rotation): Promise<Run> => {
        for (let round = 0; ; round++) {
          assert(round < 50)
          const { run, over } = await open().advance('robot', yes)
          if (over) return run
          if (run.data['resetShows'] !== undefined)
            place.sim.control.changeUser({
              user: ada,
              change: { password: 'her-own-Choice-7', passwordExpired: false },
            })
          place.advance(Math.max(1_000, (run.waitUntil ?? 0) - place.clock.wall()))
        }
      }
      const dying = place.open({}, { die: { at, when: at % 2 === 0 ? 'after' : 'before' } })
      const end = await start(dying)
        .then(() => go(() => dying))
        .catch((error: unknown) => {
          assert(error instanceof Killed, String(error))
          return null
        })
      if (end !== null) break
      cells += 1
      place.advance(31_000)
      const doc = await place.open().state('robot')
      if ((doc?.runs.length ?? 0) === 0 && doc?.run == null) await start(place.open())
      // Killed behind its last write it is over.
      const ended = await place.open().run(doc?.runs[0] ?? '')
      const run = ended?.run ?? (await go(() => place.open()))
      assert.equal(run.state, 'retired', `${whose}, write ${at}: ${run.problem?.text ?? ''}`)
      assert.equal(
        await changes(place, whose === 'person' ? 'resetpassword' : 'changedpassword'),
        1,
        `${whose}, write ${at}`,
      )
    }
  t.diagnostic(`${cells} deaths`)
})

void test('a credential that becomes another kind: not while it runs, and then from the value it had', async (t) => {
  const place = await passwordScene(t, { kind: 'password' })
  await place.adopt()
  const other = place.open({ kind: 'security-token' })
  await start(place.open())
  await assert.rejects(other.advance('robot', { attended: true }), {
    code: 'CONFIG_INVALID',
    message: /is security-token now, and its rotation as password is under way/,
  })
  await assert.rejects(other.cancel('robot', 'test'), { code: 'CONFIG_INVALID' })
  await place.open().cancel('robot', 'test')
  await toTheEnd(place, 'robot', () => place.open())
  const run = await other.start('robot', { why: 'test', who: 'test', attended: true })
  assert.deepEqual([(await other.state('robot'))?.kind, run.from], ['security-token', 1])
})

void test('a person’s password goes to no destination', async (t) => {
  const place = await passwordScene(t, { ...person, credential: { user: ada, of: 'person' } })
  assert.deepEqual(await codes(place.open()), ['PERSON_HAS_DESTINATIONS'])
})

void test('the age is what the org says, and a token’s is at most that', async (t) => {
  for (const [kind, basis] of [
    ['password', 'known'],
    ['security-token', 'at-most'],
  ] as const) {
    const place = await passwordScene(t, { kind })
    const age = await place.open().age('robot')
    assert(age.basis !== 'unknown')
    assert.equal(age.basis, basis)
    assert.equal(Math.floor((place.clock.wall() - age.since) / day), 2)
    assert.doesNotMatch(age.why, /expires(?! by age)/)
  }
})

void test('the due list: machines and people, the oldest first, by profile, permission set or names', async (t) => {
  const place = await passwordScene(t, {
    users: [
      { username: ada },
      {
        username: 'api@acme.example',
        profile: 'Minimum Access - API Only Integrations',
        apiOnly: true,
        permissionSets: ['Billing_Sync_Integration'],
      },
    ],
  })
  const now = place.clock.wall()
  place.sim.control.changeUser({ user: ada, change: { passwordChangedAt: now - 100 * day } })
  const kindOf = (name: string) => ({ is: name === ada ? ('person' as const) : ('machine' as const), why: 'told' })
  const ages = (filter: object) => passwordAges(place.org('admin'), { filter, maxAge: 90 * day, now, kindOf })
  const all = await ages({})
  assert.deepEqual(all.map(({ username, kind, days, due }) => [username, kind, days, due]).slice(0, 1), [
    [ada, 'person', 100, true],
  ])
  assert.deepEqual(all[0]?.securityToken, { basis: 'at-most', days: 100 })
  assert(all.slice(1).every(({ due }) => due === false))
  const machines = await ages({ permissionSet: 'Billing_Sync_Integration' })
  assert.deepEqual(
    machines.map(({ username, kind }) => [username, kind]),
    [['api@acme.example', 'machine']],
  )
  assert.deepEqual(
    (await ages({ profile: 'Minimum Access - API Only Integrations' })).map(({ username }) => username),
    ['api@acme.example'],
  )
  const many = [...Array.from({ length: 450 }, (_none, n) => `nobody-${n}@acme.example`), ada, "o'hara@acme.example"]
  assert.deepEqual(
    (await ages({ users: many })).map(({ username }) => username),
    [ada],
  )
})

void test('keyturn credentials passwords lists them, and answers no when one is due', async (t) => {
  const setup = await setUp(t)
  await connectJwt(setup)
  const young = await setup.folder.run(['credentials', 'passwords', 'acme', '--json'])
  assert.equal(young.code, 0, young.stderr)
  const { users, due } = JSON.parse(young.stdout) as { users: { username: string; kind: string }[]; due: number }
  assert.equal(due, 0)
  assert(users.some(({ username, kind }) => username === 'api@acme.example' && kind === 'machine'))
  assert(
    users.every(({ kind }) => kind !== 'person'),
    'who may not be looked at is not taken for a person',
  )
  const args = ['credentials', 'passwords', 'acme', '--user', setup.user, '--max-age', '1ms']
  const old = await setup.folder.run(args)
  assert.deepEqual([old.code, /integration@acme.example +unknown +0 d +at most 0 d .* due/.test(old.stdout)], [1, true])
  assert.equal((await setup.folder.run([...args.slice(0, -1), 'soon'])).code, 2)
})

void test('the shipped permission set is enough for the whole way of a security token', async (t) => {
  const permissions = shipped('Passwords')
  const users = [{ username: 'helper@acme.example', profile: 'Minimum Access - API Only Integrations' as const }]
  const place = await passwordScene(t, { users, credential: { org: 'helper' } })
  place.sim.control.givePermissions({ user: 'helper@acme.example', permissions: permissions as never })
  const { clientId, clientSecret, refreshToken } = place.sim.control.grant({ user: 'helper@acme.example', app: 'Web' })
  await place.keyturn.grants.add({
    name: 'helper',
    loginUrl: place.sim.url,
    clientId,
    clientSecret,
    refreshToken,
    flow: 'refresh_token',
  })
  await start(place.open())
  const run = await toTheEnd(place, 'robot', () => place.open())
  assert.equal(run.state, 'retired', run.problem?.text)
  assert.match(run.done.find(({ step }) => step === 'drain')?.note ?? '', /nobody was seen using it/)
})

void test('new passwords satisfy every complexity, begin with a letter and use every character about equally', () => {
  let n = 0
  const random = (size: number): Uint8Array =>
    Uint8Array.from({ length: size }, () => (n = (n * 73 + 41) % 65_536) >> 8)
  const counts = new Map<string, number>()
  for (let i = 0; i < 400; i++) {
    const text = newPassword(random, usualShape).reveal()
    assert.match(text, /^[A-Za-z][\w.-]{31}$/)
    for (const kind of [/[A-Z]/, /[a-z]/, /\d/, /[-_.]/]) assert.match(text, kind)
    assert.doesNotMatch(text, /[lIO01]/)
    for (const one of text) counts.set(one, (counts.get(one) ?? 0) + 1)
  }
  const each = [...counts.values()]
  assert.equal(counts.size, 23 + 24 + 8 + 3 + (counts.has('i') ? 1 : 0))
  assert(Math.min(...each) * 4 > Math.max(...each), `${Math.min(...each)} to ${Math.max(...each)}`)
})
