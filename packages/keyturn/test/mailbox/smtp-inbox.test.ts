/** The SMTP inbox of Keyturn's own: what it takes in, from whom, and who finds it. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { createTransport } from 'nodemailer'
import { startSimulator } from '@keyturn/simulator'
import { openKeyturn, Secret, systemClock } from '@keyturn/tokens'
import type { Keyturn } from '@keyturn/tokens'
import { makeAuthority, makeCertificate } from '../../../tokens/test/wire/certificates.ts'
import { freePort } from '../../../../test/free-port.ts'
import { keptMails } from '../../src/mailbox/kept-mails.ts'
import type { Mailbox } from '../../src/mailbox/mailbox.ts'
import { mailboxSettings } from '../../src/mailbox/mailbox-settings.ts'
import { openMailbox } from '../../src/mailbox/open-mailbox.ts'
import { letter, server, tokenOf, username } from './letters.ts'

const recipient = 'rotations@keyturn.example'

interface Place {
  readonly folder: string
  readonly keyturn: Keyturn
  readonly port: number
  /** A further one is another process on the same store. */
  inbox(more?: Readonly<Record<string, unknown>>): Mailbox
}

const place = async (t: TestContext): Promise<Place> => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-inbox-'))
  const store = `sqlite:${join(folder, 'keyturn.db')}`
  const keyturn = await openKeyturn({ store, masterKey: randomBytes(32), env: {} })
  const port = await freePort()
  const opened: Mailbox[] = []
  t.after(async () => {
    for (const one of opened) await one.close()
    await keyturn.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    folder,
    keyturn,
    port,
    inbox(more = {}) {
      const settings = { kind: 'smtp', port, recipients: [recipient], authservId: server, pollEvery: '100ms', ...more }
      const mailbox = openMailbox(mailboxSettings.parse(settings), {
        name: 'own',
        folder,
        clock: systemClock,
        env: {},
        resolve: async (reference) => new Secret(readFileSync(reference.slice('file:'.length), 'utf8')),
        records: keyturn.store.records,
      })
      opened.push(mailbox)
      return mailbox
    },
  }
}

/** Null, or the status the server refused with. */
const send = async (
  port: number,
  raw: string | Buffer,
  more: { readonly to?: string; readonly tls?: boolean } = {},
): Promise<number | null> => {
  const transport = createTransport({
    host: '127.0.0.1',
    port,
    ...(more.tls === true ? { requireTLS: true, tls: { rejectUnauthorized: false } } : { ignoreTLS: true }),
  })
  try {
    const envelope = { from: 'bounce@salesforce.com', to: [more.to ?? recipient] }
    await transport.sendMail({ envelope, raw })
    return null
  } catch (error) {
    return (error as { readonly responseCode?: number }).responseCode ?? 0
  } finally {
    transport.close()
  }
}

const query = { username, since: Date.now() - 60_000 }

test('a mail is kept sealed until it is settled, and every process of the store finds it', async (t) => {
  const { folder, port, inbox } = await place(t)
  const [one, other] = [inbox(), inbox()]
  assert.deepEqual(await one.look(query), { found: [], refused: [] })
  await other.look(query)
  const waiting = [one.wait(60_000), other.wait(60_000)]
  assert.equal(await send(port, letter()), null)
  await Promise.all(waiting)
  const [mine] = (await one.look(query)).found
  const [theirs] = (await other.look(query)).found
  assert.equal(mine?.token.reveal(), tokenOf(1))
  assert.equal(theirs?.token.reveal(), tokenOf(1))
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile())
      assert.equal(readFileSync(join(entry.parentPath, entry.name)).includes(tokenOf(1)), false, entry.name)
  assert(mine && theirs)
  await other.settle(theirs)
  await one.settle(mine)
  assert.deepEqual((await one.look(query)).found, [])
})

test('only token mail, for its recipients, of a decent size, and nothing is relayed', async (t) => {
  const { port, inbox } = await place(t)
  const mailbox = inbox()
  await mailbox.look(query)
  assert.equal(await send(port, letter(), { to: 'somebody@elsewhere.example' }), 550)
  assert.equal(await send(port, letter({ from: 'evil@evil.example' })), 550)
  assert.equal(await send(port, letter({ subject: 'Hello' })), 550)
  assert.equal(await send(port, Buffer.concat([letter(), Buffer.alloc(300_000, 'x\r\n')])), 552)
  assert.equal(await send(port, letter({ results: [] })), null)
  assert.equal(await send(port, letter({ username: 'other@acme.example' })), null)
  const { found, refused } = await mailbox.look(query)
  assert.deepEqual(found, [])
  assert.deepEqual(refused.map(({ code }) => code).sort(), ['not-authenticated', 'other-user'])
})

