/** Behind a CONNECT proxy that looks into TLS with a corporate authority, in all its moods. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { inspect } from 'node:util'
import { startSimulator } from '@keyturn/simulator'
import type { OpenOptions } from '../../src/contract.ts'
import { openKeyturn, type Keyturn } from '../../src/index.ts'
import { followClock } from '../survival/follow-clock.ts'
import { corporateProxy, type Mood } from './corporate-proxy.ts'

const HOST = 'acme.my.salesforce.com'

const sceneOf = async (t: TestContext, host = HOST) => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-proxy-'))
  const clockFile = join(folder, 'clock.json')
  const sim = await startSimulator({ seed: 'proxy', clockFile, https: true })
  sim.control.changeApp({ app: 'Web', settings: { rotation: true } })
  const proxy = await corporateProxy(host, { port: sim.port, ca: sim.certificate ?? '' })
  sim.control.changeOrg({ settings: { instanceUrl: `https://${host}` } })
  const caFile = join(folder, 'corporate.pem')
  writeFileSync(caFile, proxy.authority)
  const options: OpenOptions = {
    store: `sqlite:${join(folder, 'keyturn.db')}`,
    masterKey: randomBytes(32),
    clock: followClock(clockFile),
    // No busy machine reaches them; the one test that wants them over moves the clock.
    limits: { connect: 30_000, wait: 30_000, send: 30_000, doubt: 20_000, read: 100_000, stale: 20 },
    env: { HTTPS_PROXY: proxy.url },
    caFile,
  }
  const opened: Keyturn[] = []
  const open = async (more: Partial<OpenOptions> = {}): Promise<Keyturn> => {
    const one = await openKeyturn({ ...options, ...more })
    opened.push(one)
    return one
  }
  t.after(async () => {
    await Promise.all(opened.map((one) => one.close()))
    proxy.close()
    await sim.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const keyturn = await open()
  const ready = sim.control.grant({ user: 'integration@acme.example', app: 'Web' })
  const { clientId, clientSecret, refreshToken } = ready
  await keyturn.grants.add({
    name: 'acme',
    loginUrl: `https://${host}`,
    clientId,
    clientSecret,
    refreshToken,
    flow: 'refresh_token',
  })
  return { sim, proxy, keyturn, open, options }
}

const askOf = (keyturn: Keyturn): Promise<unknown> => keyturn.token('acme').catch((error: unknown) => error)

test('tokens and API calls go through the proxy, under the corporate authority, signed in', async (t) => {
  const { sim, proxy, keyturn } = await sceneOf(t)
  for (let n = 0; n < 3; n++) {
    assert.equal((await keyturn.fetch('acme', '/services/data/v66.0/limits')).status, 200)
    sim.control.expireAccessTokens()
    sim.control.moveClock({ advanceMs: 120_000 })
  }
  assert.deepEqual([...new Set(proxy.asked)], [`${HOST}:443`])
  assert.deepEqual([sim.control.oracle().total.exchanges, sim.control.oracle().total.reuses], [3, 0])
})

test('a proxy in any other mood: nothing leaves, the grant is untouched, and the error says where it stuck', async (t) => {
  const { sim, proxy, keyturn } = await sceneOf(t)
  const says: readonly (readonly [Mood, RegExp])[] = [
    ['407', /407/],
    ['502', /502/],
    ['hangs', /within 30000 ms/],
    ['hangs up', /closed/],
    ['speaks no HTTP', /HTTP/],
  ]
  for (const [mood, words] of says) {
    proxy.mood = mood
    const asking = askOf(keyturn)
    if (mood === 'hangs') {
      while (proxy.asked.length < 3) await new Promise((resolve) => setTimeout(resolve, 5))
      sim.control.moveClock({ advanceMs: 31_000 })
    }
    const error = await asking
    assert.ok(
      error instanceof Error && 'code' in error && error.code === 'ENDPOINT_UNREACHABLE',
      `${mood}: ${inspect(error)}`,
    )
    assert.match(error.message, words)
    assert.ok(!inspect(error, { depth: 9 }).includes('passw0rd'), 'the proxy’s password is nobody’s business')
    const { state, status } = await keyturn.grants.show('acme')
    assert.deepEqual([status, state.spend, state.doubt], ['live', null, null])
  }
  assert.equal(sim.control.log().filter(({ kind }) => kind === 'arrived').length, 0)
  proxy.mood = 'open'
  assert.equal((await keyturn.fetch('acme', '/services/data/v66.0/limits')).status, 200)
})

test('without the corporate authority nothing is sent', async (t) => {
  const { sim, keyturn, open, options } = await sceneOf(t)
  await keyturn.close()
  const { caFile: _, ...without } = options
  const stranger = await open({ ...without, caFile: '' })
  const error = await askOf(stranger)
  assert.ok(error instanceof Error && 'code' in error && error.code === 'ENDPOINT_UNREACHABLE')
  assert.match(error.message, /authority/)
  assert.equal(sim.control.log().filter(({ kind }) => kind === 'arrived').length, 0)
  assert.equal((await stranger.grants.show('acme')).status, 'live')
})

/** An address of this machine that is not loopback, which is never proxied anyway. */
const own = Object.values(networkInterfaces())
  .flat()
  .find((address) => address?.family === 'IPv4' && !address.internal)?.address

test(
  'NO_PROXY is respected: what it names is called directly',
  { skip: own === undefined && 'this machine has no address but loopback' },
  async (t) => {
    const host = own ?? assert.fail()
    const { proxy, keyturn, open, options } = await sceneOf(t)
    await keyturn.close()
    let direct = 0
    const server = createServer((socket) => {
      direct += 1
      socket.on('error', () => undefined).destroy()
    }).listen(0, host)
    await once(server, 'listening')
    t.after(() => void server.close())
    const { port } = server.address() as AddressInfo
    for (const [NO_PROXY, expected] of [
      ['', [1, 0]],
      [`other.example,${host}`, [1, 1]],
      [`${host}/24`, [1, 2]],
    ] as const) {
      const one = await open({ env: { ...options.env, NO_PROXY }, allowHosts: [`${host}:${port}`] })
      if (expected[1] === 0) {
        await one.grants.add({
          name: 'own',
          loginUrl: `https://${host}:${port}`,
          clientId: 'c',
          refreshToken: '5Aep861own',
          flow: 'refresh_token',
        })
        proxy.mood = '502'
      }
      await assert.rejects(one.token('own'), { code: 'ENDPOINT_UNREACHABLE' })
      assert.deepEqual([proxy.asked.length, direct], expected, NO_PROXY)
      await one.close()
    }
  },
)
