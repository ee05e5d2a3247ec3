import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { createServer as createTlsServer } from 'node:tls'
import type { TlsOptions } from 'node:tls'
import type { KeyturnError } from '../../src/errors.ts'
import { openConnection } from '../../src/wire/connection.ts'
import { prepareNetwork } from '../../src/wire/network.ts'
import { proxyFor } from '../../src/wire/proxy.ts'
import { request } from '../../src/wire/request.ts'
import { makeAuthority, makeCertificate } from './certificates.ts'
import {
  afterRequest,
  listen,
  manualClock,
  network,
  oauthBody,
  rawServer,
  sendOptions,
  tokenRequest,
  until,
} from './fixture.ts'

const authority = makeAuthority()
const login = makeCertificate(authority, 'login.salesforce.com')
const loopback = makeCertificate(authority, 'localhost', '127.0.0.1')
const answer = `HTTP/1.1 200 OK\r\nContent-Length: ${oauthBody.length}\r\n\r\n${oauthBody}`

async function tlsServer(t: TestContext, options: TlsOptions): Promise<number> {
  const server = createTlsServer(options, (socket) => afterRequest(socket, () => socket.end(answer)))
  server.on('tlsClientError', () => {})
  return listen(t, server)
}

/** What `openConnection` failed with: it must say that nothing left. */
async function failure(promise: Promise<unknown>): Promise<KeyturnError> {
  const error = await promise.then(
    () => assert.fail('it connected'),
    (reason: KeyturnError) => reason,
  )
  assert.equal(error.code, 'ENDPOINT_UNREACHABLE')
  assert.equal(error.data['left'], false)
  return error
}

test('TLS with a corporate authority: as text, as file, from the environment', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-ca-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const caFile = join(folder, 'ca.pem')
  await writeFile(caFile, authority.pem)
  const port = await tlsServer(t, { cert: loopback.pem, key: loopback.key })
  for (const options of [{ ca: authority.pem }, { caFile }, { env: { NODE_EXTRA_CA_CERTS: caFile } }]) {
    for (const host of ['localhost', '127.0.0.1']) {
      const connection = await openConnection(new URL(`https://${host}:${port}`), await network(t, options))
      const result = await connection.send(tokenRequest, sendOptions())
      assert.ok(result.kind === 'answered' && result.complete)
      assert.equal(result.body.toString(), oauthBody)
    }
  }
})

test('a certificate nobody vouches for, for another name, or an old protocol: nothing leaves', async (t) => {
  const port = await tlsServer(t, { cert: loopback.pem, key: loopback.key })
  const unknown = await failure(openConnection(new URL(`https://localhost:${port}`), await network(t)))
  assert.equal(unknown.data['step'], 'tls')
  assert.match(unknown.message, /authority that is not trusted here; name a corporate one/)

  const other = await tlsServer(t, { cert: login.pem, key: login.key })
  const net = await network(t, { ca: authority.pem })
  assert.match((await failure(openConnection(new URL(`https://localhost:${other}`), net))).message, /for another name/)

  const old = await tlsServer(t, {
    cert: loopback.pem,
    key: loopback.key,
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  })
  assert.equal((await failure(openConnection(new URL(`https://localhost:${old}`), net))).data['step'], 'tls')
})

test('the name is told to the server (SNI), an address is not', async (t) => {
  const names: unknown[] = []
  const server = createTlsServer({ cert: loopback.pem, key: loopback.key }, (socket) => {
    names.push((socket as { servername?: unknown }).servername)
    afterRequest(socket, () => socket.end(answer))
  })
  const port = await listen(t, server)
  const net = await network(t, { ca: authority.pem })
  for (const host of ['localhost', '127.0.0.1']) {
    const connection = await openConnection(new URL(`https://${host}:${port}`), net)
    await connection.send(tokenRequest, sendOptions())
  }
  assert.deepEqual(names, ['localhost', false])
})

test('certificates that can not be read are a configuration error', async () => {
  const options = { clock: manualClock(), env: {} }
  await assert.rejects(prepareNetwork({ ...options, caFile: '/does/not/exist.pem' }), { code: 'CONFIG_INVALID' })
  await assert.rejects(
    prepareNetwork({ ...options, caFile: import.meta.filename.replace('network.test', 'fixture') }),
    {
      code: 'CONFIG_INVALID',
    },
  )
})

