/** Token mail through a real Dovecot: by IMAP, with passwords and OAuth, with and without TLS and IDLE, and trouble. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { inspect } from 'node:util'
import { startSimulator } from '@keyturn/simulator'
import { KeyturnError, Secret, systemClock } from '@keyturn/tokens'
import type { Clock, Records } from '@keyturn/tokens'
import type { Mailbox } from '../../src/mailbox/mailbox.ts'
import { mailboxSettings } from '../../src/mailbox/mailbox-settings.ts'
import { openMailbox } from '../../src/mailbox/open-mailbox.ts'
import { mailPassword, mailToken, mailUser, noDovecot, startDovecot, until } from './dovecot.ts'
import type { Dovecot } from './dovecot.ts'
import { letter, server, tokenOf, username } from './letters.ts'
import { startPost } from './post.ts'

const skip = noDovecot
if (skip !== false) process.stderr.write(`\n*** ${skip}\n\n`)

const noRecords = {} as Records

const mailboxOf = (
  t: TestContext,
  dovecot: Dovecot,
  more: Readonly<Record<string, unknown>> = {},
  secret = mailPassword,
  clock: Clock = systemClock,
): Mailbox => {
  const plain = { kind: 'imap', host: '127.0.0.1', port: dovecot.port, tls: 'none', user: mailUser, authservId: server }
  const way = 'accessToken' in more ? {} : { password: 'env:PASSWORD' }
  const mailbox = openMailbox(mailboxSettings.parse({ ...plain, ...way, ...more }), {
    name: 'tokens',
    folder: dovecot.folder,
    clock,
    env: {},
    resolve: async () => new Secret(secret),
    records: noRecords,
  })
  t.after(() => mailbox.close())
  return mailbox
}

const hour = 3_600_000
const query = (since = Date.now() - hour) => ({ username, since })

/** As a rotation waits: looks, and waits until something may have come. */
const waitFor = async (mailbox: Mailbox, since = Date.now() - hour) => {
  const end = Date.now() + 60_000
  for (;;) {
    const { found } = await mailbox.look({ username, since })
    const [first] = found
    if (first !== undefined) return first
    assert(Date.now() < end, 'no mail in time')
    await mailbox.wait(15_000)
  }
}

const refusedWith = (code: string) => (error: unknown) => {
  assert(error instanceof KeyturnError)
  assert.equal(error.code, code, error.message)
  assert.doesNotMatch(inspect(error, { depth: 9 }), /canary/)
  return true
}

test('a token mail is found over TLS, and deleted when it is settled', { skip }, async (t) => {
  const dovecot = await startDovecot(t)
  const mailbox = mailboxOf(t, dovecot, { port: dovecot.tlsPort, tls: 'implicit', caFile: 'ca.pem' })
  dovecot.deliver(letter())
  const { found, refused } = await mailbox.look(query())
  assert.deepEqual(refused, [])
  const [mail] = found
  assert(mail)
  assert.equal(mail.token.reveal(), tokenOf(1))
  assert.ok(Math.abs(mail.receivedAt - Date.now()) < hour)
  assert.deepEqual(mail.authentication, { dkim: 'pass', spf: 'pass', dmarc: 'pass' })
  assert.deepEqual(
    dovecot.mails().filter((name) => /:2,.*S/.test(name)),
    [],
    'looking marks nothing as read',
  )
  // A handle is enough, also for another process.
  const { id, copies } = JSON.parse(JSON.stringify(mail))
  await mailboxOf(t, dovecot).settle({ id, copies })
  assert.deepEqual(dovecot.mails(), [])
  await mailbox.settle(mail)
  assert.deepEqual((await mailbox.look(query())).found, [])
})

test('a server with a certificate of nobody known is not talked to', { skip }, async (t) => {
  const dovecot = await startDovecot(t)
  const mailbox = mailboxOf(t, dovecot, { port: dovecot.tlsPort, tls: 'implicit' })
  await assert.rejects(mailbox.look(query()), refusedWith('MAILBOX_UNREACHABLE'))
  const [problem] = await mailbox.preflight()
  assert.match(problem?.next ?? '', /caFile/)
})

