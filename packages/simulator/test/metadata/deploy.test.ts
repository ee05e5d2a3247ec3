/** Deployments as jobs: zip and manifest, dry runs, roll-back, partial saves, queue, cancelling, lost answers, refusals. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import jsforce from 'jsforce'
import { get, until, userOf } from '../identity/wire.ts'
import {
  at,
  connect,
  connectedApp,
  deploy,
  deployApp,
  file,
  manifest,
  problems,
  read,
  retrieve,
  world,
  zipOf,
} from './org.ts'

const site = (url: string): string =>
  file(
    'RemoteSiteSetting',
    `<disableProtocolSecurity>false</disableProtocolSecurity><isActive>true</isActive><url>${url}</url>`,
  )
const sites = (urls: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  'package.xml': manifest({ RemoteSiteSetting: Object.keys(urls) }),
  ...Object.fromEntries(
    Object.entries(urls).map(([name, url]) => [`remoteSiteSettings/${name}.remoteSite`, site(url)]),
  ),
})

test('a deployment is queued, done when polled, and says of each component what became of it', async () => {
  const { conn } = await world()
  const first = (await conn.metadata.deploy(zipOf(sites({ One: 'https://one.example' })), {
    singlePackage: true,
  })) as unknown
  assert.deepEqual(Object.keys(first as object).includes('id'), true)
  const { id } = first as { readonly id: string }
  assert.match(id, /^0Af[A-Za-z0-9]{15}$/)
  const done = await conn.metadata.checkDeployStatus(id, true)
  assert.equal(done.status, 'Succeeded')
  assert.equal(done.numberComponentsTotal, 1)
  const again = await deploy(conn, sites({ One: 'https://one.example', Two: 'https://two.example' }))
  const told = again.details.componentSuccesses.map((one) => [
    one.fullName,
    one.componentType,
    one.created,
    one.changed,
  ])
  assert.deepEqual(told, [
    ['One', 'RemoteSiteSetting', false, false],
    ['Two', 'RemoteSiteSetting', true, true],
    ['package.xml', '', false, true],
  ])
})

test('the jsforce of the browser build works too', async () => {
  const { sim, admin } = await world()
  const grant = sim.control.grant({ user: admin, app: 'Web' })
  const conn = new jsforce.Connection({
    instanceUrl: grant.instanceUrl,
    accessToken: grant.accessToken,
    version: '66.0',
  })
  const listed = await conn.metadata.list([{ type: 'ConnectedApp' }, { type: 'Settings' }])
  assert.ok(listed.some((one) => one.fullName === 'Web' && one.type === 'ConnectedApp'))
  const described = await conn.metadata.describe()
  assert.equal(described.metadataObjects.find((one) => one.xmlName === 'Certificate')?.metaFile, true)
})

test('one component that fails undoes all; only in a sandbox, and if asked, the others stay', async () => {
  for (const sandbox of [false, true]) {
    const { conn } = await world({}, { orgs: [{ name: 'acme', sandbox }] })
    const mixed = sites({ Good: 'https://good.example', Wrong: 'nonsense' })
    const whole = await deploy(conn, mixed)
    assert.deepEqual([whole.status, whole.success, whole.numberComponentErrors], ['Failed', false, 1])
    assert.equal(whole.details.componentFailures[0]?.fullName, 'Wrong')
    assert.equal(whole.details.componentFailures[0]?.problemType, 'Error')
    assert.equal((await retrieve(conn, { RemoteSiteSetting: ['*'] })).files.size, 1)

    const partial = await deploy(conn, mixed, { rollbackOnError: false })
    assert.equal(partial.status, sandbox ? 'SucceededPartial' : 'Failed')
    assert.equal((await retrieve(conn, { RemoteSiteSetting: ['*'] })).files.size, sandbox ? 2 : 1)
  }
})

test('what a failed deployment did to apps before it failed is undone, in memory too', async () => {
  const { sim, conn } = await world()
  const before = sim.control.state()[0]?.apps
  const result = await deploy(conn, {
    'package.xml': manifest({ ConnectedApp: ['Web'], ExtlClntAppConfigurablePolicies: ['X'] }),
    'connectedApps/Web.connectedApp': connectedApp('<sessionPolicy><policyAction>Block</policyAction></sessionPolicy>'),
    'extlClntAppPolicies/X.ecaPlcy': file(
      'ExtlClntAppConfigurablePolicies',
      '<externalClientApplication>Nobody</externalClientApplication><isEnabled>true</isEnabled><label>x</label>',
    ),
  })
  assert.deepEqual(problems(result), [
    'In field: externalClientApplication - no ExternalClientApplication named Nobody found',
  ])
  assert.deepEqual(sim.control.state()[0]?.apps, before)
  assert.equal((await conn.query('SELECT Id FROM User LIMIT 1')).totalSize > 0, true, 'the session lives on')
})

test('a zip and its manifest have to agree', async () => {
  const { conn } = await world()
  const said = async (files: Readonly<Record<string, string>>, options = {}): Promise<readonly string[]> =>
    problems(await deploy(conn, files, options))
  assert.deepEqual(await said({ 'other.xml': '' }), ['No package.xml found'])
  assert.deepEqual(await said(sites({ A: 'https://a.example' }), { singlePackage: false }), ['No package.xml found'])
  assert.deepEqual(await said({ 'package.xml': manifest({ Nonsense: ['A'] }) }), [
    "Unknown type name 'Nonsense' specified in package.xml",
  ])
  assert.deepEqual(await said({ 'package.xml': manifest({ RemoteSiteSetting: ['A'] }) }), [
    "An object 'A' of type RemoteSiteSetting was named in package.xml, but was not found in zipped directory",
  ])
  assert.deepEqual(
    await said({ 'package.xml': manifest({}), 'remoteSiteSettings/A.remoteSite': site('https://a.example') }),
    ['Not in package.xml'],
  )
  const folder = Object.fromEntries(
    Object.entries(sites({ A: 'https://a.example' })).map(([k, v]) => [`unpackaged/${k}`, v]),
  )
  assert.deepEqual(await said(folder, { singlePackage: false }), [])
})

test('files that are no XML, of another type, or with elements nobody knows are refused in Salesforce’s words', async () => {
  const { conn } = await world()
  const said = async (text: string): Promise<string> => problems(await deployApp(conn, 'Web', text))[0] ?? ''
  assert.match(await said('<ConnectedApp><label>'), /^Error parsing file: /)
  assert.equal(
    await said(connectedApp('<refreshTokenValidityPeriod>1</refreshTokenValidityPeriod>')),
    'Error parsing file: Element {http://soap.sforce.com/2006/04/metadata}refreshTokenValidityPeriod invalid at this location in type ConnectedApp',
  )
  assert.equal(
    await said(connectedApp('<oauthPolicy><ipRelaxation>ENFORCE_ACTIVATED_USERS</ipRelaxation></oauthPolicy>')),
    "Error parsing file: 'ENFORCE_ACTIVATED_USERS' is not a valid value for the enum 'ConnectedAppIpRelaxation'",
  )
  assert.match(
    await said(connectedApp('', '<isPkceRequired>maybe</isPkceRequired>')),
    /not a valid value for the type xsd:boolean/,
  )
  assert.match(await said(connectedApp('<label>Twice</label>')), /Element label is duplicated at this location/)
  assert.equal(
    await said(file('ConnectedApp', '<contactEmail>a@b.c</contactEmail>')),
    'Required field is missing: label',
  )
  const bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><ConnectedApp>&a;</ConnectedApp>'
  assert.match(await said(bomb), /^(?:Error parsing file|Required field)/)
})

test('destructive changes delete, and what isn’t there is a warning only', async () => {
  const { conn } = await world()
  await deploy(conn, sites({ Old: 'https://old.example' }))
  const result = await deploy(conn, {
    'package.xml': manifest({}),
    'destructiveChanges.xml': manifest({ RemoteSiteSetting: ['Old', 'Never'] }),
  })
  assert.equal(result.status, 'Succeeded')
  const [never, old] = result.details.componentSuccesses
    .filter((one) => one.fileName === 'destructiveChanges.xml')
    .toSorted((a, b) => a.fullName.localeCompare(b.fullName))
  assert.deepEqual([never?.problemType, never?.problem], ['Warning', 'No RemoteSiteSetting named: Never found'])
  assert.equal(old?.deleted, true)
  assert.equal((await conn.metadata.list([{ type: 'RemoteSiteSetting' }])).length, 0)
})

test('a queue that is long: pending, in progress, done by the simulator’s clock, one after the other', async () => {
  const { sim, conn } = await world({ metadataQueueMs: 60_000, metadataRunMs: 120_000 })
  const start = async (name: string): Promise<string> => {
    const job: unknown = await conn.metadata.deploy(zipOf(sites({ [name]: 'https://a.example' })), {
      singlePackage: true,
    })
    return (job as { readonly id: string }).id
  }
  const [first, second] = [await start('A'), await start('B')]
  const status = async (id: string) => (await conn.metadata.checkDeployStatus(id)).status
  assert.deepEqual([await status(first), await status(second)], ['Pending', 'Pending'])
  sim.control.moveClock({ advanceMs: 61_000 })
  assert.deepEqual([await status(first), await status(second)], ['InProgress', 'Pending'])
  sim.control.moveClock({ advanceMs: 120_000 })
  assert.deepEqual([await status(first), await status(second)], ['Succeeded', 'InProgress'])
  sim.control.moveClock({ advanceMs: 120_000 })
  assert.equal(await status(second), 'Succeeded')
})

test('a deployment is cancelled at once in the queue, later at work; over SOAP and over REST', async () => {
  const { sim, conn } = await world({ metadataQueueMs: 60_000, metadataRunMs: 60_000 })
  const start = async (): Promise<string> => {
    const job: unknown = await conn.metadata.deployRest(zipOf(sites({ A: 'https://a.example' })), {
      singlePackage: true,
    })
    return (job as { readonly id: string }).id
  }
  const queued = await start()
  const result: unknown = await conn.metadata.cancelDeploy(queued)
  assert.equal((result as { readonly done: string }).done, 'true')
  assert.equal((await conn.metadata.checkDeployStatus(queued)).status, 'Canceled')

  const running = await start()
  sim.control.moveClock({ advanceMs: 61_000 })
  const patched = await conn.request<{ readonly deployResult: { readonly status: string } }>({
    method: 'PATCH',
    url: `/metadata/deployRequest/${running}`,
    body: JSON.stringify({ deployResult: { status: 'Canceling' } }),
    headers: { 'content-type': 'application/json' },
  })
  assert.equal(patched.deployResult.status, 'Canceling')
  sim.control.moveClock({ advanceMs: 60_000 })
  const end = await conn.metadata.checkDeployStatus(running, true, true)
  assert.deepEqual([end.status, end.done], ['Canceled', true])
  assert.equal((await conn.metadata.list([{ type: 'RemoteSiteSetting' }])).length, 0)
})

test('REST shows the same result as SOAP, with JSON’s own types', async () => {
  const { conn } = await world()
  const started: unknown = await conn.metadata.deployRest(zipOf(sites({ A: 'nonsense' })), {
    singlePackage: true,
    rollbackOnError: true,
  })
  const { id, deployResult } = started as { readonly id: string; readonly deployResult: { readonly done: boolean } }
  assert.equal(deployResult.done, false)
  const rest = await conn.metadata.checkDeployStatus(id, true, true)
  assert.deepEqual([rest.status, rest.done, rest.success, rest.numberComponentErrors], ['Failed', true, false, 1])
  const soap = await conn.metadata.checkDeployStatus(id, true)
  assert.equal(soap.details.componentFailures?.[0]?.problem, rest.details.componentFailures?.[0]?.problem)
})

test('a deployment whose answer was lost is done all the same', async () => {
  const { sim, conn } = await world()
  sim.control.addFault({ match: { endpoint: 'metadata' }, action: { drop: 'after' } })
  await assert.rejects(async () => {
    await conn.metadata.deploy(zipOf(sites({ A: 'https://a.example' })), { singlePackage: true })
  })
  await until(() => sim.control.metadataJobs()[0]?.stage === 'Done', 'the job is done')
  assert.equal((await conn.metadata.list([{ type: 'RemoteSiteSetting' }])).length, 1)
})

test('UNKNOWN_EXCEPTION comes with nothing done, or with everything done', async () => {
  for (const deployException of ['nothing-done', 'all-done'] as const) {
    const { sim, conn } = await world({ deployException })
    const result = await deploy(conn, sites({ A: 'https://a.example' }))
    assert.deepEqual([result.status, result.errorStatusCode], ['Failed', 'UNKNOWN_EXCEPTION'])
    assert.match(result.errorMessage ?? '', /ErrorId/)
    sim.control.changeOrg({ settings: { deployException: 'no' } })
    const { length } = await conn.metadata.list([{ type: 'RemoteSiteSetting' }])
    assert.equal(length, deployException === 'all-done' ? 1 : 0)
  }
})

test('a dead session, a version that isn’t there and a user without the right are SOAP faults', async () => {
  const { sim, conn, admin } = await world()
  const dead = connect(sim, admin)
  sim.control.expireAccessTokens({ user: admin })
  await assert.rejects(dead.metadata.list([{ type: 'ConnectedApp' }]), /INVALID_SESSION_ID: Invalid Session ID found/)
  await assert.rejects(conn.metadata.describe(), /INVALID_SESSION_ID/)
  await assert.rejects(connect(sim, admin, '99.0').metadata.describe(), /UNSUPPORTED_API_VERSION/)
  const other = connect(sim, userOf(sim).username)
  await assert.rejects(other.metadata.describe(), /INSUFFICIENT_ACCESS: use of the Metadata API requires/)
  const rest = await get(`${sim.url}/services/data/v66.0/metadata/deployRequest/0Af000000000001AAA`, {
    Authorization: `Bearer ${other.accessToken ?? ''}`,
  })
  assert.equal(rest.status, 403)
})

test('ten records a call, three queries a list', async () => {
  const { conn } = await world()
  const eleven = Array.from({ length: 11 }, (_, i) => `App${i}`)
  await assert.rejects(conn.metadata.read('ConnectedApp', eleven), /EXCEEDED_ID_LIMIT/)
  await assert.rejects(conn.metadata.list(Array.from({ length: 4 }, () => ({ type: 'Profile' }))), /EXCEEDED_ID_LIMIT/)
  await assert.rejects(conn.metadata.list([{ type: 'Nonsense' }]), /INVALID_TYPE/)
})

test('components one by one: create, update, upsert, rename, delete', async () => {
  const { conn } = await world()
  const one = { fullName: 'S', disableProtocolSecurity: false, isActive: true, url: 'https://s.example' }
  const success = (result: unknown): boolean => (result as { readonly success: boolean }).success
  assert.equal(success(await conn.metadata.create('RemoteSiteSetting', one)), true)
  const twice = await conn.metadata.create('RemoteSiteSetting', one)
  assert.equal(twice.errors[0]?.statusCode, 'DUPLICATE_DEVELOPER_NAME')
  assert.equal(success(await conn.metadata.update('RemoteSiteSetting', { ...one, isActive: false })), true)
  assert.equal(at(await read(conn, 'RemoteSiteSetting', 'S'), 'isActive'), 'false')
  const [upserted] = await conn.metadata.upsert('RemoteSiteSetting', [{ ...one, fullName: 'T' }])
  assert.deepEqual([upserted?.created, upserted?.success], [true, true])
  assert.equal(success(await conn.metadata.rename('RemoteSiteSetting', 'T', 'U')), true)
  const missing = await conn.metadata.update('RemoteSiteSetting', { ...one, fullName: 'T' })
  assert.equal(missing.errors[0]?.statusCode, 'INVALID_CROSS_REFERENCE_KEY')
  const gone = await conn.metadata.delete('RemoteSiteSetting', ['S', 'U', 'V'])
  assert.deepEqual(
    gone.map((result) => result.success),
    [true, true, false],
  )
  assert.equal(at(await read(conn, 'RemoteSiteSetting', 'S'), 'url') ?? '', '')
})

test('what was retrieved, deployed again, changes nothing and says so', async () => {
  const { sim, conn } = await world({ consumerKeyOnUpdate: 'same-accepted' })
  sim.control.addApp({ name: 'Ext', kind: 'external', certificate: {} })
  const types = ['ConnectedApp', 'ExtlClntAppGlobalOauthSettings', 'ExtlClntAppOauthConfigurablePolicies']
  const { files } = await retrieve(conn, {
    ...Object.fromEntries(types.map((type) => [type, ['*']])),
    ExtlClntAppOauthSettings: ['*'],
    Settings: ['*'],
    Profile: ['*'],
    PermissionSet: ['*'],
  })
  const before = sim.control.state()[0]
  await deploy(conn, Object.fromEntries(files))
  const again = await deploy(conn, Object.fromEntries(files))
  assert.equal(again.status, 'Succeeded', JSON.stringify(problems(again)))
  const changed = again.details.componentSuccesses.filter((one) => one.changed).map((one) => one.fullName)
  assert.deepEqual(changed, ['package.xml'])
  assert.deepEqual(sim.control.state()[0]?.apps, before?.apps)
})

test('what was validated is deployed later without being sent again, within ten days, over SOAP and over REST', async () => {
  for (const rest of [false, true]) {
    const { sim, conn, admin } = await world()
    const dry = await deploy(conn, sites({ A: 'https://a.example' }), { checkOnly: true })
    assert.deepEqual([dry.status, dry.checkOnly], ['Succeeded', true])
    assert.equal(sim.control.components({ type: 'RemoteSiteSetting' }).length, 0)
    const id = await conn.metadata.deployRecentValidation({ id: dry.id, rest })
    assert.equal((await conn.metadata.checkDeployStatus(id)).status, 'Succeeded')
    assert.equal(sim.control.components({ type: 'RemoteSiteSetting' }).length, 1)
    sim.control.moveClock({ advanceMs: 11 * 86_400_000 })
    await assert.rejects(
      connect(sim, admin).metadata.deployRecentValidation({ id: dry.id, rest }),
      /invalid validation id/,
    )
  }
})

test('components and jobs are saved and loaded', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-metadata-'))
  const { sim, conn } = await world({ metadataQueueMs: 60_000 })
  await conn.metadata.deploy(zipOf(sites({ A: 'https://a.example' })), { singlePackage: true })
  sim.control.save({ folder })
  sim.control.moveClock({ advanceMs: 61_000 })
  assert.equal(sim.control.components({ type: 'RemoteSiteSetting' }).length, 1)
  sim.control.load({ folder })
  assert.equal(sim.control.components({ type: 'RemoteSiteSetting' }).length, 0)
  sim.control.moveClock({ advanceMs: 61_000 })
  assert.equal(sim.control.components({ type: 'RemoteSiteSetting' })[0]?.fullName, 'A')
})
