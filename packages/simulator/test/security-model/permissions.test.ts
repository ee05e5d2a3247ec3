/** Who may do what: gated permissions, groups, objects an org lacks, and what a caller may know of itself and others. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { scenario } from '../../src/index.ts'
import { simulator, userOf } from '../identity/wire.ts'
import { connectionOf, countOf, refusal, rowsOf, toolingRows } from './asking.ts'

const admin = 'ada.admin@legacy.example'

test('a gated permission is neither described nor selectable until the org has what opens its gate', async () => {
  const sim = await simulator()
  const connection = connectionOf(sim, userOf(sim, 'admin').username)
  const described = async (name: string): Promise<boolean> =>
    (
      await connection.request<{ fields: { name: string }[] }>('/services/data/v66.0/sobjects/PermissionSet/describe')
    ).fields.some((field) => field.name === name)
  for (const [column, settings] of [
    ['PermissionsUseAnyApiClient', { apiAccessControl: 'off' }],
    ['PermissionsBypassMFAForUiLogins', { mfaBypassPermission: 'present' }],
  ] as const) {
    const soql = `SELECT Id FROM PermissionSet WHERE ${column} = true`
    assert.equal(await described(column), false)
    assert.equal(await refusal(connection.query(soql)), 'INVALID_FIELD')
    sim.control.changeOrg({ settings })
    assert.equal(await described(column), true)
    assert.equal((await rowsOf(connection, soql)).length, 0)
  }
  assert.equal(
    await refusal(connection.query('SELECT PermissionsManageConnectedApps FROM PermissionSet')),
    'INVALID_FIELD',
  )
})

test('describe has no "accessible": who filters by it is left with nothing', async () => {
  const sim = await simulator()
  const { fields } = await connectionOf(sim, userOf(sim).username).describe('Account')
  assert.ok(fields.length > 10)
  assert.equal(fields.filter((field) => 'accessible' in field).length, 0)
})

test('one sweep over assignments finds rights from profiles, sets and groups; muted ones are not among them', async () => {
  const sim = await simulator({ orgs: [scenario('legacy-company')] })
  const connection = connectionOf(sim, admin, 'Team_CLI')
  const holders = async (right: string): Promise<ReadonlyMap<string, string>> =>
    new Map(
      (
        await rowsOf(
          connection,
          `SELECT Assignee.Username, PermissionSet.Type FROM PermissionSetAssignment WHERE Assignee.IsActive = true AND PermissionSet.Permissions${right} = true`,
        )
      ).map((row) => [
        (row['Assignee'] as { Username: string }).Username.split('@')[0] ?? '',
        (row['PermissionSet'] as { Type: string }).Type,
      ]),
    )
  const modify = await holders('ModifyAllData')
  assert.equal(modify.get('petra.pohl'), 'Group')
  assert.equal(modify.get('xenia.xu'), 'Regular')
  assert.equal(modify.get('ada.admin'), 'Profile')
  assert.equal((await holders('BulkApiHardDelete')).get('petra.pohl'), undefined)
  const groups = await rowsOf(connection, 'SELECT DeveloperName, Status FROM PermissionSetGroup ORDER BY DeveloperName')
  assert.deepEqual(
    groups.map((row) => [row['DeveloperName'], row['Status']]),
    [
      ['Operations', 'Updated'],
      ['Release_Team', 'Outdated'],
    ],
  )
  const over = await rowsOf(
    connection,
    `SELECT Assignee.Username FROM PermissionSetAssignment WHERE IsActive = false AND ExpirationDate < TODAY`,
  )
  assert.equal(over.length, 1)
})

test('a caller can ask what it may do itself', async () => {
  const sim = await simulator()
  const plain = connectionOf(sim, userOf(sim).username)
  const own = async () =>
    (await rowsOf(plain, 'SELECT PermissionsApiEnabled, PermissionsManageUsers FROM UserPermissionAccess'))[0]
  assert.deepEqual([(await own())?.['PermissionsApiEnabled'], (await own())?.['PermissionsManageUsers']], [true, false])
  sim.control.givePermissions({ user: userOf(sim).username, permissions: ['ManageUsers'] })
  assert.equal((await own())?.['PermissionsManageUsers'], true)
})

test('access of anybody to objects and fields can be asked for, by naming the user', async () => {
  const sim = await simulator()
  const connection = connectionOf(sim, userOf(sim, 'admin').username)
  const { id } = userOf(sim, 'api')
  assert.equal(
    await refusal(toolingRows(connection, 'SELECT EntityDefinitionId FROM UserEntityAccess')),
    'MALFORMED_QUERY',
  )
  const [account] = await toolingRows(
    connection,
    `SELECT IsReadable, IsDeletable FROM UserEntityAccess WHERE UserId = '${id}' AND EntityDefinitionId = 'Account'`,
  )
  assert.deepEqual([account?.['IsReadable'], account?.['IsDeletable']], [true, false])
  const fields = await toolingRows(
    connection,
    `SELECT FieldDefinitionId, IsAccessible, IsUpdatable FROM UserFieldAccess WHERE UserId = '${id}' AND EntityDefinitionId = 'Account'`,
  )
  const of = (name: string) => fields.find((row) => row['FieldDefinitionId'] === `Account.${name}`)
  assert.deepEqual([of('Margin__c')?.['IsAccessible'], of('Industry')?.['IsAccessible']], [false, true])
  assert.equal(of('Industry')?.['IsUpdatable'], false)
})

test('an object that the org lacks is as unknown as one that never was', async () => {
  const sim = await simulator()
  const connection = connectionOf(sim, userOf(sim, 'admin').username)
  assert.equal(await countOf(connection, 'SELECT COUNT() FROM EventLogFile'), 0)
  sim.control.changeOrg({ settings: { absentObjects: ['EventLogFile', 'ExternalClientApplication'] } })
  for (const name of ['EventLogFile', 'ExternalClientApplication', 'ProfileLoginIpRange'])
    assert.equal(await refusal(connection.query(`SELECT Id FROM ${name}`)), 'INVALID_TYPE', name)
  const { sobjects } = await connection.describeGlobal()
  assert.equal(
    sobjects.some(({ name }) => name === 'EventLogFile'),
    false,
  )
})

test('limits want View Setup; permission sets and their licences can’t be seen without', async () => {
  const sim = await simulator({
    orgs: [
      { name: 'acme', users: [{ username: 'x@acme.example', profile: 'Minimum Access - API Only Integrations' }] },
    ],
  })
  const bare = connectionOf(sim, 'x@acme.example')
  assert.equal(await refusal(bare.limits()), 'INSUFFICIENT_ACCESS')
  for (const name of [
    'PermissionSet',
    'PermissionSetAssignment',
    'PermissionSetGroup',
    'PermissionSetLicense',
    'SetupEntityAccess',
    'SetupAuditTrail',
    'ConnectedApplication',
    'OauthCustomScope',
  ])
    assert.equal(await refusal(bare.query(`SELECT Id FROM ${name}`)), 'INVALID_TYPE', name)
  sim.control.givePermissions({ user: 'x@acme.example', permissions: ['ViewSetup'] })
  assert.ok((await bare.limits())['DailyApiRequests'] !== undefined)
})
