/** Mail over real SMTP conversations. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { SMTPServer } from 'smtp-server'
import type { SMTPServerOptions } from 'smtp-server'
import { Secret } from '@keyturn/tokens'
import { checkConfig } from '../../src/config/check.ts'
import { notifySettings } from '../../src/notify/notify-settings.ts'
import { makeAuthority, makeCertificate } from '../../../tokens/test/wire/certificates.ts'
import { note, startScene } from './scene.ts'

interface Mail {
  readonly from: string
  readonly to: readonly string[]
  readonly text: string
  readonly secure: boolean
  readonly user: string | null
}

const startMail = async (t: TestContext, options: SMTPServerOptions = {}) => {
  const mails: Mail[] = []
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    onAuth: ({ username, password }, _session, done) =>
      password === 'right' ? done(null, { user: username ?? '' }) : done(new Error('no')),
    onData: (stream, { envelope, secure, user }, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        mails.push({
          from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
          to: envelope.rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString(),
          secure,
          user: typeof user === 'string' ? user : null,
        })
        done()
      })
    },
    ...options,
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return { mails, port: (server.server.address() as AddressInfo).port }
}

const channel = (port: number) =>
  ({ kind: 'smtp', host: '127.0.0.1', port, from: 'keyturn@example.com', to: 'ops@example.com' }) as const

/** Headers unfolded. */
const headersOf = (mail: Mail | undefined): readonly string[] =>
  (mail?.text.split('\r\n\r\n')[0] ?? '').replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')

test('a mail arrives with subject, text, facts and link, and says that a machine wrote it', async (t) => {
  const scene = await startScene(t)
  const { mails, port } = await startMail(t, { disabledCommands: ['STARTTLS', 'AUTH'] })
  const link = { text: 'Authorise', url: new Secret('https://broker.example/once/abc') }
  const told = await scene.notifier({ channels: { mail: channel(port) } }).tell(note({ link, to: 'ann@example.com' }))
  assert.deepEqual(told, [{ channel: 'mail', ok: true }])
  const [mail] = mails
  assert.deepEqual([mail?.from, mail?.to], ['keyturn@example.com', ['ann@example.com']])
  assert.ok(headersOf(mail).includes('Subject: acme needs you'))
  assert.ok(headersOf(mail).includes('Auto-Submitted: auto-generated'))
  assert.match(
    mail?.text ?? '',
    /First paragraph\.\r\n\r\nSecond paragraph\.\r\n\r\nGrant: acme\r\n\r\nAuthorise:\r\nhttps/,
  )
})

test('no subject, fact or owner can add a header or a recipient', async (t) => {
  const scene = await startScene(t)
  const { mails, port } = await startMail(t, { disabledCommands: ['STARTTLS', 'AUTH'] })
  const notifier = scene.notifier({ channels: { mail: channel(port) } })
  const hostile = [
    'x\r\nBcc: thief@evil.example',
    'x\nTo: thief@evil.example\n\nbody',
    'x\r\n\r\n<html>',
    'x\u0000\u0008\u2028Bcc: thief@evil.example',
    `${'é'.repeat(500)}\r\nBcc: thief@evil.example`,
    '=?utf-8?q?x=0D=0ABcc:_thief@evil.example?=',
    '\ud800 half a pair',
  ]
  const people = [
    'ann@example.com, thief@evil.example',
    'ann@example.com\r\nBcc: thief@evil.example',
    '<thief@evil.example>',
  ]
  for (const [index, subject] of hostile.entries())
    await notifier.tell(note({ subject, facts: [{ name: subject, value: subject }], key: `subject ${index}` }))
  for (const to of people) await notifier.tell(note({ to, key: to }))
  assert.equal(mails.length, hostile.length + people.length)
  const names = ['From', 'To', 'Subject', 'Message-ID', 'Auto-Submitted', 'X-Keyturn-Kind', 'Content-Transfer-Encoding']
  for (const mail of mails) {
    assert.deepEqual(mail.to, ['ops@example.com'])
    const found = headersOf(mail).map((line) => line.split(':')[0] ?? '')
    assert.deepEqual(found.toSorted(), [...names, 'Date', 'MIME-Version', 'Content-Type'].toSorted())
  }
})

