/** Access tokens as REST judges them: time-outs, formats, and every shape of refusal. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { appOf, call, get, grantUnder, refresh, rows, simulator, token, userOf } from './wire.ts'

const minute = 60_000
const invalidSession = [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }]

test('a session ends after two hours without a call, and each call starts them again', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  for (let i = 0; i < 4; i++) {
    sim.control.moveClock({ advanceMs: 110 * minute })
    assert.equal((await call(sim, grant.accessToken)).status, 200)
  }
  sim.control.moveClock({ advanceMs: 121 * minute })
  const answer = await call(sim, grant.accessToken)
  assert.equal(answer.status, 401)
  assert.deepEqual(answer.json, invalidSession)
})

test('the app’s time-out goes before the org’s', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim, { sessionTimeoutMs: 15 * minute })
  sim.control.moveClock({ advanceMs: 16 * minute })
  assert.equal((await call(sim, grant.accessToken)).status, 401)
  const other = grantUnder(sim, { sessionTimeoutMs: null })
  sim.control.changeOrg({ settings: { sessionTimeoutMs: 30 * minute } })
  sim.control.moveClock({ advanceMs: 29 * minute })
  assert.equal((await call(sim, other.accessToken)).status, 200)
})

test('a JWT access token can be verified by anybody and ends at its time, whatever the use', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim, { accessTokenFormat: 'jwt', jwtAccessTokenLifetimeMs: 10 * minute })
  const { payload } = await jwtVerify(grant.accessToken, createRemoteJWKSet(new URL(`${sim.url}/id/keys`)))
  assert.equal(payload['client_id'], grant.clientId)
  assert.equal(Number(payload.exp) - Number(payload.iat), 600)
  sim.control.moveClock({ advanceMs: 9 * minute })
  assert.equal((await call(sim, grant.accessToken)).status, 200)
  sim.control.moveClock({ advanceMs: 2 * minute })
  assert.equal((await call(sim, grant.accessToken)).status, 401)
})

test('no token, a foreign token and a malformed header are 401, each with its code', async () => {
  const sim = await simulator()
  assert.deepEqual((await call(sim, undefined)).json, invalidSession)
  assert.deepEqual((await call(sim, 'nonsense')).json, invalidSession)
  const malformed = await get(`${sim.url}/services/data/v66.0/limits`, { Authorization: 'Basic eA==' })
  assert.equal(malformed.status, 401)
  assert.match(malformed.text, /INVALID_AUTH_HEADER/)
  const grant = grantUnder(sim)
  assert.equal(
    (await get(`${sim.url}/services/data/v66.0/limits`, { Authorization: `OAuth ${grant.accessToken}` })).status,
    200,
  )
})

test('the 401s and the 403 that no refresh can cure', async () => {
  const sim = await simulator()
  const shapes = {
    always401: [401, /Session expired or invalid/],
    'not-valid-for-rest': [401, /This session is not valid for use with the REST API/],
    'not-attached-to-agent': [401, /Connected app is not attached to Agent/],
    scope: [401, /This session is not valid for use with the specified REST API endpoint/],
    'bad-oauth-token': [403, /^Bad_OAuth_Token$/],
  } as const
  for (const [uncurable, [status, body]] of Object.entries(shapes)) {
    const grant = grantUnder(sim, { uncurable: uncurable as keyof typeof shapes })
    const fresh = await refresh(sim, grant)
    const answer = await call(sim, fresh.json['access_token'])
    assert.equal(answer.status, status)
    assert.match(answer.text, body)
  }
})

test('a token without the api scope, an org without API and a used-up day are refused', async () => {
  const sim = await simulator()
  const narrow = sim.control.grant({ user: userOf(sim).username, app: 'Web', scopes: ['id'] })
  assert.match((await call(sim, narrow.accessToken)).text, /specified REST API endpoint/)
  const grant = grantUnder(sim)
  sim.control.changeOrg({ settings: { apiEnabled: false } })
  assert.match((await call(sim, grant.accessToken)).text, /API_DISABLED_FOR_ORG/)
  sim.control.changeOrg({ settings: { apiEnabled: true, dailyApiRequests: 1 } })
  await call(sim, grant.accessToken)
  const over = await call(sim, grant.accessToken)
  assert.equal(over.status, 403)
  assert.match(over.text, /REQUEST_LIMIT_EXCEEDED/)
})

test('a session appears as AuthSession, and deleting the row ends it but not the grant', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  const [row] = await rows(
    sim,
    `SELECT Id, NumSecondsValid, LoginType FROM AuthSession WHERE UsersId = '${grant.userId}'`,
  )
  assert.equal(row?.['NumSecondsValid'], 7200)
  assert.equal(row?.['LoginType'], 'Remote Access 2.0')
  const admin = sim.control.grant({ user: userOf(sim, 'admin').username, app: 'Web' })
  const deleted = await fetch(`${sim.url}/services/data/v66.0/sobjects/AuthSession/${String(row?.['Id'])}`, {
    method: 'DELETE',
    headers: { Authorization: `Bearer ${admin.accessToken}` },
  })
  assert.equal(deleted.status, 204)
  assert.equal((await call(sim, grant.accessToken)).status, 401)
  assert.equal((await refresh(sim, grant)).status, 200)
})

test('an AuthSession row is renewed by use after half the time-out', async () => {
  const sim = await simulator({ clockStart: Date.parse('2026-03-01T10:00:00Z') })
  const grant = grantUnder(sim)
  const renewed = async (): Promise<string> => {
    const [row] = await rows(sim, `SELECT LastModifiedDate FROM AuthSession WHERE UsersId = '${grant.userId}'`)
    return String(row?.['LastModifiedDate']).slice(11, 16)
  }
  for (const expected of ['10:00', '10:00', '11:15']) {
    await call(sim, grant.accessToken)
    assert.equal(await renewed(), expected)
    sim.control.moveClock({ advanceMs: 37.5 * minute })
  }
})

test('freezing a user over REST freezes it for the token endpoint', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  const [row] = await rows(sim, `SELECT Id FROM UserLogin WHERE UserId = '${grant.userId}'`)
  const admin = sim.control.grant({ user: userOf(sim, 'admin').username, app: 'Web' })
  const frozen = await fetch(`${sim.url}/services/data/v66.0/sobjects/UserLogin/${String(row?.['Id'])}`, {
    method: 'PATCH',
    body: '{"IsFrozen":true}',
    headers: { Authorization: `Bearer ${admin.accessToken}`, 'Content-Type': 'application/json' },
  })
  assert.equal(frozen.status, 204)
  assert.equal((await refresh(sim, grant)).json['error_description'], 'inactive user')
})

test('instance_url can change in mid-life', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  sim.control.changeOrg({ settings: { instanceUrl: 'https://moved.my.salesforce.com' } })
  assert.equal((await refresh(sim, grant)).json['instance_url'], 'https://moved.my.salesforce.com')
  const server = appOf(sim, 'Server')
  const answer = await token(sim, {
    grant_type: 'client_credentials',
    client_id: server.clientId,
    client_secret: server.clientSecret,
  })
  assert.equal(answer.json['instance_url'], 'https://moved.my.salesforce.com')
})

test('a path that begins with two slashes is the same path, as for the sf CLI after an access-token login', async () => {
  const sim = await simulator()
  const { accessToken } = grantUnder(sim)
  const answer = await fetch(`${sim.url}//services/data/v66.0/limits`, {
    headers: { Authorization: `Bearer ${accessToken}` },
  })
  assert.equal(answer.status, 200)
})
