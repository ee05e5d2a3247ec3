/** Password and security token over the wire: the mail that comes, comes late, twice, forged, or never; and nothing set twice. */
import assert from 'node:assert/strict'
import { mkdirSync, rmSync } from 'node:fs'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import jsforce from 'jsforce'
import { Secret } from '@keyturn/tokens'
import { verifyEntries } from '@keyturn/tokens/ledger'
import type { Run } from '../../src/rotation/credential.ts'
import type { Rotation } from '../../src/rotation/rotation.ts'
import { hour, outside, passwordScene, robot } from './password-scene.ts'
import type { PasswordScene, Place } from './password-scene.ts'
import { Killed, toTheEnd } from './scene.ts'

const start = (rotation: Rotation, attended = false): Promise<Run> =>
  rotation.start('robot', { why: 'test', who: 'test', attended })

/** How often the password was changed: Setup Audit Trail knows. */
const changes = async (place: PasswordScene): Promise<number> =>
  (await place.org('admin').query(`SELECT Display FROM SetupAuditTrail WHERE Action = 'changedpassword'`)).length

const signsIn = async (place: PasswordScene, secret: string): Promise<boolean> => {
  const connection = new jsforce.Connection({ loginUrl: place.sim.url, version: '64.0' })
  return connection.login(robot, secret).then(
    () => true,
    () => false,
  )
}

const judge = async (place: PasswordScene, run: Run): Promise<void> => {
  assert.equal(run.state, 'retired', run.problem?.text ?? run.person?.what)
  const now = place.sim.control.userSecrets({ user: robot })
  const { SF_USERNAME: user, SF_PASSWORD: password = '', SF_SECURITY_TOKEN: token = '' } = place.told()
  assert.deepEqual([user, password, token], [robot, now.password, now.securityToken])
  assert.equal(await signsIn(place, password + token), true, 'jsforce as it is signs in with what consumers read')
  assert.equal(await changes(place), 1, 'the password was changed once')
  assert.equal(run.exposed.length, 1)
  assert(run.exposed.every(({ from, to }) => to !== null && to > from))
  const ledger = await place.keyturn.store.ledger(1, 5_000)
  assert.equal(verifyEntries(ledger).ok, true)
  for (const secret of [now.password, now.securityToken])
    assert(!JSON.stringify([ledger, run]).includes(secret), 'no secret is in the ledger or the run')
}

const turned = async (t: TestContext, of: Place = {}, before: (place: PasswordScene) => void = () => undefined) => {
  const place = await passwordScene(t, of)
  before(place)
  await start(place.open())
  const run = await toTheEnd(place, 'robot', () => place.open())
  return { place, run }
}

const noteOf = (run: Run, step: string): string => run.done.find((one) => one.step === step)?.note ?? ''

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
  await assert.rejects(place.open().preflight('robot'), { code: 'LOGIN_URL_REFUSED' })
})

void test('a mail that is held: a person is asked after its patience, and takes nothing but a resume once it is there', async (t) => {
  const { place, run } = await turned(t, {}, ({ sim }) => sim.control.addMailFault({ fault: 'held' }))
  assert.equal(run.state, 'waiting-for-person')
  assert.match(run.person?.what ?? '', /within 15 minutes.*not changed again/)
  assert.match(run.person?.clicks.join(' ') ?? '', /Reset My Security Token/)
  assert.deepEqual(
    run.person?.asks.map(({ name, secret }) => [name, secret]),
    [['securityToken', true]],
  )
  await assert.rejects(place.open().cancel('robot', 'somebody'), { code: 'ROLL_BACK_IMPOSSIBLE' })
  await place.open().resume('robot')
  assert.equal((await toTheEnd(place, 'robot', () => place.open())).state, 'waiting-for-person', 'still none')
  place.sim.control.releaseMails()
  await place.open().resume('robot')
  await judge(place, await toTheEnd(place, 'robot', () => place.open()))
})

void test('a mail that is lost: the person resets the token, and brings it or lets it arrive', async (t) => {
  for (const bring of [true, false]) {
    const { place, run } = await turned(t, {}, ({ sim }) => sim.control.addMailFault({ fault: 'lost' }))
    assert.equal(run.state, 'waiting-for-person')
    if (bring) place.sim.control.addMailFault({ fault: 'lost' })
    place.sim.control.resetSecurityToken({ user: robot })
    const rotation = place.open()
    await rotation.resume('robot')
    const token = new Secret(place.sim.control.userSecrets({ user: robot }).securityToken)
    await rotation.advance('robot', { attended: true, answers: bring ? { securityToken: token } : {} })
    const end = await toTheEnd(place, 'robot', () => place.open())
    await judge(place, end)
    assert.match(noteOf(end, 'receive'), bring ? /brought by a person/ : /by mail/)
  }
})

void test('a mail that comes twice is taken once, and both are filed', async (t) => {
  const { place, run } = await turned(t, {}, ({ sim }) => sim.control.addMailFault({ fault: 'twice' }))
  await judge(place, run)
  assert.equal(place.settled.size, 2)
})

