/** Who uses which consumer, while a change gets around and after: other servers, other consumers, the usage resource. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { call, rows } from '../identity/wire.ts'
import { rest, sessionOf } from './asking.ts'
import { knock, manager, minute, pairOf, rotate, stage, world } from './consumer-world.ts'
import type { Pair } from './consumer-world.ts'

test('for ten minutes servers disagree on both pairs, then all know; or none knows until then', async () => {
  const at = await world({ propagationMs: 10 * minute, oldConsumerMs: 0 })
  const staged = await stage(at)
  await rotate(at, staged.id)
  const ask = async (pair: Pair): Promise<ReadonlySet<string>> => {
    const answers = new Set<string>()
    for (let i = 0; i < 24; i++) answers.add(await knock(at, pair))
    return answers
  }
  const both = new Set(['in', 'invalid_client_id'])
  assert.deepEqual([await ask(at.pair), await ask(pairOf(staged))], [both, both])
  at.sim.control.changeApp({ app: 'Sync_App', settings: { propagation: 'late' } })
  assert.deepEqual([await ask(at.pair), await ask(pairOf(staged))], [new Set(['in']), new Set(['invalid_client_id'])])
  at.sim.control.moveClock({ advanceMs: 10 * minute })
  assert.deepEqual([await ask(at.pair), await ask(pairOf(staged))], [new Set(['invalid_client_id']), new Set(['in'])])
})

test('several consumers of an app rotate apart from each other, the one that signs in for it included', async () => {
  const at = await world({ oldConsumerMs: 0 })
  const { sim, session, path } = at
  const second = sim.control.addConsumer({ app: 'Sync_App', name: 'Reporting' })
  assert.equal(await knock(at, second), 'in')
  const other = { ...at, path: path.replace(/[^/]+$/, second.id) }
  const own = sessionOf(sim, manager, 'Sync_App')
  const staged = await stage({ ...other, session: own })
  await rotate({ ...other, session: own }, staged.id)
  assert.deepEqual(
    [await knock(at, second), await knock(at, pairOf(staged)), await knock(at, at.pair)],
    ['invalid_client_id', 'in', 'in'],
  )
  const list = (await rest(sim, session, 'GET', path.replace(/\/[^/]+$/, ''))).json as unknown as {
    readonly consumers: readonly { readonly name: string; readonly key: string }[]
  }
  assert.deepEqual(
    list.consumers.map(({ name, key }) => [name, key]),
    [
      ['Sync_App', at.app.clientId],
      ['Reporting', staged.key],
    ],
  )
  assert.throws(() => sim.control.addConsumer({ app: 'Web', name: 'x' }), /connected app/)
})

test('who used which pair: the control plane knows, LoginHistory and the usage resource don’t say', async () => {
  const at = await world()
  const { sim, app } = at
  const staged = await stage(at)
  await rotate(at, staged.id)
  for (const pair of [at.pair, pairOf(staged), pairOf(staged), { ...at.pair, clientSecret: 'wrong' }])
    await knock(at, pair)
  const uses = sim.control.consumers({ app: 'Sync_App' }).map(({ clientId, slot, used, refused }) => ({
    [clientId]: [slot, used, refused],
  }))
  assert.deepEqual(Object.assign({}, ...uses), { [app.clientId]: ['rotated', 1, 1], [staged.key]: ['primary', 2, 0] })
  const machine = sim.orgs[0]?.users.find((one) => one.username.startsWith('machine@'))
  const of = `SELECT Status, LoginSubType FROM LoginHistory WHERE UserId = '${machine?.id}' ORDER BY LoginTime, Id`
  assert.deepEqual(
    (await rows(sim, of)).map((row) => row['Status']),
    ['Success', 'Success', 'Success'],
  )
  sim.control.changeOrg({ settings: { clientFailuresInLoginHistory: true } })
  await knock(at, { ...at.pair, clientSecret: 'wrong' })
  await rest(sim, at.session, 'DELETE', `${at.path}/staged/${staged.id}`)
  await knock(at, at.pair)
  assert.deepEqual(
    (await rows(sim, of)).slice(3).map((row) => [row['Status'], row['LoginSubType']]),
    [
      ['Failed: Invalid Consumer Secret', 'OauthClientCredentials'],
      ['Failed: Consumer Deleted', 'OauthClientCredentials'],
    ],
  )
})

test('the usage resource lists apps, users and tokens, and revokes by token, user and app', async () => {
  const { sim, app } = await world()
  const session = sessionOf(sim, 'admin@acme.example')
  const get = async <T>(path: string): Promise<T> => (await rest(sim, session, 'GET', path)).json as unknown as T
  const people = ['integration@acme.example', manager]
  const grants = people.flatMap((user) => [0, 1].map(() => sim.control.grant({ user, app: 'Sync_App' })))
  const usage = await get<{ apps: readonly Readonly<Record<string, unknown>>[]; nextPageUrl: string }>(
    '/apps/oauth/usage',
  )
  assert.deepEqual(
    usage.apps.map(({ developerName, identifier, accessTokenFormat }) => [
      developerName,
      identifier,
      accessTokenFormat,
    ]),
    [['Sync_App', app.id, 'opaque']],
  )
  assert.match(app.id, /^0xI/)
  assert.deepEqual((await get<{ apps: unknown[] }>(usage.nextPageUrl.replace('/services/data/v66.0', ''))).apps, [])
  const { users } = await get<{ users: readonly { username: string; userIdentifier: string }[] }>(
    `/apps/oauth/usage/${app.id}/users`,
  )
  assert.deepEqual(users.map(({ username }) => username).toSorted(), people)
  const tokensOf = async (user: string | undefined) =>
    (await get<{ tokens: readonly Readonly<Record<string, string>>[] }>(`/apps/oauth/usage/${app.id}/${user}/tokens`))
      .tokens
  const [one, two] = await tokensOf(users[0]?.userIdentifier)
  assert.deepEqual(
    [one?.['appDeveloperName'], one?.['appIdentifier'], one?.['username']],
    ['Sync_App', app.id, users[0]?.username],
  )
  assert.ok(two)
  assert.equal(
    (await rest(sim, session, 'DELETE', String(one?.['revocationUrl']).replace('/services/data/v66.0', ''))).status,
    204,
  )
  assert.equal((await tokensOf(users[0]?.userIdentifier)).length, 1)
  assert.equal(
    (await rest(sim, session, 'DELETE', `/apps/oauth/usage/${app.id}/${users[0]?.userIdentifier}/tokens`)).status,
    204,
  )
  assert.equal((await tokensOf(users[0]?.userIdentifier)).length, 0)
  assert.equal((await tokensOf(users[1]?.userIdentifier)).length, 2)
  assert.equal((await rest(sim, session, 'DELETE', `/apps/oauth/usage/${app.id}/tokens`)).status, 204)
  for (const grant of grants) assert.equal((await call(sim, grant.accessToken)).status, 401)
  assert.equal((await rest(sim, sessionOf(sim, 'integration@acme.example'), 'GET', '/apps/oauth/usage')).status, 403)
})
