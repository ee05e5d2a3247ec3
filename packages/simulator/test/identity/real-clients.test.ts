/** Clients that nobody here wrote, unmodified: what they send is what the simulator has to understand. */
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { appOf, get, grantUnder, simulator, userOf } from './wire.ts'
import type * as Jsforce from 'jsforce'
import type { Simulator } from '../../src/index.ts'

const home = mkdtempSync(join(tmpdir(), 'simulator-home-'))
const was = { ...process.env }
before(() => {
  // @salesforce/core keeps its files and keys in the home directory.
  Object.assign(process.env, {
    HOME: home,
    SF_DISABLE_LOG_FILE: 'true',
    SF_USE_GENERIC_UNIX_KEYCHAIN: 'true',
    SF_DISABLE_TELEMETRY: 'true',
    SF_DOMAIN_RETRY: '0',
  })
})
after(() => {
  process.env = was
  rmSync(home, { recursive: true, force: true })
})

for (const name of ['jsforce', '@jsforce/jsforce-node'] as const) {
  const load = async (): Promise<typeof Jsforce> => {
    const module = (await import(name)) as { readonly default?: typeof Jsforce } & typeof Jsforce
    return module.default ?? module
  }

  test(`${name}: query, identity, and a refresh by itself when the access token is refused`, async () => {
    const sim = await simulator()
    const grant = grantUnder(sim)
    const { Connection } = await load()
    const connection = new Connection({
      oauth2: { loginUrl: sim.url, clientId: grant.clientId, clientSecret: grant.clientSecret },
      instanceUrl: grant.instanceUrl,
      accessToken: grant.accessToken,
      refreshToken: grant.refreshToken,
    })
    assert.ok((await connection.query('SELECT Id, Name FROM Account LIMIT 2')).records.length > 0)
    assert.equal((await connection.identity()).username, grant.username)
    sim.control.expireAccessTokens()
    assert.ok((await connection.query('SELECT Id FROM Account LIMIT 1')).records.length > 0)
    assert.equal(sim.control.oracle().total.exchanges, 1)
    // It keeps the old refresh token, as it does at Salesforce: the second expiry is the end.
    sim.control.expireAccessTokens()
    await assert.rejects(
      async () => connection.query('SELECT Id FROM Account LIMIT 1'),
      /expired access\/refresh token/,
    )
    assert.equal(sim.control.oracle().total.grantsLostKeepable, 1)
  })

  test(`${name}: authorize with a code and a verifier, oauth2.refreshToken, revoke`, async () => {
    const sim = await simulator()
    const app = appOf(sim, 'Web')
    const { Connection, OAuth2 } = await load()
    const oauth2 = new OAuth2({
      loginUrl: sim.loginUrl,
      clientId: app.clientId,
      clientSecret: app.clientSecret,
      redirectUri: app.callbacks[0] ?? '',
      useVerifier: true,
    })
    const url = oauth2.getAuthorizationUrl({ scope: 'api refresh_token', state: 's' })
    const back = await get(`${url}&__auto=${userOf(sim).username}`)
    const code = new URL(back.headers.get('location') ?? '').searchParams.get('code') ?? ''
    const connection = new Connection({ oauth2 })
    const info = await connection.authorize(code)
    assert.equal(info.id, userOf(sim).id)
    assert.equal(connection.instanceUrl, sim.url)
    assert.ok((await connection.query('SELECT Id FROM Account LIMIT 1')).done)
    const answer = await oauth2.refreshToken(connection.refreshToken ?? '')
    assert.match(answer.access_token, /^00D/)
    await oauth2.revokeToken((answer as { refresh_token?: string }).refresh_token ?? '')
    await assert.rejects(oauth2.revokeToken('nothing'), { name: 'invalid_token' })
  })

  test(`${name}: SOAP login and logout, a wrong and an expired password`, async () => {
    const sim = await simulator()
    const { Connection } = await load()
    const user = userOf(sim)
    const connection = new Connection({ loginUrl: sim.loginUrl, logLevel: 'NONE' })
    const info = await connection.login(user.username, user.password)
    assert.deepEqual([info.id, info.organizationId], [user.id, sim.orgs[0]?.id])
    assert.ok((await connection.query('SELECT Id FROM Account LIMIT 1')).done)
    await connection.logout()
    await assert.rejects(
      new Connection({ loginUrl: sim.url, logLevel: 'NONE' }).login(user.username, 'wrong'),
      /INVALID_LOGIN/,
    )
    sim.control.changeUser({ user: user.username, change: { passwordExpired: true } })
    await assert.rejects(
      new Connection({ loginUrl: sim.url, logLevel: 'NONE' }).login(user.username, user.password),
      /password has expired/,
    )
  })
}

/** The address at which @salesforce/core treats a simulator as local. */
const local = (sim: Simulator): string => sim.url.replace('127.0.0.1', 'localhost')

test('@salesforce/core: web login with PKCE, a query, and refreshes that survive rotation', async () => {
  const { AuthInfo, Connection } = await import('@salesforce/core')
  const sim = await simulator({ seed: 'core-web' })
  const app = appOf(sim, 'PlatformCLI')
  const verifier = randomBytes(96).toString('base64url')
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const back = await get(
    `${local(sim)}/services/oauth2/authorize?${new URLSearchParams({
      response_type: 'code',
      client_id: app.clientId,
      redirect_uri: app.callbacks[0] ?? '',
      code_challenge: challenge,
      __auto: userOf(sim).username,
    })}`,
  )
  const authCode = new URL(back.headers.get('location') ?? '').searchParams.get('code') ?? ''
  const { OAuth2 } = await import('@jsforce/jsforce-node')
  const oauth2 = new OAuth2({ loginUrl: local(sim), clientId: app.clientId, redirectUri: app.callbacks[0] ?? '' })
  oauth2.codeVerifier = verifier
  const info = await AuthInfo.create({
    oauth2Options: { loginUrl: local(sim), clientId: app.clientId, redirectUri: app.callbacks[0] ?? '', authCode },
    oauth2,
  })
  await info.save()
  assert.equal(info.getUsername(), userOf(sim).username)
  const connection = await Connection.create({ authInfo: info })
  assert.ok((await connection.query('SELECT Id FROM Account LIMIT 1')).done)
  for (let i = 0; i < 3; i++) {
    sim.control.expireAccessTokens()
    assert.ok((await connection.query('SELECT Id FROM Account LIMIT 1')).done)
  }
  const { total } = sim.control.oracle()
  assert.deepEqual([total.exchanges, total.reuses], [3, 0])
})

test('@salesforce/core: JWT login, with its milliseconds in exp, and another session when the first has ended', async () => {
  const { AuthInfo, Connection } = await import('@salesforce/core')
  const sim = await simulator({ seed: 'core-jwt', orgs: [{ name: 'jwtorg' }] })
  const app = appOf(sim, 'Jwt')
  const privateKeyFile = join(home, 'server.key')
  writeFileSync(privateKeyFile, app.privateKey ?? '')
  const info = await AuthInfo.create({
    username: userOf(sim, 'admin').username,
    oauth2Options: { loginUrl: local(sim), clientId: app.clientId, privateKeyFile },
  })
  const connection = await Connection.create({ authInfo: info })
  assert.equal((await connection.identity()).username, userOf(sim, 'admin').username)
  sim.control.expireAccessTokens()
  assert.ok((await connection.query('SELECT Id FROM Account LIMIT 1')).done)
  assert.equal(sim.control.oracle().total.exchanges, 0)
})
