/** The contract of the wire, refusal by refusal: exact bodies, statuses, content types, and nothing that may be cached. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { SignJWT } from 'jose'
import { appOf, call, get, grantUnder, post, refresh, simulator, token, userOf } from './wire.ts'
import type { Answer } from './wire.ts'
import type { Simulator } from '../../src/index.ts'

const jwtGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

function assertRefused(answer: Answer, error: string, description: string): void {
  assert.deepEqual([answer.status, answer.json], [400, { error, error_description: description }])
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/)
  assert.match(answer.headers.get('cache-control') ?? '', /no-store/)
}

test('every refusal of the token endpoint is 400 JSON, not to be stored, in Salesforce’s words', async () => {
  const sim = await simulator()
  const web = appOf(sim, 'Web')
  const server = appOf(sim, 'Server')
  const client = { client_id: web.clientId, client_secret: web.clientSecret }
  const grant = grantUnder(sim)
  const stale = { grant_type: 'refresh_token', refresh_token: 'nothing' }
  const redirect_uri = web.callbacks[0] ?? ''
  const password = { grant_type: 'password', ...client, username: userOf(sim).username, password: 'wrong' }
  const secret = { client_id: server.clientId, client_secret: server.clientSecret }

  assertRefused(await token(sim, {}), 'unsupported_grant_type', 'grant type not supported')
  assertRefused(await token(sim, { ...stale }), 'invalid_client_id', 'client identifier invalid')
  assertRefused(
    await token(sim, { ...stale, ...client, client_secret: 'wrong' }),
    'invalid_client',
    'invalid client credentials',
  )
  assertRefused(await token(sim, { ...stale, client_id: web.clientId }), 'invalid_client', 'invalid client credentials')
  assertRefused(await token(sim, { ...stale, ...client }), 'invalid_grant', 'expired access/refresh token')
  assertRefused(
    await token(sim, { grant_type: 'authorization_code', ...client, code: 'nothing', redirect_uri }),
    'invalid_grant',
    'invalid authorization code',
  )
  assertRefused(await token(sim, password), 'invalid_grant', 'authentication failure')
  assertRefused(await token(sim, { grant_type: jwtGrant, assertion: 'a.b.c' }), 'invalid_grant', 'invalid assertion')
  assertRefused(
    await post(`${sim.loginUrl}/services/oauth2/token`, { grant_type: 'client_credentials', ...secret }),
    'invalid_grant',
    'request not supported on this domain',
  )
  assertRefused(
    await token(sim, { grant_type: 'client_credentials', ...client }),
    'invalid_grant',
    'client credentials flow not enabled',
  )
  sim.control.changeUser({ user: grant.username, change: { active: false } })
  assertRefused(await refresh(sim, grant), 'invalid_grant', 'inactive user')
  sim.control.changeUser({ user: grant.username, change: { active: true, loginAddresses: ['198.51.100.0/24'] } })
  assertRefused(await refresh(sim, grant), 'invalid_grant', 'ip restricted')
  const elsewhere = { 'X-Sim-Address': '198.51.100.7' }
  assert.equal((await refresh(sim, grant, grant.refreshToken, elsewhere)).status, 200)
})

test('an answer with tokens is JSON, not to be stored, with issued_at as a text of milliseconds', async () => {
  const sim = await simulator({ clockStart: Date.UTC(2026, 5, 1) })
  const answer = await refresh(sim, grantUnder(sim))
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/)
  assert.match(answer.headers.get('cache-control') ?? '', /no-store/)
  assert.deepEqual(Object.keys(answer.json).toSorted(), [
    'access_token',
    'id',
    'instance_url',
    'issued_at',
    'refresh_token',
    'scope',
    'signature',
    'token_type',
  ])
  assert.match(answer.json['issued_at'] ?? '', /^17802\d{8}$/)
  assert.match(answer.json['access_token'] ?? '', /^00D\w{12}!AQ[\w.]{94}$/)
  assert.match(answer.json['refresh_token'] ?? '', /^5Aep861/)
  assert.match(answer.json['id'] ?? '', /\/id\/00D\w{15}\/005\w{15}$/)
  assert.equal(answer.json['signature']?.length, 44)
  assert.equal(answer.json['instance_url']?.endsWith('/'), false)
})

test('nonsense at every endpoint is refused, never a failure of the simulator', async () => {
  const sim = await simulator()
  const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const odd = [null, 1, [], 'text', {}].map((claims) => `${encoded({ alg: 'RS256' })}.${encoded(claims)}.x`)
  for (const host of [sim.url, sim.loginUrl]) {
    for (const assertion of ['', '..', 'x.y', `${encoded(null)}.${encoded({})}.x`, ...odd])
      assert.equal((await post(`${host}/services/oauth2/token`, { grant_type: jwtGrant, assertion })).status, 400)
    for (const path of ['token', 'revoke', 'introspect']) {
      for (const body of ['', '{}', 'token=%', 'token=%00&client_id=%ff', '&&&==='])
        for (const type of ['application/x-www-form-urlencoded', 'application/json', 'text/plain']) {
          const headers = { 'Content-Type': type, Authorization: 'Basic !!!' }
          const response = await fetch(`${host}/services/oauth2/${path}`, { method: 'POST', body, headers })
          assert.equal(response.status, 400, `${path} ${body} ${type}`)
        }
    }
    for (const path of ['/services/oauth2/authorize?redirect_uri=%00', '/services/Soap/u/99.9', '/id/x/y', '/%ff'])
      assert.ok((await get(`${host}${path}`)).status < 600)
  }
  assert.deepEqual(
    sim.control.log().filter((event) => event.kind === 'note'),
    [],
  )
})

test('revoke: 200 without a body, 400 as a form or as JSON, JSONP, by GET and POST', async () => {
  const sim = await simulator()
  const url = `${sim.url}/services/oauth2/revoke`
  const bad = await post(url, { token: 'nothing' })
  assert.deepEqual([bad.status, bad.text], [400, 'error=invalid_token&error_description=invalid%20token'])
  assert.match(bad.headers.get('content-type') ?? '', /^application\/x-www-form-urlencoded/)
  assert.match(bad.headers.get('cache-control') ?? '', /no-store/)
  const json = await post(url, { token: 'nothing' }, { Accept: 'application/json' })
  assert.deepEqual([json.status, json.json['error']], [400, 'invalid_token'])
  const byGet = grantUnder(sim)
  const good = await get(`${url}?token=${encodeURIComponent(byGet.accessToken)}`)
  assert.deepEqual([good.status, good.text], [200, ''])
  assert.equal((await call(sim, byGet.accessToken)).status, 401)
  const jsonp = await get(`${url}?token=${encodeURIComponent(byGet.refreshToken)}&callback=done.with`)
  assert.deepEqual([jsonp.status, jsonp.text], [200, 'done.with({});'])
  assert.match(jsonp.headers.get('content-type') ?? '', /^application\/javascript/)
  assert.equal((await refresh(sim, byGet)).json['error'], 'invalid_grant')
  // Not a name: no script of the caller's choice.
  assert.equal((await get(`${url}?token=x&callback=alert(1)`)).status, 400)
})

test('a session of SOAP login() is not for revoke to end', async () => {
  const sim = await simulator()
  const user = userOf(sim)
  const response = await fetch(`${sim.url}/services/Soap/u/64.0`, {
    method: 'POST',
    headers: { 'Content-Type': 'text/xml', SOAPAction: '""' },
    body: `<Envelope><Body><login><username>${user.username}</username><password>${user.password}</password></login></Body></Envelope>`,
  })
  const session = /<sessionId>([^<]+)</.exec(await response.text())?.[1] ?? ''
  const refused = await post(`${sim.url}/services/oauth2/revoke`, { token: session })
  assert.deepEqual([refused.status, new URLSearchParams(refused.text).get('error')], [400, 'unsupported_token_type'])
  assert.equal((await call(sim, session, '/services/data/v66.0')).status, 200)
})

test('introspection: the fields of an access token and of a refresh token, by body and by Basic', async () => {
  const sim = await simulator({ clockStart: Date.UTC(2026, 5, 1) })
  const grant = grantUnder(sim)
  const url = `${sim.url}/services/oauth2/introspect`
  const basic = `Basic ${Buffer.from(`${grant.clientId}:${grant.clientSecret}`).toString('base64')}`
  const access = await post(
    url,
    { token: grant.accessToken, token_type_hint: 'access_token' },
    { Authorization: basic },
  )
  const { exp, iat, nbf, ...rest } = access.json as unknown as Record<string, unknown>
  assert.deepEqual(rest, {
    active: true,
    scope: 'api refresh_token id web',
    client_id: grant.clientId,
    username: grant.username,
    sub: grant.id,
    token_type: 'access_token',
  })
  assert.deepEqual([iat, nbf, exp], [Date.UTC(2026, 5, 1) / 1000, iat, Number(iat) + 7200])
  const of = (text: string): Promise<Answer> =>
    post(url, { token: text, client_id: grant.clientId, client_secret: grant.clientSecret })
  assert.equal((await of(grant.refreshToken)).json['token_type'], 'refresh_token')
  const { text, headers } = await of('nothing')
  assert.deepEqual([text, /no-store/.test(headers.get('cache-control') ?? '')], ['{"active":false}', true])
  sim.control.moveClock({ advanceMs: 2 * 3_600_000 + 1000 })
  assert.equal((await of(grant.accessToken)).text, '{"active":false}')
})

test('userinfo and identity: every field of the SDKs is there, and each refusal is its word', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  const identity = await call(sim, grant.accessToken, new URL(grant.id).pathname)
  for (const field of [
    'id asserted_user user_id organization_id username nick_name display_name email first_name last_name photos urls',
    'active user_type language locale utcOffset last_modified_date',
  ].flatMap((names) => names.split(' ')))
    assert.ok(field in identity.json, field)
  const urls = identity.json['urls'] as unknown as Record<string, string>
  for (const name of 'enterprise metadata partner rest sobjects search query recent profile'.split(' '))
    assert.ok(urls[name]?.startsWith(sim.url), name)
  sim.control.changeUser({ user: grant.username, change: { frozen: true } })
  const inactive = await call(sim, grant.accessToken, '/services/oauth2/userinfo')
  assert.deepEqual([inactive.status, inactive.text], [403, 'Inactive_User'])
})

async function bearer(sim: Simulator, exp: number, aud?: string): Promise<Answer> {
  const app = appOf(sim, 'Jwt')
  const assertion = await new SignJWT({ exp })
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(app.clientId)
    .setSubject(userOf(sim).username)
    .setAudience(aud ?? 'https://login.salesforce.com')
    .sign(createPrivateKey(app.privateKey ?? ''))
  return token(sim, { grant_type: jwtGrant, assertion })
}

test('JWT bearer: three minutes of clock skew, no upper limit of exp, unless strictExp says so', async () => {
  const sim = await simulator()
  const now = Math.floor(sim.clock.now() / 1000)
  assert.equal((await bearer(sim, now - 170)).status, 200)
  assertRefused(await bearer(sim, now - 190), 'invalid_grant', 'expired authorization code')
  assert.equal((await bearer(sim, now * 1000 + 300)).status, 200)
  sim.control.changeApp({ app: 'Jwt', settings: { strictExp: true } })
  assert.equal((await bearer(sim, now + 290)).status, 200)
  assertRefused(await bearer(sim, now + 3600), 'invalid_grant', 'invalid assertion')
})

test('JWT bearer: the audience is a login host, this org or this simulator, and nothing that only looks like one', async () => {
  const sim = await simulator({ orgs: [{ name: 'one' }, { name: 'two' }] })
  const exp = Math.floor(sim.clock.now() / 1000) + 180
  for (const aud of ['https://test.salesforce.com/', sim.url, sim.loginUrl])
    assert.equal(
      (await bearer(sim, exp, aud)).status,
      aud === sim.loginUrl ? 400 : 200,
      `${aud} at the org’s own address`,
    )
  for (const aud of ['https://login.salesforce.com.example', 'http://login.salesforce.com', sim.orgs[1]?.instanceUrl])
    assertRefused(await bearer(sim, exp, aud ?? ''), 'invalid_grant', 'audience is invalid')
})

test('client credentials want an API-only execution user, unless the switch is off', async () => {
  const sim = await simulator()
  const app = appOf(sim, 'Server')
  const form = { grant_type: 'client_credentials', client_id: app.clientId, client_secret: app.clientSecret }
  sim.control.changeApp({ app: 'Server', settings: { clientCredentialsUser: userOf(sim).username } })
  assertRefused(await token(sim, form), 'invalid_grant', 'no client credentials user enabled')
  sim.control.changeApp({ app: 'Server', settings: { clientCredentialsApiOnly: false } })
  assert.equal((await token(sim, form)).status, 200)
})

test('SOAP login(): the one beyond the hourly limit shuts the user out for an hour from then', async () => {
  const sim = await simulator({ clockStart: Date.UTC(2026, 5, 1) })
  sim.control.changeOrg({ settings: { loginsPerHour: 3 } })
  const user = userOf(sim)
  const login = async (who = user): Promise<number> => {
    const body = `<Envelope><Body><login><username>${who.username}</username><password>${who.password}</password></login></Body></Envelope>`
    const response = await fetch(`${sim.url}/services/Soap/u/64.0`, { method: 'POST', body })
    const text = await response.text()
    if (response.status === 500) assert.match(text, /<sf:exceptionMessage>Login Rate Exceeded</)
    return response.status
  }
  const minutes = (n: number) => sim.control.moveClock({ advanceMs: n * 60_000 })
  assert.deepEqual([await login(), await login(), await login()], [200, 200, 200])
  minutes(50)
  assert.equal(await login(), 500)
  assert.equal(await login(userOf(sim, 'admin')), 200)
  minutes(15)
  assert.equal(await login(), 500)
  minutes(45)
  assert.deepEqual([await login(), await login()], [200, 200])
})

test('retired API versions are gone, each in the way of its API; what is spoken says how much was used', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  const retired = await call(sim, grant.accessToken, '/services/data/v30.0/limits')
  assert.deepEqual([retired.status, (retired.json as unknown as { errorCode: string }[])[0]?.errorCode], [410, 'GONE'])
  assert.equal((await call(sim, undefined, '/services/data/v30.0/limits')).status, 410)
  const soap = await fetch(`${sim.url}/services/Soap/u/30.0`, {
    method: 'POST',
    body: '<Envelope><Body><login><username>u</username><password>p</password></login></Body></Envelope>',
  })
  assert.deepEqual([soap.status, /UNSUPPORTED_API_VERSION/.test(await soap.text())], [500, true])
  sim.control.changeOrg({ settings: { dailyApiRequests: 2 } })
  const used: (string | null)[] = []
  for (let i = 0; i < 3; i++) {
    const answer = await call(sim, grant.accessToken, '/services/data/v66.0')
    used.push(answer.headers.get('sforce-limit-info') ?? String(answer.status))
  }
  assert.deepEqual(used, ['api-usage=1/2', 'api-usage=2/2', '403'])
})

test('the device flow: an API-only user can’t connect a device, and a code is good for ten minutes', async () => {
  const sim = await simulator()
  const cli = { client_id: 'PlatformCLI' }
  const start = await token(sim, { response_type: 'device_code', scope: 'api refresh_token', ...cli })
  assert.deepEqual(Object.keys(start.json).toSorted(), ['device_code', 'interval', 'user_code', 'verification_uri'])
  assert.match(start.json['user_code'] ?? '', /^[A-Z0-9]{8}$/)
  const api = userOf(sim, 'api')
  const form = { user_code: start.json['user_code'] ?? '', username: api.username, pw: api.password }
  assert.match((await post(`${sim.url}/setup/connect`, form)).text, /API only/)
  const poll = { grant_type: 'device', code: start.json['device_code'] ?? '', ...cli }
  assert.equal((await token(sim, poll)).json['error'], 'authorization_pending')
  sim.control.moveClock({ advanceMs: 10 * 60_000 + 1 })
  assertRefused(await token(sim, poll), 'invalid_grant', 'expired authorization code')
})

test('hybrid_refresh is a refresh: it rotates, and says so in LoginHistory', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  const form = { client_id: grant.clientId, client_secret: grant.clientSecret, refresh_token: grant.refreshToken }
  const next = await token(sim, { grant_type: 'hybrid_refresh', ...form })
  assert.notEqual(next.json['refresh_token'], grant.refreshToken)
  assertRefused(
    await token(sim, { grant_type: 'hybrid_refresh', ...form }),
    'invalid_grant',
    'expired access/refresh token',
  )
  assert.equal(sim.control.oracle().total.reuses, 1)
})

test('what could not be saved in an org’s setup is refused here too', async () => {
  const sim = await simulator()
  const policy = { kind: 'inactivity', ms: 40 * 86_400_000 } as const
  assert.throws(
    () => sim.control.changeApp({ app: 'Web', settings: { refreshTokenPolicy: policy } }),
    /beyond the idle limit/,
  )
  sim.control.changeApp({ app: 'Web', settings: { refreshTokenPolicy: policy, idleLimitMs: null } })
  assert.throws(() => sim.control.changeApp({ app: 'Jwt', publicKey: 'no key' }))
})
