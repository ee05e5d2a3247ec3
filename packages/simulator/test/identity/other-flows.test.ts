/** JWT bearer, client credentials, username-password and device flow. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { SignJWT } from 'jose'
import { appOf, call, get, post, refresh, rows, simulator, token, userOf } from './wire.ts'
import type { Answer } from './wire.ts'
import type { Simulator } from '../../src/index.ts'

async function assertion(
  sim: Simulator,
  of: {
    readonly sub?: string
    readonly aud?: string
    readonly exp?: number
    readonly key?: string
    readonly iss?: string
  } = {},
): Promise<string> {
  const app = appOf(sim, 'Jwt')
  return new SignJWT({ exp: of.exp ?? Math.floor(sim.clock.now() / 1000) + 180 })
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(of.iss ?? app.clientId)
    .setSubject(of.sub ?? userOf(sim).username)
    .setAudience(of.aud ?? 'https://login.salesforce.com')
    .sign(createPrivateKey(of.key ?? app.privateKey ?? ''))
}

const bearer = async (sim: Simulator, of: Parameters<typeof assertion>[1] = {}): Promise<Answer> =>
  token(sim, { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: await assertion(sim, of) })

test('JWT bearer: an assertion becomes an access token, never a refresh token', async () => {
  const sim = await simulator()
  for (const aud of [
    'https://login.salesforce.com',
    'https://test.salesforce.com',
    sim.url,
    sim.url.replace('127.0.0.1', 'localhost'),
  ]) {
    const answer = await bearer(sim, { aud })
    assert.equal(answer.status, 200, answer.text)
    assert.equal('refresh_token' in answer.json, false)
    assert.equal((await call(sim, answer.json['access_token'])).status, 200)
  }
  // The official CLI sends milliseconds.
  assert.equal((await bearer(sim, { exp: sim.clock.now() + 300 })).status, 200)
})

test('JWT bearer: wrong audience, signature, client, user or time are refused, each in its words', async () => {
  const sim = await simulator()
  const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString()
  const refused = async (of: Parameters<typeof assertion>[1], error: string, description: string): Promise<void> =>
    assert.deepEqual((await bearer(sim, of)).json, { error, error_description: description })
  await refused({ aud: 'https://example.com' }, 'invalid_grant', 'audience is invalid')
  await refused({ key: foreign }, 'invalid_grant', 'invalid assertion')
  await refused({ iss: 'nobody' }, 'invalid_client_id', 'client identifier invalid')
  await refused({ sub: 'nobody@example.com' }, 'invalid_grant', "user hasn't approved this consumer")
  await refused({ exp: Math.floor(sim.clock.now() / 1000) - 600 }, 'invalid_grant', 'expired authorization code')
  sim.control.changeApp({ app: 'Jwt', settings: { strictExp: true } })
  await refused({ exp: sim.clock.now() + 300 }, 'invalid_grant', 'invalid assertion')
  sim.control.changeApp({ app: 'Jwt', settings: { permittedUsers: 'self', preAuthorizedUsers: [] } })
  await refused({}, 'invalid_grant', "user hasn't approved this consumer")
  assert.equal(
    (await token(sim, { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'x' })).json[
      'error_description'
    ],
    'invalid assertion',
  )
})

test('JWT bearer keeps to the login ranges of its user, whatever the app relaxes; other flows don’t', async () => {
  const sim = await simulator()
  const user = userOf(sim).username
  const { clientId, clientSecret, refreshToken } = sim.control.grant({ user, app: 'Web' })
  sim.control.changeUser({ user, change: { loginAddresses: ['203.0.113.0/24'] } })
  for (const app of ['Jwt', 'Web']) sim.control.changeApp({ app, settings: { ipRelaxation: 'BYPASS' } })
  assert.equal((await bearer(sim)).json['error_description'], 'ip restricted')
  const form = { grant_type: 'refresh_token', client_id: clientId, client_secret: clientSecret }
  assert.equal((await token(sim, { ...form, refresh_token: refreshToken })).status, 200)
})

test('JWT bearer: an earlier approval by the user is enough', async () => {
  const sim = await simulator()
  sim.control.changeApp({ app: 'Jwt', settings: { permittedUsers: 'self', preAuthorizedUsers: [] } })
  sim.control.grant({ user: userOf(sim).username, app: 'Jwt', scopes: ['api'] })
  const answer = await bearer(sim)
  assert.equal(answer.status, 200)
  assert.equal(answer.json['scope'], 'api')
})

test('client credentials: at the org’s own address only, as the execution user, without the stripped scopes', async () => {
  const sim = await simulator()
  const app = appOf(sim, 'Server')
  const form = { grant_type: 'client_credentials', client_id: app.clientId, client_secret: app.clientSecret }
  const answer = await token(sim, form)
  assert.equal(answer.status, 200)
  assert.equal(answer.json['scope'], 'api openid id')
  assert.ok(answer.json['id']?.endsWith(userOf(sim, 'api').id))
  const basic = { Authorization: `Basic ${Buffer.from(`${app.clientId}:${app.clientSecret}`).toString('base64')}` }
  assert.equal((await token(sim, { grant_type: 'client_credentials' }, basic)).status, 200)
  const elsewhere = await post(`${sim.loginUrl}/services/oauth2/token`, form)
  assert.deepEqual(elsewhere.json, {
    error: 'invalid_grant',
    error_description: 'request not supported on this domain',
  })
  sim.control.changeApp({ app: 'Server', settings: { clientCredentialsUser: null } })
  assert.equal((await token(sim, form)).json['error_description'], 'no client credentials user enabled')
  sim.control.changeApp({ app: 'Server', settings: { clientCredentials: false } })
  assert.equal((await token(sim, form)).json['error_description'], 'client credentials flow not enabled')
  const [row] = await rows(
    sim,
    `SELECT LoginSubType, Status FROM LoginHistory WHERE LoginSubType = 'OauthClientCredentials'`,
  )
  assert.equal(row?.['Status'], 'Success')
})

test('username and password: works, wants the security token from elsewhere, and can be blocked', async () => {
  const sim = await simulator()
  const app = appOf(sim, 'Web')
  const user = userOf(sim)
  const form = (password: string) => ({
    grant_type: 'password',
    client_id: app.clientId,
    client_secret: app.clientSecret,
    username: user.username,
    password,
  })
  const failure = { error: 'invalid_grant', error_description: 'authentication failure' }
  const ok = await token(sim, form(user.password))
  assert.equal(ok.status, 200)
  assert.equal('refresh_token' in ok.json, false)
  assert.equal((await token(sim, form(user.password + user.securityToken))).status, 200)
  assert.deepEqual((await token(sim, form('wrong'))).json, failure)
  const elsewhere = { 'X-Sim-Address': '198.51.100.7' }
  assert.deepEqual((await token(sim, form(user.password), elsewhere)).json, failure)
  assert.equal((await token(sim, form(user.password + user.securityToken), elsewhere)).status, 200)
  sim.control.changeOrg({ settings: { passwordFlowBlocked: true } })
  assert.deepEqual((await token(sim, form(user.password))).json, failure)
  const history = await rows(
    sim,
    `SELECT Status FROM LoginHistory WHERE LoginSubType = 'OauthUsernamePassword' ORDER BY LoginTime, Id`,
  )
  assert.deepEqual(
    history.map((row) => row['Status']),
    [
      'Success',
      'Success',
      'Invalid Password',
      'Failed: API security token required',
      'Success',
      'Username-Password Flow Disabled',
    ],
  )
})

test('device flow: pending until a person connects it, then tokens, once', async () => {
  const sim = await simulator()
  const app = appOf(sim, 'PlatformCLI')
  const device = (
    await token(sim, { response_type: 'device_code', client_id: app.clientId, scope: 'api refresh_token' })
  ).json
  assert.match(device['user_code'] ?? '', /^[0-9A-F]{8}$/)
  const poll = (): Promise<Answer> =>
    token(sim, { grant_type: 'device', client_id: app.clientId, code: device['device_code'] ?? '' })
  assert.equal((await poll()).json['error'], 'authorization_pending')
  const page = await get(`${device['verification_uri']}?user_code=${device['user_code']}`)
  assert.match(page.text, /Connect Your Device/)
  const user = userOf(sim, 'admin')
  const done = await post(device['verification_uri'] ?? '', {
    user_code: device['user_code'] ?? '',
    username: user.username,
    pw: user.password,
    step: 'allow',
  })
  assert.match(done.text, /Connected/)
  const answer = await poll()
  assert.equal(answer.status, 200)
  const grant = { clientId: app.clientId, clientSecret: '', refreshToken: answer.json['refresh_token'] ?? '' }
  assert.equal((await refresh(sim, grant as never)).status, 200)
  assert.equal((await poll()).json['error_description'], 'expired authorization code')
  sim.control.changeApp({ app: 'PlatformCLI', settings: { deviceFlow: false } })
  assert.equal((await token(sim, { response_type: 'device_code', client_id: app.clientId })).status, 400)
})
