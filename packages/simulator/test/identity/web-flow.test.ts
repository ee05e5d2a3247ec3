/** The web server flow as a browser and a client go through it. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { appOf, call, get, post, refresh, rows, simulator, token, userOf } from './wire.ts'
import type { Answer } from './wire.ts'
import type { Simulator } from '../../src/index.ts'

const redirectUri = 'http://localhost:1717/OauthRedirect'

function pkce(): { readonly verifier: string; readonly challenge: string } {
  const verifier = randomBytes(64).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}

const authorizeUrl = (sim: Simulator, more: Readonly<Record<string, string>> = {}): string =>
  `${sim.url}/services/oauth2/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id: appOf(sim, 'Web').clientId,
    redirect_uri: redirectUri,
    state: 'st',
    ...more,
  })}`

const location = (answer: Answer): URL => {
  assert.equal(answer.status, 302, answer.text)
  return new URL(answer.headers.get('location') ?? '')
}

async function codeFor(sim: Simulator, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const url = location(await get(authorizeUrl(sim, { __auto: userOf(sim).username, ...more })))
  assert.equal(url.searchParams.get('state'), 'st')
  return url.searchParams.get('code') ?? assert.fail(`No code in ${url.href}`)
}

const exchange = (sim: Simulator, code: string, more: Readonly<Record<string, string>> = {}): Promise<Answer> => {
  const app = appOf(sim, 'Web')
  return token(sim, {
    grant_type: 'authorization_code',
    code,
    client_id: app.clientId,
    client_secret: app.clientSecret,
    redirect_uri: redirectUri,
    ...more,
  })
}

/** The hidden fields of a form, as a browser would send them. */
const hidden = (page: string): Record<string, string> =>
  Object.fromEntries(
    [...page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(([, name, value]) => [
      name ?? '',
      (value ?? '').replace(/&#(\d+);/g, (_all, n) => String.fromCharCode(Number(n))),
    ]),
  )

test('a person logs in, approves, and the code becomes tokens that work', async () => {
  const sim = await simulator()
  const user = userOf(sim, 'admin')
  const form = `${sim.url}/services/oauth2/authorize`
  const login = await get(authorizeUrl(sim, { scope: 'api refresh_token' }))
  assert.equal(login.status, 200)
  assert.match(login.headers.get('content-type') ?? '', /^text\/html/)
  const wrong = await post(form, { ...hidden(login.text), step: 'login', username: user.username, pw: 'wrong' })
  assert.match(wrong.text, /Please check your username and password/)
  const approval = await post(form, {
    ...hidden(login.text),
    step: 'login',
    username: user.username,
    pw: user.password,
  })
  assert.match(approval.text, /Allow Access\?/)
  const url = location(await post(form, { ...hidden(approval.text), step: 'allow' }))
  assert.equal(url.origin + url.pathname, redirectUri)
  assert.equal(url.searchParams.get('state'), 'st')
  const code = url.searchParams.get('code') ?? ''
  assert.match(code, /^aPrx.*==$/)
  const answer = await exchange(sim, code)
  assert.equal(answer.status, 200, answer.text)
  assert.equal(answer.json['scope'], 'api refresh_token')
  assert.equal((await call(sim, answer.json['access_token'])).status, 200)
  const again = await post(form, { ...hidden(approval.text), step: 'allow' })
  assert.match(again.text, /Please log in again/)
})

test('a person who denies sends the app back with access_denied', async () => {
  const sim = await simulator()
  const user = userOf(sim, 'admin')
  const form = `${sim.url}/services/oauth2/authorize`
  const login = await get(authorizeUrl(sim))
  const approval = await post(form, {
    ...hidden(login.text),
    step: 'login',
    username: user.username,
    pw: user.password,
  })
  const url = location(await post(form, { ...hidden(approval.text), step: 'deny' }))
  assert.equal(url.searchParams.get('error'), 'access_denied')
  assert.equal(url.searchParams.get('error_description'), 'end-user denied authorization')
})

test('an API-only user can’t use the login page', async () => {
  const sim = await simulator()
  const user = userOf(sim, 'api')
  const login = await get(authorizeUrl(sim))
  const answer = await post(`${sim.url}/services/oauth2/authorize`, {
    ...hidden(login.text),
    step: 'login',
    username: user.username,
    pw: user.password,
  })
  assert.match(answer.text, /API only/)
})

test('autoApprove of the app or of the org approves without a page', async () => {
  const sim = await simulator()
  sim.control.changeApp({ app: 'Web', settings: { autoApprove: userOf(sim).username } })
  assert.ok(location(await get(authorizeUrl(sim))).searchParams.get('code'))
  sim.control.changeApp({ app: 'Web', settings: { autoApprove: null } })
  sim.control.changeOrg({ settings: { autoApprove: userOf(sim).username } })
  assert.ok(location(await get(authorizeUrl(sim))).searchParams.get('code'))
})

test('PKCE: the right verifier passes, a wrong, missing or short one does not, and the challenge can be required', async () => {
  const sim = await simulator()
  const { verifier, challenge } = pkce()
  const withChallenge = { code_challenge: challenge, code_challenge_method: 'S256' }
  const refused = { error: 'invalid_grant', error_description: 'invalid code verifier' }
  assert.deepEqual((await exchange(sim, await codeFor(sim, withChallenge))).json, refused)
  assert.deepEqual(
    (await exchange(sim, await codeFor(sim, withChallenge), { code_verifier: pkce().verifier })).json,
    refused,
  )
  assert.deepEqual((await exchange(sim, await codeFor(sim, withChallenge), { code_verifier: 'short' })).json, refused)
  assert.equal((await exchange(sim, await codeFor(sim, withChallenge), { code_verifier: verifier })).status, 200)
  sim.control.changeApp({ app: 'Web', settings: { pkceRequired: true } })
  const url = location(await get(authorizeUrl(sim, { __auto: userOf(sim).username })))
  assert.equal(url.searchParams.get('error_description'), 'missing required code challenge')
})

test('a code works once, for 15 minutes, with the redirect URI it was asked for', async () => {
  const sim = await simulator()
  const code = await codeFor(sim)
  assert.equal(
    (await exchange(sim, code, { redirect_uri: 'http://127.0.0.1:1717/OauthRedirect' })).json['error'],
    'redirect_uri_mismatch',
  )
  assert.equal((await exchange(sim, code)).status, 200)
  const expired = { error: 'invalid_grant', error_description: 'expired authorization code' }
  assert.deepEqual((await exchange(sim, code)).json, expired)
  const late = await codeFor(sim)
  sim.control.moveClock({ advanceMs: 16 * 60_000 })
  assert.deepEqual((await exchange(sim, late)).json, expired)
  assert.deepEqual((await exchange(sim, 'aPrxnone==')).json, {
    error: 'invalid_grant',
    error_description: 'invalid authorization code',
  })
})

test('an unknown client and a foreign redirect URI are told to the person, never redirected', async () => {
  const sim = await simulator()
  assert.equal((await get(authorizeUrl(sim, { client_id: 'nobody' }))).status, 400)
  const foreign = await get(authorizeUrl(sim, { redirect_uri: 'https://evil.example/cb' }))
  assert.equal(foreign.status, 400)
  assert.match(foreign.text, /redirect_uri_mismatch/)
})

test('flows that are not here are refused where their clients look: the user-agent flow behind the hash', async () => {
  const sim = await simulator()
  const refused = {
    error: 'unsupported_response_type',
    error_description: 'response type not supported',
    state: 'a b&c',
  }
  const state = refused.state
  const nonsense = location(await get(authorizeUrl(sim, { response_type: 'nonsense', state })))
  assert.deepEqual([Object.fromEntries(nonsense.searchParams), nonsense.hash], [refused, ''])
  for (const response_type of ['token', 'token id_token', 'hybrid_token']) {
    const userAgent = location(await get(authorizeUrl(sim, { response_type, state })))
    assert.deepEqual(Object.fromEntries(new URLSearchParams(userAgent.hash.slice(1))), refused, response_type)
    assert.equal(userAgent.search, '')
  }
})

test('the secret at the code exchange is required, or only checked when sent', async () => {
  const sim = await simulator()
  const app = appOf(sim, 'Web')
  const bare = async () => ({
    grant_type: 'authorization_code',
    code: await codeFor(sim),
    client_id: app.clientId,
    redirect_uri: redirectUri,
  })
  assert.equal((await token(sim, await bare())).json['error'], 'invalid_client')
  sim.control.changeApp({ app: 'Web', settings: { secretRequiredForCode: false } })
  assert.equal((await token(sim, { ...(await bare()), client_secret: 'wrong' })).json['error'], 'invalid_client')
  assert.equal((await token(sim, await bare())).status, 200)
})

test('without the refresh_token scope there is no refresh token', async () => {
  const sim = await simulator()
  const answer = await exchange(sim, await codeFor(sim, { scope: 'api' }))
  assert.equal('refresh_token' in answer.json, false)
  assert.equal((await call(sim, answer.json['access_token'])).status, 200)
})

test('the answer is signed with the consumer secret, and the id token verifies against the published keys', async () => {
  const sim = await simulator()
  const app = appOf(sim, 'Web')
  const { json } = await exchange(sim, await codeFor(sim, { nonce: 'n-1', scope: 'openid api' }))
  const signature = createHmac('sha256', app.clientSecret).update(`${json['id']}${json['issued_at']}`).digest('base64')
  assert.equal(json['signature'], signature)
  const configuration = (await get(`${sim.url}/.well-known/openid-configuration`)).json
  assert.equal(configuration['token_endpoint'], `${sim.url}/services/oauth2/token`)
  const keys = createRemoteJWKSet(new URL(configuration['jwks_uri'] ?? ''))
  const { payload } = await jwtVerify(json['id_token'] ?? '', keys, {
    issuer: configuration['issuer'] ?? '',
    audience: app.clientId,
  })
  assert.equal(payload['nonce'], 'n-1')
  assert.equal(payload.sub, json['id'])
})

test('a web login and its refresh appear in LoginHistory', async () => {
  const sim = await simulator()
  const answer = await exchange(sim, await codeFor(sim))
  const app = appOf(sim, 'Web')
  const grant = {
    refreshToken: answer.json['refresh_token'] ?? '',
    clientId: app.clientId,
    clientSecret: app.clientSecret,
  }
  await refresh(sim, grant as never)
  await refresh(sim, grant as never)
  const history = await rows(
    sim,
    `SELECT LoginType, LoginSubType, Status, Application FROM LoginHistory WHERE UserId = '${userOf(sim).id}' ORDER BY LoginTime, Id`,
  )
  assert.deepEqual(
    history.map(({ attributes: _attributes, ...row }) => Object.values(row)),
    [
      ['Remote Access 2.0', 'OauthWebServer', 'Success', 'Web'],
      ['Remote Access 2.0', 'OauthRefreshToken', 'Success', 'Web'],
      ['Remote Access 2.0', 'OauthRefreshToken', 'Failed: Invalid Token', 'Web'],
    ],
  )
})
