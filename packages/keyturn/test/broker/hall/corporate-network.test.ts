/** The broker behind a corporate proxy: CONNECT, a sign-in, a CA of the company's own, and hosts that are not proxied. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { createServer as createTls } from 'node:tls'
import { startSimulator } from '@keyturn/simulator'
import { openKeyturn, systemClock } from '@keyturn/tokens'
import { brokerSettings } from '../../../src/broker/broker-settings.ts'
import { manageCallers } from '../../../src/broker/callers/manage-callers.ts'
import { openLog } from '../../../src/broker/log.ts'
import { openBroker } from '../../../src/broker/server.ts'
import { brokerSection } from '../../../src/config/broker-section.ts'
import { makeAuthority, makeCertificate } from '../../../../tokens/test/wire/certificates.ts'
import { ask, DAY, form } from './hall.ts'

// Names that resolve nowhere: whoever does not go through the proxy arrives nowhere.
const LOGIN = 'login.corp.invalid'
const INSTANCE = 'acme.corp.invalid'

const serve = async (t: TestContext, server: Server): Promise<number> => {
  const sockets = new Set<Socket>()
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  }
  server.on('connection', keep)
  server.on('secureConnection', keep)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const tie = (one: Socket, port: number, ready = (): void => undefined): void => {
  const other = connect(port, '127.0.0.1', ready)
  other.on('error', () => one.destroy())
  one.on('close', () => other.destroy())
  one.pipe(other).pipe(one)
}

const signIn = `Proxy-Authorization: Basic ${Buffer.from('broker:geheim').toString('base64')}\r\n`

/** Lets through who signs in, and leads every name to `target`. */
const connectProxy = async (t: TestContext, target: number, heads: string[]): Promise<number> =>
  serve(
    t,
    createServer((socket) => {
      socket.on('error', () => undefined)
      let head = ''
      const take = (chunk: Buffer): void => {
        head += chunk.toString('latin1')
        if (!head.includes('\r\n\r\n')) return
        socket.off('data', take)
        heads.push(head)
        if (!head.includes(signIn)) {
          socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n')
          return
        }
        tie(socket, target, () => void socket.write('HTTP/1.1 200 Connection established\r\n\r\n'))
      }
      socket.on('data', take)
    }),
  )

const corporate = async (t: TestContext) => {
  const folder = mkdtempSync(join(tmpdir(), 'corporate-'))
  const sim = await startSimulator({ seed: t.name })
  const authority = makeAuthority()
  const caFile = join(folder, 'corporate-ca.pem')
  writeFileSync(caFile, authority.pem)
  const { pem, key } = makeCertificate(authority, LOGIN, INSTANCE)
  const tls = createTls({ cert: pem, key }, (socket) => tie(socket, sim.port))
  tls.on('tlsClientError', () => undefined)
  const heads: string[] = []
  const port = await connectProxy(t, await serve(t, tls), heads)
  sim.control.changeOrg({ settings: { instanceUrl: `https://${INSTANCE}` } })
  const closing: (() => Promise<void>)[] = []
  t.after(async () => {
    for (const close of closing) await close()
    await sim.close()
    rmSync(folder, { recursive: true, force: true })
  })
  let brokers = 0
  const start = async (env: Readonly<Record<string, string>>) => {
    const { clientId, clientSecret, refreshToken } = sim.control.grant({ user: 'integration@acme.example', app: 'Web' })
    const keyturn = await openKeyturn({
      store: `sqlite:${join(folder, `${brokers++}.db`)}`,
      masterKey: randomBytes(32),
      allowHosts: [LOGIN, INSTANCE],
      env,
    })
    await keyturn.grants.add({
      name: 'acme',
      flow: 'refresh_token',
      loginUrl: `https://${LOGIN}`,
      ...{ clientId, clientSecret, refreshToken },
    })
    const log = openLog({ clock: systemClock, level: 'silent', write: () => undefined })
    const settings = await brokerSettings(brokerSection.parse({ listen: [{ port: 0 }] }), folder, {})
    const broker = await openBroker({ settings, keyturn, clock: systemClock, log, env, version: '0.0.0' })
    closing.push(async () => {
      await broker.close()
      await keyturn.close()
    })
    const url = broker.addresses[0] ?? ''
    const manage = manageCallers({ keyturn, clock: systemClock, random: randomBytes, log })
    const { caller, secret } = await manage.add({
      name: 'etl',
      grants: ['acme'],
      faces: ['oauth', 'proxy'],
      ranges: ['127.0.0.1'],
      expiresAt: systemClock.wall() + DAY,
    })
    const fields = { grant_type: 'client_credentials', client_id: caller.id, client_secret: secret.reveal() }
    return {
      url,
      login: () => ask(`${url}/services/oauth2/token`, form(fields)),
      accessToken: () => keyturn.token('acme'),
    }
  }
  return { sim, heads, start, proxy: `http://broker:geheim@127.0.0.1:${port}`, port, caFile }
}

test('logins, exchanges and calls go through the CONNECT proxy, trusting the corporate CA; the proxy sees names only', async (t) => {
  const { sim, heads, start, proxy, caFile } = await corporate(t)
  const { url, login, accessToken } = await start({ HTTPS_PROXY: proxy, NODE_EXTRA_CA_CERTS: caFile })
  const { status, json, text } = await login()
  assert.equal(status, 200, text)
  const call = (path: string) => ask(`${url}${path}`, { headers: { authorization: `Bearer ${json.access_token}` } })
  for (let day = 0; day < 2; day++) {
    assert.equal((await call('/services/data/v60.0/')).status, 200)
    assert.equal((await call('/services/oauth2/userinfo')).status, 200)
    sim.control.expireAccessTokens()
  }
  const names = new Set(heads.map((head) => head.split('\r\n')[0]))
  assert.deepEqual(
    [...names].toSorted((a, b) => String(a).localeCompare(String(b))),
    [`CONNECT ${INSTANCE}:443 HTTP/1.1`, `CONNECT ${LOGIN}:443 HTTP/1.1`],
  )
  const { accessToken: real } = await accessToken()
  assert.ok(heads.every((head) => !head.includes(real) && !/grant_type|authorization: (bearer|oauth)/i.test(head)))
  assert.deepEqual([sim.control.oracle().total.reuses, sim.control.oracle().total.grantsLost], [0, 0])
})

test('without the CA, the sign-in or the proxy nothing is sent, and the caller hears of an outage, not of its credentials', async (t) => {
  const { sim, heads, start, proxy, port, caFile } = await corporate(t)
  const worlds = [
    { HTTPS_PROXY: proxy },
    { HTTPS_PROXY: `http://broker:wrong@127.0.0.1:${port}`, NODE_EXTRA_CA_CERTS: caFile },
    { HTTPS_PROXY: proxy, NODE_EXTRA_CA_CERTS: caFile, NO_PROXY: '.corp.invalid' },
  ]
  const connected: number[] = []
  for (const env of worlds) {
    const { login } = await start(env)
    heads.length = 0
    const { status, headers, text } = await login()
    assert.equal(status, 503, text)
    assert.ok(Number(headers['retry-after']) > 0)
    assert.ok(!/invalid_grant|invalid_client|wrong|geheim/.test(text), text)
    connected.push(heads.length)
  }
  assert.ok((connected[0] ?? 0) > 0 && (connected[1] ?? 0) > 0)
  assert.equal(connected[2], 0, 'a host of NO_PROXY is not proxied')
  assert.equal(sim.control.oracle().total.exchanges, 0)
})
