/** What only the Tooling API has: Health Check, components as Metadata, certificates, entities, policies of apps. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { scenario } from '../../src/index.ts'
import { simulator } from '../identity/wire.ts'
import { zipOf } from '../metadata/org.ts'
import { connectionOf, day, refusal, rowsOf, toolingRows } from './asking.ts'

const legacy = async () => {
  const sim = await simulator({ orgs: [scenario('legacy-company')] })
  return { sim, admin: connectionOf(sim, 'ada.admin@legacy.example', 'Team_CLI') }
}

test('Health Check is in the Tooling API alone; its rows have one id, which is none', async () => {
  const { admin } = await legacy()
  assert.equal(await refusal(admin.query('SELECT Score FROM SecurityHealthCheck')), 'INVALID_TYPE')
  const [check] = await toolingRows(
    admin,
    'SELECT Id, DurableId, CustomBaselineId, Score FROM SecurityHealthCheck LIMIT 1',
  )
  const risks = await toolingRows(
    admin,
    'SELECT Id, DurableId, RiskType, Setting, SettingGroup, SettingRiskCategory, OrgValue, StandardValue FROM SecurityHealthCheckRisks ORDER BY RiskType, Setting',
  )
  assert.ok(risks.length > 40)
  assert.ok(risks.every((risk) => risk['Id'] === check?.['Id'] && risk['Id'] === '000000000000000AAA'))
  assert.match(String(check?.['Score']), /^\d{1,3}$/)
  assert.ok(Number(check?.['Score']) < 55)
  const of = (id: string) => risks.find((risk) => risk['DurableId'] === id)
  assert.deepEqual(
    [of('Identity.mfaEnabled')?.['RiskType'], of('Identity.mfaEnabled')?.['OrgValue']],
    ['HIGH_RISK', 'Disabled'],
  )
  assert.equal(of('ExternalClientApps.metadataApiAccess')?.['RiskType'], 'HIGH_RISK')
  assert.equal(of('AdminUsers.activeSystemAdministratorCount')?.['SettingRiskCategory'], 'INFORMATIONAL')
})

test('Health Check says what the settings are now', async () => {
  const { sim, admin } = await legacy()
  const risk = async (): Promise<unknown> =>
    (
      await toolingRows(
        admin,
        `SELECT RiskType FROM SecurityHealthCheckRisks WHERE DurableId = 'PasswordPolicies.minPasswordLength'`,
      )
    )[0]?.['RiskType']
  const seen = [await risk()]
  for (const passwordMinimumLength of [6, 8, 12]) {
    sim.control.changeOrg({ settings: { passwordMinimumLength } })
    seen.push(await risk())
  }
  assert.deepEqual(seen, ['HIGH_RISK', 'MEDIUM_RISK', 'MEETS_STANDARD', 'MEETS_STANDARD'])
})

test('Metadata is given for one row at a time, and is null for some profiles', async () => {
  const { sim, admin } = await legacy()
  assert.equal(await refusal(toolingRows(admin, 'SELECT Id, Name, Metadata FROM Profile')), 'MALFORMED_QUERY')
  const one = async (name: string) =>
    (await toolingRows(admin, `SELECT Id, Name, Metadata FROM Profile WHERE Name = '${name}'`))[0]?.['Metadata'] as {
      loginIpRanges: unknown
      loginHours: unknown
    } | null
  assert.deepEqual((await one('Support Agent'))?.loginIpRanges, [
    { startAddress: '0.0.0.0', endAddress: '255.255.255.255', description: 'temporary' },
  ])
  assert.equal((await one('Finance'))?.loginIpRanges, null)
  assert.equal((await one('Finance'))?.loginHours, null)
  sim.control.changeOrg({ settings: { profilesWithoutMetadata: ['Finance'] } })
  assert.equal(await one('Finance'), null)
  assert.equal(await refusal(admin.query(`SELECT Metadata FROM Profile WHERE Name = 'Finance'`)), 'INVALID_FIELD')
})

test('security settings come whole, in the one row there is', async () => {
  const { admin } = await legacy()
  const [row] = await toolingRows(admin, 'SELECT Id, Metadata FROM SecuritySettings LIMIT 1')
  const metadata = row?.['Metadata'] as Readonly<Record<string, Readonly<Record<string, unknown>>>>
  assert.equal(metadata['sessionSettings']?.['enableMFADirectUILoginOptIn'], false)
  assert.equal(metadata['passwordPolicies']?.['expiration'], 'Never')
})

test('fields of entities have to be asked for by entity, and come in one batch or not at all', async () => {
  const { admin } = await legacy()
  assert.equal(await refusal(toolingRows(admin, 'SELECT QualifiedApiName FROM EntityParticle')), 'MALFORMED_QUERY')
  const particles = await toolingRows(
    admin,
    `SELECT QualifiedApiName, IsApiFilterable, EntityDefinition.Label FROM EntityParticle WHERE EntityDefinition.QualifiedApiName = 'LoginHistory'`,
  )
  const status = particles.find((row) => row['QualifiedApiName'] === 'Status')
  assert.equal(status?.['IsApiFilterable'], false)
  assert.equal((status?.['EntityDefinition'] as { Label: string } | undefined)?.Label, 'Login History')
  assert.ok((await toolingRows(admin, 'SELECT QualifiedApiName, KeyPrefix FROM EntityDefinition')).length > 40)
})

test('certificates: one is over, one is about to be', async () => {
  const { sim, admin } = await legacy()
  const rows = await toolingRows(
    admin,
    'SELECT DeveloperName, ExpirationDate, KeySize FROM Certificate ORDER BY ExpirationDate',
  )
  const days = rows.map((row) => Math.round((Date.parse(String(row['ExpirationDate'])) - sim.clock.now()) / day))
  assert.deepEqual(days, [-20, 12, 300])
  assert.equal(await refusal(admin.query('SELECT Id FROM Certificate')), 'INVALID_TYPE')
})

test('policies of external client apps: three fields in REST, the rest in Tooling, PKCE and rotation in neither', async () => {
  const { admin } = await legacy()
  const soql = 'SELECT ExternalClientApplication.DeveloperName, PermittedUsersPolicyType FROM ExtlClntAppOauthPlcyCnfg'
  const rest = await rowsOf(admin, soql)
  assert.equal(rest.length, 4)
  assert.equal(
    await refusal(admin.query('SELECT IpRelaxationPolicyType FROM ExtlClntAppOauthPlcyCnfg')),
    'INVALID_FIELD',
  )
  const tooling = await toolingRows(
    admin,
    'SELECT ExternalClientApplication.DeveloperName, IpRelaxationPolicyType, RefreshTokenPolicyType, RefreshTokenValidityPeriod FROM ExtlClntAppOauthPlcyCnfg',
  )
  const of = (name: string) =>
    tooling.find((row) => (row['ExternalClientApplication'] as { DeveloperName: string }).DeveloperName === name)
  assert.deepEqual(
    [
      of('Billing_Sync')?.['IpRelaxationPolicyType'],
      of('Billing_Sync')?.['RefreshTokenPolicyType'],
      of('Billing_Sync')?.['RefreshTokenValidityPeriod'],
    ],
    ['Enforce', 'SpecificInactivity', 30],
  )
  assert.equal(of('Analytics_Bridge')?.['IpRelaxationPolicyType'], 'Bypass')
  const scopes = await toolingRows(
    admin,
    `SELECT ExternalClientApplication.DeveloperName FROM ExtlClntAppOauthSettings WHERE OauthScopesFULL = true`,
  )
  assert.equal(scopes.length, 2)
  for (const field of ['IsPkceRequired', 'IsRefreshTokenRotationEnabled'])
    assert.equal(await refusal(toolingRows(admin, `SELECT ${field} FROM ExtlClntAppOauthPlcyCnfg`)), 'INVALID_FIELD')
})

test('an app’s scopes, callbacks and PKCE are in no column of ConnectedApplication; Tooling has a few columns more', async () => {
  const { admin } = await legacy()
  const [row] = await rowsOf(
    admin,
    `SELECT OptionsAllowAdminApprovedUsersOnly, OptionsRefreshTokenValidityMetric FROM ConnectedApplication WHERE Name = 'Drift_Connector'`,
  )
  assert.deepEqual(
    [row?.['OptionsAllowAdminApprovedUsersOnly'], row?.['OptionsRefreshTokenValidityMetric']],
    [true, false],
  )
  assert.equal(await refusal(admin.query('SELECT SessionTimeout FROM ConnectedApplication')), 'INVALID_FIELD')
  const [mobile] = await toolingRows(
    admin,
    `SELECT SessionTimeout FROM ConnectedApplication WHERE Name = 'Legacy_Mobile'`,
  )
  assert.equal(mobile?.['SessionTimeout'], 1440)
})

test('Health Check and its kin are not there for who may not see the setup', async () => {
  const sim = await simulator({
    orgs: [
      { name: 'acme', users: [{ username: 'x@acme.example', profile: 'Minimum Access - API Only Integrations' }] },
    ],
  })
  const bare = connectionOf(sim, 'x@acme.example')
  for (const name of [
    'SecurityHealthCheck',
    'SecurityHealthCheckRisks',
    'SecuritySettings',
    'Certificate',
    'RemoteProxy',
  ])
    assert.equal(await refusal(toolingRows(bare, `SELECT Id FROM ${name}`)), 'INVALID_TYPE', name)
  sim.control.givePermissions({ user: 'x@acme.example', permissions: ['ViewHealthCheck'] })
  assert.equal((await toolingRows(bare, 'SELECT Score FROM SecurityHealthCheck')).length, 1)
  assert.equal(await refusal(toolingRows(bare, 'SELECT Id FROM SecuritySettings')), 'INVALID_TYPE')
})

test('deployments leave rows in the Tooling API, with who sent them and what became of them', async () => {
  const { sim, admin } = await legacy()
  const soql =
    'SELECT CreatedBy.Username, Status, CheckOnly, CompletedDate FROM DeployRequest ORDER BY CreatedDate DESC LIMIT 3'
  assert.equal(await refusal(admin.query(soql)), 'INVALID_TYPE')
  const planted = await toolingRows(
    admin,
    "SELECT Id FROM DeployRequest WHERE Status = 'Succeeded' AND CheckOnly = false",
  )
  assert.equal(planted.length, 6)
  sim.control.changeOrg({ settings: { metadataQueueMs: 60_000, metadataRunMs: 60_000 } })
  const version = '<version>66.0</version>'
  const zip = zipOf({ 'package.xml': `<Package xmlns="http://soap.sforce.com/2006/04/metadata">${version}</Package>` })
  // jsforce asks on by itself; the first answer has the id.
  const started: unknown = await admin.metadata.deploy(zip, { checkOnly: true, singlePackage: true })
  const newest = async () => {
    const [row = {}] = await toolingRows(admin, soql)
    const { Username } = row['CreatedBy'] as { Username: string }
    return [Username, row['Status'], row['CheckOnly'], row['CompletedDate'] === null]
  }
  assert.deepEqual(await newest(), ['ada.admin@legacy.example', 'Pending', true, true])
  sim.control.moveClock({ advanceMs: 10 * 60_000 })
  assert.ok((started as { id: string }).id.startsWith('0Af'))
  assert.deepEqual(await newest(), ['ada.admin@legacy.example', 'Succeeded', true, false])
})

test('public links to files: all of them for who may see all files, else one’s own', async () => {
  const { sim, admin } = await legacy()
  const soql = 'SELECT Name, PreferencesExpires, Password FROM ContentDistribution ORDER BY Name'
  assert.deepEqual(
    (await rowsOf(admin, soql)).map((row) => [row['Name'], row['PreferencesExpires'], row['Password'] !== null]),
    [
      ['Contract draft', false, true],
      ['Price list 2019', false, false],
      ['Trade fair pictures', true, false],
    ],
  )
  const own = await rowsOf(connectionOf(sim, 'contractor.one@legacy.example', 'Team_CLI'), soql)
  assert.deepEqual(
    own.map((row) => row['Name']),
    ['Trade fair pictures'],
  )
})
