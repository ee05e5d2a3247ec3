/** Users of the integration licence, made and licensed over the record resources as an administrator would. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import type { Connection } from '@jsforce/jsforce-node'
import { connect, deploy, file, manifest, world } from '../metadata/org.ts'
import type { World } from '../metadata/org.ts'
import { token } from '../identity/wire.ts'

const profileName = 'Minimum Access - API Only Integrations'

const one = async (conn: Connection, soql: string): Promise<Readonly<Record<string, unknown>>> => {
  const [record] = (await conn.query(soql)).records
  assert.ok(record, soql)
  return record as Readonly<Record<string, unknown>>
}

const idOf = async (conn: Connection, soql: string): Promise<string> => String((await one(conn, soql))['Id'])

const refusal = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
  } catch (error) {
    return `${String((error as { errorCode?: unknown }).errorCode)}: ${(error as Error).message}`
  }
  return 'done'
}

const make = async ({ conn }: World, name: string, profile = profileName): Promise<string> => {
  const { id } = await conn.sobject('User').create({
    Username: `${name}@acme.example`,
    LastName: name,
    Email: `${name}@acme.example`,
    Alias: name.slice(0, 8),
    ProfileId: await idOf(conn, `SELECT Id FROM Profile WHERE Name = '${profile}'`),
  })
  return String(id)
}

const license = (conn: Connection) =>
  one(conn, `SELECT TotalLicenses, UsedLicenses FROM UserLicense WHERE Name = 'Salesforce Integration'`)

const grantObjects = async (conn: Connection): Promise<string> => {
  const result = await deploy(conn, {
    'package.xml': manifest({ PermissionSet: ['Erp'] }),
    'permissionsets/Erp.permissionset': file(
      'PermissionSet',
      '<label>Erp</label><objectPermissions><allowRead>true</allowRead><object>Account</object></objectPermissions>',
    ),
  })
  assert.equal(result.status, 'Succeeded')
  return idOf(conn, `SELECT Id FROM PermissionSet WHERE Name = 'Erp'`)
}

test('seats are counted by active users; the one too many is refused, and a deactivated user gives its seat back', async () => {
  const here = await world()
  const { conn } = here
  assert.deepEqual((await license(conn))['UsedLicenses'], 1)
  for (const n of [1, 2, 3, 4]) await make(here, `bot${n}`)
  assert.deepEqual((await license(conn))['UsedLicenses'], 5)
  assert.match(await refusal(make(here, 'bot5')), /^LICENSE_LIMIT_EXCEEDED/)
  assert.match(await refusal(idOf(conn, `SELECT Id FROM User WHERE Username = 'bot5@acme.example'`)), /SELECT/)
  const first = await idOf(conn, `SELECT Id FROM User WHERE Username = 'bot1@acme.example'`)
  await conn.sobject('User').update({ Id: first, IsActive: false })
  assert.deepEqual((await license(conn))['UsedLicenses'], 4)
  await make(here, 'bot5')
  assert.match(
    await refusal(conn.sobject('User').update({ Id: first, IsActive: true })),
    /^LICENSE_LIMIT_EXCEEDED/,
    'coming back takes a seat, too',
  )
})

test('a username that is there is refused', async () => {
  const here = await world()
  await make(here, 'bot')
  assert.match(await refusal(make(here, 'bot')), /^DUPLICATE_USERNAME/)
})

test('permissions on objects want the permission set licence first', async () => {
  const here = await world()
  const { conn } = here
  const AssigneeId = await make(here, 'bot')
  const PermissionSetId = await grantObjects(conn)
  const assign = () => conn.sobject('PermissionSetAssignment').create({ AssigneeId, PermissionSetId })
  assert.match(
    await refusal(assign()),
    /^FIELD_INTEGRITY_EXCEPTION.*The user license doesn't allow the permission: Read Account/,
  )
  const PermissionSetLicenseId = await idOf(
    conn,
    `SELECT Id FROM PermissionSetLicense WHERE MasterLabel = 'Salesforce API Integration'`,
  )
  const licensed = { AssigneeId, PermissionSetLicenseId }
  await conn.sobject('PermissionSetLicenseAssign').create(licensed)
  assert.match(await refusal(conn.sobject('PermissionSetLicenseAssign').create(licensed)), /^DUPLICATE_VALUE/)
  await assign()
  assert.match(await refusal(assign()), /^DUPLICATE_VALUE/)
  const { UsedLicenses } = await one(conn, `SELECT UsedLicenses FROM PermissionSetLicense`)
  assert.equal(UsedLicenses, 2, 'the org’s own API user and this one')
  const bot = connect(here.sim, 'bot@acme.example')
  assert.deepEqual((await bot.describe('Account')).updateable, false)
  assert.match(await refusal(bot.describe('Contact')), /NOT_FOUND/)
})

test('permission set licences run out, too', async () => {
  const here = await world()
  const { conn } = here
  const PermissionSetLicenseId = await idOf(conn, `SELECT Id FROM PermissionSetLicense`)
  const assign = (AssigneeId: string) =>
    conn.sobject('PermissionSetLicenseAssign').create({ AssigneeId, PermissionSetLicenseId })
  for (const n of [1, 2, 3, 4]) await assign(await make(here, `person${n}`, 'Standard User'))
  assert.match(await refusal(assign(await make(here, 'person5', 'Standard User'))), /^LICENSE_LIMIT_EXCEEDED/)
})

test('a user that is made after its profile got login ranges and API-only has them; so does one that is moved there', async () => {
  const here = await world()
  const { sim, conn } = here
  const result = await deploy(conn, {
    'package.xml': manifest({ Profile: ['Bots'] }),
    'profiles/Bots.profile': file(
      'Profile',
      '<custom>true</custom><loginIpRanges><endAddress>203.0.113.9</endAddress><startAddress>203.0.113.9</startAddress></loginIpRanges><userLicense>Salesforce Integration</userLicense><userPermissions><enabled>true</enabled><name>ApiEnabled</name></userPermissions><userPermissions><enabled>true</enabled><name>ApiUserOnly</name></userPermissions>',
    ),
  })
  assert.equal(result.status, 'Succeeded')
  await make(here, 'bot', 'Bots')
  sim.control.changeApp({
    app: 'Server',
    settings: { clientCredentials: true, clientCredentialsUser: 'bot@acme.example' },
  })
  const app = sim.orgs[0]?.apps.find(({ name }) => name === 'Server')
  const logIn = () =>
    token(sim, {
      grant_type: 'client_credentials',
      client_id: app?.clientId ?? '',
      client_secret: app?.clientSecret ?? '',
    })
  assert.equal((await logIn()).json['error_description'], 'ip restricted')
  const id = await idOf(conn, `SELECT Id FROM User WHERE Username = 'bot@acme.example'`)
  const free = await idOf(conn, `SELECT Id FROM Profile WHERE Name = '${profileName}'`)
  const bots = await idOf(conn, `SELECT Id FROM Profile WHERE Name = 'Bots'`)
  await conn.sobject('User').update({ Id: id, ProfileId: free })
  assert.equal((await logIn()).status, 200)
  await conn.sobject('User').update({ Id: id, ProfileId: bots })
  assert.equal((await logIn()).json['error_description'], 'ip restricted')
})
