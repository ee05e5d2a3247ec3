/** Security tokens: who needs one, what takes it away, and the mail with the next one over real SMTP. */
import { after, test } from 'node:test'
import assert from 'node:assert/strict'
import { createHash, createVerify, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { appOf, simulator, token, userOf } from '../identity/wire.ts'
import { admin, login, rest, setPassword, soap } from './asking.ts'
import { partOf, smtpInbox } from './smtp-inbox.ts'
import type { Inbox } from './smtp-inbox.ts'
import type { MailSettings, Simulator } from '../../src/index.ts'

const home = '127.0.0.1'

async function withMail(mail: Partial<MailSettings> = {}): Promise<{ readonly sim: Simulator; readonly inbox: Inbox }> {
  const sim = await simulator()
  const inbox = await smtpInbox()
  sim.control.changeOrg({ settings: { mail: { host: '127.0.0.1', port: inbox.port, ...mail } } })
  return { sim, inbox }
}

const tokenIn = (message: string): string | undefined =>
  /^Security token \(case-sensitive\): ([A-Za-z0-9]+)\r?$/m.exec(partOf(message, 'text/plain'))?.[1]

test('a new password ends the security token, and the next one comes by mail', async () => {
  const { sim, inbox } = await withMail()
  const user = userOf(sim)
  await setPassword(sim, admin(sim), user.id, 'with-mail-1')
  const [mail] = await sim.control.mailsSettled()
  assert.equal(mail?.state, 'sent')
  const [got, ...more] = inbox.delivered
  assert.ok(got)
  assert.equal(more.length, 0)
  assert.deepEqual([got.sender, got.recipient], ['noreply@salesforce.com', user.username])
  assert.match(got.message, /^From: Salesforce <noreply@salesforce\.com>\r$/m)
  assert.match(got.message, /^Subject: Your new Salesforce security token\r$/m)
  assert.match(got.message, /^Message-ID: <[0-9a-f]{24}@sfdc\.net>\r$/m)
  assert.match(got.message, /^Date: \w{3}, \d\d \w{3} \d{4} [\d:]{8} \+0000\r$/m)
  const plain = partOf(got.message, 'text/plain')
  assert.match(plain, new RegExp(`^Username: ${user.username}\r$`, 'm'))
  const fresh = tokenIn(got.message) ?? ''
  assert.match(fresh, /^[A-Za-z0-9]{25}$/)
  assert.match(partOf(got.message, 'text/html'), new RegExp(`Security token \\(case-sensitive\\): ${fresh}</p>`))
  assert.ok(Math.max(...got.message.split('\r\n').map((line) => line.length)) <= 998)

  assert.equal(await login(sim, user.username, `with-mail-1${user.securityToken}`), 'INVALID_LOGIN')
  assert.equal(await login(sim, user.username, 'with-mail-1'), 'LOGIN_MUST_USE_SECURITY_TOKEN')
  assert.equal(await login(sim, user.username, `with-mail-1${fresh}`), 'in')
  assert.equal(await login(sim, user.username, 'with-mail-1', home), 'in')
  assert.ok(sim.control.secrets().includes(fresh))
})

test('the click on "Reset My Security Token" mails a new one and leaves the password alone', async () => {
  const { sim, inbox } = await withMail({ from: 'Salesforce <support@salesforce.example>', sender: 'b@bnc.example' })
  const user = userOf(sim)
  sim.control.resetSecurityToken({ user: user.username })
  await sim.control.mailsSettled()
  const [got] = inbox.delivered
  assert.equal(got?.sender, 'b@bnc.example')
  assert.match(got.message, /^From: Salesforce <support@salesforce\.example>\r$/m)
  const fresh = tokenIn(got.message)
  assert.equal(fresh, sim.control.userSecrets({ user: user.username }).securityToken)
  assert.equal(await login(sim, user.username, user.password + user.securityToken), 'INVALID_LOGIN')
  assert.equal(await login(sim, user.username, user.password + String(fresh)), 'in')
})

test('the mail goes to the address of the user record, as it is then', async () => {
  const { sim, inbox } = await withMail()
  const user = userOf(sim)
  await rest(sim, admin(sim), 'PATCH', `/sobjects/User/${user.id}`, { Email: 'rotations@mailbox.example' })
  sim.control.resetSecurityToken({ user: user.username })
  sim.control.changeUser({ user: user.username, change: { email: 'other@mailbox.example' } })
  sim.control.resetSecurityToken({ user: user.username })
  await sim.control.mailsSettled()
  assert.deepEqual(inbox.delivered.map(({ recipient }) => recipient).toSorted(), [
    'other@mailbox.example',
    'rotations@mailbox.example',
  ])
})

test('switches: a password set over the API leaves the token alone, or ends it and mails nothing', async () => {
  const { sim } = await withMail()
  const user = userOf(sim)
  sim.control.changeOrg({ settings: { apiPasswordMailsToken: false } })
  await setPassword(sim, admin(sim), user.id, 'without-mail-1')
  assert.equal((await sim.control.mailsSettled()).length, 0)
  const { securityToken } = sim.control.userSecrets({ user: user.username })
  assert.notEqual(securityToken, user.securityToken)
  sim.control.changeOrg({ settings: { apiPasswordResetsToken: false } })
  await setPassword(sim, admin(sim), user.id, 'without-mail-2')
  assert.equal(await login(sim, user.username, `without-mail-2${securityToken}`), 'in')
})

test('a reset password takes the token with it; the next one is mailed when the user sets its own', async () => {
  const { sim, inbox } = await withMail()
  const user = userOf(sim)
  const reset = await rest(sim, admin(sim), 'DELETE', `/sobjects/User/${user.id}/password`)
  await sim.control.mailsSettled()
  assert.deepEqual(
    sim.control.mails().map(({ kind, state }) => [kind, state]),
    [['password-reset', 'sent']],
  )
  assert.equal(await login(sim, user.username, `${reset.json['NewPassword']}${user.securityToken}`), 'INVALID_LOGIN')
  const answer = await soap(
    sim,
    `<login><username>${user.username}</username><password>${reset.json['NewPassword']}</password></login>`,
  )
  const session = /<sessionId>([^<]+)</.exec(answer.text)?.[1] ?? ''
  const own = `<changeOwnPassword><oldPassword>${reset.json['NewPassword']}</oldPassword><newPassword>finally-1</newPassword></changeOwnPassword>`
  assert.equal((await soap(sim, own, { session })).status, 200)
  await sim.control.mailsSettled()
  assert.equal(await login(sim, user.username, `finally-1${tokenIn(inbox.delivered[1]?.message ?? '')}`), 'in')
})

test('on its way a mail can be held until released, get lost, come twice, or show the token before', async () => {
  const { sim, inbox } = await withMail()
  const user = userOf(sim)
  const reset = async (): Promise<readonly string[]> => {
    const before = inbox.delivered.length
    sim.control.resetSecurityToken({ user: user.username })
    await sim.control.mailsSettled()
    return inbox.delivered.slice(before).map(({ message }) => tokenIn(message) ?? '')
  }
  const present = (): string => sim.control.userSecrets({ user: user.username }).securityToken

  sim.control.addMailFault({ fault: 'held' })
  assert.deepEqual(await reset(), [])
  assert.equal(sim.control.mails().at(-1)?.state, 'held')
  assert.equal(sim.control.releaseMails(), 1)
  await sim.control.mailsSettled()
  assert.equal(tokenIn(inbox.delivered[0]?.message ?? ''), present())

  sim.control.addMailFault({ fault: 'lost', user: user.username, count: 2 })
  assert.deepEqual([await reset(), await reset()], [[], []])
  assert.deepEqual(sim.control.mailFaults(), [])

  sim.control.addMailFault({ fault: 'twice' })
  assert.deepEqual(await reset(), [present(), present()])

  const old = present()
  sim.control.addMailFault({ fault: 'old-token' })
  assert.deepEqual(await reset(), [old])
  assert.notEqual(present(), old)

  sim.control.addMailFault({ fault: 'lost', user: userOf(sim, 'admin').username })
  assert.deepEqual(await reset(), [present()])
  assert.equal(sim.control.removeMailFaults(), 1)
})

test('a forgery looks alike, comes from elsewhere, and its token is none', async () => {
  const { sim, inbox } = await withMail()
  const user = userOf(sim)
  sim.control.forgeMail({ user: user.username })
  sim.control.forgeMail({ user: user.username, from: 'Salesforce <noreply@salesforce.com>', token: 'A'.repeat(25) })
  await sim.control.mailsSettled()
  const forged = inbox.delivered.toSorted((a, b) => a.sender.length - b.sender.length)
  assert.deepEqual(
    forged.map(({ sender }) => sender),
    ['noreply@salesforce.com', 'noreply@salesforce-security.example'],
  )
  assert.equal(tokenIn(forged[0]?.message ?? ''), 'A'.repeat(25))
  for (const { message } of forged) {
    assert.match(message, /^Subject: Your new Salesforce security token\r$/m)
    assert.equal(await login(sim, user.username, user.password + String(tokenIn(message))), 'INVALID_LOGIN')
  }
  assert.equal(await login(sim, user.username, user.password + user.securityToken), 'in')
})

test('a mail server that refuses, is not there, or hangs up: the mail has failed and says how', async () => {
  const { sim, inbox } = await withMail()
  const user = userOf(sim).username
  inbox.refuse('550 5.1.1 no such mailbox')
  sim.control.resetSecurityToken({ user })
  assert.match((await sim.control.mailsSettled()).at(-1)?.error ?? '', /RCPT with: 550 5\.1\.1/)

  const rude = createServer((socket) => socket.end())
  await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve))
  const address = rude.address()
  assert.ok(address !== null && typeof address === 'object')
  sim.control.changeOrg({ settings: { mail: { host: '127.0.0.1', port: address.port } } })
  sim.control.resetSecurityToken({ user })
  assert.match((await sim.control.mailsSettled()).at(-1)?.error ?? '', /closed the connection|EPIPE|ECONNRESET/)
  await new Promise((resolve) => rude.close(resolve))
  sim.control.resetSecurityToken({ user })
  const last = (await sim.control.mailsSettled()).at(-1)
  assert.deepEqual([last?.state, /ECONNREFUSED/.test(last?.error ?? '')], ['failed', true])
  sim.control.changeOrg({ settings: { mail: null } })
  sim.control.resetSecurityToken({ user })
  assert.equal((await sim.control.mailsSettled()).at(-1)?.state, 'unsent')
  assert.throws(
    () => sim.control.changeOrg({ settings: { mail: { host: 'x' } as unknown as MailSettings } }),
    /host, port/,
  )
})

