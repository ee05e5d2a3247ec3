/**
 * A security token by real mail: the simulated org hands it over by SMTP, a mail server checks its signature and puts it
 * into Dovecot, Keyturn reads it by IMAP; or Keyturn’s own SMTP inbox takes it. As keyturn.yaml wires it, and jsforce
 * signs in with what consumers read.
 */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import jsforce from 'jsforce'
import { verifyEntries } from '@keyturn/tokens/ledger'
import type { Run } from '../../src/rotation/credential.ts'
import type { Rotation } from '../../src/rotation/rotation.ts'
import { mailPassword, mailUser, noDovecot, startDovecot } from '../mailbox/dovecot.ts'
import type { Dovecot } from '../mailbox/dovecot.ts'
import { server } from '../mailbox/letters.ts'
import { startPost } from '../mailbox/post.ts'
import { passwordScene, robot } from './password-scene.ts'
import type { PasswordScene } from './password-scene.ts'
import { toTheEnd } from './scene.ts'

if (noDovecot !== false) process.stderr.write(`\n*** ${noDovecot}\n\n`)

interface World {
  readonly place: PasswordScene
  open(mailbox?: string): Rotation
  run(mailbox?: string): Promise<Run>
}

const world = async (t: TestContext, mailboxes: (place: PasswordScene) => Promise<object>): Promise<World> => {
  const place = await passwordScene(t)
  const sections = {
    mailboxes: await mailboxes(place),
    destinations: { env: { kind: 'env-file', file: place.envFile, create: true } },
  }
  const open = (mailbox = 'tokens'): Rotation => {
    const robotIs = { kind: 'security-token', org: 'admin', user: robot, mailbox, firstRunUnattended: true }
    const credentials = { robot: { ...robotIs, destinations: ['env'], drain: { quiet: '1h' } } }
    return place.process({ ...sections, credentials })
  }
  return {
    place,
    open,
    run: (mailbox) =>
      toTheEnd(
        place,
        'robot',
        () => open(mailbox),
        async () => void (await place.sim.control.mailsSettled()),
      ),
  }
}

const judge = async ({ place }: World, run: Run): Promise<void> => {
  assert.equal(run.state, 'retired', run.problem?.text ?? run.person?.what)
  const { SF_PASSWORD: password = '', SF_SECURITY_TOKEN: token = '' } = place.told()
  assert.equal(token, place.sim.control.userSecrets({ user: robot }).securityToken)
  const connection = new jsforce.Connection({ loginUrl: place.sim.url, version: '64.0' })
  assert.match((await connection.login(robot, password + token)).id, /^005/)
  assert.equal(verifyEntries(await place.keyturn.store.ledger(1, 5_000)).ok, true)
}

const imap = async (t: TestContext): Promise<World & { readonly dovecot: Dovecot }> => {
  const dovecot = await startDovecot(t)
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const made = await world(t, async (place) => {
    const deliver = (raw: string): void => dovecot.deliver(Buffer.from(raw, 'latin1'), { at: place.clock.wall() })
    const post = await startPost(t, deliver, { 'salesforce.com': publicKey })
    const dkim = { domain: 'salesforce.com', selector: 'sf', privateKey }
    place.sim.control.changeOrg({ settings: { mail: { host: '127.0.0.1', port: post.port, dkim } } })
    const file = join(place.folder, 'mailbox-password')
    writeFileSync(file, mailPassword, { mode: 0o600 })
    const box = { kind: 'imap', host: '127.0.0.1', port: dovecot.port, tls: 'none', user: mailUser }
    const tokens = { ...box, password: `file:${file}`, authservId: server }
    return { tokens, shut: { ...tokens, port: 1 } }
  })
  return { ...made, dovecot }
}

void test(
  'by IMAP from Dovecot: taken with its checks, among forgeries and a twin, and deleted',
  { skip: noDovecot },
  async (t) => {
    const made = await imap(t)
    const { sim } = made.place
    await made.open().start('robot', { why: 'test', who: 'test', attended: false })
    sim.control.addMailFault({ fault: 'twice' })
    await made.open().advance('robot', { attended: false })
    sim.control.forgeMail({ user: robot, from: 'Salesforce <noreply@salesforce.com>' })
    sim.control.forgeMail({ user: robot })
    await sim.control.mailsSettled()
    made.place.advance(6_000)
    const run = await made.run()
    await judge(made, run)
    const received = run.done.find(({ step }) => step === 'receive')
    assert.match(received?.note ?? '', /DKIM pass/)
    assert.equal(made.dovecot.mails().length, 2, 'the forgeries are left, the mail and its twin are gone')
  },
)

void test(
  'by IMAP: a mailbox that can’t be reached keeps the password from being set',
  { skip: noDovecot },
  async (t) => {
    const made = await imap(t)
    assert.notDeepEqual(await made.open('shut').preflight('robot'), [])
    const before = made.place.sim.control.userSecrets({ user: robot })
    await made.open().start('robot', { why: 'test', who: 'test', attended: false })
    const stuck = await made.run('shut')
    assert.equal(stuck.state, 'rolled-back', stuck.problem?.text)
    assert.deepEqual(made.place.sim.control.userSecrets({ user: robot }), before, 'nothing was changed')
    await made.open().start('robot', { why: 'test', who: 'test', attended: false })
    await judge(made, await made.run())
  },
)

void test(
  'by IMAP: a mailbox that goes away once the password is set ends in a question',
  { skip: noDovecot },
  async (t) => {
    const made = await imap(t)
    const { sim } = made.place
    sim.control.addMailFault({ fault: 'held' })
    await made.open().start('robot', { why: 'test', who: 'test', attended: false })
    await made.open().advance('robot', { attended: false })
    made.place.advance(6_000)
    const asked = await made.run('shut')
    assert.equal(asked.state, 'waiting-for-person', asked.problem?.text)
    assert.match(asked.person?.what ?? '', /the mailbox can’t be read/)
    sim.control.releaseMails()
    await sim.control.mailsSettled()
    await made.open().resume('robot')
    await judge(made, await made.run())
  },
)

void test('by an SMTP inbox of Keyturn’s own, which listens before the password is set', async (t) => {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  const made = await world(t, async ({ sim }) => {
    sim.control.changeOrg({ settings: { mail: { host: '127.0.0.1', port } } })
    return { tokens: { kind: 'smtp', port, recipients: [robot], acceptUnauthenticated: true } }
  })
  const only = made.open()
  await only.start('robot', { why: 'test', who: 'test', attended: false })
  const run = await toTheEnd(
    made.place,
    'robot',
    () => only,
    async () => void (await made.place.sim.control.mailsSettled()),
  )
  await judge(made, run)
})
