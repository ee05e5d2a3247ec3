/** Consumers of external client apps over the Connect REST API: staging, rotating, removing, and who may. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { rows } from '../identity/wire.ts'
import { errorOf, rest, sessionOf } from './asking.ts'
import { day, knock, manager, minute, pairOf, rotate, stage, world } from './consumer-world.ts'
import type { Staged } from './consumer-world.ts'

test('consumers show their key, and their secret to those who may see it', async () => {
  const at = await world()
  const { sim, app, session, path } = at
  const list = (await rest(sim, session, 'GET', path.replace(/\/[^/]+$/, ''))).json as unknown as {
    readonly consumers: readonly Readonly<Record<string, string>>[]
    readonly currentPageUrl: string
  }
  const [consumer] = list.consumers
  assert.deepEqual(consumer, {
    id: path.split('/').at(-1),
    name: 'Sync_App',
    key: app.clientId,
    secret: app.clientSecret,
    stagedCredentialsUrl: `/services/data/v66.0${path}/staged`,
    url: `/services/data/v66.0${path}`,
  })
  assert.match(consumer?.['id'] ?? '', /^888\w{15}$/)
  const part = async (query: string): Promise<readonly string[]> =>
    Object.keys((await rest(sim, session, 'GET', `${path}${query}`)).json)
  assert.deepEqual(await part(''), ['id', 'name', 'key', 'stagedCredentialsUrl', 'url'])
  assert.deepEqual(await part('?part=secret'), ['id', 'name', 'secret', 'stagedCredentialsUrl', 'url'])
  assert.deepEqual(await part('?part=keyandsecret'), ['id', 'name', 'key', 'secret', 'stagedCredentialsUrl', 'url'])
  assert.equal((await rest(sim, session, 'GET', `${path}?part=all`)).status, 400)
})

test('closed switch, missing permission, wrong app, old version: each is refused', async () => {
  const { sim, session, path } = await world()
  const nobody = sessionOf(sim, 'integration@acme.example')
  assert.deepEqual(errorOf(await rest(sim, nobody, 'GET', path)).slice(0, 2), [403, 'INSUFFICIENT_ACCESS'])
  sim.control.givePermissions({ user: 'integration@acme.example', permissions: ['ExternalClientAppDeveloper'] })
  assert.equal((await rest(sim, nobody, 'GET', path)).status, 200)
  assert.equal((await rest(sim, nobody, 'GET', `${path}?part=secret`)).status, 403)
  assert.equal((await rest(sim, nobody, 'POST', `${path}/staged`)).status, 403)

  const connected = sim.orgs[0]?.apps.find((one) => one.name === 'Web')
  assert.equal((await rest(sim, session, 'GET', `/apps/oauth/credentials/${connected?.id}`)).status, 404)
  assert.equal((await rest(sim, session, 'GET', `${path}/staged/1Sc000000000001AAA`)).status, 404)
  assert.equal((await rest(sim, session, 'POST', `${path}/staged`, undefined, '64.0')).status, 404)
  assert.equal((await rest(sim, session, 'GET', path, undefined, '59.0')).status, 404)
  sim.control.changeOrg({ settings: { consumerSecretsByRest: false } })
  for (const [method, where] of [
    ['GET', path],
    ['POST', `${path}/staged`],
  ] as const)
    assert.deepEqual(errorOf(await rest(sim, session, method, where)), [
      403,
      'FUNCTIONALITY_NOT_ENABLED',
      'This feature is not currently enabled for this user.',
    ])
})

test('staged, rotated, removed: the new pair counts from the rotation, the old one until it is removed', async () => {
  const at = await world()
  const { sim, session, path, pair } = at
  const staged = await stage(at)
  assert.equal(staged.state, 'Active')
  assert.equal(staged.createdBy, manager)
  assert.equal(Date.parse(staged.expirationDate) - Date.parse(staged.createdDate), 30 * day)
  assert.equal(staged.url, `/services/data/v66.0${path}`)
  assert.equal(staged.stagedCredentialsUrl, `/services/data/v66.0${path}/staged/${staged.id}`)
  const next = pairOf(staged)
  assert.deepEqual([await knock(at, pair), await knock(at, next)], ['in', 'invalid_client_id'])
  assert.equal((await rest(sim, session, 'PATCH', `${path}/staged/${staged.id}`, { command: 'apply' })).status, 400)

  const rotated = (await rotate(at, staged.id)).json as unknown as Staged
  assert.deepEqual([rotated.state, rotated.key, rotated.id], ['Rotated', pair.clientId, staged.id])
  assert.deepEqual([await knock(at, pair), await knock(at, next)], ['in', 'in'])
  assert.equal(await knock(at, { ...next, clientSecret: pair.clientSecret }), 'invalid_client')
  assert.equal((await rest(sim, session, 'GET', `${path}?part=keyandsecret`)).json['key'], next.clientId)
  assert.equal((await rotate(at, staged.id)).status, 400)

  assert.equal((await rest(sim, session, 'DELETE', `${path}/staged/${staged.id}`)).status, 204)
  assert.deepEqual([await knock(at, pair), await knock(at, next)], ['invalid_client_id', 'in'])
  assert.equal((await rest(sim, session, 'DELETE', `${path}/staged/${staged.id}`)).status, 404)
  for (const secret of [pair.clientSecret, next.clientSecret]) assert.ok(sim.control.secrets().includes(secret))

  const audit = await rows(sim, 'SELECT Action FROM SetupAuditTrail')
  assert.deepEqual(
    audit.map((row) => String(row['Action'])).filter((action) => action.includes('Staged')),
    ['generateOauthStagedCredential', 'applyOauthStagedCredential'],
  )
})

test('how long the old pair lives is a switch; 30 days, or not at all', async () => {
  const at = await world()
  const staged = await stage(at)
  await rotate(at, staged.id)
  at.sim.control.moveClock({ advanceMs: 30 * day - minute })
  assert.equal(await knock(at, at.pair), 'in')
  at.sim.control.moveClock({ advanceMs: 2 * minute })
  assert.equal(await knock(at, at.pair), 'invalid_client_id')
  assert.equal(await knock(at, pairOf(staged)), 'in')

  const strict = await world({ oldConsumerMs: 0 })
  await rotate(strict, (await stage(strict)).id)
  assert.equal(await knock(strict, strict.pair), 'invalid_client_id')
})

test('a staged pair can work at once, ends when it is taken back, and expires after 30 days', async () => {
  const at = await world({ stagedUsable: 'at-once' })
  const { sim, session, path } = at
  const first = await stage(at)
  assert.deepEqual([await knock(at, pairOf(first)), await knock(at, at.pair)], ['in', 'in'])
  await rest(sim, session, 'DELETE', `${path}/staged/${first.id}`)
  assert.equal(await knock(at, pairOf(first)), 'invalid_client_id')
  const second = await stage(at)
  sim.control.moveClock({ advanceMs: 31 * day })
  const late = { ...at, session: sessionOf(sim, manager) }
  const [seen] = (
    (await rest(sim, late.session, 'GET', `${path}/staged`)).json as unknown as { stagedCredentials: readonly Staged[] }
  ).stagedCredentials
  assert.equal(seen?.state, 'Expired')
  assert.equal(await knock(at, pairOf(second)), 'invalid_client_id')
  assert.equal((await rotate(late, second.id)).status, 400)
  await rotate(late, (await stage(late)).id)
})

test('what is in the way of staging: anything in the place, or only what waits to be rotated in', async () => {
  const at = await world()
  const first = await stage(at)
  const refused = await rest(at.sim, at.session, 'POST', `${at.path}/staged`)
  assert.deepEqual(errorOf(refused).slice(0, 2), [400, 'INVALID_INPUT'])
  await rotate(at, first.id)
  assert.equal((await rest(at.sim, at.session, 'POST', `${at.path}/staged`)).status, 400)
  at.sim.control.changeApp({ app: 'Sync_App', settings: { stagedSlots: 'one-active' } })
  const second = await stage(at)
  await rotate(at, second.id)
  assert.deepEqual(
    [await knock(at, at.pair), await knock(at, pairOf(first)), await knock(at, pairOf(second))],
    ['in', 'in', 'in'],
  )
})

test('a rotated record may stand for the pair that went in: removing it takes nothing away until that pair is old', async () => {
  const at = await world({ rotatedShows: 'promoted', stagedUrls: 'swapped' })
  const { sim, session, path } = at
  const first = await stage(at)
  assert.equal(first.url, `/services/data/v66.0${path}/staged/${first.id}`)
  const shown = (await rotate(at, first.id)).json as unknown as Staged
  assert.deepEqual([shown.key, shown.state], [first.key, 'Rotated'])
  const second = await stage(at)
  await rotate(at, second.id)
  await rest(sim, session, 'DELETE', `${path}/staged/${second.id}`)
  assert.deepEqual([await knock(at, pairOf(first)), await knock(at, pairOf(second))], ['in', 'in'])
  await rest(sim, session, 'DELETE', `${path}/staged/${first.id}`)
  assert.deepEqual([await knock(at, pairOf(first)), await knock(at, pairOf(second))], ['invalid_client_id', 'in'])
})

test('an answer that was lost can be made good: the staged pair can be read again, and a second rotate says so', async () => {
  const at = await world()
  const { sim, session, path } = at
  const list = async (): Promise<readonly Staged[]> =>
    (
      (await rest(sim, session, 'GET', `${path}/staged`)).json as unknown as {
        readonly stagedCredentials: readonly Staged[]
      }
    ).stagedCredentials
  sim.control.addFault({ match: { endpoint: 'data', path: '/staged$', method: 'POST' }, action: { drop: 'after' } })
  await assert.rejects(async () => rest(sim, session, 'POST', `${path}/staged`))
  const [staged] = await list()
  assert.ok(staged)
  sim.control.addFault({ match: { endpoint: 'data', method: 'PATCH' }, action: { drop: 'after' } })
  await assert.rejects(async () => rotate(at, staged.id))
  assert.equal((await list())[0]?.state, 'Rotated')
  assert.equal(await knock(at, pairOf(staged)), 'in')
  assert.equal(errorOf(await rotate(at, staged.id))[1], 'INVALID_INPUT')
})

test('a rotation outlives saving and loading', async (t) => {
  const { mkdtempSync, rmSync } = await import('node:fs')
  const folder = mkdtempSync((await import('node:path')).join((await import('node:os')).tmpdir(), 'simulator-staged-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const at = await world()
  const staged = await stage(at)
  at.sim.control.save({ folder })
  await rotate(at, staged.id)
  at.sim.control.load({ folder })
  assert.deepEqual([await knock(at, at.pair), await knock(at, pairOf(staged))], ['in', 'invalid_client_id'])
  await rotate(at, staged.id)
  assert.equal(await knock(at, pairOf(staged)), 'in')
})

test('jsforce, unmodified, stages and rotates', async () => {
  const { Connection } = await import('jsforce')
  const at = await world()
  const connection = new Connection({ instanceUrl: at.sim.url, accessToken: at.session, version: '66.0' })
  const { stagedCredentials } = await connection.request<{ stagedCredentials: readonly Staged[] }>({
    method: 'POST',
    url: `/services/data/v66.0${at.path}/staged`,
    body: '{}',
    headers: { 'content-type': 'application/json' },
  })
  const [staged] = stagedCredentials
  assert.ok(staged)
  await connection.request({
    method: 'PATCH',
    url: `/services/data/v66.0${at.path}/staged/${staged.id}`,
    body: JSON.stringify({ command: 'rotate' }),
    headers: { 'content-type': 'application/json' },
  })
  assert.equal(await knock(at, pairOf(staged)), 'in')
  at.sim.control.changeOrg({ settings: { consumerSecretsByRest: false } })
  await assert.rejects(async () => connection.requestGet(`/services/data/v66.0${at.path}`), {
    errorCode: 'FUNCTIONALITY_NOT_ENABLED',
  })
})