test('STARTTLS, and OAuth with an access token', { skip }, async (t) => {
  const dovecot = await startDovecot(t)
  dovecot.deliver(letter())
  const more = { tls: 'starttls', caFile: 'ca.pem', accessToken: 'env:TOKEN' }
  assert.equal((await mailboxOf(t, dovecot, more, mailToken).look(query())).found.length, 1)
  const wrong = mailboxOf(t, dovecot, more, 'canary-wrong-token')
  await assert.rejects(wrong.look(query()), refusedWith('MAILBOX_REFUSED'))
})

test('a used mail is filed into a folder that is made for it', { skip }, async (t) => {
  const dovecot = await startDovecot(t)
  const mailbox = mailboxOf(t, dovecot, { fileInto: 'Keyturn' })
  for (const n of [1, 2]) {
    dovecot.deliver(letter({ token: tokenOf(n) }))
    const mail = await waitFor(mailbox)
    await mailbox.settle(mail)
    assert.equal(dovecot.mails('Keyturn').length, n)
    assert.deepEqual(dovecot.mails(), [])
  }
})

test(
  'twice is one result and settled together; several are the newest first; junk is looked into',
  { skip },
  async (t) => {
    const dovecot = await startDovecot(t)
    const now = Date.now()
    dovecot.deliver(letter({ token: tokenOf(1) }), { at: now - 60_000 })
    dovecot.deliver(letter({ token: tokenOf(2) }), { at: now - 30_000 })
    dovecot.deliver(letter({ token: tokenOf(2) }), { at: now - 20_000, folder: 'Junk' })
    const mailbox = mailboxOf(t, dovecot, { folders: ['INBOX', 'Junk'] })
    const { found } = await mailbox.look(query())
    assert.deepEqual(
      found.map(({ token, copies }) => [token.reveal(), copies.length]),
      [
        [tokenOf(2), 1],
        [tokenOf(1), 0],
      ],
    )
    for (const mail of found) await mailbox.settle(mail)
    assert.deepEqual([...dovecot.mails(), ...dovecot.mails('Junk')], [])
  },
)

test('what is forged, old or for somebody else is refused by name, and stays where it is', { skip }, async (t) => {
  const dovecot = await startDovecot(t)
  const forgedHeader = [`${server}; dkim=none`, `${server}; dkim=pass header.d=salesforce.com; dmarc=pass`]
  dovecot.deliver(letter({ from: 'Salesforce <noreply@salesforce-security.example>' }))
  dovecot.deliver(letter({ from: '"noreply@salesforce.com" <evil@evil.example>' }))
  dovecot.deliver(letter({ results: [`${server}; dkim=none; dmarc=fail`] }))
  dovecot.deliver(letter({ results: forgedHeader }))
  dovecot.deliver(letter({ username: 'other@acme.example' }))
  dovecot.deliver(letter({ username: 'integrаtion@acme.example' }))
  dovecot.deliver(letter(), { at: Date.now() - 2 * hour })
  dovecot.deliver(letter({ body: `Content-Type: text/plain\n\n${'x'.repeat(200_000)}` }))
  const { found, refused } = await mailboxOf(t, dovecot).look(query())
  assert.deepEqual(found, [])
  assert.deepEqual(refused.map(({ code }) => code).sort(), [
    'not-authenticated',
    'not-authenticated',
    'other-user',
    'other-user',
    'sender',
    'sender',
    'too-large',
    'too-old',
  ])
  assert.equal(dovecot.mails().length, 8)
})

test('a mailbox with 5,000 other mails costs five commands and no mail of others', { skip }, async (t) => {
  const dovecot = await startDovecot(t)
  for (let n = 0; n < 5000; n++)
    dovecot.deliver(`From: noreply@salesforce.com\r\nSubject: Report ${n}\r\n\r\nnothing\r\n`, {
      at: Date.now() - 60_000,
    })
  dovecot.deliver(letter())
  const mailbox = mailboxOf(t, dovecot)
  assert.equal((await mailbox.look(query())).found.length, 1)
  const before = dovecot.commands().length
  assert.equal((await mailbox.look(query())).found.length, 1)
  assert.deepEqual(dovecot.commands().slice(before), ['NOOP', 'UID SEARCH', 'UID FETCH', 'UID FETCH', 'UID SEARCH'])
  assert.ok(before <= 12, dovecot.commands().join(' '))
})

