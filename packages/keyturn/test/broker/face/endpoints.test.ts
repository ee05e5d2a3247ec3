/** The Salesforce-shaped endpoints, by plain HTTP. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { GRANT, login, post, query, startBroker } from './broker.ts'
import type { Enrolled, TestBroker } from './broker.ts'

const token = (broker: TestBroker, form: Readonly<Record<string, string>>, headers = {}) =>
  post(`${broker.url}/services/oauth2/token`, form, headers)

const refreshForm = ({ id, secret, refreshToken }: Enrolled) => ({
  grant_type: 'refresh_token',
  client_id: id,
  client_secret: secret,
  refresh_token: refreshToken,
})

test('each flow answers in Salesforce’s shape, with a virtual token and the address of the broker', async (t) => {
  const broker = await startBroker(t)
  const caller = await broker.enrol('etl')
  const { id, secret, username, password } = caller
  const basic = { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` }
  const answers = [
    await token(broker, refreshForm(caller)),
    await token(broker, { grant_type: 'client_credentials', client_id: id, client_secret: secret }),
    await token(broker, { grant_type: 'client_credentials' }, basic),
    await token(broker, { grant_type: 'password', client_id: 'x', client_secret: 'y', username, password }),
    await token(broker, { grant_type: 'password', username, password: `${password}AbCdEfGhIjKlMnOpQrStUvWx` }),
  ]
  for (const { status, body, headers } of answers) {
    assert.equal(status, 200)
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.match(body['access_token'] ?? '', /^00D\w{12}!KT[\w.]+$/)
    assert.equal(body['instance_url'], broker.url)
    assert.equal(body['id'], `${broker.url}/id/${broker.ready.org}/${broker.ready.userId}`)
    assert.equal(body['token_type'], 'Bearer')
    assert.match(body['issued_at'] ?? '', /^\d{13}$/)
    assert.equal(body['refresh_token'], undefined)
    assert.equal((await query(broker.url, body['access_token'])).status, 200)
    assert.equal((await query(broker.url, body['access_token'], 'OAuth')).status, 200)
  }
  const { body } = answers[1] ?? assert.fail()
  const signed = createHmac('sha256', secret).update(`${body['id']}${body['issued_at']}`).digest('base64')
  assert.equal(body['signature'], signed)
  assert.deepEqual([broker.counts().exchanges, broker.counts().reuses], [0, 0])
})

test('a form may stand in the address, as old Java programs post it, but nothing with two values', async (t) => {
  const broker = await startBroker(t)
  const { username, password } = await broker.enrol('etl')
  const query = new URLSearchParams({ grant_type: 'password', client_id: 'x', username, password })
  const at = (search: string, form = {}) => post(`${broker.url}/services/oauth2/token?${search}`, form)
  for (const init of [{}, { headers: { 'content-type': 'application/json' } }]) {
    const answer = await fetch(`${broker.url}/services/oauth2/token?${query}`, { method: 'POST', ...init })
    assert.equal(answer.status, 200)
  }
  assert.equal((await at('grant_type=password', { username, password })).status, 200)
  assert.equal((await at(`${query}`, { grant_type: 'password' })).status, 200)
  assert.equal((await at(`${query}`, { password: 'other' })).body['error'], 'invalid_request')
  assert.equal((await fetch(`${broker.url}/services/oauth2/token?${query}`)).status, 404, 'a GET is none')
  assert.ok(!broker.log.some((line) => line.includes(password)))
})

test('what is wrong is refused in Salesforce’s words', async (t) => {
  const broker = await startBroker(t)
  const caller = await broker.enrol('etl')
  const cases: readonly (readonly [Record<string, string>, string, string])[] = [
    [{ ...refreshForm(caller), refresh_token: 'x' }, 'invalid_grant', 'expired access/refresh token'],
    [{ ...refreshForm(caller), client_secret: 'x' }, 'invalid_grant', 'expired access/refresh token'],
    [
      { grant_type: 'client_credentials', client_id: caller.id, client_secret: 'x' },
      'invalid_client',
      'invalid client credentials',
    ],
    [{ grant_type: 'client_credentials' }, 'invalid_client', 'invalid client credentials'],
    [{ grant_type: 'password', username: caller.username, password: 'x' }, 'invalid_grant', 'authentication failure'],
    [{ grant_type: 'constructor' }, 'unsupported_grant_type', 'grant type not supported'],
    [
      { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'x' },
      'invalid_grant',
      'invalid assertion',
    ],
    [{}, 'invalid_request', 'missing required parameter: grant_type'],
  ]
  for (const [form, error, description] of cases) {
    const { status, body } = await token(broker, form)
    assert.deepEqual([status, body], [400, { error, error_description: description }])
  }
  const twice = await fetch(`${broker.url}/services/oauth2/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=password&grant_type=client_credentials',
  })
  assert.deepEqual([twice.status, ((await twice.json()) as { error: string }).error], [400, 'invalid_request'])
})

test('a caller is answered for the org that its path names, and for no other', async (t) => {
  const broker = await startBroker(t)
  const caller = await broker.enrol('etl')
  const at = (org: string) => post(`${broker.url}/orgs/${org}/services/oauth2/token`, refreshForm(caller))
  const { body } = await at(GRANT)
  assert.equal(body['instance_url'], `${broker.url}/orgs/${GRANT}`)
  assert.equal((await query(body['instance_url'] ?? '', body['access_token'])).status, 200)
  // Clients that keep only scheme and host.
  assert.equal((await query(broker.url, body['access_token'])).status, 200)
  assert.equal((await at('other')).body['error'], 'invalid_grant')
  // Nor is its session good at another one.
  const mixedUp = await query(`${broker.url}/orgs/other`, body['access_token'])
  assert.deepEqual([mixedUp.status, /INVALID_SESSION_ID/.test(await mixedUp.text())], [401, true])
})

test('revoke ends one session; with the stable refresh token it ends them all, and the grant lives on', async (t) => {
  const broker = await startBroker(t, { options: { sessionLife: 3_600_000 } })
  const caller = await broker.enrol('etl')
  const other = await broker.enrol('other')
  const first = await login(broker, caller)
  // Over half its life: the next login gets another one.
  broker.later(1_900_000)
  const sessions = [first, await login(broker, caller), await login(broker, other)].map(
    (body) => body['access_token'] ?? '',
  )
  const alive = async (): Promise<readonly number[]> =>
    Promise.all(sessions.map(async (session) => (await query(broker.url, session)).status))
  const revoke = `${broker.url}/services/oauth2/revoke`
  assert.equal((await post(revoke, { token: sessions[0] ?? '' })).status, 200)
  assert.deepEqual(await alive(), [401, 200, 200])
  const again = await post(revoke, { token: sessions[0] ?? '' })
  assert.deepEqual([again.status, again.text], [400, 'error=invalid_token&error_description=invalid+token'])
  const { id, secret, refreshToken } = caller
  assert.equal((await post(revoke, { token: refreshToken, client_id: id, client_secret: secret })).status, 200)
  assert.deepEqual(await alive(), [401, 401, 200])
  assert.equal((await query(broker.url, (await login(broker, caller))['access_token'])).status, 200)
  assert.deepEqual([broker.counts().exchanges, broker.counts().grantsLost], [0, 0])
})

test('introspection tells a caller of its own sessions only', async (t) => {
  const broker = await startBroker(t)
  const [one, other] = [await broker.enrol('one'), await broker.enrol('other')]
  const { access_token: session = '' } = await login(broker, one)
  const ask = async (by: Enrolled, about: string) =>
    (
      await post(`${broker.url}/services/oauth2/introspect`, {
        token: about,
        client_id: by.id,
        client_secret: by.secret,
      })
    ).body
  const { active, username, client_id: clientId } = await ask(one, session)
  assert.deepEqual([active, username, clientId], [true, one.username, one.id])
  assert.deepEqual(await ask(other, session), { active: false })
  assert.deepEqual(await ask(one, broker.ready.accessToken), { active: false })
  assert.equal((await ask({ ...one, secret: 'x' }, session))['error'], 'invalid_client')
})

test('userinfo and identity show the user with all addresses at the broker', async (t) => {
  const broker = await startBroker(t)
  const body = await login(broker, await broker.enrol('etl'))
  const headers = { authorization: `Bearer ${body['access_token']}` }
  for (const url of [body['id'] ?? '', `${broker.url}/services/oauth2/userinfo`]) {
    const answer = await fetch(url, { headers })
    const text = await answer.text()
    assert.equal(answer.status, 200)
    assert.ok(text.includes(broker.ready.userId) && text.includes(`${broker.url}/services/Soap/u/{version}/`))
    assert.ok(!text.includes(broker.sim.url))
    const refused = await fetch(url, { headers: { authorization: `Bearer ${broker.ready.accessToken}` } })
    assert.deepEqual([refused.status, await refused.text()], [403, 'Bad_OAuth_Token'])
  }
  const discovery = await fetch(`${broker.url}/.well-known/openid-configuration`)
  assert.equal(
    ((await discovery.json()) as { token_endpoint: string }).token_endpoint,
    `${broker.url}/services/oauth2/token`,
  )
})

test('the real token is handed out where the policy says so, and not for an org that locks sessions to an address', async (t) => {
  const broker = await startBroker(t)
  const real = await login(broker, await broker.enrol('real', { realTokens: true }))
  assert.deepEqual([real['access_token'], real['instance_url']], [broker.ready.accessToken, broker.ready.instanceUrl])
  const locked = await startBroker(t, { options: { ipLocked: [GRANT] } })
  const virtual = await login(locked, await locked.enrol('real', { realTokens: true }))
  assert.match(virtual['access_token'] ?? '', /!KT/)
  assert.ok(locked.log.some((line) => line.includes('locks sessions to an address')))
})

test('a dead grant is 503 with Retry-After, and never invalid_grant', async (t) => {
  const broker = await startBroker(t)
  const caller = await broker.enrol('etl')
  const { access_token: session } = await login(broker, caller)
  broker.sim.control.revokeGrant({ grant: broker.ready.grant })
  const called = await query(broker.url, session)
  assert.equal(called.status, 503)
  assert.ok(called.headers.get('retry-after'))
  assert.match(await called.text(), /SERVER_UNAVAILABLE/)
  const { status, body, headers } = await token(broker, refreshForm(caller))
  assert.deepEqual([status, body['error']], [503, 'temporarily_unavailable'])
  assert.match(body['error_description'] ?? '', /GRANT_DEAD/)
  assert.ok(headers.get('retry-after'))
})

test('every replica judges a session alike, and soon knows that another one ended it', async (t) => {
  const broker = await startBroker(t)
  const other = await broker.replica()
  const { access_token: session = '' } = await login(broker, await broker.enrol('etl'))
  assert.equal((await query(other, session)).status, 200)
  assert.equal((await post(`${broker.url}/services/oauth2/revoke`, { token: session })).status, 200)
  broker.later(200)
  assert.equal((await query(other, session)).status, 401)
  assert.equal((await query(broker.url, session)).status, 401)
})

test('a session ends by itself after its life, and what was ended before is forgotten then', async (t) => {
  const broker = await startBroker(t, { options: { sessionLife: 3_600_000 } })
  const [caller, other] = [await broker.enrol('etl'), await broker.enrol('other')]
  const revoke = async (token = ''): Promise<number> =>
    (await post(`${broker.url}/services/oauth2/revoke`, { token })).status
  const [ended, kept] = [await login(broker, caller), await login(broker, other)]
  assert.equal(await revoke(ended['access_token']), 200)
  assert.equal((await broker.keyturn.store.records.list('ended-session')).length, 1)
  broker.later(3_600_000)
  assert.equal((await query(broker.url, kept['access_token'])).status, 401)
  const last = await login(broker, caller)
  assert.equal(await revoke(last['access_token']), 200)
  assert.equal((await broker.keyturn.store.records.list('ended-session')).length, 1)
})