test('refused, unknown, closing and silent servers: nothing left, and the step is named', async (t) => {
  const closed = await rawServer(t, () => {})
  const server = createServer()
  const port = await listen(t, server)
  server.close()
  await once(server, 'close')
  const net = await network(t)
  const refused = await failure(openConnection(new URL(`http://127.0.0.1:${port}`), net))
  assert.deepEqual([refused.data['step'], refused.data['code']], ['connect', 'ECONNREFUSED'])
  assert.equal((await failure(openConnection(new URL('https://no-such-host.invalid'), net))).data['step'], 'connect')

  const hangUp = await rawServer(t, (socket) => socket.destroy())
  assert.equal((await failure(openConnection(new URL(`https://127.0.0.1:${hangUp.port}`), net))).data['step'], 'tls')

  // Hung up on while the authorities are still being read: no timer runs out here, so it has to be heard of.
  let hungUp = false
  const rude = await rawServer(t, (socket) => void socket.on('close', () => (hungUp = true)).destroy())
  const slow = async () => {
    const context = await net.secureContext()
    if (!hungUp) for (let turns = 0; turns < 100; turns++) await new Promise((resolve) => void setImmediate(resolve))
    return context
  }
  const early = openConnection(new URL(`https://127.0.0.1:${rude.port}`), { ...net, secureContext: slow })
  assert.equal((await failure(early)).data['step'], 'tls')

  const clock = manualClock()
  const silent = openConnection(
    new URL(`https://127.0.0.1:${closed.port}`),
    await network(t, { clock, connectTimeout: 7_000 }),
  )
  const error = failure(silent)
  await until(() => clock.waiting > 0, 'the timer')
  clock.advance(7_000)
  assert.equal((await error).data['code'], 'TIMEOUT')
})

test('who gave up while the authorities were being read leaves no connection behind', async (t) => {
  const from: unknown[] = []
  const server = await rawServer(t, ({ remotePort }) => void from.push(remotePort))
  const clock = manualClock()
  const net = await network(t, { clock, connectTimeout: 7_000 })
  const reading = Promise.withResolvers<void>()
  const secureContext = () => reading.promise.then(() => net.secureContext())
  const error = failure(openConnection(new URL(`https://127.0.0.1:${server.port}`), { ...net, secureContext }))
  await until(() => clock.waiting > 0, 'the timer')
  clock.advance(7_000)
  assert.equal((await error).data['code'], 'TIMEOUT')
  reading.resolve()
  for (let turns = 0; turns < 10; turns++) await new Promise((resolve) => void setImmediate(resolve))
  // One that began before this one would be served before it.
  const later = connect(Number(server.port), '127.0.0.1')
  t.after(() => later.destroy())
  await once(later, 'connect')
  await until(() => from.includes(later.localPort), 'a connection')
  assert.deepEqual(from, [later.localPort])
})

interface ProxyLog {
  readonly port: number
  readonly heads: string[]
}

/** A CONNECT proxy: every name leads to `target` on loopback. */
async function proxyServer(
  t: TestContext,
  target: number,
  verdict: (head: string, socket: Socket) => boolean,
): Promise<ProxyLog> {
  const heads: string[] = []
  const server = createServer((socket) => {
    let text = ''
    const take = (chunk: Buffer): void => {
      text += chunk.toString('latin1')
      if (!text.includes('\r\n\r\n')) return
      socket.off('data', take)
      heads.push(text)
      if (!verdict(text, socket)) return
      const onward = connect(target, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n')
        socket.pipe(onward).pipe(socket)
      })
      onward.on('error', () => socket.destroy())
      socket.on('close', () => onward.destroy())
    }
    socket.on('data', take)
  })
  return { port: await listen(t, server), heads }
}

const loginUrl = new URL('https://login.salesforce.com')

test('through a CONNECT proxy with a sign-in; the request itself is not for the proxy', async (t) => {
  const target = await tlsServer(t, { cert: login.pem, key: login.key })
  const basic = `Basic ${Buffer.from('user:p@ss').toString('base64')}`
  const proxy = await proxyServer(t, target, (head, socket) => {
    if (head.includes(`Proxy-Authorization: ${basic}\r\n`)) return true
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n')
    return false
  })
  const via = (credentials: string) => ({
    ca: authority.pem,
    env: { https_proxy: `http://${credentials}127.0.0.1:${proxy.port}` },
  })
  const net = await network(t, via('user:p%40ss@'))
  const result = await (await openConnection(loginUrl, net)).send(tokenRequest, sendOptions())
  assert.ok(result.kind === 'answered' && result.complete)
  const plain = await request(new URL('/services/oauth2/userinfo', loginUrl), {}, net)
  assert.equal(plain.status, 200)
  assert.equal(proxy.heads.length, 2)
  for (const head of proxy.heads) {
    assert.match(head, /^CONNECT login\.salesforce\.com:443 HTTP\/1\.1\r\n/)
    assert.doesNotMatch(head, /grant_type/)
  }
  const refused = await failure(openConnection(loginUrl, await network(t, via('user:wrong@'))))
  assert.equal(refused.data['step'], 'proxy')
  assert.match(refused.message, /sign-in \(407\)/)
  assert.doesNotMatch(JSON.stringify(refused), /wrong/)
})

