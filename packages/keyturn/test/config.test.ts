/** keyturn.yaml: everything wrong at once with its line; flag before environment before file before default. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as z from 'zod'
import { checkConfig } from '../src/config/check.ts'
import { configJsonSchema, configSchema } from '../src/config/schema.ts'
import { makeFolder } from './cli.ts'

test('all problems are named at once, each with its line', () => {
  const { config, problems } = checkConfig(
    [
      '# comment',
      'version: 2',
      'storre: sqlite:./x.db',
      'masterKey: 0123456789abcdef',
      'store: postgres://user:password@host/db',
      'limits:',
      '  wait: soon',
      '  conect: 1s',
      'connect:',
      '  port: 99999',
      'allowHosts: [https://x.example]',
    ].join('\n'),
  )
  assert.equal(config, null)
  assert.deepEqual(
    problems.map(({ line, path }) => [line, path]),
    [
      [2, 'version'],
      [3, 'storre'],
      [4, 'masterKey'],
      [5, 'store'],
      [7, 'limits.wait'],
      [8, 'limits.conect'],
      [10, 'connect.port'],
      [11, 'allowHosts.0'],
    ],
  )
  assert(problems.some(({ message }) => /did you mean store/.test(message)))
  assert(problems.some(({ message }) => /did you mean connect/.test(message)))
  assert(!problems.some(({ message }) => message.includes('password@') || message.includes('0123456789abcdef')))
})

test('a name that is none is met with one that may stand where it stands', () => {
  const { problems } = checkConfig(
    'version: 1\nbroker:\n  listen: [{ port: 1, hosst: a }]\n  limits: { hostss: 1s }\n  orgs: { acme: { grannt: x } }\n',
  )
  assert.deepEqual(
    problems.filter(({ message }) => message.startsWith('is no')).map(({ path, message }) => `${path} ${message}`),
    [
      'broker.listen.0.hosst is no setting; did you mean host?',
      'broker.limits.hostss is no setting',
      'broker.orgs.acme.grannt is no setting; did you mean grant?',
    ],
  )
})

test('durations are understood and YAML errors carry their line', () => {
  const { config } = checkConfig('version: 1\nlimits: { wait: 20s, stale: 200, read: 10m }\n')
  assert.deepEqual(config?.limits, { wait: 20_000, stale: 200, read: 600_000 })
  assert.equal(checkConfig('version: 1\nstore: "unclosed\n').problems[0]?.path, '')
  assert.notEqual(checkConfig('').problems.length, 0)
  assert.notEqual(checkConfig('- a\n- b\n').problems.length, 0)
})

test('the JSON Schema names every setting and forbids others', () => {
  const schema = configJsonSchema() as {
    properties: Record<string, { description?: string }>
    additionalProperties: unknown
  }
  assert.equal(schema.additionalProperties, false)
  for (const [name, { description }] of Object.entries(schema.properties)) assert(description, name)
})

test('no pattern of the JSON Schema means something else than ours: JSON Schema has no flags', () => {
  let patterns = 0
  z.toJSONSchema(configSchema, {
    io: 'input',
    override({ zodSchema }) {
      for (const { _zod: check } of zodSchema._zod.def.checks ?? []) {
        if (!('pattern' in check.def) || !(check.def.pattern instanceof RegExp)) continue
        patterns += 1
        assert(!/[im]/.test(check.def.pattern.flags), String(check.def.pattern))
      }
    },
  })
  assert(patterns > 20)
})

test('what is missing is said as missing', () => {
  const messages = checkConfig('version: 1\nnotify: { owners: {} }\n').problems.map(({ message }) => message)
  assert.deepEqual(messages, ['is missing: a group of settings'])
})

test('flag before environment before file before default, relative to where each is said', async (t) => {
  const folder = makeFolder(t)
  mkdirSync(join(folder.path, 'a', 'b'), { recursive: true })
  const cwd = join(folder.path, 'a', 'b')
  const settings = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const { value } = await folder.json(['config', 'show', ...args], { cwd, env })
    return Object.fromEntries(
      value.settings.map(({ name, value: shown, from }: { name: string; value: string; from: string }) => [
        name,
        `${from} ${shown}`,
      ]),
    )
  }
  assert.equal((await settings([])).store, `default sqlite:${join(cwd, 'keyturn.db')}`)
  writeFileSync(
    join(folder.path, 'a', 'keyturn.yaml'),
    'version: 1\nstore: sqlite:./of-file.db\nmasterKey: file:./of-file.key\n',
  )
  const ofFile = await settings([])
  assert.equal(ofFile.store, `file sqlite:${join(folder.path, 'a', 'of-file.db')}`)
  assert.equal(ofFile.masterKey, `file file:${join(folder.path, 'a', 'of-file.key')}`)
  // Remembered by the hash of its bytes: a changed byte is read again.
  writeFileSync(join(folder.path, 'a', 'keyturn.yaml'), 'version: 1\nstore: sqlite:./of-fine.db\n')
  assert.equal((await settings([])).store, `file sqlite:${join(folder.path, 'a', 'of-fine.db')}`)
  const env = { KEYTURN_STORE: 'sqlite:./of-env.db', KEYTURN_MASTER_KEY: 'ab'.repeat(32) }
  const ofEnvironment = await settings([], env)
  assert.equal(ofEnvironment.store, `environment sqlite:${join(cwd, 'of-env.db')}`)
  assert.equal(ofEnvironment.masterKey, 'environment env:KEYTURN_MASTER_KEY')
  assert.equal(
    (await settings(['--store', 'sqlite:./of-flag.db'], env)).store,
    `flag sqlite:${join(cwd, 'of-flag.db')}`,
  )
  const secret = await settings([], { KEYTURN_STORE: 'postgres://user:hush@host/db' })
  assert.equal(secret.store, 'environment postgres://user:***@host/db')
})
