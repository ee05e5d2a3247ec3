/** Every command with canaries for secrets: none of them may come out, whatever happens. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { commandIds } from '../src/command-table.ts'
import { connectRefresh, setUp } from './connected.ts'

/** As it is, as JSON and URLs show it, and as base64. */
const shapes = (secret: string): readonly string[] => [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -2),
]

test('no command prints or writes a secret in clear', async (t) => {
  const setup = await setUp(t)
  const { folder, sim, app, keyFile, user } = setup
  const web = app('Web')
  const server = app('Server')
  const hook = 'http://127.0.0.1:1/canary-address-of-a-channel-4711'
  const env = {
    WEB_SECRET: web.clientSecret,
    SECRET: server.clientSecret,
    CANARY: 'canary-in-the-environment-4711',
    HOOK: hook,
  }
  const refreshToken = await connectRefresh(setup)
  const yaml = join(folder.path, 'keyturn.yaml')
  const channels = '    ops: { kind: webhook, url: env:HOOK, secret: env:SECRET }\n'
  const destinations =
    'destinations:\n  v: { kind: vault, path: x, address: "http://127.0.0.1:1", token: env:SECRET }\n  f: { kind: env-file, file: app.env }\n'
  const mailboxes =
    'mailboxes:\n  m: { kind: imap, host: 127.0.0.1, port: 1, tls: none, user: a@b.example, password: env:SECRET }\n  s: { kind: smtp, port: 1, recipients: [a@b.example] }\n'
  writeFileSync(join(folder.path, 'app.env'), '')
  const credentials = 'credentials:\n  erp: { kind: external-client-app, org: cc, app: Server, destinations: [f] }\n'
  writeFileSync(
    yaml,
    `${readFileSync(yaml, 'utf8')}\nnotify:\n  channels:\n${channels}${destinations}${credentials}${mailboxes}`,
  )
  const printed: string[] = []
  const ran = new Set<string>()
  const run = async (id: string, args: readonly string[], stdin?: string): Promise<void> => {
    ran.add(id)
    const ways = id === 'exec' ? [[]] : [[], ['--json']]
    await Promise.all(
      ways.map(async (more) => {
        const words = [...id.split(':'), ...args.slice(0, 1), ...more, ...args.slice(1)]
        const { stdout, stderr } = await folder.run(words, { env, ...(stdin === undefined ? {} : { stdin }) })
        // `token` is asked for the access token; that is its answer and no leak. Its stderr is searched.
        printed.push(id === 'token' ? stderr : stdout + stderr)
      }),
    )
  }
  await run('init', [])
  await run(
    'connect',
    ['cc', '--client-credentials', '--login-url', sim.url, '--client-id', server.clientId, '--client-secret-stdin'],
    server.clientSecret,
  )
  await run('connect', [
    'jwt',
    '--jwt',
    '--login-url',
    sim.url,
    '--client-id',
    app('Jwt').clientId,
    '--username',
    user,
    '--key-file',
    keyFile,
  ])
  await run(
    'connect',
    ['again', '--refresh-token-stdin', '--client-id', web.clientId, '--login-url', sim.url],
    refreshToken,
  )
  await run('connect', ['wrong', '--client-secret', server.clientSecret])
  await run('connect', ['wrong', `--refresh-token=${refreshToken}`])
  await run('connect', ['wrong', '--client-id', 'x', '--client-secret-ref', server.clientSecret])
  await run('connect', ['wrong', server.clientSecret])
  await run('token', ['acme'])
  await run('token', ['acme', '--rejected', '1'])
  await run('grants', [])
  await run('grants:show', ['acme'])
  await run('grants:retry', ['acme'])
  await run('grants:reauthorise', ['acme'])
  await run('fields', ['acme', 'Account'])
  await run('audit', ['acme', '--save=s.json', '--fail-on=never'])
  await run('audit', ['acme', '--format=html', '--output=r.html'])
  await run('rtr', ['acme', '--save=r.json'])
  await run('rtr', ['acme', '--format=html', '--output=rtr.html'])
  await run('rtr:status', ['acme'])
  await run('rtr:notice', ['acme', 'Web'])
  await run('rtr:ready', ['acme', 'app:Web/unseen/*', '--owner=o@x.example', `--reason=${server.clientSecret}`])
  await run('rtr:enable', ['acme', 'Web', '--cut-off-anyway=moved'])
  await run('rtr:roll-back', ['acme', 'Web'])
  await run('rtr:limit', ['acme', 'Web', '--block'])
  await run('fix', ['acme'])
  await run('fix', ['acme', 'password-length', '--profile=strict', '--cut-off-anyway=moved'])
  const described = ['--flow=client-credentials', '--purpose=canary', '--contact=a@b.example', '--permission-set=P']
  await run('provision:app', ['acme', 'Erp', ...described, '--runs-as=a@b.example', '--secret-to=f'])
  await run('provision:app', ['Erp', ...described, '--runs-as=a@b.example', '--dir=app'])
  await run('provision:app', ['acme', 'Erp', ...described, '--secret-to', server.clientSecret])
  await run('provision:integration-user', ['acme', '--username=u@b.example', '--name=U1', '--email=a@b.example'])
  await run('provision:grant-field', ['acme', 'P', 'Account.Industry', 'read', '--reason=a canary test'])
  await run('provision:allow-address', ['acme', 'P', '203.0.113.7', '--reason=a canary test'])
  await run('provision:list', [])
  await run('provision:end', ['--expired'])
  await run('migrate:connected-app', ['acme', 'Web', '--harden', '--secret-to=f'])
  await run('migrate:connected-app', ['acme', 'Web', '--dir=src'])
  await run('migrate:connected-app', ['acme', 'Web', '--secret-to', server.clientSecret])
  await run('migrate:status', ['acme', 'Web'])
  await run('ledger:show', [])
  await run('ledger:verify', [])
  await run('ledger:export', ['--output=l.jsonl'])
  await run('destination:check', [])
  await run('mailbox:check', [])
  await run('credentials', [])
  await run('credentials:adopt', ['erp', '--field', 'consumerSecret=env:SECRET'])
  await run('credentials:adopt', ['erp', `--field=consumerSecret=${server.clientSecret}`])
  await run('credentials:passwords', ['acme'])
  await run('credentials:show', ['erp'])
  await run('credentials:report', ['erp'])
  await run('rotate', ['erp', '--preflight'])
  await run('rotate', ['erp', '--answer', 'consumerSecret=env:SECRET'])
  await run('schedule', [])
  await run('schedule:run', [])
  await run('schedule:approve', ['none'])
  await run('schedule:presets', [])
  await run('config:check', [])
  await run('config:show', [])
  await run('config:schema', [])
  await run('doctor', [])
  await run('audit:people', ['acme'])
  await run('audit:machines', ['acme', '--format=csv'])
  await run('explain', [`{"error":"invalid_grant","refresh_token":"${refreshToken}"}`])
  await run('completion', ['bash'])
  await run('store:backup', ['b.db'])
  await run('store:migrate', [])
  await run('store:restore', ['b.db', '--store=sqlite:./r.db'])
  await run('store:rotate-key', ['--to=file:./k2.key', '--store=sqlite:./r.db'])
  await run('exec', ['acme', '--', process.execPath, '-e', '0'])
  await run('caller:add', [
    'etl',
    '--grant',
    'acme',
    '--client-id',
    web.clientId,
    '--client-secret-ref',
    'env:WEB_SECRET',
  ])
  await run('caller:add', ['etl', '--grant', 'acme', '--client-id', 'x', '--client-secret-ref', web.clientSecret])
  await run('grants:sweep', [])
  await run('caller:list', [])
  await run('notify:test', [])
  await run('caller:show', ['etl'])
  await run('caller:set', ['etl', '--rate', '60'])
  await run('caller:rotate', ['etl'])
  await run('caller:remove', ['etl', '--yes'])
  await run('serve', ['--check'])
  await run('grants:remove', ['jwt', '--yes'])
  await run('grants:revoke', ['cc', '--yes'])
  await run('store:move', ['--to=sqlite:./m.db'])
  // The simulator's own credentials are its answer; the demo and the rehearsal have canary tests of their own.
  assert.deepEqual(
    commandIds().filter((id) => !ran.has(id)),
    ['demo', 'rehearse', 'sim'],
  )

  const tokens = sim.control.secrets() as unknown
  const secrets = new Set([
    refreshToken,
    web.clientSecret,
    server.clientSecret,
    hook,
    readFileSync(join(folder.path, 'keyturn.key'), 'utf8').trim(),
  ])
  const collect = (value: unknown): void => {
    if (typeof value === 'string') {
      if (value.length > 20) secrets.add(value)
    } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect)
  }
  collect(tokens)
  assert(secrets.size > 6, 'the simulator tells what it issued')
  const all = printed.join('\n')
  for (const secret of secrets) {
    for (const shape of shapes(secret)) {
      assert(
        !all.includes(shape),
        `a secret (${createHash('sha256').update(secret).digest('hex').slice(0, 8)}) was printed near: ${all.slice(Math.max(0, all.indexOf(shape) - 200), all.indexOf(shape))}`,
      )
    }
  }
  // What lies in the folder: settings, store, journal, backups, exports.
  writeFileSync(join(folder.path, 'app.pem'), '')
  for (const path of readdirSync(folder.path, { recursive: true, encoding: 'utf8' })) {
    const file = join(folder.path, path)
    if (!statSync(file).isFile() || path.endsWith('.key')) continue
    const bytes = readFileSync(file).toString('latin1')
    for (const secret of secrets) assert(!bytes.includes(secret), `${path} holds a secret in clear`)
  }
})
