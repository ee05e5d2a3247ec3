/** As people run it: two brokers in processes of their own on one store, a channel that is a command, and the CLI. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { openBrowser } from './browser.ts'
import { connectRefresh, setUp } from '../../connected.ts'
import { freshDatabase, whyNoPostgres } from '../../../../../test/postgres.ts'
import { freePort } from '../../../../../test/free-port.ts'
import { ask, until } from '../hall/hall.ts'
import { USER } from './scene.ts'

const skip = whyNoPostgres()

/** A command channel that keeps what it is told in a file. */
const channel = `import { appendFileSync } from 'node:fs'
let text = ''
for await (const part of process.stdin) text += part
appendFileSync(process.argv[2], JSON.stringify(JSON.parse(text)) + '\\n')
`

const prepare = async (t: TestContext, more = '') => {
  const setup = await setUp(t)
  const { folder, sim, app } = setup
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  sim.control.changeApp({ app: 'Web', callbacks: [`${url}/reauthorise/callback`], settings: { rotation: true } })
  const heard = join(folder.path, 'heard.jsonl')
  writeFileSync(join(folder.path, 'channel.mjs'), channel)
  const config = join(folder.path, 'keyturn.yaml')
  const plain = readFileSync(config, 'utf8')
  const broker = `broker:\n  publicUrl: ${url}\n  sweepEvery: 1s\n  log: debug\n  orgs:\n    acme:\n      owner: anna\n${more}`
  const notify = `notify:\n  owners:\n    anna:\n      channels: [keep]\n  channels:\n    keep:\n      kind: command\n      run: ['${process.execPath}', channel.mjs, ${heard}]\n`
  const listening = (name: string, at: number): string => {
    const path = join(folder.path, `${name}.yaml`)
    writeFileSync(path, `${plain}${broker}  listen:\n    - port: ${at}\n${notify}`)
    return path
  }
  writeFileSync(config, `${plain}${broker}${notify}`)
  const env = { WEB_SECRET: app('Web').clientSecret }
  const told = (): readonly string[] =>
    existsSync(heard)
      ? readFileSync(heard, 'utf8')
          .trim()
          .split('\n')
          .filter((line) => line !== '')
      : []
  const links = (): readonly string[] =>
    told().flatMap((line) => /http:[^"\s]+\/reauthorise\/[\w.-]+/.exec(line)?.[0] ?? [])
  return { ...setup, url, port, listening, env, told, links }
}

test('a link for a living grant from the CLI, shown in `grants show`; without an address the command says what to do', async (t) => {
  const setup = await prepare(t)
  const { folder, env, url } = setup
  await connectRefresh(setup)
  const hidden = await folder.run(['grants', 'reauthorise', 'acme', '--print-link'], { env })
  assert.equal(hidden.code, 2)
  assert.match(hidden.stderr, /terminal/)
  const { value: sent } = await folder.json(['grants', 'reauthorise', 'acme'], { env })
  assert.deepEqual([sent.made, sent.link, sent.told.map(({ ok }: { ok: boolean }) => ok)], [true, null, [true]])
  const { value: shown } = await folder.json(['grants', 'reauthorise', 'acme', '--print-link'], { env })
  assert.deepEqual([shown.made, shown.link], [false, setup.links()[0]])
  const { value: grant } = await folder.json(['grants', 'show', 'acme'], { env })
  assert.deepEqual([grant.reauthorisation.status, grant.reauthorisation.by], ['open', 'an operator'])
  const text = await folder.run(['grants', 'show', 'acme'], { env })
  assert.match(text.stdout, /Sign-in by link +open, asked by an operator/)
  assert.ok(!`${text.stdout}${JSON.stringify(grant)}`.includes(shown.link.split('.').at(-1)))
  writeFileSync(
    join(folder.path, 'keyturn.yaml'),
    readFileSync(join(folder.path, 'keyturn.yaml'), 'utf8').replace(`  publicUrl: ${url}\n`, ''),
  )
  const { value: missing } = await folder.json(['grants', 'reauthorise', 'acme'], { env })
  assert.equal(missing.error.code, 'CONFIG_INVALID')
  assert.match(missing.error.fix, /keyturn connect acme/)
})

for (const kind of ['sqlite', 'postgres'] as const) {
  test(
    `${kind}: the replica that took the click is killed; another one takes the callback`,
    { skip: kind === 'postgres' && skip },
    async (t) => {
      const setup = await prepare(t)
      const { folder, env, port, sim } = setup
      if (kind === 'postgres') {
        Object.assign(env, { KEYTURN_STORE: await freshDatabase(t) })
        const migrated = await folder.run(['store', 'migrate'], { env })
        assert.equal(migrated.code, 0, migrated.stderr)
      }
      const { refreshToken } = sim.control.grant({ user: USER, app: 'Web' })
      const add = [
        'connect',
        'acme',
        '--refresh-token-stdin',
        '--login-url',
        sim.url,
        '--client-id',
        setup.app('Web').clientId,
      ]
      const connected = await folder.run([...add, '--client-secret-ref', 'env:WEB_SECRET'], {
        env,
        stdin: `${refreshToken}\n`,
      })
      assert.equal(connected.code, 0, connected.stderr)
      const serve = (name: string, at: number) =>
        folder.start(['serve', '--json', '--config', setup.listening(name, at)], { env })
      const other = await freePort()
      const [first, second] = [serve('first', port), serve('second', other)]
      await Promise.all([first.said(/"addresses"/), second.said(/"addresses"/)])
      for (const one of sim.control.oracle().grants.filter(({ live }) => live))
        sim.control.revokeGrant({ grant: one.grant })
      const { value: generation } = await folder.json(['grants', 'show', 'acme'], { env })
      const dead = await folder.json(['token', 'acme', '--rejected', String(generation.generation)], { env })
      assert.equal(dead.value.error.code, 'GRANT_DEAD')
      // The death was met by a process that is no broker: the next round of a broker finds it.
      await until('a link', () => setup.links().length > 0)
      const browser = openBrowser({ sim, ask })
      const authorize = await browser.press(setup.links()[0] ?? '')
      first.child.kill('SIGKILL')
      await first.ended
      const callback = await browser.approve(authorize, USER)
      const page = await browser.arrive(callback, `http://127.0.0.1:${other}`)
      assert.match(page.text, /lives again/)
      assert.equal((await folder.json(['grants', 'show', 'acme'], { env })).value.status, 'live')
      assert.equal(setup.links().length, 1, 'two replicas told it once')
      second.child.kill('SIGTERM')
      const ended = await second.ended
      assert.equal(ended.code, 0, ended.stderr)
      const secret = (setup.links()[0] ?? '').split('.').at(-1) ?? ''
      assert.ok(secret.length > 20 && !`${ended.stdout}${ended.stderr}`.includes(secret))
    },
  )
}
