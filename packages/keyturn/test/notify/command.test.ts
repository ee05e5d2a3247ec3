/** The command channel, and `keyturn notify test`, as processes. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Secret } from '@keyturn/tokens'
import { makeFolder } from '../cli.ts'
import { note, startHook, startScene } from './scene.ts'

const script = `
import { readFileSync, writeFileSync } from 'node:fs'
const told = { argv: process.argv.slice(2), env: process.env, cwd: process.cwd(), stdin: readFileSync(0, 'utf8') }
writeFileSync(process.argv[2], JSON.stringify(told))
`

test('a command gets the JSON on its standard input, named variables only, and no shell', async (t) => {
  const scene = await startScene(t)
  writeFileSync(join(scene.folder, 'tell.mjs'), script)
  Object.assign(scene.env, { KEYTURN_MASTER_KEY: 'secret-master-key', PAGER_TOKEN: 'for the pager' })
  const run = [process.execPath, 'tell.mjs', 'out.json', '$(touch pwned); `touch pwned`']
  const notifier = scene.notifier({ channels: { pager: { kind: 'command', run, env: ['PAGER_TOKEN'] } } })
  const link = { text: 'Go', url: new Secret('https://broker.example/secret-link') }
  assert.deepEqual(await notifier.tell(note({ link })), [{ channel: 'pager', ok: true }])
  const told = JSON.parse(readFileSync(join(scene.folder, 'out.json'), 'utf8')) as {
    argv: string[]
    env: Record<string, string>
    stdin: string
  }
  assert.deepEqual(told.argv, ['out.json', '$(touch pwned); `touch pwned`'])
  assert.equal(told.env['PAGER_TOKEN'], 'for the pager')
  assert.equal(told.env['KEYTURN_MASTER_KEY'], undefined)
  const payload = JSON.parse(told.stdin) as { version: number; link: { url: string } }
  assert.deepEqual([payload.version, payload.link.url], [1, 'https://broker.example/secret-link'])
})

test('a command that fails or hangs says so, and is run once', async (t) => {
  const scene = await startScene(t)
  const failing = [process.execPath, '-e', 'process.exitCode = 3']
  const hanging = [process.execPath, '-e', 'setInterval(() => {}, 1000)']
  const notifier = scene.notifier({
    channels: {
      fails: { kind: 'command', run: failing },
      hangs: { kind: 'command', run: hanging, timeout: 300 },
    },
  })
  assert.deepEqual(await notifier.tell(note()), [
    { channel: 'fails', ok: false, why: 'ended with 3' },
    { channel: 'hangs', ok: false, why: 'took longer than 300 ms' },
  ])
  assert.deepEqual(scene.pauses, [])
})

test('`keyturn notify test` tells which channel took it, and its exit code says whether all did', async (t) => {
  const folder = makeFolder(t)
  assert.equal((await folder.run(['init'])).code, 0)
  const [good, bad] = [await startHook(t), await startHook(t, { status: 410 })]
  const env = { GOOD: good.url, BAD: bad.url, NO_PROXY: '127.0.0.1' }
  const none = await folder.run(['notify', 'test'], { env })
  assert.equal(none.code, 3, none.stderr)
  assert.match(none.stderr, /no channel is configured/)
  const config = join(folder.path, 'keyturn.yaml')
  const channels = '    ops: { kind: webhook, url: env:GOOD }\n    chat: { kind: slack, url: env:BAD }\n'
  writeFileSync(config, `${readFileSync(config, 'utf8')}\nnotify:\n  channels:\n${channels}`)
  const { code, value } = await folder.json(['notify', 'test'], { env })
  assert.equal(code, 1)
  assert.deepEqual(value.deliveries, [
    { channel: 'ops', ok: true },
    { channel: 'chat', ok: false, why: 'answered HTTP 410' },
  ])
  const one = await folder.run(['notify', 'test', '--channel', 'ops'], { env })
  assert.equal(one.code, 0, one.stderr)
  assert.match(one.stdout, /ops +yes/)
  assert.equal((await folder.run(['notify', 'test', '--channel', 'nobody'], { env })).code, 2)
  assert.equal(good.heard.length, 2)
  const ledger = await folder.run(['ledger', 'show'])
  assert.match(ledger.stdout, /told/)
  for (const { stdout, stderr } of [one, ledger]) assert.ok(!(stdout + stderr).includes('secret-address'))
})
