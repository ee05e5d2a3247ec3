/** The control plane: every verb over HTTP, seeds, saving and loading, clocks, many orgs, HTTPS. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { request } from 'node:https'
import { appOf, call, get, grantUnder, post, refresh, simulator, token, userOf } from './wire.ts'
import { startSimulator } from '../../src/index.ts'
import type { ReadyGrant } from '../../src/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'simulator-'))
after(() => rmSync(folder, { recursive: true, force: true }))

test('every verb is there over HTTP, with JSON in and out', async () => {
  const sim = await simulator()
  const user = userOf(sim).username
  const say = async (
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly json: unknown }> => {
    const response = await fetch(`${sim.url}/__sim/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, json: await response.json() }
  }
  const json = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await say(method, path, body)
    assert.equal(answer.status, 200, JSON.stringify(answer.json))
    return answer.json as T
  }
  const grant = await json<ReturnType<typeof sim.control.grant>>('POST', 'grants', { user, app: 'Web' })
  assert.equal(
    (await json<{ rotation: boolean }>('PATCH', 'settings', { app: 'Web', settings: { rotation: false } })).rotation,
    false,
  )
  assert.equal(
    (await json<{ soapLogin: boolean }>('PATCH', 'settings', { settings: { soapLogin: false } })).soapLogin,
    false,
  )
  await json('PATCH', 'users', { user, change: { frozen: true } })
  assert.equal((await refresh(sim, grant)).json['error_description'], 'inactive user')
  await json('PATCH', 'users', { user, change: { frozen: false } })
  const clock = await json<{ now: number; offset: number }>('POST', 'clock', { advanceMs: 60_000 })
  assert.equal(clock.offset, sim.clock.offset())
  assert.equal((await json<{ offset: number }>('GET', 'clock')).offset, 60_000)
  assert.deepEqual(await json('POST', 'expire', { grant: grant.grant }), { expired: 1 })
  await json('POST', 'faults', { name: 'gate', action: { holdBefore: true } })
  const held = json<{ fault: string }[]>('GET', 'held?fault=gate&timeoutMs=5000')
  const first = refresh(sim, grant)
  assert.equal((await held)[0]?.fault, 'gate')
  assert.deepEqual(await json('POST', 'release', { fault: 'gate' }), { released: 1 })
  assert.equal((await first).status, 200)
  assert.equal((await json<unknown[]>('GET', 'faults')).length, 1)
  assert.deepEqual(await json('DELETE', 'faults/gate'), { removed: 1 })
  assert.equal((await json<{ total: { exchanges: number } }>('GET', 'oracle')).total.exchanges, 1)
  assert.equal((await json<{ grants: unknown[] }[]>('GET', 'state'))[0]?.grants.length, 1)
  assert.ok((await json<string[]>('GET', 'secrets')).includes(grant.refreshToken))
  assert.equal((await json<{ users: unknown[] }[]>('GET', 'orgs'))[0]?.users.length, 3)
  const log = await json<{ n: number }[]>('GET', 'log')
  assert.equal((await json<unknown[]>('GET', `log?after=${log.length - 1}`)).length, 1)
  await json('DELETE', `grants/${grant.grant}`)
  assert.equal((await refresh(sim, grant)).status, 400)

  assert.equal((await say('POST', 'grants', { user: 'nobody', app: 'Web' })).status, 400)
  assert.equal((await say('GET', 'nothing')).status, 404)
  assert.equal((await say('PATCH', 'settings', { settings: { soaplogin: true } })).status, 400)
})

test('the same seed gives the same ids, credentials and tokens; another seed gives others', async () => {
  const [one, two, other] = await Promise.all([
    simulator({ seed: 'a' }),
    simulator({ seed: 'a' }),
    simulator({ seed: 'b' }),
  ])
  const plain = (sim: typeof one): unknown => {
    const grant = grantUnder(sim)
    return [
      sim.orgs.map(({ apps, users, id }) => [id, users, apps.map((app) => [app.id, app.clientId, app.clientSecret])]),
      grant.refreshToken,
      grant.accessToken,
    ]
  }
  const first = plain(one)
  assert.deepEqual(plain(two), first)
  assert.notDeepEqual(plain(other), first)
})

test('ids have the checksum of Salesforce', async () => {
  const { withChecksum } = await import('../../src/state/ids.ts')
  assert.equal(withChecksum('00D000000000062'), '00D000000000062EAA')
  assert.equal(withChecksum('001D000000IqhSL'), '001D000000IqhSLIAZ')
})

test('a state can be saved and loaded into the running simulator, tokens, log and clock included', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  const next = (await refresh(sim, grant)).json
  sim.control.moveClock({ advanceMs: 60_000 })
  const place = join(folder, 'saved')
  sim.control.save({ folder: place })
  const offset = sim.clock.offset()
  await refresh(sim, grant)
  sim.control.moveClock({ advanceMs: 60_000 })
  assert.equal((await call(sim, next['access_token'])).status, 401)
  sim.control.load({ folder: place })
  assert.equal(sim.clock.offset(), offset)
  assert.equal((await call(sim, next['access_token'])).status, 200)
  assert.deepEqual([sim.control.oracle().total.exchanges, sim.control.oracle().total.reuses], [1, 0])
  assert.equal((await refresh(sim, grant, next['refresh_token'])).status, 200)
  assert.throws(() => sim.control.load({ folder: join(folder, 'nowhere') }), /No saved org/)
})

test('with a directory the state outlives the process', async () => {
  const directory = join(folder, 'kept')
  const first = await startSimulator({ seed: 's', directory })
  const grant = grantUnder(first)
  const next = (await refresh(first, grant)).json['refresh_token']
  await first.close()
  const second = await simulator({ seed: 's', directory })
  assert.equal(second.orgs[0]?.id, first.orgs[0]?.id)
  assert.equal((await refresh(second, grant, next)).status, 200)
  assert.deepEqual([second.control.oracle().total.exchanges], [2])
  const fresh = grantUnder(second)
  assert.notEqual(fresh.refreshToken, grant.refreshToken)
})

test('a simulator that is killed leaves a state from which the next one goes on', async () => {
  const directory = join(folder, 'killed')
  const child = fork(join(import.meta.dirname, 'simulator-process.ts'), [directory])
  const [ready] = (await once(child, 'message')) as [{ readonly url: string; readonly grant: ReadyGrant }]
  const form = (refreshToken: string) => ({
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: ready.grant.clientId,
    client_secret: ready.grant.clientSecret,
  })
  let current: string | undefined = ready.grant.refreshToken
  for (let i = 0; i < 20; i++) {
    current = (await post(`${ready.url}/services/oauth2/token`, form(current ?? ''))).json['refresh_token']
  }
  child.kill('SIGKILL')
  await once(child, 'exit')
  const sim = await simulator({ seed: 's', directory })
  assert.equal((await token(sim, form(current ?? ''))).status, 200)
  assert.equal(sim.control.oracle().total.exchanges, 21)
})

test('the clock starts where it is told, and a file says how far it was moved', async () => {
  const clockFile = join(folder, 'clock.json')
  const sim = await simulator({ clockStart: Date.parse('2030-01-01T00:00:00Z'), clockFile })
  const offset = (): number => (JSON.parse(readFileSync(clockFile, 'utf8')) as { readonly offset: number }).offset
  assert.equal(offset(), sim.clock.offset())
  assert.equal(new Date(sim.clock.now()).getUTCFullYear(), 2030)
  sim.control.moveClock({ set: Date.parse('2031-06-01T00:00:00Z') })
  assert.equal(offset(), sim.clock.offset())
  assert.equal(new Date(Date.now() + offset()).getUTCFullYear(), 2031)
})

test('many orgs have a port each, and the login host finds the org by what a request carries', async () => {
  const sim = await simulator({
    orgs: [{ name: 'one' }, { name: 'two', title: 'Second Ltd', settings: { soapLogin: false } }],
  })
  const [one, two] = sim.orgs
  assert.notEqual(one?.instanceUrl, two?.instanceUrl)
  assert.equal(two?.title, 'Second Ltd')
  const user = userOf(sim, 'integration', 1)
  const grant = sim.control.grant({ org: 'two', user: user.username, app: 'Web' })
  assert.equal(grant.instanceUrl, two?.instanceUrl)
  const viaLogin = await post(`${sim.loginUrl}/services/oauth2/token`, {
    grant_type: 'refresh_token',
    refresh_token: grant.refreshToken,
    client_id: grant.clientId,
    client_secret: grant.clientSecret,
  })
  assert.equal(viaLogin.json['instance_url'], two?.instanceUrl)
  assert.equal(viaLogin.json['id'], `${sim.loginUrl}/id/${two?.id}/${user.id}`)
  const identity = await get(viaLogin.json['id'] ?? '', { Authorization: `Bearer ${viaLogin.json['access_token']}` })
  assert.equal(identity.json['username'], user.username)
  // The first org knows neither the app nor the token.
  assert.equal(
    (
      await token(sim, {
        grant_type: 'refresh_token',
        refresh_token: viaLogin.json['refresh_token'] ?? '',
        client_id: grant.clientId,
      })
    ).json['error'],
    'invalid_client_id',
  )
  const authorize = await get(
    `${sim.loginUrl}/services/oauth2/authorize?${new URLSearchParams({
      response_type: 'code',
      client_id: 'PlatformCLI',
      redirect_uri: 'http://localhost:1717/OauthRedirect',
      __auto: user.username,
    })}`,
  )
  const code = new URL(authorize.headers.get('location') ?? '').searchParams.get('code') ?? ''
  const exchanged = await post(`${sim.loginUrl}/services/oauth2/token`, {
    grant_type: 'authorization_code',
    code,
    client_id: 'PlatformCLI',
    redirect_uri: 'http://localhost:1717/OauthRedirect',
  })
  assert.equal(exchanged.json['instance_url'], two?.instanceUrl)
  const soap = await fetch(`${sim.loginUrl}/services/Soap/u/64.0`, {
    method: 'POST',
    body: `<Envelope><Body><login><username>${user.username}</username><password>x</password></login></Body></Envelope>`,
  })
  assert.match(await soap.text(), /disabled by default/)
})

test('HTTPS with a certificate that clients can trust', async () => {
  const sim = await simulator({ https: true })
  assert.match(sim.url, /^https:/)
  const grant = grantUnder(sim)
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const req = request(
      `${sim.url.replace('127.0.0.1', 'localhost')}/services/data/v66.0/limits`,
      { ca: sim.certificate, headers: { Authorization: `Bearer ${grant.accessToken}` }, agent: false },
      (res) => {
        res.resume()
        resolve(res.statusCode)
      },
    )
    req.on('error', reject)
    req.end()
  })
  assert.equal(status, 200)
})

test('faults cut answers under HTTPS too', async () => {
  const sim = await simulator({ https: true })
  const grant = grantUnder(sim)
  sim.control.addFault({ match: { endpoint: 'data' }, action: { cutAt: 'header-end' } })
  const ended = new Promise<{ readonly status: number | undefined; readonly complete: boolean }>((resolve, reject) => {
    const req = request(
      `${grant.instanceUrl}/services/data/v66.0/limits`,
      { ca: sim.certificate, headers: { Authorization: `Bearer ${grant.accessToken}` }, agent: false },
      (res) => {
        res.resume()
        res.on('error', () => undefined)
        res.on('close', () => resolve({ status: res.statusCode, complete: res.complete }))
      },
    )
    req.on('error', reject)
    req.end()
  })
  assert.deepEqual(await ended, { status: 200, complete: false })
})

test('orgs, users and apps can be declared', async () => {
  const sim = await simulator({
    orgs: [
      {
        name: 'own',
        users: [{ username: 'u@own.example', password: 'secret', profile: 'System Administrator' }],
        apps: [
          {
            name: 'Mine',
            clientId: 'mine',
            clientSecret: 'hush',
            callbacks: ['https://app.example/cb'],
            settings: { rotation: false },
          },
        ],
      },
    ],
  })
  assert.deepEqual(appOf(sim, 'Mine').callbacks, ['https://app.example/cb'])
  const grant = sim.control.grant({ user: 'u@own.example', app: 'Mine' })
  assert.equal('refresh_token' in (await refresh(sim, grant)).json, false)
  const answer = await token(sim, {
    grant_type: 'password',
    client_id: 'mine',
    client_secret: 'hush',
    username: 'u@own.example',
    password: 'secret',
  })
  assert.equal(answer.status, 200)
  await assert.rejects(startSimulator({ orgs: [] }), /at least one org/)
  await assert.rejects(startSimulator({ orgs: [{ name: 'a b' }] }), /not a name/)
})