test('a server without STARTTLS gets no mail unless tls: none says so, and no password then', async (t) => {
  const scene = await startScene(t)
  const { mails, port } = await startMail(t, { disabledCommands: ['STARTTLS'] })
  const strict = { ...channel(port), tls: 'starttls' } as const
  const [refused] = await scene.notifier({ channels: { mail: strict } }).tell(note())
  assert.equal(refused?.ok, false)
  assert.equal(mails.length, 0)
  assert.throws(
    () =>
      notifySettings(
        { channels: { m: { ...channel(25), host: 'mail.example', tls: 'none', user: 'u', password: 'env:P' } } },
        scene.folder,
      ),
    /would send a password without TLS/,
  )
})

test('a certificate nobody vouches for is no TLS', async (t) => {
  const scene = await startScene(t)
  const { pem: cert, key } = makeCertificate(makeAuthority('Nobody'), 'localhost', '127.0.0.1')
  const { mails, port } = await startMail(t, { cert, key })
  const [refused] = await scene.notifier({ channels: { mail: { ...channel(port), tls: 'starttls' } } }).tell(note())
  assert.equal(refused?.ok, false)
  assert.match(refused?.why ?? '', /could not be reached/)
  assert.equal(mails.length, 0)
})

test('with a certificate of a trusted authority mail goes over TLS, by STARTTLS or from the first byte', async (t) => {
  const authority = makeAuthority()
  const { pem: cert, key } = makeCertificate(authority, 'localhost', '127.0.0.1')
  const scene = await startScene(t, { ca: authority.pem })
  scene.env['PASSWORD'] = 'right'
  for (const tls of ['starttls', 'implicit'] as const) {
    const { mails, port } = await startMail(t, { cert, key, secure: tls === 'implicit' })
    const mail = { ...channel(port), host: 'localhost', tls, user: 'keyturn', password: 'env:PASSWORD' } as const
    assert.deepEqual(await scene.notifier({ channels: { mail } }).tell(note({ key: tls })), [
      { channel: 'mail', ok: true },
    ])
    assert.deepEqual([mails[0]?.secure, mails[0]?.user], [true, 'keyturn'])
  }
})

test('a password is a reference; a wrong one is tried once, a busy server three times', async (t) => {
  const scene = await startScene(t)
  writeFileSync(join(scene.folder, 'password'), 'right\n')
  const { mails, port } = await startMail(t, { disabledCommands: ['STARTTLS'], allowInsecureAuth: true })
  const signed = { ...channel(port), user: 'keyturn', password: 'file:./password' }
  assert.equal((await scene.notifier({ channels: { mail: signed } }).tell(note()))[0]?.ok, true)
  assert.equal(mails[0]?.user, 'keyturn')
  scene.env['WRONG'] = 'secret-wrong-password'
  const wrong = { ...signed, password: 'env:WRONG' }
  const [refused] = await scene.notifier({ channels: { mail: wrong } }).tell(note({ key: 'wrong' }))
  assert.match(refused?.why ?? '', /^answered 535/)
  assert.doesNotMatch(refused?.why ?? '', /tries/)

  const busy = await startMail(t, {
    disabledCommands: ['STARTTLS', 'AUTH'],
    onMailFrom: (_address, _session, done) => done(Object.assign(new Error('later'), { responseCode: 451 })),
  })
  const [later] = await scene.notifier({ channels: { mail: channel(busy.port) } }).tell(note({ key: 'busy' }))
  assert.equal(later?.why, 'answered 451 to MAIL FROM (3 tries)')
})

test('keyturn.yaml takes no address with a line end, a list or a display name', () => {
  const base = 'version: 1\nnotify:\n  channels:\n    m: { kind: smtp, host: mail.example, to: a@example.com, from: '
  for (const address of [
    '"a@b.example\\nBcc: c@d.example"',
    '"a@b.example, c@d.example"',
    '"A <a@b.example>"',
    '"a b@c.example"',
  ])
    assert.equal(checkConfig(`${base}${address} }\n`).config, null, address)
  assert.notEqual(checkConfig(`${base}k@b.example }\n`).config, null)
})
