/** Refresh Token Rotation: what a refresh answers, what a reuse kills, and each switch around it. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { call, expired, grantUnder, refresh, simulator, token, userOf } from './wire.ts'

test('a refresh answers with a new refresh token and the fields of Salesforce, and no expires_in', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  const answer = await refresh(sim, grant)
  assert.equal(answer.status, 200)
  assert.match(answer.headers.get('cache-control') ?? '', /no-store/)
  assert.deepEqual(Object.keys(answer.json), [
    'access_token',
    'refresh_token',
    'signature',
    'scope',
    'instance_url',
    'id',
    'token_type',
    'issued_at',
  ])
  assert.match(answer.json['access_token'] ?? '', /^00D[A-Za-z0-9]{12}!AQ/)
  assert.match(answer.json['refresh_token'] ?? '', /^5Aep861[A-Za-z0-9._]+$/)
  assert.notEqual(answer.json['refresh_token'], grant.refreshToken)
  assert.match(answer.json['issued_at'] ?? '', /^\d{13}$/)
  assert.equal(answer.json['instance_url'], sim.url)
  assert.equal((await refresh(sim, grant, answer.json['refresh_token'])).status, 200)
})

test('a rotated-out token that comes back kills the current refresh token and its access tokens', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  const next = (await refresh(sim, grant)).json
  assert.equal((await call(sim, next['access_token'])).status, 200)
  const reuse = await refresh(sim, grant)
  assert.equal(reuse.status, 400)
  assert.deepEqual(reuse.json, expired)
  assert.equal((await call(sim, next['access_token'])).status, 401)
  assert.equal((await call(sim, grant.accessToken)).status, 401)
  assert.deepEqual((await refresh(sim, grant, next['refresh_token'])).json, expired)
})

test('with reuse "lenient" the replay is only refused', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim, { reuse: 'lenient' })
  const next = (await refresh(sim, grant)).json
  assert.deepEqual((await refresh(sim, grant)).json, expired)
  assert.equal((await call(sim, next['access_token'])).status, 200)
  assert.equal((await refresh(sim, grant, next['refresh_token'])).status, 200)
})

test('a reuse spares the other grants of the user with cascade "family", and takes them down with "user-app"', async () => {
  for (const cascade of ['family', 'user-app'] as const) {
    const sim = await simulator()
    const grant = grantUnder(sim, { cascade })
    const sibling = grantUnder(sim)
    const stranger = sim.control.grant({ user: userOf(sim, 'admin').username, app: 'Web' })
    await refresh(sim, grant)
    await refresh(sim, grant)
    assert.equal((await refresh(sim, sibling)).status, cascade === 'family' ? 200 : 400)
    assert.equal((await call(sim, sibling.accessToken)).status, cascade === 'family' ? 200 : 401)
    assert.equal((await refresh(sim, stranger)).status, 200)
  }
})

test('without rotation the answer has no refresh_token, and the old one goes on working', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim, { rotation: false })
  const first = await refresh(sim, grant)
  assert.equal('refresh_token' in first.json, false)
  assert.equal((await refresh(sim, grant)).status, 200)
})

test('rotation can be switched on in mid-life', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim, { rotation: false })
  await refresh(sim, grant)
  sim.control.changeApp({ app: 'Web', settings: { rotation: true } })
  const rotated = await refresh(sim, grant)
  assert.ok(rotated.json['refresh_token'])
  assert.deepEqual((await refresh(sim, grant)).json, expired)
})

test('a rotation leaves the earlier access token alone, unless the switch says that it dies', async () => {
  for (const dies of [false, true]) {
    const sim = await simulator()
    const grant = grantUnder(sim, { rotationKillsOldAccessToken: dies })
    await refresh(sim, grant)
    assert.equal((await call(sim, grant.accessToken)).status, dies ? 401 : 200)
  }
})

test('a grant hands out a new session each time, or the one that still lives', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim, { sessionPerGrant: 'same-live' })
  const first = (await refresh(sim, grant)).json
  assert.equal(first['access_token'], grant.accessToken)
  sim.control.expireAccessTokens({ grant: grant.grant })
  const second = (await refresh(sim, grant, first['refresh_token'])).json
  assert.notEqual(second['access_token'], grant.accessToken)
})

test('the refresh token can come before the access token in the answer', async () => {
  const sim = await simulator()
  const answer = await refresh(sim, grantUnder(sim, { refreshTokenFirst: true }))
  assert.deepEqual(Object.keys(answer.json).slice(0, 2), ['refresh_token', 'access_token'])
})

test('the client secret is required, or only checked when it is sent', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  const bare = { grant_type: 'refresh_token', refresh_token: grant.refreshToken, client_id: grant.clientId }
  const wrong = { error: 'invalid_client', error_description: 'invalid client credentials' }
  assert.deepEqual((await token(sim, bare)).json, wrong)
  sim.control.changeApp({ app: 'Web', settings: { secretRequiredForRefresh: false } })
  assert.deepEqual((await token(sim, { ...bare, client_secret: 'wrong' })).json, wrong)
  const without = await token(sim, bare)
  assert.equal(without.status, 200)
  const basic = Buffer.from(`${grant.clientId}:${grant.clientSecret}`).toString('base64')
  const { client_id: _left, ...form } = { ...bare, refresh_token: without.json['refresh_token'] ?? '' }
  assert.equal((await token(sim, form, { Authorization: `Basic ${basic}` })).status, 200)
})

test('an unknown client, an unknown token, another app’s token and an unknown flow are refused in Salesforce’s words', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  const form = {
    grant_type: 'refresh_token',
    refresh_token: grant.refreshToken,
    client_id: grant.clientId,
    client_secret: grant.clientSecret,
  }
  assert.deepEqual((await token(sim, { ...form, client_id: 'nobody' })).json, {
    error: 'invalid_client_id',
    error_description: 'client identifier invalid',
  })
  assert.deepEqual((await token(sim, { ...form, refresh_token: '5Aep861none' })).json, expired)
  const other = sim.orgs[0]?.apps.find((app) => app.name === 'Server')
  assert.deepEqual(
    (await token(sim, { ...form, client_id: other?.clientId ?? '', client_secret: other?.clientSecret ?? '' })).json,
    expired,
  )
  assert.deepEqual((await token(sim, { grant_type: 'magic' })).json, {
    error: 'unsupported_grant_type',
    error_description: 'grant type not supported',
  })
  assert.equal((await refresh(sim, grant)).status, 200)
})

test('ten thousand exchanges leave ten thousand exchanges in the oracle', async () => {
  const sim = await simulator()
  sim.control.changeApp({ app: 'Web', settings: { maxApprovals: 8 } })
  const lanes = Array.from({ length: 8 }, () => grantUnder(sim))
  await Promise.all(
    lanes.map(async (grant) => {
      let current: string | undefined = grant.refreshToken
      for (let i = 0; i < 1250; i++) current = (await refresh(sim, grant, current)).json['refresh_token']
      assert.ok(current)
    }),
  )
  const { total } = sim.control.oracle()
  assert.equal(total.exchanges, 10_000)
  assert.deepEqual([total.reuses, total.unknownOutcomes, total.grantsLost, total.orphaned], [0, 0, 0, 0])
})
