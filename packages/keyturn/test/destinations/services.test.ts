/** What the contract suite can't ask of every kind: labels, deleted versions, kubeconfigs, replaced keys, programs. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { configuredDestinations } from '../../src/wiring/configured-destinations.ts'
import { clusterAccess } from '../../src/destinations/kubernetes-secret/cluster-access.ts'
import type { Settings } from '../../src/settings.ts'
import { awsCredentials, awsServer } from './aws-server.ts'
import { clusterServer, kubeconfig } from './cluster-server.ts'
import { githubServer } from './github-server.ts'
import { openOne, valueOf } from './place.ts'
import { temporaryFolder } from './places.ts'
import { vaultServer } from './vault-server.ts'

const value = valueOf({ password: 'new-Pass-1' }, 'v7')

test('AWS: a run that died at any request goes on from there, with one new version and clean labels', async (t) => {
  Object.assign(process.env, awsCredentials)
  const old = JSON.stringify({ password: 'old', beside: 'stays' })
  // Describe, get, put, move AWSCURRENT, remove AWSPENDING: the answer of each is lost after it was done.
  for (let lost = 1; lost <= 5; lost++) {
    const server = await awsServer(t)
    server.make('app', old)
    const destination = openOne({ kind: 'aws-secrets-manager', secretId: 'app', endpoint: server.url }, '.')
    let requests = 0
    server.before = () => (++requests === lost ? 'drop' : undefined)
    await destination.write(value).catch((error: unknown) => {
      assert.equal((error as { code?: string }).code, 'DESTINATION_UNREACHABLE')
    })
    server.before = null
    await destination.write(value)
    assert.deepEqual(JSON.parse(server.now('app') ?? ''), { password: 'new-Pass-1', beside: 'stays' })
    const labels = Object.values(server.labelsOf('app')).map((each) => each.join())
    assert.deepEqual(labels.sort(), ['AWSCURRENT', 'AWSPREVIOUS'], `lost answer ${lost}`)
  }
})

test('AWS: a secret without a value, a plain one, one that AWS rotates, one that is missing', async (t) => {
  Object.assign(process.env, awsCredentials)
  const server = await awsServer(t)
  const open = (secretId: string, more: Readonly<Record<string, unknown>> = {}) =>
    openOne({ kind: 'aws-secrets-manager', secretId, endpoint: server.url, ...more }, '.')
  server.make('empty', null)
  assert.deepEqual(await open('empty').write(value), { changed: true, at: 'aws:empty' })
  assert.equal(server.now('empty'), '{"password":"new-Pass-1"}')
  server.make('text', 'no json')
  assert.equal((await open('text').preflight())[0]?.code, 'DESTINATION_NOT_READY')
  await assert.rejects(open('text').write(value), { code: 'DESTINATION_NOT_READY', fix: /plain/ })
  await open('text', { plain: 'password' }).write(value)
  assert.equal(server.now('text'), 'new-Pass-1')
  server.make('turned', '{}')
  const turned = server.secrets.get('turned')
  if (turned !== undefined) turned.rotation = true
  assert.match((await open('turned').preflight())[0]?.text ?? '', /AWS rotates/)
  await assert.rejects(open('turned').write(value), { code: 'DESTINATION_NOT_READY' })
  await assert.rejects(open('none').write(value), { code: 'DESTINATION_NOT_READY', message: /no secret none/ })
  server.denied.add('DescribeSecret')
  const [problem] = await open('empty').preflight()
  assert.equal(problem?.code, 'DESTINATION_REFUSED')
  assert.match(problem?.text ?? '', /secretsmanager:DescribeSecret/)
})

test('Vault: a path without a secret, one that was deleted, a sealed server, a token without the right', async (t) => {
  const server = await vaultServer(t)
  const env = { VAULT_ADDR: server.url, VAULT_TOKEN: 'hvs.root' }
  const open = (path: string, more: Readonly<Record<string, unknown>> = {}) =>
    openOne({ kind: 'vault', path, ...more }, '.', env)
  assert.deepEqual(await open('fresh').preflight(), [])
  await open('fresh').write(value)
  assert.deepEqual(server.now('fresh'), { password: 'new-Pass-1' })
  server.put('gone', { password: 'x' })
  server.put('gone', null)
  await open('gone').write(value)
  assert.deepEqual(server.now('gone'), { password: 'new-Pass-1' })
  for (const mount of ['none', 'kv1']) {
    assert.equal((await open('x', { mount }).preflight())[0]?.code, 'DESTINATION_NOT_READY', mount)
    await assert.rejects(open('x', { mount }).write(value), { code: 'DESTINATION_NOT_READY' }, mount)
  }
  server.tokens.set('hvs.reader', ['read', 'update'])
  const reader = openOne({ kind: 'vault', path: 'unmade', token: 'env:T' }, '.', { ...env, T: 'hvs.reader' })
  assert.match((await reader.preflight())[0]?.next ?? '', /capabilities = \["read", "create", "update"\]/)
  const role = openOne(
    { kind: 'vault', path: 'fresh', appRole: { roleId: 'role-1', secretId: 'env:S' }, address: server.url },
    '.',
    { S: 'secret-id-1' },
  )
  assert.equal(await role.readBack(value), 'same')
  server.before = () => ({ status: 503, body: { errors: ['Vault is sealed'] } })
  assert.equal((await open('fresh').preflight())[0]?.code, 'DESTINATION_UNREACHABLE')
  server.before = () => ({ status: 200, body: { data: 'no object' } })
  await assert.rejects(open('fresh').write(value), { code: 'DESTINATION_NOT_READY' })
})

test('Kubernetes: an immutable Secret, none, an expired token', async (t) => {
  const server = await clusterServer(t)
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'config'), kubeconfig(server.url))
  const open = (secret: string) => openOne({ kind: 'kubernetes-secret', secret, kubeconfig: 'config' }, folder)
  server.put('frozen', { password: 'old' }, true)
  assert.match((await open('frozen').preflight())[0]?.text ?? '', /immutable/)
  await assert.rejects(open('frozen').write(value), { code: 'DESTINATION_NOT_READY' })
  assert.match((await open('none').preflight())[0]?.next ?? '', /kubectl -n apps create secret generic none/)
  server.token.now = 'another'
  assert.equal((await open('frozen').preflight())[0]?.code, 'DESTINATION_REFUSED')
})

test('Kubernetes: the pod’s service account, a kubeconfig, and what neither can do', async (t) => {
  const folder = temporaryFolder(t)
  for (const [name, text] of Object.entries({ token: 'tok\n', 'ca.crt': 'PEM', namespace: 'apps' }))
    writeFileSync(join(folder, name), text)
  const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' }
  const pod = await clusterAccess({ env, serviceAccount: folder })
  assert.deepEqual([pod.server.href, pod.ca, pod.namespace], ['https://[fd00::1]:6443/', 'PEM', 'apps'])
  assert.equal(pod.token.reveal(), 'tok')
  const path = join(folder, 'config')
  writeFileSync(path, kubeconfig('https://cluster.example:6443/base', 'tok-2'))
  const file = await clusterAccess({ env: { KUBECONFIG: path } })
  assert.deepEqual([file.server.href, file.token.reveal()], ['https://cluster.example:6443/base', 'tok-2'])
  const refused: readonly (readonly [string, RegExp])[] = [
    [kubeconfig('https://x').replace('user: writer', 'user: other'), /signs in by exec/],
    [kubeconfig('https://x').replace('current-context: main', 'current-context: gone'), /no context gone/],
    ['a: [', /no YAML/],
    ['text', /no kubeconfig/],
  ]
  for (const [text, message] of refused) {
    writeFileSync(path, text)
    await assert.rejects(clusterAccess({ env: {}, kubeconfig: path }), { code: 'DESTINATION_NOT_READY', message })
  }
})

test('GitHub: a key that is replaced in between is asked for again; environments; no access, no rate left', async (t) => {
  const server = await githubServer(t)
  const env = { GH_TOKEN: 'ghp_test' }
  const given = { kind: 'github-actions-secret', repository: 'acme/app', token: 'env:GH_TOKEN', apiUrl: server.url }
  const open = (more: Readonly<Record<string, unknown>> = {}) => openOne({ ...given, ...more }, '.', env)
  let replaced = false
  server.before = ({ method }) => {
    if (method === 'PUT' && !replaced) {
      replaced = true
      server.newKey()
    }
  }
  await open().write(value)
  assert.equal(server.values.get('actions/SF_PASSWORD'), 'new-Pass-1')
  const wire = inspect(server.asked, { depth: 9 })
  assert(!wire.includes('new-Pass-1') && wire.includes('encrypted_value'))
  await open({ environment: 'production', fields: { PW: 'password' } }).write(value)
  assert.equal(server.values.get('environments/production/PW'), 'new-Pass-1')
  assert.equal((await open({ repository: 'acme/other' }).preflight())[0]?.code, 'DESTINATION_REFUSED')
  server.before = () => ({ status: 403, body: { message: 'rate limit' }, headers: { 'x-ratelimit-remaining': '0' } })
  assert.equal((await open().preflight())[0]?.code, 'DESTINATION_UNREACHABLE')
  assert.throws(() => open({ fields: { GITHUB_X: 'password' } }))
})

test('a program gets the value on its standard input only, within its time, and its failure tells no value', async (t) => {
  const folder = temporaryFolder(t)
  const node = (script: string): readonly string[] => [process.execPath, '-e', script]
  const open = (more: Readonly<Record<string, unknown>>) =>
    configuredDestinations({
      config: { version: 1, destinations: { one: { kind: 'command', ...more } } } as unknown as Settings['config'],
      folder,
      masterKey: { value: 'env:OTHER_NAME', from: 'file' },
      env: { KEYTURN_MASTER_KEY: 'k', OTHER_NAME: 'k', PATH: process.env['PATH'] },
    }).open('one')
  const look = `const i=require('fs').readFileSync(0,'utf8');if(process.env.KEYTURN_MASTER_KEY||process.env.OTHER_NAME||process.argv.join().includes('new-Pass'))process.exit(9);`
  const json = await open({ run: node(`${look}process.exit(JSON.parse(i).version==='v7'?0:8)`) }).write(value)
  assert.equal(json.changed, true)
  const plain = node(`${look}if(i!=='new-Pass-1x')process.exit(7);console.log('unchanged')`)
  const joined = valueOf({ password: 'new-Pass-1', securityToken: 'x' })
  assert.equal((await open({ run: plain, format: 'plain:password+securityToken' }).write(joined)).changed, false)
  const failing = open({ run: node(`${look}console.error(i);process.exit(3)`) })
  await assert.rejects(failing.write(value), (error: Error) => {
    assert.match(error.message, /ended with 3/)
    return !inspect(error, { depth: 9 }).includes('new-Pass-1')
  })
  await assert.rejects(open({ run: node('setInterval(()=>{},1e6)'), timeout: 300 }).write(value), {
    code: 'DESTINATION_UNREACHABLE',
    message: /longer than 300 ms/,
  })
  await assert.rejects(open({ run: ['no-such-program-here'] }).write(value), { code: 'DESTINATION_NOT_READY' })
  const unready = open({ run: node('0'), check: node('process.exit(1)') })
  assert.equal((await unready.preflight())[0]?.code, 'DESTINATION_REFUSED')
  assert.equal(await unready.readBack(value), 'not-readable')
})
