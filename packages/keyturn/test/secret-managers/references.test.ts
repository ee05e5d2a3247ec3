/** `vault:` and `aws:` references, through the command line as people use them, against servers on loopback. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '@keyturn/tokens'
import { resolveVaultReference } from '../../src/secret-managers/vault-reference.ts'
import { makeFolder } from '../cli.ts'
import { awsCredentials, awsServer } from '../destinations/aws-server.ts'
import { vaultServer } from '../destinations/vault-server.ts'

const hex = () => randomBytes(32).toString('hex')

test('a master key is read from Vault and from AWS Secrets Manager each time the store is opened', async (t) => {
  const folder = makeFolder(t)
  const [vault, aws] = await Promise.all([vaultServer(t), awsServer(t)])
  const key = hex()
  vault.put('infra/keyturn', { key, other: 'x' })
  aws.make('prod/keyturn', JSON.stringify({ keyturn: { master: key } }))
  const env = {
    VAULT_ADDR: vault.url,
    VAULT_TOKEN: 'hvs.root',
    AWS_ENDPOINT_URL: aws.url,
    ...awsCredentials,
  }
  const made = await folder.run(['init', '--key', 'vault:secret/data/infra/keyturn#key'], { env })
  assert.equal(made.code, 0, made.stderr)
  for (const reference of ['vault:secret/data/infra/keyturn#key', 'aws:prod/keyturn#keyturn.master']) {
    const { code, value } = await folder.json(['doctor', '--offline', '--key', reference], { env })
    assert.equal(code, 0, JSON.stringify(value))
    assert(!JSON.stringify(value).includes(key))
  }
  vault.put('infra/keyturn', { key: hex() })
  const wrong = await folder.json(['grants'], { env })
  assert.equal(wrong.value.error.code, 'KEY_WRONG')
  await vault.close()
  const away = await folder.json(['grants'], { env })
  assert.equal(away.value.error.code, 'KEY_MISSING')
  assert.match(away.value.error.message, /vault:secret\/data\/infra\/keyturn#key.*connection was refused/)
})

test('the address of the store may be in Vault', async (t) => {
  const folder = makeFolder(t)
  const vault = await vaultServer(t)
  const env = { VAULT_ADDR: vault.url, VAULT_TOKEN: 'hvs.root', KEYTURN_MASTER_KEY: hex() }
  vault.put('keyturn', { store: `sqlite:${join(folder.path, 'elsewhere.db')}` })
  writeFileSync(join(folder.path, 'keyturn.yaml'), 'version: 1\nstore: vault:secret/data/keyturn#store\n')
  assert.equal((await folder.run(['init'], { env })).code, 0)
  const { code, value } = await folder.json(['doctor', '--offline'], { env })
  assert.equal(code, 0, JSON.stringify(value))
})

test('the token for Vault comes from the environment, an AppRole or the file of `vault login`', async (t) => {
  const vault = await vaultServer(t)
  vault.put('app', { one: 'first', 'a.b': 'dotted', deep: { er: 'inside' } })
  const home = join(makeFolder(t).path, 'home')
  mkdirSync(home, { recursive: true })
  const resolve = async (rest: string, more: Readonly<Record<string, string>>): Promise<string> => {
    const env = { HOME: home, VAULT_ADDR: vault.url, ...more }
    return (await resolveVaultReference(rest, { clock: systemClock, env })).reveal()
  }
  const token = { VAULT_TOKEN: 'hvs.root' }
  assert.equal(await resolve('secret/data/app#one', { ...token, VAULT_NAMESPACE: 'team' }), 'first')
  assert.equal(vault.asked.at(-1)?.headers['x-vault-namespace'], 'team')
  assert.equal(await resolve('secret/data/app#a.b', token), 'dotted')
  assert.equal(await resolve('secret/data/app#deep.er', token), 'inside')
  assert.equal(await resolve('kv1/app', token), 'version-one')
  const role = { VAULT_ROLE_ID: 'role-1', VAULT_SECRET_ID: 'secret-id-1' }
  assert.equal(await resolve('secret/data/app#one', role), 'first')
  assert.deepEqual([...vault.tokens.keys()], ['hvs.root'], 'the token of the AppRole is ended after use')
  await assert.rejects(resolve('secret/data/app#one', { ...role, VAULT_SECRET_ID: 'used-up' }), {
    code: 'DESTINATION_REFUSED',
    message: /AppRole/,
  })
  await assert.rejects(resolve('secret/data/app#one', {}), { code: 'DESTINATION_NOT_READY', message: /needs a token/ })
  writeFileSync(join(home, '.vault-token'), 'hvs.root\n')
  assert.equal(await resolve('secret/data/app#one', {}), 'first')
  const failures: readonly (readonly [string, string])[] = [
    ['secret/data/app', 'DESTINATION_NOT_READY'],
    ['secret/data/app#none', 'DESTINATION_NOT_READY'],
    ['secret/data/app#deep', 'DESTINATION_NOT_READY'],
    ['secret/data/none#one', 'DESTINATION_NOT_READY'],
    ['secret/data/../../sys/seal#one', 'DESTINATION_NOT_READY'],
  ]
  for (const [rest, code] of failures) await assert.rejects(resolve(rest, token), { code }, rest)
  await assert.rejects(resolve('secret/data/app#one', { VAULT_TOKEN: 'wrong' }), { code: 'DESTINATION_REFUSED' })
  vault.before = () => ({ status: 307, headers: { location: 'http://127.0.0.1:1/' } })
  await assert.rejects(resolve('secret/data/app#one', token), { message: /standby/ })
  vault.before = () => ({ status: 503, body: { errors: ['Vault is sealed'] } })
  await assert.rejects(resolve('secret/data/app#one', token), { code: 'DESTINATION_UNREACHABLE' })
})