test('a DKIM signature, where one is wished, is right by the rules of relaxed canonicalization', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const { sim, inbox } = await withMail({ dkim: { domain: 'salesforce.com', selector: 'sim', privateKey: pem } })
  sim.control.resetSecurityToken({ user: userOf(sim).username })
  await sim.control.mailsSettled()
  const message = inbox.delivered[0]?.message ?? ''
  const [head = '', ...rest] = message.split('\r\n\r\n')
  const body = `${rest
    .join('\r\n\r\n')
    .replace(/[ \t]+(?=\r\n)/g, '')
    .replace(/[ \t]+/g, ' ')
    .replace(/(?:\r\n)*$/, '')}\r\n`
  const headers = new Map(head.split('\r\n').map((line) => [line.split(':')[0]?.toLowerCase() ?? '', line]))
  const value = (headers.get('dkim-signature') ?? '').slice('DKIM-Signature: '.length)
  const tags = new Map(
    value.split('; ').map((tag) => [tag.slice(0, tag.indexOf('=')), tag.slice(tag.indexOf('=') + 1)]),
  )
  assert.deepEqual([tags.get('d'), tags.get('s'), tags.get('a')], ['salesforce.com', 'sim', 'rsa-sha256'])
  assert.equal(tags.get('bh'), createHash('sha256').update(body).digest('base64'))
  const relaxed = (line: string): string =>
    line
      .replace(/^([^:]+): */, (_all, name: string) => `${name.toLowerCase()}:`)
      .replace(/[ \t]+/g, ' ')
      .trimEnd()
  const signed = [
    ...(tags.get('h') ?? '').split(':').map((name) => relaxed(headers.get(name) ?? '')),
    `dkim-signature:${value.replace(/b=[^;]*$/, 'b=')}`,
  ].join('\r\n')
  assert.ok(
    createVerify('RSA-SHA256')
      .update(signed)
      .verify(publicKey, tags.get('b') ?? '', 'base64'),
  )
})

