/** Told once, by one process, and never silently not at all. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from '@keyturn/tokens'
import { note, startHook, startScene } from './scene.ts'

const section = { channels: { ops: { kind: 'webhook', url: 'env:HOOK' } }, repeatAfter: 3_600_000 } as const

test('of ten replicas one tells; the same is told again after repeatAfter, another at once', async (t) => {
  const scene = await startScene(t)
  const hook = await startHook(t)
  scene.env['HOOK'] = hook.url
  const notifiers = await Promise.all(
    Array.from({ length: 10 }, async () => scene.notifier(section, await scene.another())),
  )
  const all = await Promise.all(notifiers.map((one) => one.tell(note())))
  assert.equal(hook.heard.length, 1)
  assert.equal(all.filter(([first]) => first?.ok === true && first.why === undefined).length, 1)
  // Who came while another one was at it doesn't know how that ends.
  assert.ok(all.every(([first]) => first?.ok === (first?.why !== 'another process is telling it')))
  assert.match((await notifiers[3]?.tell(note()))?.[0]?.why ?? '', /^told already at /)
  await notifiers[4]?.tell(note({ key: 'another' }))
  assert.equal(hook.heard.length, 2)
  scene.advance(3_600_001)
  await notifiers[5]?.tell(note())
  assert.equal(hook.heard.length, 3)
})

test('what could not be told by any channel is given back and told by who comes next', async (t) => {
  const scene = await startScene(t)
  const broken = await startHook(t, { status: 403 })
  scene.env['HOOK'] = broken.url
  assert.equal((await scene.notifier(section).tell(note()))[0]?.ok, false)
  const hook = await startHook(t)
  scene.env['HOOK'] = hook.url
  assert.deepEqual(await scene.notifier(section).tell(note()), [{ channel: 'ops', ok: true }])
  assert.deepEqual(
    (await scene.ledger()).filter(({ kind }) => kind.includes('told')),
    [
      {
        kind: 'could-not-be-told',
        data: {
          notification: 'test',
          severity: 'warning',
          key: 'acme/1',
          channels: '',
          failed: 'ops',
          why: 'ops: answered HTTP 403',
        },
      },
      {
        kind: 'told',
        data: { notification: 'test', severity: 'warning', key: 'acme/1', channels: 'ops', failed: '', why: '' },
      },
    ],
  )
})

test('a channel that is broken stops no other, and one channel is enough to have told', async (t) => {
  const scene = await startScene(t)
  const hook = await startHook(t)
  scene.env['HOOK'] = hook.url
  const notifier = scene.notifier({
    channels: {
      gone: { kind: 'slack', url: 'env:NOT_SET' },
      ops: { kind: 'webhook', url: 'env:HOOK' },
      pager: { kind: 'command', run: ['keyturn-no-such-program'] },
    },
  })
  const deliveries = await notifier.tell(note())
  assert.deepEqual(
    deliveries.map(({ channel, ok }) => [channel, ok]),
    [
      ['gone', false],
      ['ops', true],
      ['pager', false],
    ],
  )
  assert.match(deliveries[0]?.why ?? '', /REFERENCE_UNRESOLVED: env:NOT_SET/)
  assert.match(deliveries[2]?.why ?? '', /could not be started \(ENOENT\)/)
  assert.match((await notifier.tell(note()))[0]?.why ?? '', /^told already/)
})

test('a process that died while it told holds the claim for ten minutes only', async (t) => {
  const scene = await startScene(t)
  const hook = await startHook(t)
  scene.env['HOOK'] = hook.url
  // A store that takes the claim and nothing after it: what a dead process leaves behind.
  const { records } = scene.store
  let puts = 0
  const dying = {
    ...scene.store,
    records: {
      ...records,
      put: (...args: Parameters<typeof records.put>) =>
        ++puts === 1 ? records.put(...args) : Promise.reject(new Error('gone')),
    },
  }
  await scene.notifier(section, dying).tell(note())
  assert.match(scene.logged.join('\n'), /the telling was not written down/)
  const [meanwhile] = await scene.notifier(section).tell(note())
  assert.deepEqual(meanwhile, { channel: 'ops', ok: false, why: 'another process is telling it' })
  scene.advance(10 * 60_000 + 1)
  assert.equal((await scene.notifier(section).tell(note()))[0]?.why, undefined)
  assert.equal(hook.heard.length, 2)
})

test('an owner has channels and an address of its own; outdated claims are cleared away', async (t) => {
  const scene = await startScene(t)
  const [ops, chat] = [await startHook(t), await startHook(t)]
  Object.assign(scene.env, { OPS: ops.url, CHAT: chat.url })
  const notifier = scene.notifier({
    channels: { ops: { kind: 'webhook', url: 'env:OPS' }, chat: { kind: 'webhook', url: 'env:CHAT' } },
    owners: { sales: { mail: 'sales@example.com', channels: ['chat'] } },
    repeatAfter: 1000,
  })
  await notifier.tell(note({ to: 'sales' }))
  assert.deepEqual([ops.heard.length, chat.heard.length], [0, 1])
  assert.match(chat.heard[0]?.body ?? '', /"to":"sales@example\.com"/)
  scene.advance(2000)
  await notifier.tell(note({ key: 'other' }))
  assert.equal((await scene.store.records.list('notification')).length, 1)
})

test('no link, address, key or answer is in a delivery, a log line, the ledger or the records', async (t) => {
  const scene = await startScene(t)
  const hook = await startHook(t, { status: 500 })
  const secrets = ['secret-link-4711', 'secret-address', 'secret-signing-key']
  Object.assign(scene.env, { HOOK: hook.url, KEY: 'secret-signing-key', BROKEN: 'https://[secret-address' })
  const notifier = scene.notifier({
    channels: {
      ops: { kind: 'webhook', url: 'env:HOOK', secret: 'env:KEY' },
      chat: { kind: 'slack', url: 'env:BROKEN' },
      down: { kind: 'slack', url: 'env:DOWN' },
      mail: { kind: 'smtp', host: '127.0.0.1', port: 1, from: 'k@example.com', to: 'a@example.com' },
      pager: {
        kind: 'command',
        run: [process.execPath, '-e', 'process.stdin.pipe(process.stderr); process.exitCode = 3'],
      },
    },
  })
  scene.env['DOWN'] = 'http://127.0.0.1:1/secret-address'
  const link = { text: 'Go', url: new Secret('https://broker.example/secret-link-4711') }
  const deliveries = await scene
    .notifier({ channels: { down: { kind: 'slack', url: 'env:DOWN' } } })
    .tell(note({ link }))
  const more = await notifier.tell(note({ link, key: 'all' }))
  assert.ok([...deliveries, ...more].every(({ ok }) => !ok))
  const told = JSON.stringify([
    deliveries,
    more,
    scene.logged,
    await scene.ledger(),
    await scene.store.records.list('notification'),
  ])
  for (const secret of secrets) assert.ok(!told.includes(secret), `${secret} in ${told}`)
  assert.ok(
    hook.heard.every(({ body }) => body.includes('secret-link-4711')),
    'the channel itself is told',
  )
})