test('a mail with a header of 200 MB is told of and not fetched', { skip }, async (t) => {
  const dovecot = await startDovecot(t)
  const [head = '', body = ''] = letter().toString().split('\r\n\r\n')
  const filler = `\r\nX-Filler: ${'x'.repeat(980)}`.repeat(200_000)
  dovecot.deliver(`${head}${filler}\r\n\r\n${body}`)
  const { found, refused } = await mailboxOf(t, dovecot).look(query())
  assert.deepEqual(found, [])
  assert.deepEqual(
    refused.map(({ code }) => code),
    ['too-large'],
  )
  assert.equal(dovecot.commands().filter((one) => one === 'UID FETCH').length, 1)
})

test('a folder that is not there is told as such, and a closed mailbox stays closed', { skip }, async (t) => {
  const dovecot = await startDovecot(t)
  await assert.rejects(mailboxOf(t, dovecot, { folders: ['Nowhere'] }).look(query()), refusedWith('MAILBOX_NOT_READY'))
  const mailbox = mailboxOf(t, dovecot)
  await mailbox.look(query())
  const waiting = mailbox.wait(600_000)
  await until('it waits', () => dovecot.commands().includes('IDLE'))
  await mailbox.close()
  await waiting
  await assert.rejects(mailbox.look(query()), refusedWith('MAILBOX_UNREACHABLE'))
})

test('a clock that was moved for a test is reckoned with', { skip }, async (t) => {
  const dovecot = await startDovecot(t)
  const moved = 40 * 24 * hour
  const clock: Clock = { ...systemClock, wall: () => systemClock.wall() + moved, offset: () => moved }
  dovecot.deliver(letter())
  dovecot.deliver(letter({ token: tokenOf(2) }), { at: Date.now() - 3 * hour })
  const mailbox = mailboxOf(t, dovecot, {}, mailPassword, clock)
  const { found, refused } = await mailbox.look(query(clock.wall() - hour))
  assert.deepEqual(
    found.map(({ token }) => token.reveal()),
    [tokenOf(1)],
  )
  assert.deepEqual(
    refused.map(({ code }) => code),
    ['too-old'],
  )
})

test('a late mail wakes who waits, by IDLE and by looking', { skip }, async (t) => {
  for (const idle of [true, false]) {
    const dovecot = await startDovecot(t, { idle })
    const mailbox = mailboxOf(t, dovecot, { pollEvery: '200ms' })
    const waiting = waitFor(mailbox)
    await until('it waits', () => dovecot.commands().includes(idle ? 'IDLE' : 'UID SEARCH'))
    dovecot.deliver(letter())
    assert.equal((await waiting).token.reveal(), tokenOf(1))
    assert.equal(dovecot.commands().includes('IDLE'), idle)
  }
})

test('who waits can be stopped, and waiting never rejects', { skip }, async (t) => {
  const dovecot = await startDovecot(t)
  const mailbox = mailboxOf(t, dovecot)
  await mailbox.look(query())
  const stop = new AbortController()
  const waiting = mailbox.wait(60_000, stop.signal)
  await until('it waits', () => dovecot.commands().includes('IDLE'))
  stop.abort()
  await waiting
  await mailboxOf(t, dovecot, {}, 'canary-wrong').wait(10)
  await mailboxOf(t, dovecot, { port: 1 }).wait(10)
})

test('a dropped connection and a restarted server are got over', { skip }, async (t) => {
  const dovecot = await startDovecot(t)
  const mailbox = mailboxOf(t, dovecot)
  const waiting = waitFor(mailbox)
  await until('it waits', () => dovecot.commands().includes('IDLE'))
  dovecot.cut()
  await until('it waits again', () => dovecot.commands().filter((one) => one === 'IDLE').length === 2)
  await dovecot.restart()
  dovecot.deliver(letter())
  const mail = await waiting
  await dovecot.restart()
  await mailbox.settle(mail)
  assert.deepEqual(dovecot.mails(), [])
})

