/** Webhook and Slack over a real HTTP server. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { Secret } from '@keyturn/tokens'
import type { Hook } from './scene.ts'
import { note, startHook, startScene } from './scene.ts'

const only = (hook: Hook) => {
  const [first] = hook.heard
  assert(first)
  return first
}

test('a webhook gets the notification as JSON, with a signature over id, time and body', async (t) => {
  const scene = await startScene(t)
  const hook = await startHook(t)
  Object.assign(scene.env, { HOOK: hook.url, KEY: 'whsec_c2lnbmluZyBrZXk=' })
  const notifier = scene.notifier({ channels: { ops: { kind: 'webhook', url: 'env:HOOK', secret: 'env:KEY' } } })
  const link = { text: 'Authorise', url: new Secret('https://broker.example/once/abc') }
  assert.deepEqual(await notifier.tell(note({ link, to: 'ann@example.com' })), [{ channel: 'ops', ok: true }])
  const { headers, body, path } = only(hook)
  assert.equal(path, '/hook/secret-address')
  const { id, at, ...rest } = JSON.parse(body) as Record<string, unknown>
  assert.deepEqual(rest, {
    version: 1,
    kind: 'test',
    severity: 'warning',
    subject: 'acme needs you',
    text: 'First paragraph.\n\nSecond paragraph.',
    facts: [{ name: 'Grant', value: 'acme' }],
    link: { text: 'Authorise', url: 'https://broker.example/once/abc' },
    to: 'ann@example.com',
  })
  assert.ok(!Number.isNaN(Date.parse(String(at))))
  assert.equal(headers['webhook-id'], id)
  const signed = `${String(id)}.${String(headers['webhook-timestamp'])}.${body}`
  const expected = createHmac('sha256', 'signing key').update(signed).digest('base64')
  assert.equal(headers['webhook-signature'], `v1,${expected}`)
})

test('429 and 5xx are tried again, as late as Retry-After says, three times at most, with the same id', async (t) => {
  const scene = await startScene(t)
  const hook = await startHook(t, { status: 429, headers: { 'retry-after': '7' } }, { status: 503 }, { status: 200 })
  scene.env['HOOK'] = hook.url
  const notifier = scene.notifier({ channels: { ops: { kind: 'webhook', url: 'env:HOOK' } } })
  assert.deepEqual(await notifier.tell(note()), [{ channel: 'ops', ok: true }])
  assert.deepEqual(scene.pauses, [7_000, 5_000])
  assert.equal(new Set(hook.heard.map(({ headers }) => headers['webhook-id'])).size, 1)

  const down = await startHook(t, { status: 500 })
  scene.env['HOOK'] = down.url
  assert.deepEqual(await notifier.tell(note({ key: 'second' })), [
    { channel: 'ops', ok: false, why: 'answered HTTP 500 (3 tries)' },
  ])
  assert.equal(down.heard.length, 3)
})

test('a channel that asks for an hour is not asked again, nor is one that refuses or redirects', async (t) => {
  const scene = await startScene(t)
  for (const [answer, why] of [
    [{ status: 429, headers: { 'retry-after': '3600' } }, 'answered HTTP 429 and asks for a pause of 3600 s'],
    [{ status: 404 }, 'answered HTTP 404'],
    [{ status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'answered HTTP 302'],
  ] as const) {
    const hook = await startHook(t, answer)
    scene.env['HOOK'] = hook.url
    const notifier = scene.notifier({ channels: { ops: { kind: 'webhook', url: 'env:HOOK' } } })
    assert.deepEqual(await notifier.tell(note({ key: why })), [{ channel: 'ops', ok: false, why }])
    assert.equal(hook.heard.length, 1)
  }
  assert.deepEqual(scene.pauses, [])
})

test('a broken connection is tried again; a silent server is given up', async (t) => {
  const scene = await startScene(t)
  const hook = await startHook(t, null, { status: 204 })
  scene.env['HOOK'] = hook.url
  const notifier = scene.notifier({ channels: { ops: { kind: 'webhook', url: 'env:HOOK' } } })
  assert.deepEqual(await notifier.tell(note()), [{ channel: 'ops', ok: true }])
  assert.equal(hook.heard.length, 2)
  const silent = await startHook(t, 'silence')
  scene.env['HOOK'] = silent.url
  const hasty = scene.notifier({ channels: { ops: { kind: 'webhook', url: 'env:HOOK', timeout: 1_000 } } })
  const [delivery] = await hasty.tell(note({ key: 'silent' }))
  assert.equal(delivery?.why, 'could not be reached (answer: TIMEOUT) (3 tries)')
})

test('Slack gets what it can show and nothing it would obey', async (t) => {
  const scene = await startScene(t)
  const hook = await startHook(t)
  scene.env['HOOK'] = hook.url
  const notifier = scene.notifier({ channels: { chat: { kind: 'slack', url: 'env:HOOK' } } })
  const link = { text: 'Go <b> | here', url: new Secret('https://broker.example/once?a=1&b=<|>') }
  const facts = [{ name: 'Said', value: '<!channel> @channel & <https://evil.example|click>\nGrant: forged' }]
  await notifier.tell(note({ severity: 'alarm', subject: `long ${'x'.repeat(300)}\n<!here>`, facts, link }))
  const message = JSON.parse(only(hook).body) as {
    text: string
    blocks: { type: string; text: { type: string; text: string } }[]
    unfurl_links: boolean
  }
  assert.equal(message.unfurl_links, false)
  assert.doesNotMatch(message.text, /<!|<https:\/\/evil|@channel|\nGrant: forged/)
  assert.match(message.text, /&lt;!channel&gt; @\u200bchannel &amp; &lt;https/)
  assert.match(message.text, /<https:\/\/broker\.example\/once\?a=1&b=%3C%7C%3E\|Go &lt;b&gt; \| here>$/)
  assert.deepEqual(
    message.blocks.map(({ type, text }) => [type, text.type]),
    [
      ['header', 'plain_text'],
      ['section', 'plain_text'],
      ['section', 'plain_text'],
      ['section', 'mrkdwn'],
    ],
  )
  for (const { type, text } of message.blocks) assert.ok(text.text.length <= (type === 'header' ? 150 : 3000))
})

test('text for services that know no blocks', async (t) => {
  const scene = await startScene(t)
  const hook = await startHook(t)
  scene.env['HOOK'] = hook.url
  await scene.notifier({ channels: { chat: { kind: 'slack', url: 'env:HOOK', format: 'text' } } }).tell(note())
  const message = JSON.parse(only(hook).body) as Record<string, unknown>
  assert.equal(message['text'], '⚠️ acme needs you\n\nFirst paragraph.\n\nSecond paragraph.\n\nGrant: acme')
  assert.equal(message['blocks'], undefined)
})

test('an address without TLS on another machine, with a password in it, or of another kind is never written to', async (t) => {
  const scene = await startScene(t)
  for (const [address, why] of [
    ['http://hooks.example/x', 'its address is http:// and plainHttp is not set'],
    ['https://user:word@hooks.example/x', 'its address holds a user name or password'],
    ['file:///etc/passwd', 'its address is no https:// URL'],
    ['nonsense', 'its address is no URL'],
  ] as const) {
    scene.env['HOOK'] = address
    const notifier = scene.notifier({ channels: { ops: { kind: 'webhook', url: 'env:HOOK' } } })
    assert.deepEqual(await notifier.tell(note({ key: address })), [{ channel: 'ops', ok: false, why }])
  }
})
