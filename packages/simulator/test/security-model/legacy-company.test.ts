/** The scenario: the same for the same seed, wrong in every way it promises, and harmless only if its reader is. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { scenario, scenarioNames } from '../../src/index.ts'
import type { ScenarioOptions } from '../../src/index.ts'
import { simulator } from '../identity/wire.ts'
import { connectionOf, countOf, rowsOf, toolingRows } from './asking.ts'

const clockStart = Date.parse('2026-11-22T12:00:00Z')

const legacy = async (options: ScenarioOptions = {}) => {
  const sim = await simulator({ clockStart, orgs: [scenario('legacy-company', options)] })
  return { sim, admin: connectionOf(sim, 'ada.admin@legacy.example', 'Team_CLI') }
}

test('people of every kind', async () => {
  const { admin } = await legacy()
  const count = (soql: string): Promise<number> => countOf(admin, `SELECT COUNT() FROM ${soql}`)
  assert.ok((await count(`User WHERE UserType = 'Standard'`)) >= 40)
  assert.ok((await count(`User WHERE IsActive = true AND Profile.Name = 'System Administrator'`)) > 5)
  assert.equal(await count('UserLogin WHERE IsFrozen = true'), 2)
  assert.equal(await count('User WHERE IsActive = false'), 2)
  assert.ok((await count('User WHERE IsActive = true AND LastLoginDate < LAST_N_DAYS:90')) >= 5)
  assert.ok((await count('User WHERE LastPasswordChangeDate < LAST_N_DAYS:1000')) >= 8)
  assert.equal(await count('PermissionSetAssignment WHERE PermissionSet.PermissionsBypassMFAForUiLogins = true'), 2)
  assert.ok((await count('TwoFactorMethodsInfo WHERE HasSecurityKey = true OR HasBuiltInAuthenticator = true')) >= 3)
  assert.equal(await count(`Profile WHERE Name = 'Unused Old Profile'`), 1)
})

test('traces in the logs: passwords, SOAP, scripts, strange places, lowered guards', async () => {
  const { admin } = await legacy()
  const logins = await rowsOf(
    admin,
    'SELECT LoginType, LoginSubType, Browser, Status, COUNT(Id) n FROM LoginHistory GROUP BY LoginType, LoginSubType, Browser, Status',
  )
  const some = (test: (row: (typeof logins)[number]) => boolean): boolean => logins.some(test)
  assert.ok(some((row) => row['LoginType'] === 'Other Apex API'))
  assert.ok(
    some(
      (row) => row['LoginSubType'] === 'OauthUsernamePassword' && String(row['Browser']).startsWith('python-requests'),
    ),
  )
  assert.ok(some((row) => row['Browser'] === 'Salesforce-Multi-Org-Fetcher/1.0'))
  assert.ok(some((row) => row['Status'] === 'Invalid Password' && Number(row['n']) >= 10))
  assert.ok((await countOf(admin, `SELECT COUNT() FROM LoginHistory WHERE LoginGeo.CountryIso = 'PA'`)) > 0)
  assert.equal(await countOf(admin, `SELECT COUNT() FROM SetupAuditTrail WHERE Action = 'changeIpRelaxationPolicy'`), 1)
  assert.equal(await countOf(admin, `SELECT COUNT() FROM EventLogFile WHERE EventType = 'Login'`), 1)
})

test('no planted login contradicts what its user may do', async () => {
  const { admin } = await legacy()
  const asked = await rowsOf(
    admin,
    'SELECT AssigneeId FROM PermissionSetAssignment WHERE PermissionSet.PermissionsTwoFactorApi = true',
  )
  assert.equal(asked.length, 1)
  const logins = await rowsOf(
    admin,
    `SELECT LoginType, LoginSubType FROM LoginHistory WHERE UserId = '${String(asked[0]?.['AssigneeId'])}'`,
  )
  // "MFA for API Logins" stops every login with a password through the API; one in the browser it lets pass.
  assert.deepEqual(
    [...new Set(logins.map((row) => `${String(row['LoginType'])}, ${String(row['LoginSubType'])}`))],
    ['Application, UsernamePasswordUiLogin'],
  )
})

test('apps: careless ones, one that is well kept, and some that nobody installed', async () => {
  const { sim, admin } = await legacy()
  const bodies = sim.control.components({ type: 'ConnectedApp' })
  const of = (name: string) =>
    bodies.find(({ fullName }) => fullName === name)?.body as Readonly<
      Record<string, Readonly<Record<string, unknown>>>
    >
  assert.equal(of('ERP_Sync')['oauthPolicy']?.['ipRelaxation'], 'BYPASS')
  assert.match(String(of('Team_CLI')['oauthConfig']?.['callbackUrl']), /localhost/)
  assert.ok(bodies.some(({ fullName }) => fullName === 'mkhub__Marketing_Hub'))
  assert.equal(
    bodies.some(({ fullName }) => fullName === 'Workflow_Zap'),
    false,
  )
  assert.equal(await countOf(admin, 'SELECT COUNT() FROM OauthToken WHERE AppMenuItemId = null'), 3)
  assert.ok((await countOf(admin, 'SELECT COUNT() FROM OauthToken WHERE LastUsedDate < LAST_N_DAYS:180')) >= 5)
  const [kept] = sim.control
    .components({ type: 'ExtlClntAppGlobalOauthSettings' })
    .filter(({ body }) => body['externalClientApplication'] === 'Billing_Sync')
  assert.deepEqual([kept?.body['isPkceRequired'], kept?.body['isRefreshTokenRotationEnabled']], [true, true])
})

test('the same seed gives the same org, another one another', async () => {
  const rows = async (seed: string): Promise<string> => {
    const { admin } = await legacy({ seed })
    const soql = 'SELECT UserId, LoginTime, Browser, Platform FROM LoginHistory ORDER BY LoginTime, Id LIMIT 500'
    return JSON.stringify((await rowsOf(admin, soql)).map(({ attributes: _, ...row }) => row))
  }
  const one = await rows('one')
  assert.equal(await rows('one'), one)
  assert.notEqual(await rows('two'), one)
})

test('hostile names come through as they are, where they were asked for', async () => {
  const { admin } = await legacy({ hostile: true })
  const values = [
    ...(await rowsOf(admin, 'SELECT Name, Title FROM User')),
    ...(await rowsOf(admin, 'SELECT AppName FROM OauthToken')),
    ...(await rowsOf(admin, 'SELECT Label FROM AppMenuItem')),
    ...(await rowsOf(admin, 'SELECT Label FROM PermissionSet')),
    ...(await rowsOf(admin, 'SELECT Display FROM SetupAuditTrail')),
    ...(await rowsOf(admin, 'SELECT MasterLabel FROM NamedCredential')),
    ...(await toolingRows(admin, 'SELECT MasterLabel FROM Certificate')),
  ].flatMap((row) => Object.values(row).filter((value) => typeof value === 'string'))
  for (const piece of [
    '<img src=x',
    '<script>',
    '=HYPERLINK(',
    `|' /C calc'`,
    '\u001B[2J',
    '\u001B]8;;',
    '\r\n',
    '](javascript:',
  ])
    assert.ok(
      values.some((value) => value.includes(piece)),
      JSON.stringify(piece),
    )
  const { admin: harmless } = await legacy()
  assert.equal(
    (await rowsOf(harmless, 'SELECT Name FROM User')).some((row) =>
      ['<', '\u001B'].some((piece) => String(row['Name']).includes(piece)),
    ),
    false,
  )
})

test('every object of it that describe names can be queried', async () => {
  const { admin } = await legacy()
  const wantFilter = new Set(['EntityParticle', 'UserEntityAccess', 'UserFieldAccess'])
  const { sobjects } = await admin.describeGlobal()
  for (const { name } of sobjects) if (!wantFilter.has(name)) await admin.query(`SELECT Id FROM ${name} LIMIT 3`)
  const tooling = await admin.tooling.describeGlobal()
  for (const { name } of tooling.sobjects)
    if (!wantFilter.has(name)) await admin.tooling.query(`SELECT Id FROM ${name} LIMIT 3`)
  assert.ok(sobjects.length > 45)
})

test('a scenario that isn’t there is refused by name', () => {
  assert.deepEqual(scenarioNames, ['legacy-company'])
  assert.throws(() => scenario('other' as never), /known are: legacy-company/)
})
