/** Revocation, introspection, userinfo, the identity URL and the well-known documents. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { appOf, call, get, grantUnder, post, refresh, simulator, userOf } from './wire.ts'

test('revoking an access token logs out and leaves the refresh token alone', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  const revoke = `${sim.url}/services/oauth2/revoke`
  assert.equal((await post(revoke, { token: grant.accessToken })).status, 200)
  assert.equal((await call(sim, grant.accessToken)).status, 401)
  const next = await refresh(sim, grant)
  assert.equal(next.status, 200)
  assert.equal((await get(`${revoke}?token=${encodeURIComponent(next.json['refresh_token'] ?? '')}`)).status, 200)
  assert.equal((await call(sim, next.json['access_token'])).status, 401)
})

test('revoking what is not alive is 400 with an error that jsforce reads as a query string', async () => {
  const sim = await simulator()
  const revoke = `${sim.url}/services/oauth2/revoke`
  const unknown = await post(revoke, { token: 'nothing' })
  assert.equal(unknown.status, 400)
  assert.equal(new URLSearchParams(unknown.text).get('error'), 'invalid_token')
  assert.equal(new URLSearchParams((await post(revoke, {})).text).get('error'), 'unsupported_token_type')
  const jsonp = await get(`${revoke}?token=nothing&callback=cb`)
  assert.equal(jsonp.status, 200)
  assert.equal(jsonp.text, 'cb({"error":"invalid_token"});')
})

test('revoking a rotated-out token ends nothing', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  const next = await refresh(sim, grant)
  assert.equal((await post(`${sim.url}/services/oauth2/revoke`, { token: grant.refreshToken })).status, 400)
  assert.equal((await refresh(sim, grant, next.json['refresh_token'])).status, 200)
})

test('introspection tells an app of its own tokens, and of others only where that is allowed', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  const web = appOf(sim, 'Web')
  const server = appOf(sim, 'Server')
  const ask = (app: typeof web, text: string) =>
    post(`${sim.url}/services/oauth2/introspect`, {
      token: text,
      client_id: app.clientId,
      client_secret: app.clientSecret,
    })
  const access = (await ask(web, grant.accessToken)).json as unknown as Record<string, unknown>
  assert.equal(access['active'], true)
  assert.equal(access['username'], grant.username)
  assert.equal(access['client_id'], web.clientId)
  assert.equal(access['sub'], grant.id)
  assert.equal(access['exp'], Math.floor(Number(access['iat'])) + 7200)
  assert.equal((await ask(web, grant.refreshToken)).json['token_type'], 'refresh_token')
  assert.deepEqual((await ask(server, grant.accessToken)).json, { active: false })
  sim.control.changeApp({ app: 'Server', settings: { introspectAllTokens: true } })
  assert.equal((await ask(server, grant.accessToken)).json['active'], true)
  await refresh(sim, grant)
  assert.deepEqual((await ask(web, grant.refreshToken)).json, { active: false })
  assert.equal(
    (await post(`${sim.url}/services/oauth2/introspect`, { token: 'x', client_id: web.clientId })).status,
    400,
  )
})

test('userinfo and the identity URL answer with who it is, and 403 with a plain word to a bad token', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  const info = await call(sim, grant.accessToken, '/services/oauth2/userinfo')
  assert.equal(info.json['preferred_username'], grant.username)
  assert.equal(info.json['organization_id'], grant.org)
  const identity = await call(sim, grant.accessToken, new URL(grant.id).pathname)
  assert.equal(identity.json['username'], grant.username)
  assert.equal(
    (identity.json['urls'] as unknown as Record<string, string>)['rest'],
    `${sim.url}/services/data/v{version}/`,
  )
  for (const path of ['/services/oauth2/userinfo', new URL(grant.id).pathname]) {
    const bad = await call(sim, 'nonsense', path)
    assert.deepEqual([bad.status, bad.text], [403, 'Bad_OAuth_Token'])
    assert.match(bad.headers.get('content-type') ?? '', /^text\/plain/)
    assert.deepEqual([(await get(`${sim.url}${path}`)).text], ['Missing_OAuth_Token'])
  }
  const wrongOrg = await call(sim, grant.accessToken, `/id/00D000000000000AAA/${grant.userId}`)
  assert.deepEqual([wrongOrg.status, wrongOrg.text], [403, 'Wrong_Org'])
})

test('the well-known documents are there', async () => {
  const sim = await simulator()
  const keys = (await get(`${sim.url}/id/keys`)).json as unknown as {
    readonly keys: readonly Record<string, unknown>[]
  }
  assert.deepEqual(Object.keys(keys.keys[0] ?? {}).toSorted(), ['alg', 'e', 'kid', 'kty', 'n', 'use'])
  assert.equal((await get(`${sim.url}/.well-known/auth-configuration`)).json['OrgId'], sim.orgs[0]?.id)
  assert.equal(userOf(sim).username, 'integration@acme.example')
})
