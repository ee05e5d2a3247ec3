/** What an administrator can see afterwards: LoginHistory, AuthSession and SetupAuditTrail rows as consequences. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { call, grantUnder, refresh, rows, simulator, token, userOf } from './wire.ts'
import type { Answer } from './wire.ts'
import type { Simulator } from '../../src/index.ts'

const clockStart = Date.UTC(2026, 5, 1)

const ask = (sim: Simulator, accessToken: string, soql: string): Promise<Answer> =>
  call(sim, accessToken, `/services/data/v66.0/query?q=${encodeURIComponent(soql)}`)

test('each way a refresh can end has its LoginHistory status', async () => {
  const sim = await simulator({ clockStart })
  const grant = grantUnder(sim)
  sim.control.addFault({ match: { endpoint: 'token' }, action: { holdBefore: true } })
  const first = refresh(sim, grant)
  await sim.control.held()
  await refresh(sim, grant)
  sim.control.release()
  const next = (await first).json['refresh_token']
  sim.control.changeUser({ user: grant.username, change: { frozen: true } })
  await refresh(sim, grant, next)
  sim.control.changeUser({ user: grant.username, change: { frozen: false, active: false } })
  await refresh(sim, grant, next)
  sim.control.changeUser({ user: grant.username, change: { active: true, loginAddresses: ['198.51.100.7'] } })
  await refresh(sim, grant, next)
  sim.control.changeUser({ user: grant.username, change: { loginAddresses: null } })
  sim.control.changeApp({ app: 'Web', settings: { refreshTokenIpAllowlist: ['198.51.100.0/24'] } })
  await refresh(sim, grant, next)
  sim.control.changeApp({ app: 'Web', settings: { refreshTokenIpAllowlist: null, permittedUsers: 'admin' } })
  await refresh(sim, grant, next)
  sim.control.changeApp({ app: 'Web', settings: { permittedUsers: 'self' } })
  await refresh(sim, grant)
  const soql = `SELECT Status, LoginType, LoginSubType, Application, SourceIp FROM LoginHistory WHERE UserId = '${grant.userId}' ORDER BY LoginTime, Id`
  const seen = await rows(sim, soql)
  assert.deepEqual(
    seen.map((row) => row['Status']),
    [
      'Failed: Token request is already being processed',
      'Success',
      'User Is Frozen',
      'User is Inactive',
      'Restricted IP',
      'Failed: IP Address Not Allowed',
      'Failed: Not approved for access',
      'Failed: Invalid Token',
    ],
  )
  for (const { LoginType, LoginSubType, Application, SourceIp } of seen)
    assert.deepEqual(
      [LoginType, LoginSubType, Application, SourceIp],
      ['Remote Access 2.0', 'OauthRefreshToken', 'Web', '127.0.0.1'],
    )
})

test('the password flow that an org blocked looks like a wrong password, and LoginHistory says why', async () => {
  const sim = await simulator()
  const user = userOf(sim)
  const app = sim.orgs[0]?.apps.find((one) => one.name === 'Web')
  sim.control.changeOrg({ settings: { passwordFlowBlocked: true } })
  const answer = await token(sim, {
    grant_type: 'password',
    client_id: app?.clientId ?? '',
    client_secret: app?.clientSecret ?? '',
    username: user.username,
    password: user.password,
  })
  assert.deepEqual(answer.json, { error: 'invalid_grant', error_description: 'authentication failure' })
  const [row] = await rows(sim, `SELECT Status FROM LoginHistory WHERE UserId = '${user.id}'`)
  assert.equal(row?.['Status'], 'Username-Password Flow Disabled')
})

test('a changed setting leaves a SetupAuditTrail row with the action of the platform, in the name of who changed it', async () => {
  const sim = await simulator({ clockStart })
  const by = userOf(sim, 'api').username
  const user = userOf(sim).username
  sim.control.changeApp({
    app: 'Web',
    by,
    settings: {
      ipRelaxation: 'BYPASS',
      permittedUsers: 'admin',
      pkceRequired: true,
      rotation: false,
      reuse: 'lenient',
    },
    scopes: ['api', 'full'],
  })
  sim.control.changeApp({ app: 'Web', by, settings: { pkceRequired: true, cascade: 'user-app' } })
  sim.control.changeApp({ app: 'Web', by, settings: { installed: false } })
  sim.control.changeOrg({ by, settings: { trustedAddresses: ['127.0.0.0/8', '203.0.113.0/24'] } })
  sim.control.changeUser({ by, user, change: { frozen: true, loginAddresses: ['198.51.100.0/24'] } })
  sim.control.changeApp({ app: 'Web', settings: { installed: true, permittedUsers: 'self' } })
  const trail = await rows(sim, `SELECT Action, Section, Display, CreatedBy.Username FROM SetupAuditTrail ORDER BY Id`)
  const name = (row: (typeof trail)[number]): unknown => (row['CreatedBy'] as { readonly Username?: unknown })?.Username
  const named = trail.filter((row) => name(row) === by)
  assert.deepEqual(
    named.map((row) => row['Action']),
    [
      'changeApplicationRefreshTokenRotation',
      'changeIpRelaxationPolicy',
      'changeApplicationPkceRequired',
      'changeUserRuntimeAccessPolicy',
      'changeOauthDefaultScope',
      'deleteConnectedApplication',
      'deleteIpWhiteList',
      'addIpWhiteList',
      'frozeuser',
      'loginIpRange',
    ],
  )
  assert.deepEqual(
    named.slice(1, 2).map((row) => [row['Section'], row['Display']]),
    [
      [
        'Connected Apps',
        'Changed connected app Web IP relaxation setting from Enforce IP restrictions to Relax IP restrictions',
      ],
    ],
  )
  assert.deepEqual(
    trail.filter((row) => name(row) !== by).map((row) => row['Action']),
    ['changeUserRuntimeAccessPolicy', 'insertConnectedApplication'],
  )
  assert.throws(() => sim.control.changeOrg({ by: 'nobody', settings: { inactive: true } }), /no user/)
  assert.equal(sim.control.state()[0]?.settings.inactive, false)
})

test('the Setup Audit Trail goes back 180 days', async () => {
  const sim = await simulator({ clockStart })
  sim.control.changeApp({ app: 'Web', settings: { pkceRequired: true } })
  sim.control.moveClock({ advanceMs: 179 * 86_400_000 })
  const soql = `SELECT Id FROM SetupAuditTrail WHERE Action = 'changeApplicationPkceRequired'`
  const [row] = await rows(sim, soql)
  assert.ok(row)
  sim.control.moveClock({ advanceMs: 2 * 86_400_000 })
  assert.deepEqual(await rows(sim, soql), [])
})

test('whether LoginSubType and SourceIp can be filtered by is a switch, because the reference says both', async () => {
  const sim = await simulator()
  const admin = sim.control.grant({ user: userOf(sim, 'admin').username, app: 'Web' })
  for (const condition of [`LoginSubType = 'OauthRefreshToken'`, `SourceIp = '127.0.0.1'`]) {
    const soql = `SELECT Id FROM LoginHistory WHERE ${condition}`
    sim.control.changeOrg({ settings: { loginHistoryFilters: 'per-field' } })
    assert.equal((await ask(sim, admin.accessToken, soql)).status, 200)
    sim.control.changeOrg({ settings: { loginHistoryFilters: 'usage-list' } })
    const refused = await ask(sim, admin.accessToken, soql)
    assert.deepEqual([refused.status, /INVALID_FIELD/.test(refused.text)], [400, true])
  }
  const plain = `SELECT LoginSubType FROM LoginHistory WHERE UserId = '${admin.userId}' AND LoginTime > 2020-01-01T00:00:00Z`
  assert.equal((await ask(sim, admin.accessToken, plain)).status, 200)
  assert.equal((await ask(sim, admin.accessToken, `SELECT Id FROM LoginHistory WHERE Status = 'Success'`)).status, 400)
})

test('a session that ran out is no AuthSession row any more', async () => {
  const sim = await simulator({ clockStart })
  const grant = grantUnder(sim)
  const soql = `SELECT Id FROM AuthSession WHERE UsersId = '${grant.userId}'`
  assert.equal((await rows(sim, soql)).length, 1)
  sim.control.moveClock({ advanceMs: 2 * 3_600_000 + 1 })
  assert.deepEqual(await rows(sim, soql), [])
  assert.equal((await call(sim, grant.accessToken)).status, 401)
  assert.equal((await refresh(sim, grant)).status, 200)
})
