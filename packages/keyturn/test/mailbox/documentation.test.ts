/** The how-to: every example is a valid keyturn.yaml; and what the schema refuses. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { checkConfig } from '../../src/config/check.ts'

const file = new URL('../../../../docs/how-to/let-keyturn-read-security-token-mail.md', import.meta.url)

test('every example is a valid keyturn.yaml, of both kinds', () => {
  const examples = [...readFileSync(file, 'utf8').matchAll(/```yaml\n(version: 1\n[^`]*)```/g)].map(
    ([, text = '']) => text,
  )
  const kinds = examples.map((example) => {
    const { config, problems } = checkConfig(example)
    assert.deepEqual(problems, [], example)
    return config?.mailboxes?.['tokens']?.kind
  })
  assert.deepEqual(new Set(kinds), new Set(['imap', 'smtp']))
})

test('what is wrong with a mailbox is told with its line', () => {
  const told = (lines: string) =>
    checkConfig(`version: 1\nmailboxes:\n  tokens:\n${lines.replaceAll(/^/gm, '    ')}`).problems.map(
      ({ line, path, message }) => `${line} ${path} ${message}`,
    )
  const imap = 'kind: imap\nhost: imap.example.com\nuser: a@b.example\n'
  assert.match(told('kind: pop3').join(), /must be imap or smtp/)
  assert.match(told(imap).join(), /needs password or accessToken/)
  assert.match(told(`${imap}password: env:A\naccessToken: env:B`).join(), /not both/)
  assert.match(told(`${imap}password: hunter2`).join(), /7 mailboxes\.tokens\.password must say where the secret is/)
  assert.match(told(`${imap}password: env:A\ntls: none`).join(), /without TLS to another machine/)
  assert.deepEqual(told(`${imap}password: env:A\ntls: none\nplainText: true`), [])
  assert.match(told('kind: smtp\nport: 2525\nrecipients: []').join(), /recipients/)
  assert.match(
    told('kind: smtp\nport: 25\nrecipients: [a@b.example]\nallowFrom: [nowhere]').join(),
    /address or a range/,
  )
})
