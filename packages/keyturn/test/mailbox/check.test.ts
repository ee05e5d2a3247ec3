/** `keyturn mailbox check` as people run it, against a real Dovecot. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeFolder } from '../cli.ts'
import { mailPassword, mailUser, noDovecot, startDovecot } from './dovecot.ts'
import { letter, server, tokenOf } from './letters.ts'

test(
  'the command says what is there, exits with 1 where it is not good, and shows no secret',
  { skip: noDovecot },
  async (t) => {
    const dovecot = await startDovecot(t)
    dovecot.deliver(letter())
    const folder = makeFolder(t)
    assert.equal((await folder.run(['init'])).code, 0)
    const imap = `kind: imap, host: 127.0.0.1, port: ${dovecot.tlsPort}, caFile: ${dovecot.caFile}, user: ${mailUser}, password: env:PASSWORD`
    const lines = [
      'version: 1',
      'store: sqlite:./keyturn.db',
      'masterKey: file:./keyturn.key',
      'mailboxes:',
      `  good: { ${imap}, authservId: ${server} }`,
      `  open: { ${imap} }`,
    ]
    writeFileSync(join(folder.path, 'keyturn.yaml'), lines.join('\n'))
    const env = { PASSWORD: mailPassword }
    const good = await folder.run(['mailbox', 'check', 'good'], { env })
    assert.equal(good.code, 0, good.stderr)
    assert.match(
      good.stdout,
      /✓ good: imap rotations@mail\.example at 127\.0\.0\.1\n[^]*folder: INBOX, 1 mails[^]*IDLE/,
    )
    const { code, value } = await folder.json(['mailbox', 'check'], { env })
    assert.equal(code, 1)
    assert.deepEqual(
      value.mailboxes.map(({ name, ready }: { name: string; ready: boolean }) => [name, ready]),
      [
        ['good', true],
        ['open', false],
      ],
    )
    assert.match(JSON.stringify(value), /set `authservId: mx\.mail\.example`/)
    const wrong = await folder.run(['mailbox', 'check', 'good'], { env: { PASSWORD: 'canary-wrong-4711' } })
    assert.equal(wrong.code, 1)
    assert.match(wrong.stdout, /MAILBOX_REFUSED/)
    const unknown = await folder.run(['mailbox', 'check', 'gud'], { env })
    assert.equal(unknown.code, 3)
    assert.match(unknown.stderr, /Did you mean good/)
    for (const { stdout, stderr } of [good, wrong, unknown])
      for (const secret of [mailPassword, 'canary-wrong-4711', tokenOf(1)]) assert(!(stdout + stderr).includes(secret))
    assert.equal(dovecot.mails().length, 1)
  },
)
