/** Which mail is believed, and why the others are not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import { Secret } from '@keyturn/tokens'
import { authenticationOf, parseAuthenticationResults } from '../../src/mailbox/authentication-results.ts'
import { soleAddress, shownField } from '../../src/mailbox/header-field.ts'
import { textOfHtml } from '../../src/mailbox/mail-text.ts'
import { mailRules } from '../../src/mailbox/mail-rules.ts'
import type { Refusal, TokenMail } from '../../src/mailbox/mailbox.ts'
import { sortMails } from '../../src/mailbox/sort-mails.ts'
import { judgeMail } from '../../src/mailbox/token-mail.ts'
import type { MailRules } from '../../src/mailbox/token-mail.ts'
import { letter, passed, server, tokenOf, username } from './letters.ts'
import type { LetterSpec } from './letters.ts'

const rules = mailRules({ authservId: server }, null)
const asked = Date.UTC(2026, 5, 1, 12)

const judge = (raw: Buffer | null, more: Partial<MailRules> = {}, receivedAt = asked + 5000) =>
  judgeMail({ id: 'a', receivedAt, raw }, { ...rules, ...more }, { username, since: asked })

const refusal = async (spec: LetterSpec, more: Partial<MailRules> = {}): Promise<Refusal | 'accepted'> => {
  const judged = await judge(letter(spec), more)
  return 'why' in judged ? judged.code : 'accepted'
}

const accepted = async (raw: Buffer, more: Partial<MailRules> = {}): Promise<TokenMail> => {
  const judged = await judge(raw, more)
  assert('token' in judged, 'why' in judged ? judged.why : '')
  return judged
}

const html = (inner: string): string => `Content-Type: text/html; charset=utf-8\n\n${inner}`
const lines = `<p>Username: ${username}<br>Security token (case-sensitive): ${tokenOf(1)}</p>`

test('a mail as Salesforce writes it is accepted, with what our server found out about it', async () => {
  const mail = await accepted(letter())
  assert.equal(mail.token.reveal(), tokenOf(1))
  assert.deepEqual([mail.username, mail.from], [username, 'noreply@salesforce.com'])
  assert.deepEqual(mail.authentication, { dkim: 'pass', spf: 'pass', dmarc: 'pass' })
  assert.equal(await refusal({ subject: 'Sandbox: Your new Salesforce security token' }), 'accepted')
  assert.equal(await refusal({ subject: '=?utf-8?B?WW91ciBuZXcgU2FsZXNmb3JjZSBzZWN1cml0eSB0b2tlbg==?=' }), 'accepted')
})

test('every encoding of the same words is read: quoted-printable, base64, other charsets, HTML alone', async () => {
  const words = `Username: ${username}\r\nSecurity token (case-sensitive): ${tokenOf(1)}\r\n`
  const bodies = [
    `Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n${words.replaceAll('=', '=3D').replace('Security', 'Secu=\r\nrity')}`,
    `Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n${Buffer.from(words).toString('base64')}`,
    `Content-Type: text/plain; charset=utf-16le\nContent-Transfer-Encoding: base64\n\n${Buffer.from(words, 'utf16le').toString('base64')}`,
    `Content-Type: text/plain; charset=iso-8859-15\n\n${words}`,
    html(lines),
    html(
      `<table><tr><td>Username:</td><td>${username}</td></tr><tr><td>Security token (case-sensitive):</td><td>${tokenOf(1)}</td></tr></table>`,
    ),
    `Content-Type: multipart/alternative; boundary=b\n\n--b\n${html('<p>Security token (case-sensitive): HOSTILEhostileHOSTILEhost1</p>')}\n--b\nContent-Type: text/plain\n\n${words}\n--b--`,
  ]
  for (const body of bodies) assert.equal((await accepted(letter({ body }))).token.reveal(), tokenOf(1), body)
})

test('the sender is compared exactly, and display names are passed over', async () => {
  const senders: readonly (readonly [string, Refusal | 'accepted'])[] = [
    ['NoReply@Salesforce.com', 'accepted'],
    ['"evil@evil.example" <noreply@salesforce.com>', 'accepted'],
    ['Salesforce (comment <evil@evil.example>) <support@salesforce.com>', 'accepted'],
    ['"noreply@salesforce.com" <evil@evil.example>', 'sender'],
    ['noreply@salesforce.com <evil@evil.example>', 'sender'],
    ['=?utf-8?q?noreply=40salesforce.com?= <evil@evil.example>', 'sender'],
    ['noreply@salesforce.com, evil@evil.example', 'sender'],
    ['Group: noreply@salesforce.com;', 'sender'],
    ['noreply@salesforce.com.evil.example', 'sender'],
    ['noreply@ѕalesforce.com', 'sender'],
    ['noreply@salesforce.com\nFrom: evil@evil.example', 'sender'],
    ['<noreply@salesforce.com', 'sender'],
    ['<noreply@salesforce.com> <evil@evil.example>', 'sender'],
    ['<evil@evil.example> <noreply@salesforce.com>', 'sender'],
    ['"noreply@salesforce.com', 'sender'],
    ['', 'sender'],
  ]
  for (const [from, expected] of senders) assert.equal(await refusal({ from }), expected, from)
})

test('the user is compared exactly: no other user, no look-alike, no second one', async () => {
  const users: readonly string[] = [
    'other@acme.example',
    'integrаtion@acme.example', // a Cyrillic letter
    'Integration@acme.example',
    `${username}.evil`,
    `${username}\u200b`,
    `${username}\nUsername: other@acme.example`,
    '',
  ]
  for (const user of users) assert.equal(await refusal({ username: user }), 'other-user', user)
  assert.equal(await refusal({ username: `${username}\nUsername: ${username}` }), 'accepted')
})

test('exactly one token of the known form, after its label', async () => {
  const tokens: readonly string[] = [
    'short',
    'A'.repeat(27),
    `${tokenOf(1)} and more`,
    `${tokenOf(1)}\nSecurity token (case-sensitive): ${tokenOf(2)}`,
    'Ab0001xyzXYZ01234567é9abc',
    '',
  ]
  for (const token of tokens) assert.equal(await refusal({ token }), 'no-token', token)
  assert.equal(await refusal({ body: `Content-Type: text/plain\n\nUsername: ${username}\n${tokenOf(1)}` }), 'no-token')
  for (const length of [24, 25, 26])
    assert.equal(await refusal({ token: 'Z9'.repeat(13).slice(0, length) }), 'accepted')
})

test('another subject, an older mail, a mail that is too large', async () => {
  assert.equal(await refusal({ subject: 'Your new security token' }), 'subject')
  assert.equal(await refusal({ headers: ['Subject: Your new Salesforce security token'] }), 'subject')
  const at = async (receivedAt: number) => {
    const judged = await judge(letter(), {}, receivedAt)
    return 'why' in judged ? judged.code : 'accepted'
  }
  assert.equal(await at(asked - 120_001), 'too-old')
  assert.equal(await at(asked - 120_000), 'accepted')
  for (const raw of [null, Buffer.concat([letter(), Buffer.alloc(65_536, 'x')])]) {
    const judged = await judge(raw)
    assert.equal('why' in judged && judged.code, 'too-large')
  }
})

test('words of other languages are settings', async () => {
  const french = {
    subject: ['Votre nouveau jeton'],
    usernameLabel: ["Nom d'utilisateur"],
    tokenLabel: ['Jeton de sécurité'],
  }
  const body = `Content-Type: text/plain; charset=utf-8\n\nNom d'utilisateur : ${username}\nJeton de sécurité : ${tokenOf(3)}`
  const raw = letter({ subject: 'Votre nouveau jeton', body })
  assert.equal((await accepted(raw, mailRules({ ...french, authservId: server }, null))).token.reveal(), tokenOf(3))
})

test('only the top-most Authentication-Results header of our own server is believed', async () => {
  const failed = `${server}; dkim=fail header.d=salesforce.com; spf=softfail smtp.mailfrom=x.example; dmarc=fail header.from=salesforce.com`
  const cases: readonly (readonly [readonly string[], Refusal | 'accepted'])[] = [
    [[passed], 'accepted'],
    [[failed, passed], 'not-authenticated'],
    [[passed, failed], 'accepted'],
    [[`evil.example; dkim=pass header.d=salesforce.com; dmarc=pass`, failed], 'not-authenticated'],
    [['evil.example; dmarc=pass header.from=salesforce.com'], 'not-authenticated'],
    [[], 'not-authenticated'],
    [[`${server}; none`], 'not-authenticated'],
    [[`${server}; dkim=pass header.d=evil.example`], 'not-authenticated'],
    [[`${server}; dkim=pass`], 'not-authenticated'],
    [[`${server}; dkim=pass header.i=@mail.salesforce.com`], 'accepted'],
    [[`${server}; dkim=fail header.d=salesforce.com; dkim=pass header.d=salesforce.com`], 'accepted'],
    [[`${server}; dmarc=pass header.from=evil.example`], 'not-authenticated'],
    [[`${server}; dmarc=pass; dmarc=fail`], 'not-authenticated'],
    [[`${server}; spf=pass smtp.mailfrom=salesforce.com`], 'not-authenticated'],
    [
      [`${server}; spf=fail (dkim=pass header.d=salesforce.com; dmarc=pass) smtp.mailfrom="a;dmarc=pass"`],
      'not-authenticated',
    ],
    [[`${server}; dkim=fail reason="bad; dmarc=pass" header.d=salesforce.com`], 'not-authenticated'],
    [[`${server}; spf=fail smtp.mailfrom="a\\"; dmarc=pass; x=y \\"b"`], 'not-authenticated'],
    // Broken, perhaps by an address in it: what stands below could be anybody's.
    [[`${server}; spf=fail smtp.mailfrom="a`, passed], 'not-authenticated'],
    [[`${server.toUpperCase()} 1; dmarc=pass`], 'accepted'],
  ]
  for (const [results, expected] of cases) assert.equal(await refusal({ results }), expected, results.join(' / '))
})

test('what is required can be chosen, and nobody is believed by default', async () => {
  const dkimOnly = [`${server}; dkim=pass header.d=salesforce.com; dmarc=fail`]
  assert.equal(await refusal({ results: dkimOnly }), 'accepted')
  assert.equal(await refusal({ results: dkimOnly }, { require: 'dkim' }), 'accepted')
  assert.equal(await refusal({ results: dkimOnly }, { require: 'dmarc' }), 'not-authenticated')
  const open = mailRules({}, null)
  const by = async (more: Partial<MailRules>, results: readonly string[] = [passed]) => {
    const judged = await judgeMail(
      { id: 'a', receivedAt: asked, raw: letter({ results }) },
      { ...open, ...more },
      { username, since: asked },
    )
    return 'why' in judged ? judged.code : judged.authentication.dmarc
  }
  assert.equal(await by({}), 'not-authenticated')
  assert.equal(await by({ acceptUnauthenticated: true }), 'unknown')
  assert.equal(await by({ acceptUnauthenticated: true, authservId: server }, dkimOnly), 'fail')
  assert.equal(
    await by({ acceptUnauthenticated: true, authservId: server }, [`${server}; dmarc=fail`]),
    'not-authenticated',
  )
  assert.equal(await by({ require: 'none', authservId: server }, [`${server}; dmarc=fail`]), 'fail')
})

test('the header of Microsoft 365, which names no server, is believed only at the top', () => {
  const microsoft =
    'spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=bnc.salesforce.com; mail.example; dkim=pass (signature was verified) header.d=salesforce.com;dmarc=pass action=none header.from=salesforce.com;compauth=pass reason=100'
  const of = (headers: readonly string[], id = 'unnamed') => authenticationOf(headers, id, 'salesforce.com').dmarc
  assert.equal(of([microsoft]), 'pass')
  assert.equal(of([`evil.example; dmarc=pass`, microsoft]), 'unknown')
  assert.equal(of([microsoft], server), 'unknown')
  assert.equal(mailRules({}, 'Outlook.Office365.com').authservId, 'unnamed')
  assert.equal(mailRules({}, 'imap.gmail.com').authservId, 'mx.google.com')
})

test('Authentication-Results are read as RFC 8601 writes them', () => {
  const read = (value: string) => {
    const parsed = parseAuthenticationResults(value)
    return parsed && [parsed.authservId, ...parsed.results.map(({ method, result }) => `${method}=${result}`)]
  }
  assert.deepEqual(read('example.com 1; none'), ['example.com'])
  assert.deepEqual(read('example.org (a (nested) comment); (x) dkim (y) / 1 = pass (z) header.d = example.org'), [
    'example.org',
    'dkim=pass',
  ])
  assert.deepEqual(
    read('"quoted.example" ; auth=pass (cram-md5) smtp.auth=a@b.example; spf=fail smtp.mailfrom=b.example'),
    ['quoted.example', 'auth=pass', 'spf=fail'],
  )
  for (const broken of [
    '',
    ';',
    'a b c; dkim=pass',
    'example.com; dkim',
    'example.com; (dkim=pass',
    'example.com; x="',
    `example.com; ${'('.repeat(20_000)}`,
  ])
    assert.equal(read(broken), null, broken.slice(0, 40))
})

test('hostile HTML is not rendered, only cut out, and costs little', async () => {
  const hidden = `<script>Username: evil\nSecurity token (case-sensitive): ${tokenOf(9)}</script><style>Security token (case-sensitive): ${tokenOf(8)}</style><!-- > <br>Security token (case-sensitive): ${tokenOf(7)}<br> --><svg><a>Security token (case-sensitive): ${tokenOf(6)}</a></svg>`
  const mail = await accepted(
    letter({ body: html(`<header>x</header>${hidden}${lines}<img src="http://127.0.0.1:1/"><script>`) }),
  )
  assert.equal(mail.token.reveal(), tokenOf(1))
  assert.equal(
    await refusal({
      body: html(`<p>&#85;sername: ${username}<br>Security token (case-sensitive)&#58; ${tokenOf(1)}</p>`),
    }),
    'accepted',
  )
  const bombs = [
    '<'.repeat(60_000),
    '<!--'.repeat(15_000),
    '<script>'.repeat(8000),
    '<div>'.repeat(12_000),
    '&#x'.repeat(20_000),
    '<a '.repeat(20_000),
  ]
  for (const bomb of bombs) {
    assert.equal(textOfHtml(bomb).includes('\0'), false)
    assert.notEqual(await refusal({ body: html(bomb) }), 'accepted')
  }
})

test('nesting, zip bombs, invalid charsets, huge headers: refused or read past, never more', async () => {
  const nested = (depth: number): string =>
    depth === 0
      ? `Content-Type: text/plain\n\nUsername: ${username}`
      : `Content-Type: multipart/mixed; boundary=b${depth}\n\n--b${depth}\n${nested(depth - 1)}\n--b${depth}--`
  assert.equal(await refusal({ body: nested(60) }), 'unreadable')
  const wrapped = `Content-Type: message/rfc822\n\n${letter().toString()}`
  assert.equal(await refusal({ body: wrapped }), 'other-user')
  assert.equal(await refusal({ headers: [`X-Filler: ${'x'.repeat(60_000)}`] }), 'unreadable')
  const zip = deflateRawSync(Buffer.alloc(20_000_000)).toString('base64')
  const attached = (words: string): string =>
    `Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n${words}\n--b\nContent-Type: application/zip; name=bomb.zip\nContent-Disposition: attachment\nContent-Transfer-Encoding: base64\n\n${zip}\n--b--`
  assert.equal(
    await refusal({ body: attached(`Username: ${username}\nSecurity token (case-sensitive): ${tokenOf(1)}`) }),
    'accepted',
  )
  for (const charset of ['no-such-charset', 'utf-7', '"', 'x'.repeat(500)])
    assert.ok(
      ['accepted', 'other-user', 'no-token', 'unreadable'].includes(
        await refusal({ body: `Content-Type: text/plain; charset=${charset}\n\n\xff\xfe` }),
      ),
    )
  assert.equal(await refusal({ body: '' }), 'other-user')
  const noise = await judge(Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) % 256)))
  assert.equal('why' in noise && noise.code, 'sender')
})

test('twice is once, several are sorted, and no refusal shows a control character', async () => {
  const first = await accepted(letter())
  const mail = (id: string, token: string, receivedAt: number): TokenMail => ({
    ...first,
    id,
    receivedAt,
    token: new Secret(token),
  })
  const { found, refused } = sortMails([
    mail('old', tokenOf(1), 1),
    mail('new', tokenOf(2), 3),
    mail('copy', tokenOf(2), 2),
    await judge(letter({ from: 'evil\u001b[31m@evil.example\u202e' })),
  ])
  assert.deepEqual(
    found.map(({ id, copies }) => [id, ...copies]),
    [['new', 'copy'], ['old']],
  )
  assert.equal(refused.length, 1)
  assert.doesNotMatch(refused[0]?.from ?? '', /\p{C}/u)
  assert.equal(shownField('a\u0007b\u2028c'), 'a b c')
  assert.equal(soleAddress('A <a@b.example>'), 'a@b.example')
})