void test('a forged mail is named and not taken', async (t) => {
  const place = await passwordScene(t)
  place.sim.control.addMailFault({ fault: 'held' })
  await start(place.open())
  await place.open().advance('robot', { attended: false })
  place.sim.control.forgeMail({ user: robot })
  place.advance(6_000)
  await place.open().advance('robot', { attended: false })
  place.sim.control.releaseMails()
  const run = await toTheEnd(place, 'robot', () => place.open())
  await judge(place, run)
  assert.match(
    JSON.stringify(run.done.find(({ step }) => step === 'receive')?.facts),
    /salesforce-security.example.*another sender/,
  )
})

void test('a mail with the former token is found out by the login; the person’s reset ends it', async (t) => {
  const { place, run } = await turned(t, {}, ({ sim }) => sim.control.addMailFault({ fault: 'old-token' }))
  assert.equal(run.state, 'waiting-for-person', run.problem?.text)
  assert.match(run.person?.what ?? '', /token that came is refused|No other mail/)
  place.sim.control.resetSecurityToken({ user: robot })
  await place.open().resume('robot')
  await judge(place, await toTheEnd(place, 'robot', () => place.open()))
})

void test('wrong tokens that a person brings end well below the lockout', async (t) => {
  const { place, run } = await turned(t, { settings: { lockoutAttempts: 5 } }, ({ sim }) =>
    sim.control.addMailFault({ fault: 'lost' }),
  )
  assert.equal(run.state, 'waiting-for-person')
  const rotation = place.open()
  for (const token of ['wrong1wrong1wrong1wrong1', 'wrong2wrong2wrong2wrong2']) {
    await rotation.resume('robot')
    const { run: now } = await rotation.advance('robot', {
      attended: true,
      answers: { securityToken: new Secret(token) },
    })
    assert.equal(now.state, 'waiting-for-person', now.problem?.text)
  }
  const [user] = await place.org('admin').query(`SELECT NumberOfFailedLogins FROM User WHERE Username = '${robot}'`)
  assert.equal(user?.['NumberOfFailedLogins'], 2)
  const { securityToken } = place.sim.control.userSecrets({ user: robot })
  await rotation.resume('robot')
  await rotation.advance('robot', { attended: true, answers: { securityToken: new Secret(securityToken) } })
  await judge(place, await toTheEnd(place, 'robot', () => place.open()))
})

void test('an org that leaves the token in force and mails nothing: the former one is found to work', async (t) => {
  const place = await passwordScene(t, { settings: { apiPasswordResetsToken: false } })
  await place.adopt()
  await start(place.open())
  const run = await toTheEnd(place, 'robot', () => place.open())
  await judge(place, run)
  assert.match(noteOf(run, 'receive'), /former security token is still the one in force/)
})

void test('an org that mails nothing for passwords set over the API: the person resets the token', async (t) => {
  const { place, run } = await turned(t, { settings: { apiPasswordMailsToken: false } })
  assert.equal(run.state, 'waiting-for-person')
  place.sim.control.resetSecurityToken({ user: robot })
  await place.open().resume('robot')
  await judge(place, await toTheEnd(place, 'robot', () => place.open()))
})

void test('a mailbox that nothing is sent to: named rightly, the run goes on with the mail that was there', async (t) => {
  const place = await passwordScene(t)
  const wrong = { mailbox: 'another' }
  await start(place.open(wrong))
  const run = await toTheEnd(place, 'robot', () => place.open(wrong))
  assert.equal(run.state, 'waiting-for-person')
  await place.open().resume('robot')
  await judge(place, await toTheEnd(place, 'robot', () => place.open()))
  const shut = await place.open({ mailbox: 'shut' }).preflight('robot')
  assert.deepEqual(
    shut.map(({ code }) => code),
    ['MAILBOX_UNREACHABLE'],
  )
})

void test('from a trusted address the report says that the token is not proved', async (t) => {
  const { place, run } = await turned(t, { settings: { trustedAddresses: [outside] }, credential: { trusted: false } })
  await judge(place, run)
  assert.match(noteOf(run, 'verify'), /this address is trusted; keyturn.yaml says otherwise/)
  assert.deepEqual(run.done.find(({ step }) => step === 'verify')?.facts?.['tokenProved'], false)
})

