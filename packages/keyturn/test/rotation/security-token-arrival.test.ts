/** The security token that comes, comes late, twice, forged, as the former one, or never; and what a login proves of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from '@keyturn/tokens'
import { outside, passwordScene, robot } from './password-scene.ts'
import { toTheEnd } from './scene.ts'
import { judge, noteOf, signsIn, start, turned } from './security-token-run.ts'

void test('a mail that is held: a person is asked after its patience, and it is taken when it comes after all', async (t) => {
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
  // Nobody says so: it is looked for.
  place.advance(5 * 60_000)
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

void test('… but not from a trusted address, where a login says nothing of the token: a person is asked', async (t) => {
  const settings = { apiPasswordResetsToken: false, trustedAddresses: [outside] }
  const place = await passwordScene(t, { settings })
  await place.adopt()
  await start(place.open())
  const run = await toTheEnd(place, 'robot', () => place.open())
  assert.equal(run.state, 'waiting-for-person', noteOf(run, 'receive'))
  assert.match(run.person?.clicks.join(' ') ?? '', /Reset My Security Token/)
  place.sim.control.resetSecurityToken({ user: robot })
  await place.open().resume('robot')
  await judge(place, await toTheEnd(place, 'robot', () => place.open()))
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
