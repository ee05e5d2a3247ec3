/** What a deployed app file does at the token endpoint, what a retrieve then says, and where the two differ. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import type { Simulator } from '../../src/index.ts'
import { appOf, call, get, post, refresh, rows, token, userOf } from '../identity/wire.ts'
import { at, connect, connectedApp, deploy, deployApp, file, manifest, problems, read, retrieve, world } from './org.ts'

test('scopes, rotation, PKCE and the policies of a connected app act as soon as they are deployed', async () => {
  const { sim, conn } = await world()
  const grant = sim.control.grant({ user: userOf(sim).username, app: 'Web' })
  const result = await deployApp(
    conn,
    'Web',
    connectedApp(
      '<oauthPolicy><ipRelaxation>ENFORCE</ipRelaxation><refreshTokenPolicy>specific_inactivity:7:DAYS</refreshTokenPolicy></oauthPolicy><sessionPolicy><sessionTimeout>15</sessionTimeout></sessionPolicy>',
      '<isPkceRequired>true</isPkceRequired><isRefreshTokenRotationEnabled>false</isRefreshTokenRotationEnabled><scopes>Api</scopes><scopes>OfflineAccess</scopes><scopes>Email</scopes>',
    ),
  )
  assert.equal(result.status, 'Succeeded', JSON.stringify(problems(result)))
  const first = await refresh(sim, grant)
  assert.equal(first.status, 200)
  assert.equal('refresh_token' in first.json, false, 'without rotation the answer has no refresh token')
  const authorize = await get(
    `${sim.url}/services/oauth2/authorize?response_type=code&client_id=${grant.clientId}&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb`,
  )
  assert.match(authorize.headers.get('location') ?? '', /missing\+required\+code\+challenge/)

  sim.control.moveClock({ advanceMs: 16 * 60_000 })
  assert.equal((await call(sim, first.json['access_token'])).status, 401, 'sessions of the app end after 15 minutes')
  sim.control.moveClock({ advanceMs: 8 * 86_400_000 })
  assert.equal((await refresh(sim, grant)).json['error_description'], 'expired access/refresh token')

  const later = connect(sim, userOf(sim, 'admin').username)
  const { files } = await retrieve(later, { ConnectedApp: ['Web'] })
  const text = files.get('connectedApps/Web.connectedApp') ?? ''
  assert.match(text, /<refreshTokenPolicy>specific_inactivity:7:DAYS<\/refreshTokenPolicy>/)
  assert.deepEqual(
    [...text.matchAll(/<scopes>(.*?)<\/scopes>/g)].map((match) => match[1]),
    ['Api', 'Basic', 'RefreshToken'],
    'a retrieve gives back fewer names than a deploy takes',
  )
  assert.doesNotMatch(text, /consumerSecret/)
})

test('the idle limit makes metadata lie: it says infinite, and tokens end after thirty idle days', async () => {
  const { sim, conn } = await world()
  const grant = sim.control.grant({ user: userOf(sim).username, app: 'Web' })
  assert.equal(at(await read(conn, 'ConnectedApp', 'Web'), 'oauthPolicy', 'refreshTokenPolicy'), 'infinite')
  assert.equal(at(await read(conn, 'ConnectedApp', 'Web'), 'oauthConfig', 'isEnforceRefreshTokenTTL'), undefined)
  sim.control.moveClock({ advanceMs: 31 * 86_400_000 })
  assert.equal((await refresh(sim, grant)).status, 400)
})

test('from API 67 on the idle limit is an element, unless this org has none of them', async () => {
  const { sim, admin } = await world()
  const conn = connect(sim, admin, '67.0')
  assert.equal(at(await read(conn, 'ConnectedApp', 'Web'), 'oauthConfig', 'isEnforceRefreshTokenTTL'), 'true')
  const off = connectedApp('', '<isEnforceRefreshTokenTTL>false</isEnforceRefreshTokenTTL>')
  assert.equal((await deployApp(conn, 'Web', off)).status, 'Succeeded')
  assert.equal(sim.control.state()[0]?.apps.find((app) => app.name === 'Web')?.settings.idleLimitMs, null)
  sim.control.changeOrg({ settings: { newOauthElements: 'absent' } })
  assert.match(
    problems(await deployApp(conn, 'Web', off))[0] ?? '',
    /isEnforceRefreshTokenTTL invalid at this location/,
  )
})

test('an inactivity policy beyond the idle limit can’t be saved', async () => {
  const { conn } = await world()
  const policy = (text: string): string =>
    connectedApp(
      `<oauthPolicy><ipRelaxation>ENFORCE</ipRelaxation><refreshTokenPolicy>${text}</refreshTokenPolicy></oauthPolicy>`,
    )
  assert.match(problems(await deployApp(conn, 'Web', policy('specific_inactivity:31:DAYS')))[0] ?? '', /can’t be saved/)
  assert.match(
    problems(await deployApp(conn, 'Web', policy('SPECIFIC_LIFETIME')))[0] ?? '',
    /Invalid refresh token policy/,
  )
  assert.equal((await deployApp(conn, 'Web', policy('specific_lifetime:3:MONTHS'))).status, 'Succeeded')
  assert.equal(
    at(await read(conn, 'ConnectedApp', 'Web'), 'oauthPolicy', 'refreshTokenPolicy'),
    'specific_lifetime:3:MONTHS',
  )
})

test('locked controls: weakening them is refused, or reported as done and undone', async () => {
  const { sim, conn } = await world()
  const weak = connectedApp('', '<isRefreshTokenRotationEnabled>false</isRefreshTokenRotationEnabled>')
  sim.control.changeApp({ app: 'Web', settings: { lockedControls: 'refused' } })
  assert.match(problems(await deployApp(conn, 'Web', weak))[0] ?? '', /locked/)
  sim.control.changeApp({ app: 'Web', settings: { lockedControls: 'reverts' } })
  assert.equal((await deployApp(conn, 'Web', weak)).status, 'Succeeded')
  assert.equal(at(await read(conn, 'ConnectedApp', 'Web'), 'oauthConfig', 'isRefreshTokenRotationEnabled'), 'true')
})

test('new connected apps need Support’s permission; their key is taken once in all orgs and never given again', async () => {
  const { sim, conn } = await world({}, { orgs: [{ name: 'acme' }, { name: 'other' }] })
  const fresh = (key: string): string => connectedApp('', `<consumerKey>${key}</consumerKey><scopes>Api</scopes>`)
  assert.match(problems(await deployApp(conn, 'Fresh', fresh('FreshKey01')))[0] ?? '', /can’t create a connected app/)
  sim.control.changeOrg({ settings: { connectedAppCreation: true } })
  const taken = appOf(sim, 'Jwt', 1).clientId
  assert.equal(problems(await deployApp(conn, 'Fresh', fresh(taken)))[0], 'The consumer key is already taken.')
  assert.match(problems(await deployApp(conn, 'Fresh', fresh('short')))[0] ?? '', /8 to 256/)
  assert.equal((await deployApp(conn, 'Fresh', fresh('FreshKey01'))).status, 'Succeeded')
  assert.equal(problems(await deployApp(conn, 'Fresh', fresh('FreshKey01')))[0], 'You cannot provide a Consumer Key')
  sim.control.changeOrg({ settings: { consumerKeyOnUpdate: 'same-accepted' } })
  assert.equal((await deployApp(conn, 'Fresh', fresh('FreshKey01'))).status, 'Succeeded')
})

test('admin-approved users: permission sets and profiles of the file, and assignments made by data', async () => {
  const { sim, conn } = await world()
  const user = userOf(sim)
  const approved = connectedApp(
    '<permissionSetName>Security_Audit_Light</permissionSetName>',
    '<isAdminApproved>true</isAdminApproved><scopes>Api</scopes>',
  )
  const grant = sim.control.grant({ user: user.username, app: 'Web' })
  assert.equal((await deployApp(conn, 'Web', approved)).status, 'Succeeded')
  assert.equal((await refresh(sim, grant)).json['error'], 'invalid_app_access')
  const [set] = (await conn.query<{ Id: string }>(`SELECT Id FROM PermissionSet WHERE Name = 'Security_Audit_Light'`))
    .records
  const seen = await conn.query(`SELECT Id FROM SetupEntityAccess WHERE SetupEntityType = 'ConnectedApplication'`)
  assert.equal(seen.totalSize, 1)
  await conn.create('PermissionSetAssignment', { AssigneeId: user.id, PermissionSetId: set?.Id ?? '' })
  assert.equal((await refresh(sim, grant)).status, 200)
  const missing = connectedApp('<permissionSetName>Nope</permissionSetName>')
  assert.equal(
    problems(await deployApp(conn, 'Web', missing))[0],
    'In field: permissionSetName - no PermissionSet named Nope found',
  )
  assert.equal(at(await read(conn, 'ConnectedApp', 'Web'), 'permissionSetName'), 'Security_Audit_Light')
})

test('an app from a package: its policies are this org’s, its file is the vendor’s; uninstalled, it is in no metadata', async () => {
  const { sim, conn } = await world()
  sim.control.packageApp({ app: 'Web', namespace: 'vendor' })
  const [listed] = (await conn.metadata.list([{ type: 'ConnectedApp' }])).filter((one) => one.fullName.endsWith('Web'))
  assert.deepEqual(
    [listed?.fullName, listed?.namespacePrefix, listed?.manageableState],
    ['vendor__Web', 'vendor', 'installed'],
  )
  const result = await deployApp(conn, 'vendor__Web', connectedApp('', '<isPkceRequired>true</isPkceRequired>'))
  assert.match(problems(result)[0] ?? '', /^Cannot modify managed object: entity=ConnectedApplication, component=0H4/)
  const own = await read(conn, 'ConnectedApp', 'vendor__Web')
  const policies = await conn.metadata.update('ConnectedApp', {
    fullName: 'vendor__Web',
    contactEmail: at(own, 'contactEmail') ?? '',
    label: at(own, 'label') ?? '',
    oauthPolicy: { ipRelaxation: 'BYPASS', refreshTokenPolicy: 'zero' },
  } as unknown as Parameters<typeof conn.metadata.update>[1])
  assert.equal((policies as unknown as { readonly success: boolean }).success, true, JSON.stringify(policies))
  sim.control.packageApp({ app: 'Web', namespace: 'vendor', installed: false })
  assert.equal(
    (await conn.metadata.list([{ type: 'ConnectedApp' }])).some((one) => one.fullName === 'vendor__Web'),
    false,
  )
})

const eca = {
  'externalClientApps/ERP.eca': file(
    'ExternalClientApplication',
    '<contactEmail>a@example.com</contactEmail><distributionState>Local</distributionState><isProtected>false</isProtected><label>ERP</label>',
  ),
  'extlClntAppOauthSettings/ERP_o.ecaOauth': file(
    'ExtlClntAppOauthSettings',
    '<commaSeparatedOauthScopes>Api, RefreshToken</commaSeparatedOauthScopes><externalClientApplication>ERP</externalClientApplication><label>o</label>',
  ),
  'extlClntAppGlobalOauthSets/ERP_g.ecaGlblOauth': file(
    'ExtlClntAppGlobalOauthSettings',
    '<callbackUrl>https://erp.example.com/cb</callbackUrl><externalClientApplication>ERP</externalClientApplication><isClientCredentialsFlowEnabled>true</isClientCredentialsFlowEnabled><isRefreshTokenRotationEnabled>true</isRefreshTokenRotationEnabled><label>g</label>',
  ),
  'extlClntAppOauthPolicies/ERP_p.ecaOauthPlcy': file(
    'ExtlClntAppOauthConfigurablePolicies',
    '<clientCredentialsFlowUser>api@acme.example</clientCredentialsFlowUser><externalClientApplication>ERP</externalClientApplication><isClientCredentialsFlowEnabled>true</isClientCredentialsFlowEnabled><label>p</label><refreshTokenPolicyType>SpecificInactivity</refreshTokenPolicyType><refreshTokenValidityPeriod>30</refreshTokenValidityPeriod><refreshTokenValidityUnit>Days</refreshTokenValidityUnit>',
  ),
  'extlClntAppPolicies/ERP_plcy.ecaPlcy': file(
    'ExtlClntAppConfigurablePolicies',
    '<externalClientApplication>ERP</externalClientApplication><isEnabled>true</isEnabled><isOauthPluginEnabled>true</isOauthPluginEnabled><label>q</label>',
  ),
} as const

const ecaTypes = {
  ExternalClientApplication: ['ERP'],
  ExtlClntAppOauthSettings: ['ERP_o'],
  ExtlClntAppGlobalOauthSettings: ['ERP_g'],
  ExtlClntAppOauthConfigurablePolicies: ['ERP_p'],
  ExtlClntAppConfigurablePolicies: ['ERP_plcy'],
}

const pairOf = (sim: Simulator) => sim.control.consumers({ app: 'ERP' })[0]

test('an external client app of five files works: client credentials, parts under names of their own', async () => {
  const { sim, conn } = await world()
  const result = await deploy(conn, { 'package.xml': manifest(ecaTypes), ...eca })
  assert.equal(result.status, 'Succeeded', JSON.stringify(problems(result)))
  const { files } = await retrieve(conn, Object.fromEntries(Object.keys(ecaTypes).map((name) => [name, ['*']])))
  for (const path of Object.keys(eca)) assert.ok(files.has(path), path)
  const global = files.get('extlClntAppGlobalOauthSets/ERP_g.ecaGlblOauth') ?? ''
  assert.match(global, /<isPkceRequired>true</, 'PKCE is on unless somebody says otherwise')
  assert.doesNotMatch(global, /consumerSecret>/)
  assert.match(
    files.get('extlClntAppOauthSettings/ERP_o.ecaOauth') ?? '',
    /<oauthLink>00D\w{12}:888\w{12}<\/oauthLink>/,
  )

  const key = /<consumerKey>(.*?)</.exec(global)?.[1] ?? ''
  const secret = sim.control.secrets()
  const answers = await Promise.all(
    secret
      .filter((one) => /^[0-9A-F]{64}$/.test(one))
      .map((one) => token(sim, { grant_type: 'client_credentials', client_id: key, client_secret: one })),
  )
  const good = answers.find((one) => one.status === 200)
  assert.equal(good?.json['scope'], 'api')
  const found = await conn.query(`SELECT DeveloperName FROM ExternalClientApplication WHERE DeveloperName = 'ERP'`)
  assert.equal(found.totalSize, 1)
})

test('the consumer secret is in metadata only where the org lets it out and the caller may see it', async () => {
  const { sim, conn, admin } = await world()
  await deploy(conn, { 'package.xml': manifest(ecaTypes), ...eca })
  const secret = async () => at(await read(conn, 'ExtlClntAppGlobalOauthSettings', 'ERP_g'), 'consumerSecret')
  assert.equal(await secret(), undefined)
  sim.control.changeOrg({ settings: { consumerSecretsByMetadata: true } })
  assert.equal(await secret(), undefined, 'a permission is needed, too')
  sim.control.givePermissions({ user: admin, permissions: ['ViewClientSecret'] })
  assert.ok(sim.control.secrets().includes((await secret()) ?? ''))
  sim.control.changeOrg({ settings: { consumerSecretsByMetadata: false, globalOauthSettings: 'closed' } })
  await assert.rejects(secret(), /INVALID_TYPE/)
})

test('key and secret are rotated by metadata: warnings have to be ignored, and the old pair is over', async () => {
  const { sim, conn } = await world()
  await deploy(conn, { 'package.xml': manifest(ecaTypes), ...eca })
  const files = {
    'package.xml': manifest({ ExtlClntAppGlobalOauthSettings: ['ERP_g'] }),
    'extlClntAppGlobalOauthSets/ERP_g.ecaGlblOauth': file(
      'ExtlClntAppGlobalOauthSettings',
      '<externalClientApplication>ERP</externalClientApplication><label>g</label><shouldRotateConsumerKey>true</shouldRotateConsumerKey><shouldRotateConsumerSecret>true</shouldRotateConsumerSecret>',
    ),
  }
  const key = async () => at(await read(conn, 'ExtlClntAppGlobalOauthSettings', 'ERP_g'), 'consumerKey') ?? ''
  const old = await key()
  assert.match(problems(await deploy(conn, files, { ignoreWarnings: true }))[0] ?? '', /not allowed in this org/)
  sim.control.changeOrg({ settings: { consumerSecretsByMetadata: true } })
  const warned = await deploy(conn, files)
  assert.deepEqual([warned.status, warned.details.componentFailures[0]?.problemType], ['Failed', 'Warning'])
  assert.equal((await deploy(conn, files, { ignoreWarnings: true })).status, 'Succeeded')
  assert.notEqual(await key(), old)
  const refused = await token(sim, { grant_type: 'client_credentials', client_id: old, client_secret: 'x' })
  assert.equal(refused.json['error'], 'invalid_client_id')
  assert.ok(pairOf(sim))
})

test('a blocked app loses its sessions and lets nobody in; unblocked, its grants work again', async () => {
  const { sim, conn } = await world()
  sim.control.addApp({ name: 'ERP', kind: 'external' })
  const grant = sim.control.grant({ user: userOf(sim).username, app: 'ERP' })
  const policy = (isEnabled: boolean) =>
    conn.metadata.update('ExtlClntAppConfigurablePolicies', {
      fullName: 'ERP_plcy',
      externalClientApplication: 'ERP',
      isEnabled,
      isOauthPluginEnabled: true,
      label: 'x',
    } as unknown as Parameters<typeof conn.metadata.update>[1])
  await policy(false)
  assert.equal((await call(sim, grant.accessToken)).status, 401)
  assert.equal((await refresh(sim, grant)).json['error'], 'OAUTH_APP_BLOCKED')
  assert.equal(at(await read(conn, 'ExtlClntAppConfigurablePolicies', 'ERP_plcy'), 'isEnabled'), 'false')
  await policy(true)
  assert.equal((await refresh(sim, grant)).status, 200)
})

test('the allowlist for refresh tokens is there from API 67 on: 128 ranges, 256 addresses', async () => {
  const { sim, admin } = await world()
  sim.control.addApp({ name: 'ERP', kind: 'external' })
  const grant = sim.control.grant({ user: userOf(sim).username, app: 'ERP' })
  const files = (start: string, end: string, version: string) => ({
    'package.xml': manifest({ ExtlClntAppOauthSecuritySettings: ['ERP_s'] }, version),
    'extlClntAppOauthSecuritySettings/ERP_s.ecaOauthSecurity': file(
      'ExtlClntAppOauthSecuritySettings',
      `<externalClientApplication>ERP</externalClientApplication><label>s</label><tokenIpRanges><endIpAddress>${end}</endIpAddress><startIpAddress>${start}</startIpAddress></tokenIpRanges>`,
    ),
  })
  const old = await deploy(connect(sim, admin), files('203.0.113.1', '203.0.113.9', '66.0'))
  assert.match(problems(old)[0] ?? '', /Unknown type name/)
  const conn = connect(sim, admin, '67.0')
  assert.match(problems(await deploy(conn, files('10.0.0.0', '10.0.1.0', '67.0')))[0] ?? '', /256 addresses/)
  assert.equal((await deploy(conn, files('203.0.113.1', '203.0.113.9', '67.0'))).status, 'Succeeded')
  const at9 = await refresh(sim, grant, grant.refreshToken, { 'X-Sim-Address': '203.0.113.9' })
  assert.equal(at9.status, 200)
  const elsewhere = await post(
    `${sim.url}/services/oauth2/token`,
    {
      grant_type: 'refresh_token',
      refresh_token: at9.json['refresh_token'] ?? '',
      client_id: grant.clientId,
      client_secret: grant.clientSecret,
    },
    { 'X-Sim-Address': '203.0.113.10' },
  )
  assert.equal(elsewhere.json['error_description'], 'ip restricted')
})

test('deleting an app ends what it issued', async () => {
  const { sim, conn } = await world()
  const grant = sim.control.grant({ user: userOf(sim).username, app: 'Server' })
  const [gone] = await conn.metadata.delete('ConnectedApp', ['Server'])
  assert.equal(gone?.success, true)
  assert.equal((await call(sim, grant.accessToken)).status, 401)
  assert.equal((await refresh(sim, grant)).json['error'], 'invalid_client_id')
})

test('the Setup Audit Trail has a row for each change, in the name of who deployed it', async () => {
  const { sim, conn, admin } = await world()
  await deployApp(
    conn,
    'Web',
    connectedApp(
      '<oauthPolicy><ipRelaxation>BYPASS</ipRelaxation><refreshTokenPolicy>infinite</refreshTokenPolicy></oauthPolicy>',
      `<certificate>${sim.control.makeCertificate().certificate}</certificate><isPkceRequired>true</isPkceRequired><scopes>Full</scopes>`,
    ),
  )
  const found = await rows(sim, 'SELECT Action, CreatedBy.Username FROM SetupAuditTrail')
  const actions = found.map((row) => row['Action'])
  for (const action of [
    'changeIpRelaxationPolicy',
    'changeApplicationPkceRequired',
    'changeOauthDefaultScope',
    'insertApplicationCertificate',
    'changeApplicationCallbackUrl',
  ])
    assert.ok(actions.includes(action), `${action} is missing among ${actions.join(', ')}`)
  const by = found.find((row) => row['Action'] === 'changeIpRelaxationPolicy')?.['CreatedBy'] as {
    readonly Username: string
  }
  assert.equal(by.Username, admin)
})
