/** What is wrong with `notify:` is said with its line, and no address or password can stand in the file itself. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkConfig } from '../../src/config/check.ts'

const problems = (lines: string): readonly string[] =>
  checkConfig(`version: 1\nnotify:\n${lines}`).problems.map(({ line, path, message }) => `${line} ${path}: ${message}`)

test('the section of docs/how-to/be-told.md is a good one', () => {
  const good = `  repeatAfter: 1d
  channels:
    ops: { kind: webhook, url: env:OPS_HOOK, secret: env:OPS_HOOK_KEY }
    chat: { kind: slack, url: file:/run/secrets/slack-hook }
    mail: { kind: smtp, host: smtp.example.com, user: keyturn, password: env:P, from: k@example.com, to: i@example.com }
    pager: { kind: command, run: [./page-somebody, --team, integrations], env: [PAGER_TOKEN] }
  owners:
    sales: { mail: sales-ops@example.com, channels: [mail, chat] }
`
  assert.deepEqual(problems(good), [])
})

test('secrets in clear, unknown kinds, channels that are not there and half a sign-in are named', () => {
  const clear = problems('  channels:\n    ops: { kind: webhook, url: "https://hooks.example/secret-address" }\n')
  assert.equal(clear.length, 1)
  assert.match(clear[0] ?? '', /^4 notify\.channels\.ops\.url: must say where the secret is/)
  assert.doesNotMatch(clear.join(), /secret-address/)
  assert.match(
    problems('  channels:\n    ops: { kind: pigeon }\n')[0] ?? '',
    /kind must be webhook, slack, smtp or command/,
  )
  assert.deepEqual(
    problems('  channels:\n    ops: { kind: slack, url: env:U }\n  owners:\n    ann: { channels: [chat] }\n'),
    ['6 notify.owners.ann.channels: names chat, which is no channel'],
  )
  assert.deepEqual(
    problems('  channels:\n    m: { kind: smtp, host: h.example, from: a@b.example, to: a@b.example, user: me }\n'),
    ['4 notify.channels.m: needs user and password, or neither'],
  )
})

test('whoever is to be told is somebody: a misspelt owner would have sent the link to everybody', () => {
  const text = `version: 1
notify: { channels: {}, owners: { anna: {} } }
broker:
  orgs: { acme: { owner: ana }, other: { owner: anna }, third: { owner: ops@acme.example } }
  reauthorise: { owner: nobody }
certificates: { watch: [acme], owner: hanna }
`
  assert.deepEqual(
    checkConfig(text).problems.map(({ path, message }) => `${path}: ${message}`),
    [
      'broker.orgs.acme.owner: names ana, which is none of notify.owners and no mail address; did you mean anna?',
      'broker.reauthorise.owner: names nobody, which is none of notify.owners and no mail address',
      'certificates.owner: names hanna, which is none of notify.owners and no mail address; did you mean anna?',
    ],
  )
})
