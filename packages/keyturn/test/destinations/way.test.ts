/** The way to a secret manager: HTTPS with a private CA, and through the proxy of the environment. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { systemClock } from '@keyturn/tokens'
import { makeCertificates } from '../../src/broker/certificates.ts'
import { resolveAwsReference } from '../../src/secret-managers/aws-reference.ts'
import { resolveVaultReference } from '../../src/secret-managers/vault-reference.ts'
import { awsCredentials, awsServer } from './aws-server.ts'
import { clusterServer, kubeconfig } from './cluster-server.ts'
import { openOne, valueOf } from './place.ts'
import { temporaryFolder } from './places.ts'
import { vaultServer } from './vault-server.ts'

const listening = async (t: TestContext, server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** A proxy that knows one inner server, whatever host is asked for. */
const proxyTo = async (t: TestContext, inner: string): Promise<{ readonly url: string; readonly asked: string[] }> => {
  const asked: string[] = []
  const server = createServer((_request, response) => response.writeHead(405).end())
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '')
    const onward = connect(Number(new URL(inner).port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      onward.pipe(socket).pipe(onward)
    })
    for (const each of [onward, socket]) each.on('error', () => void (onward.destroy(), socket.destroy()))
    t.after(() => void (onward.destroy(), socket.destroy()))
  })
  return { url: `http://127.0.0.1:${await listening(t, server)}`, asked }
}

/** HTTPS in front of a fake; `cert` and `key` of a CA made for the test. */
const tlsTo = async (t: TestContext, folder: string, inner: string): Promise<string> => {
  await makeCertificates({ folder, names: ['127.0.0.1'], clients: [], clock: systemClock, random: randomBytes })
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
  const server = createTlsServer({ cert: read('server.pem'), key: read('server.key') }, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method, headers, url } = request
      const body = method === 'GET' ? null : Buffer.concat(chunks)
      void fetch(new URL(url ?? '/', inner), {
        method: method ?? 'GET',
        headers: headers as Record<string, string>,
        body,
      })
        .then(async (answer) => {
          response.writeHead(answer.status, { 'content-type': 'application/json' })
          response.end(await answer.text())
        })
        .catch(() => response.destroy())
    })
  })
  const port = await listening(t, server)
  t.after(() => server.closeAllConnections())
  return `https://127.0.0.1:${port}`
}

test('Vault and AWS are reached through the proxy of the environment, unless NO_PROXY names them', async (t) => {
  Object.assign(process.env, awsCredentials)
  const [vault, aws] = await Promise.all([vaultServer(t), awsServer(t)])
  vault.put('app', { one: 'first' })
  aws.make('app', 'text')
  const [toVault, toAws] = await Promise.all([proxyTo(t, vault.url), proxyTo(t, aws.url)])
  const env = { VAULT_ADDR: 'http://vault.example.invalid:8200', VAULT_TOKEN: 'hvs.root', HTTP_PROXY: toVault.url }
  const found = await resolveVaultReference('secret/data/app#one', { clock: systemClock, env })
  assert.equal(found.reveal(), 'first')
  assert.deepEqual(toVault.asked, ['vault.example.invalid:8200'])
  await assert.rejects(
    resolveVaultReference('secret/data/app#one', { clock: systemClock, env: { ...env, NO_PROXY: '.invalid' } }),
    { code: 'DESTINATION_UNREACHABLE', message: /DNS/ },
  )
  process.env['AWS_ENDPOINT_URL'] = 'http://aws.example.invalid'
  t.after(() => void delete process.env['AWS_ENDPOINT_URL'])
  const text = await resolveAwsReference('app', { clock: systemClock, env: { HTTP_PROXY: toAws.url } })
  assert.equal(text.reveal(), 'text')
  assert.deepEqual(toAws.asked, ['aws.example.invalid:80'])
})

test('a private CA is trusted where it was named, and nowhere else', async (t) => {
  const folder = temporaryFolder(t)
  const vault = await vaultServer(t)
  vault.put('app', { one: 'first' })
  const address = await tlsTo(t, join(folder, 'tls'), vault.url)
  const ca = join(folder, 'tls', 'ca.pem')
  const env = { VAULT_ADDR: address, VAULT_TOKEN: 'hvs.root' }
  const from = async (more: Readonly<Record<string, string>>, caFile?: string): Promise<string> =>
    (
      await resolveVaultReference('secret/data/app#one', { clock: systemClock, env: { ...env, ...more }, caFile })
    ).reveal()
  await assert.rejects(from({}), { code: 'DESTINATION_UNREACHABLE', message: /not trusted/ })
  assert.equal(await from({ VAULT_CACERT: ca }), 'first')
  assert.equal(await from({}, ca), 'first')
  await assert.rejects(from({ VAULT_CACERT: join(folder, 'none') }), { code: 'CONFIG_INVALID' })
  const cluster = await clusterServer(t)
  cluster.put('app', {})
  const server = await tlsTo(t, join(folder, 'tls'), cluster.url)
  const data = readFileSync(ca).toString('base64')
  const config = kubeconfig(server).replace(`'${server}' }`, `'${server}', certificate-authority-data: ${data} }`)
  writeFileSync(join(folder, 'config'), config)
  const destination = openOne({ kind: 'kubernetes-secret', secret: 'app', kubeconfig: 'config' }, folder)
  assert.deepEqual(await destination.preflight(), [])
  await destination.write(valueOf({ password: 'p' }))
  assert.deepEqual(cluster.now('app'), { password: 'p' })
})
