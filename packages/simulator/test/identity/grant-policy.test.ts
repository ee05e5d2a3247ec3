/** What ends a grant or refuses it: policies, addresses, limits, users, approvals; and what its OauthToken row shows. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { call, expired, get, grantUnder, post, refresh, rows, simulator, userOf } from './wire.ts'
import type { ReadyGrant, Simulator } from '../../src/index.ts'

const hour = 3_600_000
const day = 24 * hour

/** Whether the grant still refreshes after this time, without being used in between. */
async function survives(sim: Simulator, grant: ReadyGrant, ms: number): Promise<string | undefined> {
  sim.control.moveClock({ advanceMs: ms })
  const answer = await refresh(sim, grant)
  if (answer.status !== 200) assert.deepEqual(answer.json, expired)
  return answer.json['refresh_token']
}

test('policy "zero" issues refresh tokens that never work', async () => {
  const sim = await simulator()
  assert.equal(await survives(sim, grantUnder(sim, { refreshTokenPolicy: { kind: 'zero' } }), 0), undefined)
})

test('policy "lifetime" counts from the approval, whatever the use', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim, { refreshTokenPolicy: { kind: 'lifetime', ms: 10 * hour } })
  const next = await survives(sim, grant, 6 * hour)
  assert.ok(next)
  assert.equal(await survives(sim, { ...grant, refreshToken: next }, 6 * hour), undefined)
})

test('policy "inactivity" starts again at each use', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim, { refreshTokenPolicy: { kind: 'inactivity', ms: 10 * hour } })
  const next = await survives(sim, grant, 9 * hour)
  assert.ok(next)
  const last = await survives(sim, { ...grant, refreshToken: next }, 9 * hour)
  assert.ok(last)
  assert.equal(await survives(sim, { ...grant, refreshToken: last }, 11 * hour), undefined)
})

test('the idle limit ends an unused token after 30 days, and not where it is not enforced', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  const next = await survives(sim, grant, 29 * day)
  assert.ok(next)
  assert.equal(await survives(sim, { ...grant, refreshToken: next }, 31 * day), undefined)
  const endless = grantUnder(sim, { idleLimitMs: null })
  assert.ok(await survives(sim, endless, 400 * day))
})

test('the refresh token allowlist and the profile’s login ranges restrict by address, where they are not relaxed', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim, { refreshTokenIpAllowlist: ['10.0.0.0/8'] })
  const restricted = { error: 'invalid_grant', error_description: 'ip restricted' }
  assert.deepEqual((await refresh(sim, grant)).json, restricted)
  const inside = await refresh(sim, grant, grant.refreshToken, { 'X-Sim-Address': '10.1.2.3' })
  assert.equal(inside.status, 200)

  sim.control.changeApp({ app: 'Web', settings: { refreshTokenIpAllowlist: null } })
  sim.control.changeUser({ user: userOf(sim).username, change: { loginAddresses: ['192.0.2.0/24'] } })
  assert.deepEqual((await refresh(sim, grant, inside.json['refresh_token'])).json, restricted)
  sim.control.changeApp({ app: 'Web', settings: { ipRelaxation: 'ENFORCE_RELAXREFRESH' } })
  assert.equal((await refresh(sim, grant, inside.json['refresh_token'])).status, 200)
})

test('the sixth approval of a user for an app evicts the oldest', async () => {
  const sim = await simulator()
  const grants = Array.from({ length: 6 }, () => grantUnder(sim))
  const statuses = await Promise.all(grants.map(async (grant) => (await refresh(sim, grant)).status))
  assert.deepEqual(statuses, [400, 200, 200, 200, 200, 200])
})

test('a new approval keeps or kills the earlier grants of that user and app', async () => {
  for (const newAuthorization of ['keeps', 'kills'] as const) {
    const sim = await simulator()
    const earlier = grantUnder(sim, { newAuthorization })
    const stranger = sim.control.grant({ user: userOf(sim, 'admin').username, app: 'Web' })
    grantUnder(sim)
    assert.equal((await refresh(sim, earlier)).status, newAuthorization === 'keeps' ? 200 : 400)
    assert.equal((await refresh(sim, stranger)).status, 200)
  }
})

test('revoking one grant spares or kills its siblings', async () => {
  for (const revokeGrant of ['spares', 'kills'] as const) {
    const sim = await simulator()
    const one = grantUnder(sim, { revokeGrant })
    const two = grantUnder(sim)
    assert.equal((await post(`${sim.url}/services/oauth2/revoke`, { token: one.refreshToken })).status, 200)
    assert.deepEqual((await refresh(sim, one)).json, expired)
    assert.equal((await call(sim, one.accessToken)).status, 401)
    assert.equal((await refresh(sim, two)).status, revokeGrant === 'spares' ? 200 : 400)
  }
})

test('a deactivated or frozen user can’t refresh, and can again afterwards', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim)
  const user = userOf(sim).username
  for (const change of [{ active: false }, { frozen: true }]) {
    sim.control.changeUser({ user, change })
    assert.deepEqual((await refresh(sim, grant)).json, { error: 'invalid_grant', error_description: 'inactive user' })
    assert.equal((await call(sim, grant.accessToken)).status, 401)
    sim.control.changeUser({ user, change: { active: true, frozen: false } })
  }
  assert.equal((await refresh(sim, grant)).status, 200)
})