test('a wrong password is told clearly, once, and not hammered', { skip }, async (t) => {
  const dovecot = await startDovecot(t)
  const mailbox = mailboxOf(t, dovecot, {}, 'canary-wrong-password')
  for (let n = 0; n < 5; n++) await assert.rejects(mailbox.look(query()), refusedWith('MAILBOX_REFUSED'))
  const tries = dovecot.commands().filter((one) => one === 'AUTHENTICATE' || one === 'LOGIN')
  assert.equal(tries.length, 1)
  const [problem] = await mailbox.preflight()
  assert.equal(problem?.code, 'MAILBOX_REFUSED')
})

test('the check says what there is, what is missing, and what authservId could be', { skip }, async (t) => {
  const dovecot = await startDovecot(t)
  for (let n = 0; n < 3; n++) dovecot.deliver(letter())
  const textOf = async (more: Readonly<Record<string, unknown>>) => {
    const { problems, facts } = await mailboxOf(t, dovecot, more).check()
    return {
      problems: problems.map(({ text, next }) => `${text} → ${next}`),
      facts: facts.map(({ what, text }) => `${what}: ${text}`).join('\n'),
    }
  }
  const good = await textOf({})
  assert.deepEqual(good.problems, [])
  assert.match(good.facts, /folder: INBOX, 3 mails/)
  assert.match(good.facts, /IDLE/)
  assert.match(good.facts, /mx\.mail\.example \(3\)/)
  const [unset] = (await textOf({ authservId: undefined })).problems
  assert.match(unset ?? '', /set `authservId: mx\.mail\.example`/)
  const [other] = (await textOf({ authservId: 'mx.other.example' })).problems
  assert.match(other ?? '', /none of the newest mails/)
  const [missing] = (await textOf({ folders: ['Nowhere'] })).problems
  assert.match(missing ?? '', /no folder Nowhere/)
})

test('from the org to the token: simulator, SMTP, DKIM check, Dovecot, IMAP', { skip }, async (t) => {
  const dovecot = await startDovecot(t)
  const keys = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const post = await startPost(t, (raw) => dovecot.deliver(Buffer.from(raw, 'latin1')), {
    'salesforce.com': keys.publicKey,
  })
  const sim = await startSimulator({ seed: t.name })
  t.after(() => sim.close())
  const dkim = { domain: 'salesforce.com', selector: 'sf', privateKey: keys.privateKey }
  sim.control.changeOrg({ settings: { mail: { host: '127.0.0.1', port: post.port, dkim } } })
  const [user] = sim.orgs[0]?.users ?? []
  assert(user)
  const mailbox = mailboxOf(t, dovecot)
  const since = Date.now()
  const tokenNow = () => sim.control.userSecrets({ user: user.username }).securityToken
  const look = () => mailbox.look({ username: user.username, since })
  const arrive = async (mails: number): Promise<void> => {
    await sim.control.mailsSettled()
    await until('it arrived', () => post.taken.length === mails)
  }

  sim.control.forgeMail({ user: user.username, from: 'Salesforce <noreply@salesforce.com>' })
  sim.control.forgeMail({ user: user.username })
  await arrive(2)
  const forged = await look()
  assert.deepEqual(forged.found, [])
  assert.deepEqual(forged.refused.map(({ code }) => code).sort(), ['not-authenticated', 'sender'])

  sim.control.addMailFault({ fault: 'twice' })
  sim.control.resetSecurityToken({ user: user.username })
  await arrive(4)
  const [twice, ...others] = (await look()).found
  assert(twice)
  assert.deepEqual([twice.token.reveal(), twice.copies.length, others.length], [tokenNow(), 1, 0])
  assert.equal(twice.authentication.dkim, 'pass')
  await mailbox.settle(twice)
  assert.equal(dovecot.mails().length, 2)

  sim.control.addMailFault({ fault: 'lost' })
  sim.control.resetSecurityToken({ user: user.username })
  sim.control.addMailFault({ fault: 'held' })
  sim.control.resetSecurityToken({ user: user.username })
  await arrive(4)
  assert.deepEqual((await look()).found, [])
  sim.control.releaseMails({})
  await arrive(5)
  assert.equal((await look()).found[0]?.token.reveal(), tokenNow())
  assert.doesNotMatch(dovecot.log(), /canary-mailbox-password/)
})
