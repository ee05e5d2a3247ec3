/** The commands against a simulated org, each a process of its own. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeFolder } from './cli.ts'
import { connectJwt, connectRefresh, setUp } from './connected.ts'

test('init makes settings, a private key, a store and lines in .gitignore, and a second init changes nothing', async (t) => {
  const folder = makeFolder(t)
  mkdirSync(join(folder.path, '.git'))
  writeFileSync(join(folder.path, '.gitignore'), 'node_modules')
  const first = await folder.json(['init'])
  assert.equal(first.code, 0)
  assert.deepEqual(
    first.value.steps.map(({ what, did }: { what: string; did: string }) => [what, did]),
    [
      ['master key', 'made'],
      ['store', 'made'],
      ['settings', 'made'],
      ['gitignore', 'made'],
    ],
  )
  if (process.platform !== 'win32') assert.equal(statSync(join(folder.path, 'keyturn.key')).mode & 0o777, 0o600)
  const ignored = readFileSync(join(folder.path, '.gitignore'), 'utf8').split('\n')
  assert.deepEqual(ignored, [
    'node_modules',
    '/keyturn.key',
    '/keyturn.db',
    '/keyturn.db-wal',
    '/keyturn.db-shm',
    '/keyturn.db.host',
    '',
  ])
  const before =
    readFileSync(join(folder.path, 'keyturn.key'), 'utf8') + readFileSync(join(folder.path, 'keyturn.yaml'), 'utf8')
  const second = await folder.json(['init'])
  assert.equal(second.code, 0)
  assert(second.value.steps.every(({ did }: { did: string }) => did === 'kept'))
  assert.equal(
    readFileSync(join(folder.path, 'keyturn.key'), 'utf8') + readFileSync(join(folder.path, 'keyturn.yaml'), 'utf8'),
    before,
  )
})

test('init refuses to make a new key for a store that has one', async (t) => {
  const folder = makeFolder(t)
  assert.equal((await folder.run(['init'])).code, 0)
  const { code, value } = await folder.json(['init', '--key', 'file:./other.key'])
  assert.equal(code, 3)
  assert.equal(value.error.code, 'KEY_MISSING')
  assert(!existsSync(join(folder.path, 'other.key')))
})

test('a grant by JWT bearer gives a token, its fields and a ledger that verifies in the store and offline', async (t) => {
  const setup = await setUp(t)
  await connectJwt(setup)
  const { folder, sim } = setup
  const plain = await folder.run(['token', 'acme'])
  assert.equal(plain.code, 0)
  assert.match(plain.stdout, /^00D\w+!\S+\n$/)
  assert.equal(plain.stderr, '')
  const { value: token } = await folder.json(['token', 'acme'])
  assert.deepEqual(Object.keys(token), [
    'accessToken',
    'instanceUrl',
    'generation',
    'userId',
    'orgId',
    'issuedAt',
    'source',
  ])
  assert.equal(token.accessToken, plain.stdout.trim())
  const answer = await fetch(`${sim.url}/services/data/v66.0/limits`, {
    headers: { authorization: `Bearer ${token.accessToken}` },
  })
  assert.equal(answer.status, 200)

  const good = await folder.json(['fields', 'acme', 'Account', '--require', 'Name:read+update,Industry'])
  assert.deepEqual([good.code, good.value.ok], [0, true])
  const missing = await folder.json(['fields', 'acme', 'Account', '--require', 'Nonsense__c:read'])
  assert.equal(missing.code, 1)
  assert.deepEqual(
    missing.value.missing.map(({ field, right, cause }: { field: string; right: string; cause: string }) => [
      field,
      right,
      cause,
    ]),
    [['Nonsense__c', 'read', 'field-not-visible']],
  )

  assert.equal((await folder.run(['ledger', 'verify'])).code, 0)
  const exported = await folder.json(['ledger', 'export', '--output', 'ledger.jsonl', '--checkpoint', 'head.note'])
  assert.equal(exported.code, 0)
  const offline = [
    'ledger',
    'verify',
    '--file',
    'ledger.jsonl',
    '--checkpoint',
    'head.note',
    '--public-key',
    exported.value.verifyingKey,
  ]
  const checked = await folder.run(offline, { env: { KEYTURN_STORE: 'sqlite:./nowhere.db' } })
  assert.equal(checked.code, 0)
  assert.match(checked.stdout, /^Entry \d+ is the one that the signed checkpoint names\.$/m)
  const advised = await folder.run(['ledger', 'export', '--output', 'second.jsonl', '--checkpoint', 'second.note'])
  assert.match(advised.stdout, /ledger verify --file second\.jsonl --checkpoint second\.note --public-key keyturn-/)
  const lines = readFileSync(join(folder.path, 'ledger.jsonl'), 'utf8').trimEnd().split('\n')
  writeFileSync(join(folder.path, 'cut.jsonl'), `${lines.slice(0, -1).join('\n')}\n`)
  const cut = await folder.json(['ledger', 'verify', '--file', 'cut.jsonl', ...offline.slice(4)])
  assert.deepEqual([cut.code, cut.value.error.code], [8, 'LEDGER_BROKEN'])
  writeFileSync(join(folder.path, 'bent.jsonl'), lines.join('\n').replace('"flow":"jwt_bearer"', '"flow":"jwt_bearEr"'))
  assert.equal((await folder.run(['ledger', 'verify', '--file', 'bent.jsonl'])).code, 8)
})

test('a refresh token from stdin is rotated once for everybody and a reported 401 brings a new generation', async (t) => {
  const setup = await setUp(t)
  await connectRefresh(setup)
  const { folder, sim, app } = setup
  const env = { WEB_SECRET: app('Web').clientSecret }
  const first = (await folder.json(['token', 'acme'], { env })).value
  assert.equal(first.source, 'refresh')
  sim.control.expireAccessTokens()
  const reports = await Promise.all(
    Array.from({ length: 4 }, () => folder.json(['token', 'acme', '--rejected', String(first.generation)], { env })),
  )
  assert.deepEqual(new Set(reports.map(({ value }) => value.generation)), new Set([first.generation + 1]))
  const { total } = sim.control.oracle()
  assert.deepEqual([total.exchanges, total.reuses, total.grantsLost], [2, 0, 0])
})

test('client credentials with a secret by reference, and a way in that does not work is not kept', async (t) => {
  const { folder, sim, app } = await setUp(t)
  const server = app('Server')
  const args = [
    'connect',
    'cc',
    '--client-credentials',
    '--login-url',
    sim.url,
    '--client-id',
    server.clientId,
    '--client-secret-ref',
    'env:SECRET',
  ]
  const wrong = await folder.json(args, { env: { SECRET: 'wrong' } })
  assert.notEqual(wrong.code, 0)
  assert.deepEqual((await folder.json(['grants'])).value.grants, [])
  const right = await folder.json(args, { env: { SECRET: server.clientSecret } })
  assert.equal(right.code, 0, JSON.stringify(right.value))
  assert.equal(right.value.grant.status, 'live')
  // The reference is kept, not the secret: without the variable nothing can be minted.
  sim.control.expireAccessTokens()
  const lost = await folder.json(['token', 'cc', '--rejected', '1'])
  assert.notEqual(lost.code, 0)
})

test('grants: shown, retried, given a spare, removed, revoked at Salesforce', async (t) => {
  const setup = await setUp(t)
  const { folder, sim, app, keyFile } = setup
  await connectRefresh(setup)
  const spare = await folder.json([
    'connect',
    'acme',
    '--fallback-jwt',
    '--fallback-key-file',
    keyFile,
    '--fallback-client-id',
    app('Jwt').clientId,
    '--fallback-username',
    setup.user,
  ])
  assert.equal(spare.code, 0, JSON.stringify(spare.value))
  assert.deepEqual(
    spare.value.grant.fallback.map(({ flow, independent }: { flow: string; independent: boolean }) => [
      flow,
      independent,
    ]),
    [['jwt_bearer', true]],
  )
  const shown = await folder.json(['grants', 'show', 'acme'])
  assert.deepEqual([shown.code, shown.value.need], [0, 'fine'])
  assert.equal((await folder.json(['grants', 'retry', 'acme'])).code, 0)
  const unasked = await folder.json(['grants', 'revoke', 'acme'])
  assert.deepEqual([unasked.code, unasked.value.error.code], [2, 'BAD_ARGUMENT'])
  const before = (await folder.json(['token', 'acme'])).value
  assert.equal((await folder.run(['grants', 'revoke', 'acme', '--yes'])).code, 0)
  const answer = await fetch(`${sim.url}/services/data/v66.0/limits`, {
    headers: { authorization: `Bearer ${before.accessToken}` },
  })
  assert.equal(answer.status, 401)
  assert.deepEqual((await folder.json(['grants'])).value.grants, [])
  assert.equal((await folder.json(['grants', '--removed'])).value.grants.length, 1)
})

test('exec passes environment, streams, exit code and signals, and keeps the master key to itself', async (t) => {
  const setup = await setUp(t)
  await connectJwt(setup)
  const { folder, sim } = setup
  const script = `
    process.stdin.on('data', (text) => process.stdout.write('in:' + text)).on('end', () => {
      const { SF_ACCESS_TOKEN, SF_TARGET_ORG, SF_INSTANCE_URL, SF_ORG_INSTANCE_URL, KEYTURN_GRANT, KEYTURN_MASTER_KEY, SITE_KEY } = process.env
      console.log(JSON.stringify({ same: SF_ACCESS_TOKEN === SF_TARGET_ORG, token: SF_ACCESS_TOKEN, SF_INSTANCE_URL, SF_ORG_INSTANCE_URL, KEYTURN_GRANT, key: KEYTURN_MASTER_KEY ?? SITE_KEY ?? null, argv: process.argv.slice(1) }))
      process.exit(7)
    })`
  const key = readFileSync(join(folder.path, 'keyturn.key'), 'utf8').trim()
  const ran = await folder.run(['exec', 'acme', '--', process.execPath, '-e', script, '--', '--json', 'x'], {
    stdin: 'hello\n',
    // Under its own name and under one that the settings give.
    env: { KEYTURN_MASTER_KEY: 'env:SITE_KEY', SITE_KEY: key },
  })
  assert.equal(ran.code, 7, ran.stderr)
  const [echo, printed] = ran.stdout.trim().split('\n')
  assert.equal(echo, 'in:hello')
  const seen = JSON.parse(printed ?? '')
  assert.deepEqual(
    { ...seen, token: typeof seen.token },
    {
      same: true,
      token: 'string',
      SF_INSTANCE_URL: sim.url,
      SF_ORG_INSTANCE_URL: sim.url,
      KEYTURN_GRANT: 'acme',
      key: null,
      argv: ['--json', 'x'],
    },
  )
  if (process.platform === 'win32') return
  const waiting = folder.start([
    'exec',
    'acme',
    '--',
    process.execPath,
    '-e',
    'process.on("SIGTERM", () => process.exit(42)); console.log("ready"); setInterval(() => {}, 1000)',
  ])
  await waiting.said(/ready/)
  waiting.child.kill('SIGTERM')
  assert.equal((await waiting.ended).code, 42)
  const killed = await folder.run([
    'exec',
    'acme',
    '--',
    process.execPath,
    '-e',
    'process.kill(process.pid, "SIGKILL")',
  ])
  assert.equal(killed.signal, 'SIGKILL')
})

test('sim prints one line of JSON when it listens and ends on SIGTERM', async (t) => {
  const folder = makeFolder(t)
  const running = folder.start(['sim', '--json', '--seed', 'one'])
  const [line] = await running.said(/^\{.*\}$/m)
  const ready = JSON.parse(line)
  assert.deepEqual(Object.keys(ready), ['url', 'loginUrl', 'control', 'certificate', 'orgs'])
  assert.equal((await fetch(`${ready.control}clock`)).status, 200)
  running.child.kill('SIGTERM')
  const ended = await running.ended
  assert.equal(ended.code, 0)
  assert.equal(ended.stdout.trim(), line)
})

test('store: backup, restore into doubt, move, another master key', async (t) => {
  const setup = await setUp(t)
  await connectRefresh(setup)
  const { folder } = setup
  const backup = await folder.json(['store', 'backup', 'copy.db'])
  assert.equal(backup.code, 0, JSON.stringify(backup.value))
  assert.equal((await folder.json(['store', 'backup', 'copy.db'])).value.error.code, 'BAD_ARGUMENT')
  assert.equal((await folder.json(['store', 'restore', 'copy.db', '--store', 'sqlite:./old.db'])).code, 0)
  const restored = await folder.json(['grants', 'show', 'acme', '--store', 'sqlite:./old.db'])
  assert.equal(restored.value.status, 'in-doubt')
  assert.match(restored.value.explanation.join(' '), /older copy of itself/)
  assert.equal((await folder.json(['store', 'migrate'])).code, 0)
  assert.equal((await folder.json(['store', 'move', '--to', 'sqlite:./new.db'])).code, 0)
  assert.equal((await folder.json(['grants'])).value.error.code, 'STORE_RETIRED')
  const moved = ['--store', 'sqlite:./new.db']
  assert.equal((await folder.json(['grants', 'show', 'acme', ...moved])).value.status, 'live')
  assert.equal((await folder.json(['store', 'rotate-key', '--to', 'file:./next.key', ...moved])).code, 0)
  assert.equal((await folder.json(['grants', ...moved])).value.error.code, 'KEY_WRONG')
  assert.equal((await folder.json(['grants', ...moved, '--key', 'file:./next.key'])).code, 0)
})
