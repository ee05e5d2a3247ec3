/** A simulator goes on where it was: after save and load, in another process, with many orgs and many grants. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { appOf, call, expired, get, grantUnder, post, refresh, simulator, token, userOf } from './wire.ts'
import { startSimulator } from '../../src/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'simulator-continuity-'))
after(() => rmSync(folder, { recursive: true, force: true }))

test('a token that was rotated before a save is spent after the load, in a fresh simulator of the same seed', async () => {
  const place = join(folder, 'rotated')
  const clockStart = Date.UTC(2026, 5, 1)
  const first = await startSimulator({ seed: 'same', clockStart })
  const grant = grantUnder(first)
  const lenient = first.control.grant({ user: userOf(first, 'admin').username, app: 'Web' })
  const next = (await refresh(first, grant)).json['refresh_token'] ?? ''
  first.control.changeApp({ app: 'Web', settings: { idleLimitMs: null, maxApprovals: 9 } })
  first.control.save({ folder: place })
  const told = first.control.oracle()
  await first.close()

  const second = await simulator({ seed: 'same' })
  second.control.load({ folder: place })
  assert.deepEqual(second.control.oracle(), told)
  assert.equal(Math.abs(second.clock.now() - clockStart) < 60_000, true)
  assert.deepEqual((await refresh(second, grant)).json, expired)
  assert.deepEqual((await refresh(second, grant, next)).json, expired)
  const { reuses, reusesWhileAlive, grantsLostKeepable } = second.control.oracle().total
  assert.deepEqual([reuses, reusesWhileAlive, grantsLostKeepable], [1, 1, 1])
  assert.equal((await refresh(second, lenient)).status, 200)
  assert.equal(second.control.state()[0]?.apps.find((app) => app.name === 'Web')?.settings.maxApprovals, 9)
})

test('after a load no token is made that was made before, and codes, devices and sessions go on', async () => {
  const place = join(folder, 'pending')
  const sim = await simulator()
  const app = appOf(sim, 'PlatformCLI')
  const redirect_uri = app.callbacks[0] ?? ''
  const cli = { client_id: app.clientId }
  const query = { response_type: 'code', redirect_uri, __auto: userOf(sim).username, ...cli }
  const asked = await get(`${sim.url}/services/oauth2/authorize?${new URLSearchParams(query)}`)
  const code = new URL(asked.headers.get('location') ?? '').searchParams.get('code') ?? ''
  const device = (await token(sim, { response_type: 'device_code', ...cli })).json
  const grant = grantUnder(sim)
  sim.control.save({ folder: place })
  const before = [grantUnder(sim), grantUnder(sim)].map((one) => one.refreshToken)
  sim.control.load({ folder: place })
  const again = [grantUnder(sim), grantUnder(sim)].map((one) => one.refreshToken)
  assert.equal(new Set([...before, ...again]).size, 4)
  assert.equal((await call(sim, grant.accessToken)).status, 200)
  const exchange = { grant_type: 'authorization_code', code, redirect_uri, ...cli }
  assert.equal((await token(sim, exchange)).status, 200)
  assert.equal((await token(sim, exchange)).json['error_description'], 'expired authorization code')
  const poll = { grant_type: 'device', code: device['device_code'] ?? '', ...cli }
  assert.equal((await token(sim, poll)).json['error'], 'authorization_pending')
  assert.equal(
    (await get(`${sim.url}/setup/connect?user_code=${device['user_code']}&__auto=${query.__auto}`)).status,
    200,
  )
  assert.equal((await token(sim, poll)).status, 200)
})

test('the API calls of the day are counted on after a restart and after a load', async () => {
  const directory = join(folder, 'usage')
  const clockStart = Date.UTC(2026, 5, 1, 12)
  const first = await startSimulator({ seed: 's', directory, clockStart })
  const grant = grantUnder(first)
  const used = async (sim: typeof first): Promise<string | null> =>
    (await call(sim, grant.accessToken, '/services/data/v66.0')).headers.get('sforce-limit-info')
  assert.equal(await used(first), 'api-usage=1/1000000')
  first.control.save({ folder: join(folder, 'usage-saved') })
  assert.equal(await used(first), 'api-usage=2/1000000')
  await first.close()
  const second = await simulator({ seed: 's', directory, clockStart })
  assert.equal(await used(second), 'api-usage=3/1000000')
  second.control.load({ folder: join(folder, 'usage-saved') })
  assert.equal(await used(second), 'api-usage=2/1000000')
  second.control.moveClock({ advanceMs: 86_400_000 })
  const fresh = await refresh(second, grant)
  const next = await call(second, fresh.json['access_token'], '/services/data/v66.0')
  assert.equal(next.headers.get('sforce-limit-info'), 'api-usage=1/1000000')
})

test('with a directory the clock stays where it was moved, and time limits go on from there', async () => {
  const directory = join(folder, 'clock')
  const first = await startSimulator({ seed: 's', directory })
  const grant = grantUnder(first, { rotation: false })
  first.control.moveClock({ advanceMs: 20 * 86_400_000 })
  const offset = first.clock.offset()
  await first.close()
  const second = await startSimulator({ seed: 's', directory })
  assert.equal(second.clock.offset(), offset)
  second.control.moveClock({ advanceMs: 11 * 86_400_000 })
  assert.deepEqual((await refresh(second, grant)).json, expired)
  await second.close()
  const third = await simulator({ seed: 's', directory, clockStart: Date.UTC(2030, 0, 1) })
  assert.equal(new Date(third.clock.now()).getUTCFullYear(), 2030)
})

test('fifty orgs in one process: each has its users, its tokens and its place at the login host', async () => {
  const names = Array.from({ length: 50 }, (_, index) => `org-${index}`)
  const sim = await simulator({ orgs: names.map((name) => ({ name })) })
  assert.equal(new Set(sim.orgs.flatMap((org) => [org.id, org.instanceUrl])).size, 100)
  const grants = names.map((org) => sim.control.grant({ org, user: `integration@${org}.example`, app: 'Web' }))
  const answers = await Promise.all(
    grants.map((grant) =>
      post(`${sim.loginUrl}/services/oauth2/token`, {
        grant_type: 'refresh_token',
        refresh_token: grant.refreshToken,
        client_id: grant.clientId,
        client_secret: grant.clientSecret,
      }),
    ),
  )
  assert.deepEqual(
    answers.map((answer) => [answer.status, answer.json['instance_url']]),
    sim.orgs.map((org) => [200, org.instanceUrl]),
  )
  const [first, second] = grants
  assert.ok(first && second)
  assert.deepEqual((await refresh(sim, second, answers[1]?.json['refresh_token'])).json['error'], 'invalid_client_id')
  assert.equal(Object.keys(sim.control.oracle().byOrg).length, 50)
})

test('instance_url changes on a refresh, and the old address goes on or refuses', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  sim.control.changeOrg({ settings: { instanceUrl: 'https://acme--moved.sandbox.my.salesforce.com' } })
  const moved = await refresh(sim, grant)
  assert.equal(moved.json['instance_url'], 'https://acme--moved.sandbox.my.salesforce.com')
  assert.equal((await call(sim, moved.json['access_token'])).status, 200)
  await sim.control.refuse({ refuse: true })
  await assert.rejects(call(sim, moved.json['access_token']))
})
