/** Consumers of external client apps over the Connect REST API: staging, rotating, removing, and who may. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { call, rows, simulator, token } from '../identity/wire.ts'
import type { Answer } from '../identity/wire.ts'
import { errorOf, rest, sessionOf } from './asking.ts'
import type { AppSettings, SeededApp, Simulator } from '../../src/index.ts'

const minute = 60_000
const day = 86_400_000
const manager = 'manager@acme.example'

interface Pair {
  readonly clientId: string
  readonly clientSecret: string
}

interface Staged {
  readonly id: string
  readonly key: string
  readonly secret: string
  readonly state: string
  readonly url: string
  readonly stagedCredentialsUrl: string
  readonly createdBy: string
  readonly createdDate: string
  readonly expirationDate: string
}

interface World {
  readonly sim: Simulator
  readonly app: SeededApp
  readonly session: string
  readonly path: string
  readonly pair: Pair
}

async function world(settings: Partial<AppSettings> = {}): Promise<World> {
  const sim = await simulator({
    orgs: [
      {
        name: 'acme',
        users: [
          { username: 'admin@acme.example', profile: 'System Administrator' },
          { username: manager, permissions: ['ExternalClientAppDeveloper', 'ViewClientSecret'] },
          { username: 'integration@acme.example' },
          { username: 'machine@acme.example', apiOnly: true },
        ],
        apps: [
          { name: 'Web' },
          {
            name: 'Sync_App',
            kind: 'external',
            jwt: true,
            settings: { clientCredentials: true, clientCredentialsUser: 'machine@acme.example', ...settings },
          },
        ],
        settings: { consumerSecretsByRest: true },
      },
    ],
  })
  const app = sim.orgs[0]?.apps.find((one) => one.name === 'Sync_App')
  assert.ok(app)
  const session = sessionOf(sim, manager)
  const root = `/apps/oauth/credentials/${app.id}`
  const list = (await rest(sim, session, 'GET', root)).json as unknown as {
    readonly consumers: readonly { readonly id: string }[]
  }
  const path = `${root}/${list.consumers[0]?.id}`
  return { sim, app, session, path, pair: { clientId: app.clientId, clientSecret: app.clientSecret } }
}

const stage = async ({ sim, session, path }: World): Promise<Staged> => {
  const answer = await rest(sim, session, 'POST', `${path}/staged`)
  assert.equal(answer.status, 200, answer.text)
  const { stagedCredentials, url } = answer.json as unknown as { stagedCredentials: readonly Staged[]; url: string }
  assert.equal(url, `/services/data/v66.0${path}/staged`)
  const [staged] = stagedCredentials
  assert.ok(staged)
  return staged
}

const rotate = ({ sim, session, path }: World, id: string): Promise<Answer> =>
  rest(sim, session, 'PATCH', `${path}/staged/${id}`, { command: 'rotate' })

const pairOf = ({ key, secret }: Staged): Pair => ({ clientId: key, clientSecret: secret })

/** `in`, or the error of a client credentials request. */
async function knock({ sim }: World, { clientId, clientSecret }: Pair): Promise<string> {
  const answer = await token(sim, {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  })
  return answer.status === 200 ? 'in' : (answer.json['error'] ?? answer.text)
}

const renew = async (
  { sim }: World,
  refreshToken: string,
  { clientId, clientSecret }: Pair,
): Promise<{ readonly error: string | undefined; readonly next: string }> => {
  const answer = await token(sim, {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: clientId,
    client_secret: clientSecret,
  })
  return { error: answer.json['error'], next: answer.json['refresh_token'] ?? refreshToken }
}

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

test('refresh tokens and sessions of the old key survive, or end with the rotation, or with the removal', async () => {
  const seen: Record<string, readonly unknown[]> = {}
  for (const grantsOfOldKey of ['survive', 'die-at-rotate', 'die-at-removal'] as const) {
    const at = await world({ grantsOfOldKey, rotation: false })
    const { sim, session, path } = at
    const grant = sim.control.grant({ user: 'integration@acme.example', app: 'Sync_App' })
    const staged = await stage(at)
    const outcome: unknown[] = []
    const look = async (): Promise<void> => {
      outcome.push((await renew(at, grant.refreshToken, pairOf(staged))).error ?? 'ok')
      outcome.push((await call(sim, grant.accessToken)).status)
    }
    await rotate(at, staged.id)
    await look()
    await rest(sim, session, 'DELETE', `${path}/staged/${staged.id}`)
    await look()
    seen[grantsOfOldKey] = outcome
  }
  assert.deepEqual(seen, {
    survive: ['ok', 200, 'ok', 200],
    'die-at-rotate': ['invalid_grant', 401, 'invalid_grant', 401],
    'die-at-removal': ['ok', 200, 'invalid_grant', 401],
  })
})

test('a refresh token that was rotated under the new key belongs to the new key', async () => {
  const at = await world({ grantsOfOldKey: 'die-at-removal' })
  const moved = at.sim.control.grant({ user: 'integration@acme.example', app: 'Sync_App' })
  const left = at.sim.control.grant({ user: 'integration@acme.example', app: 'Sync_App' })
  const staged = await stage(at)
  await rotate(at, staged.id)
  const { next } = await renew(at, moved.refreshToken, pairOf(staged))
  await rest(at.sim, at.session, 'DELETE', `${at.path}/staged/${staged.id}`)
  assert.equal((await renew(at, next, pairOf(staged))).error, undefined)
  assert.equal((await renew(at, left.refreshToken, pairOf(staged))).error, 'invalid_grant')
})

test('approvals for the JWT flow go their own way: they survive, or end with the rotation or the removal', async () => {
  const { createSign } = await import('node:crypto')
  const seen: Record<string, readonly number[]> = {}
  for (const approvalsOfOldKey of ['survive', 'die-at-rotate', 'die-at-removal'] as const) {
    const at = await world({ approvalsOfOldKey, grantsOfOldKey: 'die-at-rotate' })
    const { sim, app } = at
    sim.control.grant({ user: 'integration@acme.example', app: 'Sync_App' })
    const staged = await stage(at)
    const assert_ = async (clientId: string): Promise<number> => {
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
      const exp = Math.floor(sim.clock.now() / 1000) + 120
      const claims = { iss: clientId, sub: 'integration@acme.example', aud: sim.url, exp }
      const signed = `${part({ alg: 'RS256' })}.${part(claims)}`
      const signature = createSign('RSA-SHA256')
        .update(signed)
        .sign(app.privateKey ?? '', 'base64url')
      const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
      return (await token(sim, { grant_type, assertion: `${signed}.${signature}` })).status
    }
    const statuses = [await assert_(app.clientId)]
    await rotate(at, staged.id)
    statuses.push(await assert_(staged.key))
    await rest(sim, at.session, 'DELETE', `${at.path}/staged/${staged.id}`)
    statuses.push(await assert_(staged.key))
    seen[approvalsOfOldKey] = statuses
  }
  assert.deepEqual(seen, {
    survive: [200, 200, 200],
    'die-at-rotate': [200, 400, 400],
    'die-at-removal': [200, 200, 400],
  })
})

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