test('a proxy that refuses, hangs, closes, talks nonsense or talks too much: nothing left', async (t) => {
  const say = (text: string) => (_head: string, socket: Socket) => {
    socket.write(text)
    return false
  }
  const verdicts: readonly [(head: string, socket: Socket) => boolean, RegExp][] = [
    [say('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n'), /refused the connection with status 403/],
    [say('220 smtp.example.com\r\n'), /did not answer in HTTP/],
    [say('HTTP/1.1 200 OK\r\n\r\nbytes of its own'), /bytes of its own/],
    [(_head, socket) => (socket.end(), false), /closed the connection/],
    [(_head, socket) => (socket.resetAndDestroy(), false), /broke|closed/],
  ]
  for (const [verdict, message] of verdicts) {
    const proxy = await proxyServer(t, 1, verdict)
    const net = await network(t, { env: { HTTPS_PROXY: `127.0.0.1:${proxy.port}` } })
    const error = await failure(openConnection(loginUrl, net))
    assert.match(error.message, message)
    assert.equal(error.data['step'], 'proxy')
  }
  const clock = manualClock()
  const silent = await proxyServer(t, 1, () => false)
  const net = await network(t, { clock, env: { ALL_PROXY: `http://127.0.0.1:${silent.port}` } })
  const error = failure(openConnection(loginUrl, net))
  await until(() => silent.heads.length === 1, 'the request for a tunnel')
  clock.advance(15_000)
  assert.deepEqual([(await error).data['step'], (await error).data['code']], ['proxy', 'TIMEOUT'])
})

test('a proxy that is spoken to with TLS', async (t) => {
  const target = await tlsServer(t, { cert: login.pem, key: login.key })
  const plain = await proxyServer(t, target, () => true)
  const server = createTlsServer({ cert: loopback.pem, key: loopback.key }, (socket) => {
    const onward = connect(plain.port, '127.0.0.1')
    socket.pipe(onward).pipe(socket)
    for (const end of [socket, onward])
      end.on('error', () => {}).on('close', () => (socket.destroy(), onward.destroy()))
  })
  const port = await listen(t, server)
  const net = await network(t, { ca: authority.pem, env: { HTTPS_PROXY: `https://localhost:${port}` } })
  const result = await (await openConnection(loginUrl, net)).send(tokenRequest, sendOptions())
  assert.ok(result.kind === 'answered' && result.complete)
})

test('which proxy: the environment is read as curl and Go read it', () => {
  const via = (url: string, env: Record<string, string>): string | null => {
    const proxy = proxyFor(new URL(url), env)
    return proxy && `${proxy.host}:${proxy.port}`
  }
  const https = 'https://acme.my.salesforce.com'
  const HTTPS_PROXY = 'http://p:1'
  assert.equal(via(https, {}), null)
  assert.equal(via(https, { HTTPS_PROXY }), 'p:1')
  assert.equal(via(https, { HTTPS_PROXY, https_proxy: 'http://lower:2' }), 'lower:2')
  assert.equal(via(https, { ALL_PROXY: 'q' }), 'q:80')
  assert.equal(via(https, { HTTP_PROXY: 'http://p:1' }), null)
  assert.equal(via('http://acme.test', { HTTP_PROXY: 'http://p:1' }), 'p:1')
  assert.equal(via('http://acme.test', { HTTP_PROXY: 'http://p:1', REQUEST_METHOD: 'GET' }), null, 'httpoxy')
  for (const url of ['http://localhost:8080', 'https://127.0.0.1', 'https://[::1]:8443']) {
    assert.equal(via(url, { HTTPS_PROXY, HTTP_PROXY: HTTPS_PROXY, ALL_PROXY: HTTPS_PROXY }), null, url)
  }
  const direct = (url: string, NO_PROXY: string): boolean => via(url, { HTTPS_PROXY, NO_PROXY }) === null
  for (const list of [
    '*',
    'salesforce.com',
    '.salesforce.com',
    '*.salesforce.com',
    'x, acme.my.salesforce.com',
    'x SALESFORCE.COM:443',
  ]) {
    assert.equal(direct(https, list), true, list)
  }
  for (const list of ['', 'force.com', 'esforce.com', 'salesforce.com:8443', 'com.evil', '10.0.0.0/8']) {
    assert.equal(direct(https, list), false, list)
  }
  assert.equal(direct('https://salesforce.com', '.salesforce.com'), false)
  assert.equal(direct('https://10.1.2.3', '10.0.0.0/8'), true)
  assert.equal(direct('https://11.1.2.3', '10.0.0.0/8'), false)
  assert.equal(direct('https://[fd00::1]', 'fd00::/8'), true)
  assert.equal(direct('https://[fd00::1]', 'fd00::1'), true)
  assert.throws(
    () => via(https, { HTTPS_PROXY: 'socks5://user:geheim@p:1' }),
    (error: KeyturnError) => {
      assert.equal(error.code, 'CONFIG_INVALID')
      assert.doesNotMatch(JSON.stringify(error), /geheim/)
      return true
    },
  )
})