test('API-only users, login ranges and MFA for the API: no reset page, no mail, and a token is of no use', async () => {
  const { sim } = await withMail()
  const [user, machine] = [userOf(sim), userOf(sim, 'api')]
  assert.throws(() => sim.control.resetSecurityToken({ user: machine.username }), /API Only/)
  await setPassword(sim, admin(sim), machine.id, 'no-mail-here-1')
  assert.equal((await sim.control.mailsSettled()).length, 0)
  sim.control.changeOrg({ settings: { tokenMailToRestricted: true } })
  await setPassword(sim, admin(sim), machine.id, 'a-mail-here-2')
  assert.equal((await sim.control.mailsSettled()).length, 1)

  sim.control.changeUser({ user: user.username, change: { loginAddresses: ['198.51.100.0/24'] } })
  assert.throws(() => sim.control.resetSecurityToken({ user: user.username }), /login IP ranges/)
  assert.equal(await login(sim, user.username, user.password), 'in')
  assert.equal(await login(sim, user.username, user.password, '192.0.2.1'), 'LOGIN_DURING_RESTRICTED_DOMAIN')
  sim.control.changeUser({ user: user.username, change: { loginAddresses: null } })

  sim.control.givePermissions({ user: user.username, permissions: ['TwoFactorApi'] })
  assert.throws(() => sim.control.resetSecurityToken({ user: user.username }), /multi-factor/)
  assert.equal(await login(sim, user.username, user.password + user.securityToken), 'INVALID_LOGIN')
})

