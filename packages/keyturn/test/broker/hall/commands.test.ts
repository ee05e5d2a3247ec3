/** The commands as people run them: enrol, check, serve, end; the simulated org behind it all. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { connectRefresh, setUp } from '../../connected.ts'
import { ask, basic } from './hall.ts'

test('a caller is enrolled, the broker serves it, and SIGTERM ends it in order', async (t) => {
  const setup = await setUp(t)
  const { folder } = setup
  await connectRefresh(setup)
  const config = join(folder.path, 'keyturn.yaml')
  const written = readFileSync(config, 'utf8')
  writeFileSync(config, `${written}broker:\n  listen:\n    - port: 0\n    - socket: ./b.sock\n      name: mine\n`)
  const args = ['caller', 'add', 'etl', '--grant', 'acme', '--face', 'api', '--range', '127.0.0.1', '--expires', '30d']
  const hidden = await folder.run(args)
  assert.equal(hidden.code, 2)
  assert.match(hidden.stderr, /terminal/)
  const { value: made } = await folder.json([...args, '--real-tokens'])
  assert.match(made.secret, /^kts_/)
  assert.equal((await folder.json(args)).value.error.code, 'CALLER_EXISTS')
  const env = { WEB_SECRET: setup.app('Web').clientSecret }
  const checked = await folder.run(['serve', '--check'], { env })
  assert.equal(checked.code, 0)
  assert.match(checked.stdout, /warning +notify +no channel: nobody is told/)
  const serving = folder.start(['serve', '--json'], { env })
  const [, url = ''] = await serving.said(/"(http:\/\/127\.0\.0\.1:\d+)"/)
  const token = await ask(`${url}/keyturn/v1/grants/acme/token`, {
    headers: { authorization: basic(made.caller.id, made.secret) },
  })
  assert.equal(token.status, 200)
  serving.child.kill('SIGTERM')
  const ended = await serving.ended
  assert.deepEqual([ended.code, ended.signal], [0, null])
  const [first, ...more] = ended.stdout.trim().split('\n')
  assert.equal(JSON.parse(first ?? '').addresses.length, 2)
  assert.deepEqual(more, [])
  const log = ended.stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).msg)
  assert.equal(log.at(-1), 'ended')
  assert.ok(!`${ended.stdout}${ended.stderr}`.includes(made.secret))
  assert.ok(!`${ended.stdout}${ended.stderr}`.includes(token.json.accessToken))
  const { value: listed } = await folder.json(['caller', 'list'])
  assert.deepEqual(
    listed.callers[0].uses.map(({ grant, face, count }: Record<string, unknown>) => [grant, face, count]),
    [['acme', 'api', 1]],
  )
  assert.ok(!JSON.stringify(listed).includes(made.secret))
  const rotated = await folder.json(['caller', 'rotate', 'etl', '--overlap', '0s'])
  assert.notEqual(rotated.value.secret, made.secret)
  assert.equal((await folder.json(['caller', 'remove', 'etl', '--yes'])).value.removed, true)
  assert.equal((await folder.json(['caller', 'remove', 'etl', '--yes'])).value.error.code, 'CALLER_NOT_FOUND')
})

test('a caller is changed, shown with what it used, and given another key', async (t) => {
  const setup = await setUp(t)
  const { folder } = setup
  await connectRefresh(setup)
  const keys = [1, 2].map((number) => {
    const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' })
    const file = join(folder.path, `key${number}.pem`)
    writeFileSync(file, pem)
    return file
  })
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  writeFileSync(join(folder.path, 'private.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const base = ['caller', 'add', 'ci', '--grant', 'acme', '--range', '10.0.0.0/8', '--public-key']
  assert.match((await folder.json([...base, join(folder.path, 'private.pem')])).value.error.message, /private key/)
  assert.equal((await folder.json([...base, 'none.pem'])).value.error.code, 'BAD_ARGUMENT')
  const { value: made } = await folder.json([...base, keys[0] ?? '', '--audience', 'https://login.salesforce.com'])
  assert.deepEqual(made.caller.audiences, ['https://login.salesforce.com'])
  assert.deepEqual(made.caller.faces, ['oauth', 'proxy'])
  const { value: named } = await folder.json(['caller', 'add', 'etl', ...base.slice(3, -1), '--user', 'etl@broker'])
  assert.deepEqual(named.caller.faces, ['oauth', 'soap', 'proxy'])
  const set = (...flags: readonly string[]) => folder.json(['caller', 'set', 'ci', ...flags])
  const { value: changed } = await set('--range', '10.1.0.0/16', '--rate', '60', '--path', 'GET:/services/data')
  assert.deepEqual(changed.changed, ['paths', 'ranges', 'rate'])
  assert.deepEqual((await set('--rate', '0', '--path', 'all', '--audience', 'none')).value.changed, [
    'paths',
    'rate',
    'audiences',
  ])
  assert.equal((await set()).value.error.code, 'BAD_ARGUMENT')
  assert.equal((await set('--range', 'none')).value.error.code, 'BAD_ARGUMENT')
  assert.equal((await set('--range', 'none', '--any-address')).code, 0)
  const { value: shown } = await folder.json(['caller', 'show', 'ci'])
  assert.deepEqual([shown.name, shown.anyAddress, shown.perMinute, shown.uses], ['ci', true, null, []])
  assert.match((await folder.run(['caller', 'show', 'ci'])).stdout, /public key\s+sha256 [0-9a-f]{32}/)
  const { value: rotated } = await folder.json(['caller', 'rotate', 'ci', '--public-key', keys[1] ?? ''])
  assert.notEqual(rotated.caller.publicKey, shown.publicKey)
  assert.equal('secret' in rotated, false)
  const { stdout } = await folder.run(['ledger', 'show', '--json'])
  for (const kind of ['caller-added', 'caller-changed', 'caller-key-rotated']) assert.ok(stdout.includes(kind), kind)
})

test('what is wrong with the section is said before anything listens', async (t) => {
  const { folder } = await setUp(t)
  const config = join(folder.path, 'keyturn.yaml')
  const written = readFileSync(config, 'utf8')
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['  listen:\n    - port: 99999\n', /listen\.0\.port/],
    ['  listen:\n    - host: localhost\n', /either a port or a socket/],
    ['  limits:\n    grace: soon\n', /no duration/],
    ['  listen:\n    - port: 0\n      org: none\n', /none of broker\.orgs/],
    [
      '  listen:\n    - port: 0\n      tls:\n        cert: none.pem\n        key: file:none.key\n',
      /none\.pem can’t be read/,
    ],
    ['  trustedProxies: [1.2.3]\n', /trustedProxies/],
    ['  orgs:\n    acme:\n      grant: nobody\n', /no grant named nobody/],
  ]
  for (const [lines, expected] of wrong) {
    writeFileSync(config, `${written}broker:\n${lines}`)
    const { code, stdout, stderr } = await folder.run(['serve', '--check'])
    assert.notEqual(code, 0, lines)
    assert.match(stdout + stderr, expected)
  }
})