void test('a trusted address whose org refuses tokens: a person decides to go on with one that is not proved', async (t) => {
  const settings = { trustedAddresses: [outside], tokenFromTrusted: 'refused' } as const
  const { place, run } = await turned(t, { settings })
  assert.equal(run.state, 'waiting-for-person', run.problem?.text)
  assert.match(run.person?.clicks.join(' ') ?? '', /--decide unproved/)
  const rotation = place.open()
  await rotation.resume('robot')
  await rotation.advance('robot', { attended: true, answers: { unproved: new Secret('yes') } })
  const end = await toTheEnd(place, 'robot', () => place.open())
  assert.equal(end.state, 'retired', end.problem?.text)
  assert.equal(place.told()['SF_SECURITY_TOKEN'], place.sim.control.userSecrets({ user: robot }).securityToken)
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

for (const [what, of, code, next] of [
  [
    'SOAP login() and the password flow are off',
    { settings: { soapLogin: false, passwordFlowBlocked: true } },
    'NO_PASSWORD_LOGIN',
    /OAuth/,
  ],
  ['only SOAP login() is off', { settings: { soapLogin: false } }, 'SOAP_LOGIN_CLOSED', /password-flow/],
  [
    'an API Only user',
    {
      users: [{ username: 'api@acme.example', apiOnly: true, profile: 'Minimum Access - API Only Integrations' }],
      credential: { user: 'api@acme.example' },
    },
    'TOKEN_USELESS',
    /OAuth/,
  ],
  [
    'MFA for API logins',
    {
      users: [{ username: 'mfa@acme.example', permissions: ['TwoFactorApi'] }],
      credential: { user: 'mfa@acme.example' },
    },
    'TOKEN_USELESS',
    /OAuth/,
  ],
  ['an unknown user', { credential: { user: 'nobody@acme.example' } }, 'USER_NOT_FOUND', /Setup/],
  ['a grant without the permission', { credential: { org: 'plain' } }, 'NOT_PERMITTED', /Manage Users/],
] as const satisfies readonly (readonly [string, Place, string, RegExp])[]) {
  void test(`preflight: ${what}`, async (t) => {
    const place = await passwordScene(t, of)
    const found = await place.open().preflight('robot')
    assert.deepEqual(
      found.map((one) => one.code),
      [code],
    )
    assert.match(found[0]?.next ?? '', next)
    assert.equal(await changes(place), 0)
  })
}

void test('preflight: an inactive user, a frozen one, login IP ranges of the profile', async (t) => {
  const place = await passwordScene(t)
  const codes = async (): Promise<readonly string[]> => (await place.open().preflight('robot')).map(({ code }) => code)
  place.sim.control.changeUser({ user: robot, change: { frozen: true } })
  assert.deepEqual(await codes(), ['USER_FROZEN'])
  place.sim.control.changeUser({ user: robot, change: { frozen: false, active: false } })
  assert.deepEqual(await codes(), ['USER_INACTIVE'])
  place.sim.control.changeUser({ user: robot, change: { active: true } })
  const { metadata } = await place.org('admin').jsforce()
  const ranges = [{ startAddress: '192.0.2.1', endAddress: '192.0.2.9' }]
  await metadata.update('Profile' as never, { fullName: 'Standard', loginIpRanges: ranges } as never)
  assert.deepEqual(await codes(), ['TOKEN_USELESS'])
})

void test('preflight: a value in use that SOAP login() refuses is told, for it may be the permission that is missing', async (t) => {
  const place = await passwordScene(t, { settings: { useAnyApiAuthRequired: true } })
  await place.adopt()
  assert.deepEqual(
    (await place.open().preflight('robot')).map(({ code }) => code),
    ['PRESENT_VALUE_REFUSED'],
  )
  place.sim.control.givePermissions({ user: robot, permissions: ['UseAnyApiAuth'] })
  await start(place.open())
  await judge(place, await toTheEnd(place, 'robot', () => place.open()))
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

void test('consumers that hammer the old password lock the user out: the run waits, and never judges the token by it', async (t) => {
  const place = await passwordScene(t, { settings: { lockoutAttempts: 3 } })
  place.sim.control.addMailFault({ fault: 'held' })
  await start(place.open())
  await place.open().advance('robot', { attended: false })
  for (let i = 0; i < 3; i++) await signsIn(place, 'former-Password-1')
  place.sim.control.releaseMails()
  place.advance(6_000)
  const { run: waiting } = await place.open().advance('robot', { attended: false })
  assert.match(waiting.waitsFor ?? '', /locked out/)
  await judge(place, await toTheEnd(place, 'robot', () => place.open()))
})

void test('killed at a write here and there, another process brings it to its end with one change', async (t) => {
  const counting = await passwordScene(t)
  await counting.adopt()
  const first = counting.keyturn.store.records
  assert(first !== undefined)
  let writes = 0
  const every = process.env['KEYTURN_LONG'] === undefined ? 5 : 1
  for (let at = 1; ; at += every) {
    const when = at % 2 === 0 ? 'after' : 'before'
    const place = await passwordScene(t)
    await place.adopt()
    const dying = place.open({}, { at, when })
    const end = await start(dying)
      .then(() => toTheEnd(place, 'robot', () => dying))
      .catch((error: unknown) => {
        assert(error instanceof Killed, String(error))
        return null
      })
    if (end !== null) break
    writes = at
    place.advance(31_000)
    if ((await place.open().state('robot'))?.run == null) await start(place.open())
    const run = await toTheEnd(place, 'robot', () => place.open())
    await judge(place, run).catch((error: unknown) => {
      throw new Error(`killed ${when} write ${at}: ${String(error)}`, { cause: error })
    })
  }
  t.diagnostic(`every ${every}. of some ${writes} writes`)
  assert(writes > 20)
})