test('which login paths take a token is the org’s: SOAP off, the permission for it, the password flow off', async () => {
  const { sim } = await withMail()
  const user = userOf(sim)
  const app = appOf(sim, 'Web')
  const secret = user.password + user.securityToken
  const flow = async (): Promise<number> => {
    const form = {
      grant_type: 'password',
      client_id: app.clientId,
      client_secret: app.clientSecret,
      username: user.username,
      password: secret,
    }
    return (await token(sim, form, { 'X-Sim-Address': '198.51.100.7' })).status
  }
  assert.deepEqual([await login(sim, user.username, secret), await flow()], ['in', 200])
  sim.control.changeOrg({ settings: { tokenFromTrusted: 'refused' } })
  assert.equal(await login(sim, user.username, secret, home), 'INVALID_LOGIN')
  assert.equal(await login(sim, user.username, secret), 'in')
  sim.control.changeOrg({ settings: { useAnyApiAuthRequired: true } })
  assert.equal(await login(sim, user.username, secret), 'INVALID_LOGIN')
  sim.control.givePermissions({ user: user.username, permissions: ['UseAnyApiAuth'] })
  assert.equal(await login(sim, user.username, secret), 'in')
  sim.control.changeOrg({ settings: { soapLogin: false, passwordFlowBlocked: true } })
  assert.deepEqual([await login(sim, user.username, secret), await flow()], ['UNSUPPORTED_API_VERSION', 400])
})

test('mails, faults on them and former secrets outlive saving and loading', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'simulator-mail-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const { sim, inbox } = await withMail()
  const user = userOf(sim)
  sim.control.addMailFault({ fault: 'held' })
  sim.control.addMailFault({ fault: 'twice', count: 3 })
  sim.control.resetSecurityToken({ user: user.username })
  sim.control.save({ folder })
  sim.control.releaseMails()
  await sim.control.mailsSettled()
  sim.control.load({ folder })
  assert.equal(sim.control.mails()[0]?.state, 'held')
  assert.deepEqual(sim.control.mailFaults(), [{ fault: 'twice', user: null, count: 3 }])
  assert.ok(sim.control.secrets().includes(user.securityToken))
  sim.control.releaseMails({ n: sim.control.mails()[0]?.n ?? 0 })
  await sim.control.mailsSettled()
  assert.equal(inbox.delivered.length, 2)
})

test('the verbs are there over HTTP', async () => {
  const { sim, inbox } = await withMail()
  const user = userOf(sim).username
  const say = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${sim.url}/__sim/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    assert.equal(response.status, 200, path)
    return response.json()
  }
  await say('POST', 'mailFaults', { fault: 'held', user })
  assert.deepEqual(await say('GET', 'mailFaults'), [{ fault: 'held', user, count: 1 }])
  await say('POST', 'securityToken', { user })
  assert.deepEqual(await say('POST', 'releaseMails', {}), { released: 1 })
  const mails = (await say('GET', `mails?settled=true&kind=security-token&user=${user}`)) as readonly { raw: string }[]
  assert.equal(mails.length, 1)
  const secrets = (await say('GET', `userSecrets?user=${user}`)) as { readonly securityToken: string }
  assert.equal(tokenIn(inbox.delivered[0]?.message ?? ''), secrets.securityToken)
  await say('POST', 'forgeMail', { user })
  await say('POST', 'permissions', { user, permissions: ['ViewClientSecret'] })
  assert.deepEqual(await say('DELETE', 'mailFaults'), { removed: 0 })
})