test('containment freezes the user and revokes all its tokens for good', async () => {
  const sim = await simulator()
  const user = userOf(sim).username
  const grant = grantUnder(sim)
  sim.control.changeUser({ user, contain: true })
  sim.control.changeUser({ user, change: { frozen: false } })
  assert.deepEqual((await refresh(sim, grant)).json, expired)
  assert.equal((await call(sim, grant.accessToken)).status, 401)
  const trail = await rows(sim, `SELECT Action, Display FROM SetupAuditTrail ORDER BY CreatedDate DESC`)
  assert.ok(trail.some((row) => row['Action'] === 'frozeuser' && String(row['Display']).includes(user)))
})

test('the OauthToken row of a grant survives a rotation, or is replaced by a new one', async () => {
  for (const oauthTokenRow of ['kept', 'replaced'] as const) {
    const sim = await simulator({ clockStart: Date.parse('2026-03-01T10:00:00Z') })
    const grant = grantUnder(sim, { oauthTokenRow })
    sim.control.moveClock({ advanceMs: hour })
    await refresh(sim, grant)
    const [row] = await rows(
      sim,
      `SELECT AppName, UseCount, CreatedDate, LastUsedDate, DeleteToken, User.Username FROM OauthToken WHERE UserId = '${grant.userId}'`,
    )
    assert.equal(row?.['AppName'], 'Web')
    assert.equal(
      String(row?.['CreatedDate']).slice(0, 16),
      oauthTokenRow === 'kept' ? '2026-03-01T10:00' : '2026-03-01T11:00',
    )
    assert.equal(String(row?.['LastUsedDate']).slice(0, 16), '2026-03-01T11:00')
    assert.equal(row?.['UseCount'], oauthTokenRow === 'kept' ? 2 : 1)
    assert.equal(
      (await get(`${sim.url}/services/oauth2/revoke?token=${encodeURIComponent(String(row?.['DeleteToken']))}`)).status,
      200,
    )
    assert.equal(sim.control.state()[0]?.grants.find((one) => one.id === grant.grant)?.live, false)
  }
})

test('an uninstalled app, a user who is not admin-approved and an inactive org are refused', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim, { installed: false })
  assert.deepEqual((await refresh(sim, grant)).json, {
    error: 'invalid_client',
    error_description: 'app must be installed into org',
  })
  sim.control.changeApp({ app: 'Web', settings: { installed: true, permittedUsers: 'admin' } })
  assert.deepEqual((await refresh(sim, grant)).json, {
    error: 'invalid_app_access',
    error_description: 'user is not admin approved to access this app',
  })
  sim.control.changeApp({ app: 'Web', settings: { permittedUsers: 'self' } })
  sim.control.changeOrg({ settings: { inactive: true } })
  assert.equal((await refresh(sim, grant)).json['error'], 'inactive_org')
  sim.control.changeOrg({ settings: { inactive: false } })
  assert.equal((await refresh(sim, grant)).status, 200)
})

test('API Access Control lets in whom an administrator approved, and who may use any API client', async () => {
  const users = [
    { username: 'plain@acme.example', permissions: ['ApiEnabled'] as const },
    { username: 'free@acme.example', permissions: ['ApiEnabled', 'UseAnyApiClient'] as const },
  ]
  const apps = [{ name: 'Web', settings: { permittedUsers: 'self' as const } }]
  const sim = await simulator({ orgs: [{ name: 'acme', users, apps, settings: { apiAccessControl: 'on' } }] })
  const [plain, free] = users.map(({ username }) => sim.control.grant({ user: username, app: 'Web' }))
  assert.ok(plain !== undefined && free !== undefined)
  assert.equal((await refresh(sim, plain)).json['error'], 'invalid_app_access')
  const freed = await refresh(sim, free)
  assert.equal(freed.status, 200)
  sim.control.changeApp({ app: 'Web', settings: { permittedUsers: 'admin' } })
  const next = { ...free, refreshToken: freed.json['refresh_token'] ?? free.refreshToken }
  assert.equal((await refresh(sim, next)).json['error'], 'invalid_app_access', 'the app itself asks for approval')
  sim.control.changeApp({ app: 'Web', settings: { permittedUsers: 'self' } })
  sim.control.changeOrg({ settings: { apiAccessControl: 'off' } })
  assert.equal((await refresh(sim, plain)).status, 200)
})

test('a misspelt switch is an error, not a silence', async () => {
  const sim = await simulator()
  assert.throws(() => sim.control.changeApp({ app: 'Web', settings: { rotatoin: true } as never }), /rotatoin/)
  assert.throws(
    () => sim.control.changeApp({ app: 'Web', settings: { lockScope: 'tokn' } as never }),
    /one of token, app, none/,
  )
  assert.throws(() => sim.control.changeApp({ app: 'Web', settings: { rotation: 'off' } as never }), /wants a boolean/)
  assert.throws(() => sim.control.grant({ user: 'nobody', app: 'Web' }), /no user "nobody"/)
})
