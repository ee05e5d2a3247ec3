/** Where keys and referenced secrets come from, and the envelope they are used in. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { Secret } from '../../src/secret.ts'
import { KeyturnError } from '../../src/errors.ts'
import { resolveMasterKey } from '../../src/store/master-key.ts'
import { resolveReference, words } from '../../src/store/reference.ts'
import { open, seal, sealedWith, sealingKey } from '../../src/store/sealed.ts'
import { storeKeys } from '../../src/store/store-keys.ts'
import { canary, code, temporaryFolder } from './fixtures.ts'

const key = Buffer.from(Array.from({ length: 32 }, (_, i) => i))
const hex = key.toString('hex')

test('a master key is found as bytes, hex, base64, in the environment, a file or a program', async (t) => {
  const file = join(temporaryFolder(t), 'key')
  writeFileSync(file, `${hex}\n`, { mode: 0o600 })
  const env = { KEY: key.toString('base64') }
  const sources = [
    key,
    new Secret(hex),
    new Secret(key.toString('base64url')),
    'env:KEY',
    `file:${file}`,
    `command:cat '${file}'`,
  ]
  for (const source of sources) assert.deepEqual(Buffer.from(await resolveMasterKey(source, env)), key, inspect(source))
})

test('a master key that is missing, too short, readable by others or written as text is refused without being told', async (t) => {
  const file = join(temporaryFolder(t), 'key')
  writeFileSync(file, hex, { mode: 0o600 })
  chmodSync(file, 0o644)
  const sources = [
    `file:${file}`,
    'file:/nowhere',
    'env:NOT_SET',
    'env:SHORT',
    'command:false',
    'command:no-such-program-here',
    new Uint8Array(31),
    new Secret(`${canary}`),
    hex,
  ]
  for (const source of sources) {
    await assert.rejects(resolveMasterKey(source, { SHORT: canary }), (error: Error) => {
      assert.equal(inspect(error).includes(canary) || inspect(error).includes(hex), false)
      return code('KEY_MISSING')(error)
    })
  }
  await assert.rejects(resolveMasterKey(`file:${file}`), { fix: `Run: chmod 600 ${file}` })
})

test(
  'a keyring that is not there is said to be so',
  { skip: process.platform !== 'linux' && 'Linux only' },
  async () => {
    const path = process.env['PATH']
    process.env['PATH'] = '/nonexistent'
    try {
      await assert.rejects(resolveMasterKey('keyring:test'), /secret-tool is not installed/)
    } finally {
      process.env['PATH'] = path
    }
  },
)

test('references are resolved at each use and named in errors by what they are', async (t) => {
  const file = join(temporaryFolder(t), 'secret')
  writeFileSync(file, 'first\n')
  assert.equal((await resolveReference(`file:${file}`)).reveal(), 'first')
  writeFileSync(file, 'second\r\n')
  assert.equal((await resolveReference(`file:${file}`)).reveal(), 'second')
  assert.equal((await resolveReference('env:X', { X: 'value' })).reveal(), 'value')
  assert.equal((await resolveReference('command:printf "%s" "a b"')).reveal(), 'a b')
  for (const reference of ['env:NONE', 'file:/nowhere', 'command:false', 'other:x', 'command:true']) {
    await assert.rejects(resolveReference(reference, {}), (error: Error) => {
      assert.ok(error.message.startsWith(`${reference}: `))
      return code('REFERENCE_UNRESOLVED')(error)
    })
  }
  await assert.rejects(resolveReference(`command:sh -c "cat '${file}'; exit 3"`), (error: Error) => {
    assert.match(error.message, /ended with 3/)
    return !inspect(error).includes('second')
  })
})

test('references of other schemes go to the resolver that was passed, and say so when there is none', async () => {
  const asked: string[] = []
  const resolvers = {
    vault: async (rest: string) => (asked.push(rest), new Secret(`${hex}\n`)),
    aws: async () => 'plain',
    kms: async () => Promise.reject(new Error(canary)),
    // A resolver never stands in for the library's own schemes.
    env: async () => 'wrong',
  }
  assert.equal((await resolveReference('vault:secret/data/app#key', {}, resolvers)).reveal(), hex)
  assert.deepEqual(asked, ['secret/data/app#key'])
  assert.equal((await resolveReference('aws:id', {}, resolvers)).reveal(), 'plain')
  assert.equal((await resolveReference('env:X', { X: 'right' }, resolvers)).reveal(), 'right')
  assert.deepEqual(Buffer.from(await resolveMasterKey('vault:secret/data/app#key', {}, resolvers)), key)
  await assert.rejects(resolveReference('kms:x', {}, resolvers), (error: Error) => {
    assert.equal(inspect(error).includes(canary), false)
    return code('REFERENCE_UNRESOLVED')(error)
  })
  for (const scheme of ['vault', 'aws']) {
    await assert.rejects(resolveReference(`${scheme}:x`, {}), {
      code: 'REFERENCE_UNRESOLVED',
      message: `${scheme}:x: nothing here resolves ${scheme}: references`,
    })
    await assert.rejects(resolveMasterKey(`${scheme}:x`, {}), { code: 'KEY_MISSING', fix: /Pass a resolver/ })
  }
  const told = new KeyturnError('ENDPOINT_UNREACHABLE', 'the server is away', { fix: 'Start it.' })
  await assert.rejects(resolveReference('vault:x', {}, { vault: () => Promise.reject(told) }), {
    message: 'vault:x: the server is away',
    fix: 'Start it.',
  })
})

test('a command line is split into words without a shell', () => {
  assert.deepEqual(words('pass show "my key" \'it is\' a\\ b $HOME;x'), [
    'pass',
    'show',
    'my key',
    'it is',
    'a b',
    '$HOME;x',
  ])
  assert.deepEqual(words('a"b c"d'), ['ab cd'])
  assert.deepEqual(words('  '), [])
})

test('a sealed text opens in its place only, with its key only, and only whole', () => {
  const own = sealingKey(key)
  const place = { store: 's', grant: 'g', name: 'n' }
  const sealed = seal(own, place, Buffer.from('text'))
  assert.equal(open(own, place, sealed).toString(), 'text')
  assert.equal(sealedWith(sealed), own.id)
  assert.notDeepEqual(seal(own, place, Buffer.from('text')), sealed)
  const elsewhere = [
    { ...place, store: 'x' },
    { ...place, grant: 'x' },
    { ...place, name: 'x' },
    { store: 'sg', grant: '', name: 'n' },
  ]
  for (const other of elsewhere) assert.throws(() => open(own, other, sealed), code('STORE_TAMPERED'))
  for (let at = 0; at < sealed.length; at++) {
    const flipped = Buffer.from(sealed)
    flipped[at] = (flipped[at] ?? 0) ^ 1
    assert.throws(() => open(own, place, flipped), at >= 1 && at <= 8 ? code('KEY_WRONG') : code('STORE_TAMPERED'))
  }
  for (let length = 0; length < sealed.length; length++) {
    assert.throws(() => open(own, place, sealed.subarray(0, length)), code('STORE_TAMPERED'))
  }
  assert.throws(() => open(sealingKey(randomBytes(32)), place, sealed), code('KEY_WRONG'))
})

test('a sealing key keeps a key object and no bytes: a cipher made with bytes takes several times as long', () => {
  const { key: kept, ...rest } = sealingKey(key)
  assert.deepEqual([kept.type, kept.symmetricKeySize, Object.keys(rest)], ['secret', 32, ['id']])
})

test('the vectors of docs/formats/sealed.md hold', () => {
  const file = new URL('../../../../docs/formats/vectors/sealed.json', import.meta.url)
  const vectors = JSON.parse(readFileSync(file, 'utf8')) as {
    masterKey: string
    keyId: string
    store: string
    sealedRootKey: string
    fingerprints: { token: string; lineage: string }[]
    sealed: { key: string; store: string; grant: string; name: string; sealed: string; text: string }[]
  }
  const master = sealingKey(Buffer.from(vectors.masterKey, 'hex'))
  assert.equal(master.id, vectors.keyId)
  const keys = storeKeys(vectors.store, master, Buffer.from(vectors.sealedRootKey, 'hex'))
  for (const { token, lineage } of vectors.fingerprints) assert.equal(keys.fingerprint(new Secret(token)), lineage)
  for (const { key: used, store, grant, name, sealed, text } of vectors.sealed) {
    const opened = open(sealingKey(Buffer.from(used, 'hex')), { store, grant, name }, Buffer.from(sealed, 'hex'))
    assert.equal(opened.toString('utf8'), text)
  }
})
