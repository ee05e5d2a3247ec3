/** Settings, profiles and permission sets by metadata: what they change in the org, and what only seems to change. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { call, refresh, rows, token, userOf } from '../identity/wire.ts'
import { at, connect, deploy, file, manifest, problems, read, retrieve, world } from './org.ts'
import type { World } from './org.ts'

const settingsFile = (member: string, inner: string) => ({
  'package.xml': manifest({ Settings: [member] }),
  [`settings/${member}.settings`]: file(`${member}Settings`, inner),
})

const profileFile = (name: string, inner: string) => ({
  'package.xml': manifest({ Profile: [name] }),
  [`profiles/${name}.profile`]: file('Profile', inner),
})

const settingsOf = ({ sim }: World) => sim.control.changeOrg({ settings: {} })

test('the list of trusted ranges is replaced whole; empty, the element is gone', async () => {
  const here = await world()
  const { conn } = here
  const range = (start: string, end: string): string => `<ipRanges><end>${end}</end><start>${start}</start></ipRanges>`
  const two = `<networkAccess>${range('203.0.113.1', '203.0.113.9')}${range('198.51.100.7', '198.51.100.7')}</networkAccess>`
  assert.equal((await deploy(conn, settingsFile('Security', two))).status, 'Succeeded')
  assert.deepEqual(settingsOf(here).trustedAddresses, ['203.0.113.1-203.0.113.9', '198.51.100.7'])
  await deploy(conn, settingsFile('Security', '<enableAdminLoginAsAnyUser>true</enableAdminLoginAsAnyUser>'))
  assert.equal(settingsOf(here).trustedAddresses.length, 2, 'what isn’t mentioned stays')
  await deploy(conn, settingsFile('Security', '<networkAccess/>'))
  assert.deepEqual(settingsOf(here).trustedAddresses, [])
  const text = (await retrieve(conn, { Settings: ['Security'] })).files.get('settings/Security.settings') ?? ''
  assert.doesNotMatch(text, /networkAccess/)
  assert.match(text, /<enableAdminLoginAsAnyUser>true</)
  const wrong = await deploy(
    conn,
    settingsFile('Security', `<networkAccess>${range('203.0.113.9', '203.0.113.1')}</networkAccess>`),
  )
  assert.match(problems(wrong)[0] ?? '', /ends before it starts/)
  assert.equal(wrong.details.componentFailures[0]?.componentType, 'SecuritySettings')
})

test('sessions and password policies of the file are the org’s', async () => {
  const here = await world()
  await deploy(
    here.conn,
    settingsFile(
      'Security',
      '<passwordPolicies><complexity>UpperLowerCaseNumeric</complexity><expiration>Never</expiration><historyRestriction>5</historyRestriction><lockoutInterval>Forever</lockoutInterval><maxLoginAttempts>ThreeAttempts</maxLoginAttempts><minimumPasswordLength>12</minimumPasswordLength></passwordPolicies><sessionSettings><sessionTimeout>FifteenMinutes</sessionTimeout></sessionSettings>',
    ),
  )
  const { passwordComplexity, passwordExpiryDays, passwordHistory, lockoutMs, lockoutAttempts, passwordMinimumLength } =
    settingsOf(here)
  assert.deepEqual(
    { passwordComplexity, passwordExpiryDays, passwordHistory, lockoutMs, lockoutAttempts, passwordMinimumLength },
    {
      passwordComplexity: 'UpperLowerCaseNumeric',
      passwordExpiryDays: null,
      passwordHistory: 5,
      lockoutMs: null,
      lockoutAttempts: 3,
      passwordMinimumLength: 12,
    },
  )
  here.sim.control.moveClock({ advanceMs: 16 * 60_000 })
  assert.equal((await call(here.sim, here.conn.accessToken ?? '')).status, 401)
})

test('API Access Control has three states, and the third is an element that isn’t there', async () => {
  const here = await world()
  const { sim, conn } = here
  const element = async () =>
    at(await read(conn, 'ConnectedAppSettings', 'ConnectedApp'), 'enableAdminApprovedAppsOnly')
  const on = settingsFile('ConnectedApp', '<enableAdminApprovedAppsOnly>true</enableAdminApprovedAppsOnly>')
  assert.equal(await element(), undefined)
  assert.match(problems(await deploy(conn, on))[0] ?? '', /isn’t enabled/)
  sim.control.changeOrg({ settings: { apiAccessControl: 'off' } })
  assert.equal(await element(), 'false')
  const grant = sim.control.grant({ user: userOf(sim).username, app: 'Web' })
  assert.equal((await deploy(conn, on)).status, 'Succeeded')
  assert.equal(
    (await refresh(sim, grant)).json['error'],
    'invalid_app_access',
    'nobody approves an app for itself any more',
  )
})

test('the switches of the org’s OAuth are open to metadata: password flow, PKCE for all, secrets', async () => {
  const here = await world()
  const { sim, conn } = here
  await deploy(
    conn,
    settingsFile('OauthOidc', '<blockOAuthUnPwFlow>true</blockOAuthUnPwFlow><isPkceRequired>true</isPkceRequired>'),
  )
  await deploy(
    conn,
    settingsFile(
      'ExternalClientApp',
      '<enableClientSecretInRestApiAccess>true</enableClientSecretInRestApiAccess><enableConsumerSecretApiAccess>true</enableConsumerSecretApiAccess>',
    ),
  )
  const { passwordFlowBlocked, pkceRequired, consumerSecretsByRest, consumerSecretsByMetadata } = settingsOf(here)
  assert.deepEqual(
    [passwordFlowBlocked, pkceRequired, consumerSecretsByRest, consumerSecretsByMetadata],
    [true, true, true, true],
  )
  assert.equal(
    at(await read(conn, 'ExternalClientAppSettings', 'ExternalClientApp'), 'enableConsumerSecretApiAccess'),
    'true',
  )
  const trail = await rows(sim, 'SELECT Action FROM SetupAuditTrail')
  assert.ok(trail.some((row) => row['Action'] === 'consumerSecretsByMetadataOffOn'))
  const [refused] = await conn.metadata.delete('SecuritySettings', ['Security'])
  assert.equal(refused?.success, false)
})

test('login ranges of a profile hold for all its users, and a file without them leaves them', async () => {
  const { sim, conn } = await world()
  const user = userOf(sim)
  const grant = sim.control.grant({ user: user.username, app: 'Web' })
  const ranges =
    '<custom>false</custom><loginIpRanges><endAddress>203.0.113.9</endAddress><startAddress>203.0.113.1</startAddress></loginIpRanges>'
  assert.equal((await deploy(conn, profileFile('Standard', ranges))).status, 'Succeeded')
  assert.equal((await refresh(sim, grant)).json['error_description'], 'ip restricted')
  const inside = await refresh(sim, grant, grant.refreshToken, { 'X-Sim-Address': '203.0.113.5' })
  assert.equal(inside.status, 200)
  await deploy(conn, profileFile('Standard', '<custom>false</custom>'))
  assert.equal(at(await read(conn, 'Profile', 'Standard'), 'loginIpRanges', '0', 'startAddress'), '203.0.113.1')
  const actions = (await rows(sim, 'SELECT Action FROM SetupAuditTrail')).map((row) => row['Action'])
  assert.ok(actions.includes('loginIpRange'))
})

test('login hours of a profile are those of the day of the week', async () => {
  const { sim, conn } = await world({}, { clockStart: Date.parse('2026-11-23T09:30:00Z') })
  const user = userOf(sim)
  const app = sim.orgs[0]?.apps.find((one) => one.name === 'Web')
  const login = () =>
    token(sim, {
      grant_type: 'password',
      client_id: app?.clientId ?? '',
      client_secret: app?.clientSecret ?? '',
      username: user.username,
      password: user.password + user.securityToken,
    })
  const hours = '<loginHours><mondayEnd>1080</mondayEnd><mondayStart>480</mondayStart></loginHours>'
  assert.equal((await deploy(conn, profileFile('Standard', hours))).status, 'Succeeded')
  assert.equal((await login()).status, 200, 'Monday at half past nine')
  sim.control.moveClock({ advanceMs: 24 * 3_600_000 })
  assert.equal((await login()).status, 400, 'nobody logs in on a Tuesday')
  const later = connect(sim, userOf(sim, 'admin').username)
  const odd = await deploy(
    later,
    profileFile('Standard', '<loginHours><mondayEnd>1081</mondayEnd><mondayStart>480</mondayStart></loginHours>'),
  )
  assert.match(problems(odd)[0] ?? '', /whole hours/)
})

test('permissions of a standard profile: deployed with success, and as they were; or applied: a switch', async () => {
  const { sim, conn } = await world()
  const file = profileFile(
    'Standard',
    '<userPermissions><enabled>true</enabled><name>ManageUsers</name></userPermissions>',
  )
  assert.equal((await deploy(conn, file)).status, 'Succeeded')
  const has = async () =>
    (await conn.query(`SELECT Id FROM Profile WHERE Name = 'Standard User' AND PermissionsManageUsers = true`))
      .totalSize
  assert.equal(await has(), 0)
  sim.control.changeOrg({ settings: { standardProfileEdits: 'applied' } })
  await deploy(conn, file)
  assert.equal(await has(), 1)
})

test('a profile of one’s own is made, added to, and deleted while nobody has it', async () => {
  const { conn } = await world()
  const made = await deploy(
    conn,
    profileFile(
      'Integration',
      '<custom>true</custom><userLicense>Salesforce Integration</userLicense><userPermissions><enabled>true</enabled><name>ApiEnabled</name></userPermissions>',
    ),
  )
  assert.equal(made.status, 'Succeeded', JSON.stringify(problems(made)))
  await deploy(
    conn,
    profileFile('Integration', '<userPermissions><enabled>true</enabled><name>ApiUserOnly</name></userPermissions>'),
  )
  const text = (await retrieve(conn, { Profile: ['Integration'] })).files.get('profiles/Integration.profile') ?? ''
  assert.match(text, /<name>ApiEnabled<\/name>[\s\S]*<name>ApiUserOnly<\/name>/)
  assert.match(text, /<userLicense>Salesforce Integration</)
  const [gone, kept] = await conn.metadata.delete('Profile', ['Integration', 'Admin'])
  assert.deepEqual([gone?.success, kept?.success], [true, false])
})

test('a permission set is replaced whole, and who it is assigned to is data', async () => {
  const { sim, conn } = await world()
  const user = userOf(sim)
  const set = (inner: string) => ({
    'package.xml': manifest({ PermissionSet: ['Sync'] }),
    'permissionsets/Sync.permissionset': file('PermissionSet', `<label>Sync</label>${inner}`),
  })
  const one = (name: string): string => `<userPermissions><enabled>true</enabled><name>${name}</name></userPermissions>`
  const first = await deploy(
    conn,
    set(
      `<fieldPermissions><editable>false</editable><field>Account.Industry</field><readable>true</readable></fieldPermissions><objectPermissions><allowCreate>false</allowCreate><allowDelete>false</allowDelete><allowEdit>false</allowEdit><allowRead>true</allowRead><modifyAllRecords>false</modifyAllRecords><object>Account</object><viewAllRecords>false</viewAllRecords></objectPermissions>${one('ModifyMetadata')}`,
    ),
  )
  assert.equal(first.status, 'Succeeded', JSON.stringify(problems(first)))
  const [row] = (await conn.query<{ Id: string }>(`SELECT Id FROM PermissionSet WHERE Name = 'Sync'`)).records
  await conn.create('PermissionSetAssignment', { AssigneeId: user.id, PermissionSetId: row?.Id ?? '' })
  const other = connect(sim, user.username)
  assert.ok((await other.metadata.describe()).metadataObjects.length > 0, 'ModifyMetadata lets it in')
  const own = await deploy(other, set(one('ApiEnabled')))
  assert.match(problems(own)[0] ?? '', /ManageProfilesPermissionsets/)

  await deploy(conn, set(one('ApiEnabled')))
  const left = await conn.query(`SELECT Id FROM ObjectPermissions WHERE Parent.Name = 'Sync'`)
  assert.equal(left.totalSize, 0)
  await assert.rejects(other.metadata.describe(), /INSUFFICIENT_ACCESS/)
  for (const [inner, expected] of [
    [one('UseAnyApiClient'), 'Unknown user permission: UseAnyApiClient'],
    [
      '<objectPermissions><allowRead>true</allowRead><object>Nope__c</object></objectPermissions>',
      'In field: field - no CustomObject named Nope__c found',
    ],
    [
      '<objectPermissions><allowCreate>true</allowCreate><object>Account</object></objectPermissions>',
      'Permission Create Account depends on permission(s): Read Account',
    ],
  ] as const)
    assert.deepEqual(problems(await deploy(conn, set(inner))), [expected])
  const [used] = await conn.metadata.delete('PermissionSet', ['Sync'])
  assert.match(used?.errors[0]?.message ?? '', /assigned to users/)
})

test('password rules of a profile', async () => {
  const here = await world()
  const result = await deploy(here.conn, {
    'package.xml': manifest({ ProfilePasswordPolicy: ['P'] }),
    'profilePasswordPolicies/P.profilePasswordPolicy': file(
      'ProfilePasswordPolicy',
      '<lockoutInterval>15</lockoutInterval><maxLoginAttempts>5</maxLoginAttempts><minimumPasswordLength>16</minimumPasswordLength><minimumPasswordLifetime>true</minimumPasswordLifetime><passwordComplexity>4</passwordComplexity><passwordExpiration>30</passwordExpiration><passwordHistory>12</passwordHistory><passwordQuestion>1</passwordQuestion><profile>Standard</profile>',
    ),
  })
  assert.equal(result.status, 'Succeeded', JSON.stringify(problems(result)))
  assert.equal(settingsOf(here).profilePasswordPolicies['Standard User']?.passwordMinimumLength, 16)
  await here.conn.metadata.delete('ProfilePasswordPolicy', ['P'])
  assert.deepEqual(settingsOf(here).profilePasswordPolicies, {})
})