test('addresses that are not allowed are turned away', async (t) => {
  const { port, inbox } = await place(t)
  await inbox({ allowFrom: ['10.0.0.0/8', '2001:db8::1'] }).look(query)
  assert.equal(await send(port, letter()), 554)
})

test('at most a hundred mails are kept', async (t) => {
  const { keyturn, port, inbox } = await place(t)
  const mailbox = inbox()
  await mailbox.look(query)
  const kept = keptMails(keyturn.store.records, 'own')
  for (let n = 0; n < 100; n++)
    assert.equal(await kept.keep(String(n), letter({ token: tokenOf(n) }), Date.now()), true)
  assert.equal(await send(port, letter({ token: tokenOf(100) })), 452)
  assert.equal((await mailbox.look(query)).found.length, 100)
  // A day later the old ones make room.
  assert.equal(await kept.keep('later', letter(), Date.now() + 86_500_000), true)
  assert.equal((await kept.list()).length, 1)
})

test('with a certificate nothing is taken before STARTTLS', async (t) => {
  const { folder, port, inbox } = await place(t)
  const { pem, key } = makeCertificate(makeAuthority(), '127.0.0.1')
  writeFileSync(join(folder, 'cert.pem'), pem)
  writeFileSync(join(folder, 'key.pem'), key)
  const mailbox = inbox({ tls: { cert: 'cert.pem', key: 'file:key.pem' } })
  await mailbox.look(query)
  assert.equal(await send(port, letter()), 530)
  assert.equal(await send(port, letter(), { tls: true }), null)
  assert.equal((await mailbox.look(query)).found.length, 1)
})

test('the port is free again after close, and the next one who looks takes it over', async (t) => {
  const { port, inbox } = await place(t)
  const [one, other] = [inbox(), inbox()]
  await one.look(query)
  await other.look(query)
  await one.close()
  assert.equal(await send(port, letter()), 0)
  await other.look(query)
  assert.equal(await send(port, letter()), null)
  await other.close()
  assert.equal(await send(port, letter()), 0)
})

test('the check says that nobody would be believed, and where it listens', async (t) => {
  const { inbox, port } = await place(t)
  assert.deepEqual(await inbox().preflight(), [])
  const { problems, facts } = await inbox({ authservId: undefined }).check()
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['MAILBOX_NOT_READY'],
  )
  assert.ok(facts.some(({ text }) => text === `127.0.0.1:${port}`))
  const [bad] = await inbox({ listen: '192.0.2.1' }).preflight()
  assert.equal(bad?.code, 'LISTEN_FAILED')
})

test('from the org straight into the inbox: late, lost, twice, forged', async (t) => {
  const { port, inbox } = await place(t)
  const sim = await startSimulator({ seed: t.name })
  t.after(() => sim.close())
  const [user] = sim.orgs[0]?.users ?? []
  assert(user)
  const mailbox = inbox({ recipients: [user.username], authservId: undefined, acceptUnauthenticated: true })
  const mine = { username: user.username, since: Date.now() - 60_000 }
  await mailbox.look(mine)
  sim.control.changeOrg({ settings: { mail: { host: '127.0.0.1', port } } })
  const reset = () => sim.control.resetSecurityToken({ user: user.username })
  const tokenNow = () => sim.control.userSecrets({ user: user.username }).securityToken
  sim.control.forgeMail({ user: user.username })
  const [forged] = await sim.control.mailsSettled()
  assert.equal(forged?.state, 'failed', 'a forged sender is refused at the door')
  sim.control.addMailFault({ fault: 'lost' })
  reset()
  sim.control.addMailFault({ fault: 'held' })
  reset()
  await sim.control.mailsSettled()
  assert.deepEqual((await mailbox.look(mine)).found, [])
  const waiting = mailbox.wait(60_000)
  sim.control.releaseMails({})
  await waiting
  const [late] = (await mailbox.look(mine)).found
  assert.equal(late?.token.reveal(), tokenNow())
  assert.equal(late.authentication.dkim, 'unknown')
  await mailbox.settle(late)
  sim.control.addMailFault({ fault: 'twice' })
  reset()
  await sim.control.mailsSettled()
  const { found } = await mailbox.look(mine)
  assert.deepEqual(
    found.map(({ token, copies }) => [token.reveal(), copies.length]),
    [[tokenNow(), 1]],
  )
})
