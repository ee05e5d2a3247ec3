/** The traps into which published audit tools fell, one test each, over the wire. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { scale, scenario } from '@keyturn/simulator'
import { auditedOrg, auditor, auditorWith, everything, valueOf, whyUnknown } from './audited-org.ts'

const legacyAdmin = 'ada.admin@legacy.example'
const scaleAdmin = 'admin@scale.example'

void test('trap 1: OauthToken stops at 2,500 rows without a word; tokens are counted, cut into parts and reconciled, one user with more than that included', async (t) => {
  const spec = scale({ users: 300, apps: 8, tokens: 9000, tokensOfOneUser: 4000, loginRows: 0, auditRows: 0 })
  const { collect, asked } = await auditedOrg(t, { spec, user: scaleAdmin })
  const inventory = valueOf((await collect(['tokens'])).facts.tokens)
  // One more: the auditor's own.
  assert.deepEqual([inventory.counted, inventory.read, inventory.complete], [9001, 9001, true])
  assert.equal(inventory.tokens.length, 9001)
  const byUser = Map.groupBy(inventory.tokens, ({ user }) => user)
  assert.equal(Math.max(...[...byUser.values()].map(({ length }) => length)) >= 4000, true)
  assert(asked.some((path) => path.includes('SELECT COUNT() FROM OauthToken')))
})

void test('trap 1: more tokens of one user and one app than a query can reach make the inventory inconclusive, never short and clean', async (t) => {
  const spec = scale({ users: 20, apps: 1, tokens: 3200, tokensOfOneUser: 3000, loginRows: 0, auditRows: 0 })
  const { collect } = await auditedOrg(t, { spec, user: scaleAdmin })
  const { facts } = await collect(['tokens', 'apps'])
  const inventory = valueOf(facts.tokens)
  assert.deepEqual([inventory.complete, inventory.counted], [false, 3201])
  assert(inventory.read < inventory.counted)
  assert.match(inventory.why, /more than the 2500 rows/)
  assert.deepEqual(new Set(valueOf(facts.apps).map(({ tokens }) => whyUnknown(tokens))), new Set(['cap']))
})

void test('trap 1: who lacks Customize Application sees its own tokens only, so the inventory is unknown and not small', async (t) => {
  const spec = { name: 'acme', users: [auditorWith('ApiEnabled', 'ViewSetup', 'ViewAllUsers')] }
  const { collect, asked } = await auditedOrg(t, { spec, user: auditor })
  const { tokens } = (await collect(['tokens'])).facts
  assert.deepEqual(tokens, {
    is: 'unknown',
    why: 'permission',
    text: 'OAuth tokens: the auditor’s user lacks “Customize Application”',
    missing: 'Customize Application',
  })
  assert(!asked.some((path) => path.includes('OauthToken')))
})

void test('trap 2: tokens of external client apps without a link to their app are found by its name', async (t) => {
  const base = scenario('legacy-company')
  const spec = { ...base, settings: { ...base.settings, oauthTokenApps: 'connected-only' as const } }
  const { collect } = await auditedOrg(t, { spec, user: legacyAdmin })
  const { facts } = await collect(['apps', 'tokens'])
  assert(valueOf(facts.tokens).tokens.some(({ app, appId }) => app === 'Analytics_Bridge' && appId === null))
  const apps = valueOf(facts.apps)
  const bridge = apps.filter(({ name }) => name === 'Analytics_Bridge')
  assert.deepEqual(
    bridge.map(({ kind, origin, tokens }) => [kind, valueOf(origin), valueOf(tokens).count]),
    [['external', 'local', 3]],
  )
  const strangers = apps.filter(({ origin }) => origin.is === 'known' && origin.value === 'uninstalled')
  assert.deepEqual(strangers.map(({ name }) => name).toSorted(), ['My_Ticket_Portal', 'Workflow_Zap'])
})

void test('trap 3: an app of a package that this org has secured is shown as secured, and as of a package', async (t) => {
  const { sim, collect } = await auditedOrg(t, { spec: scenario('legacy-company'), user: legacyAdmin })
  sim.control.changeApp({ app: 'Marketing_Hub', settings: { permittedUsers: 'admin', ipRelaxation: 'ENFORCE' } })
  sim.control.changeApp({ app: 'Warehouse_Feed', settings: { blocked: true } })
  const apps = valueOf((await collect(['apps'])).facts.apps)
  const named = (name: string) => {
    const app = apps.find((one) => one.name === name)
    assert(app !== undefined, name)
    return app
  }
  const hub = named('Marketing_Hub')
  assert.deepEqual(
    [valueOf(hub.origin), hub.namespace, valueOf(hub.permittedUsers), valueOf(hub.ipRelaxation)],
    ['packaged', 'mkhub', 'admin', 'ENFORCE'],
  )
  assert.deepEqual(
    [valueOf(named('Warehouse_Feed').origin), valueOf(named('Warehouse_Feed').blocked)],
    ['packaged', true],
  )
})

void test('trap 4: a refresh leaves no login, so an app without logins is not an unused one: both facts are kept apart', async (t) => {
  const { collect } = await auditedOrg(t, { spec: scenario('legacy-company'), user: legacyAdmin })
  const apps = valueOf((await collect(['apps', 'tokens', 'logins'])).facts.apps)
  const app = apps.find(({ name }) => name === 'Analytics_Bridge')
  assert(app !== undefined)
  assert.equal(valueOf(app.lastLogin), null)
  assert.notEqual(valueOf(app.tokens).lastUsed, null)
})

void test('trap 5: no query of a whole collection names a column that holds a token, and no secret of the org is in the snapshot', async (t) => {
  const { sim, collect, asked } = await auditedOrg(t, { spec: scenario('legacy-company'), user: legacyAdmin })
  const text = JSON.stringify(await collect(everything))
  for (const path of asked) assert.doesNotMatch(path, /AccessToken|RequestToken|DeleteToken|SharedKey|FIELDS\(/i)
  // The switch that shows consumer secrets in metadata is on in this org.
  for (const secret of sim.control.secrets()) if (secret.length > 8) assert(!text.includes(secret))
})

void test('trap 6: the limit of 30 idle days holds while the metadata still says “until revoked”: declared and effective differ', async (t) => {
  const { sim, collect } = await auditedOrg(t, { spec: scenario('legacy-company'), user: legacyAdmin })
  const policyOf = async (name: string) => {
    const app = valueOf((await collect(['apps'])).facts.apps).find((one) => one.name === name)
    assert(app !== undefined)
    return app
  }
  const inspector = await policyOf('Token_Inspector')
  assert.deepEqual(valueOf(inspector.refreshTokenPolicy), {
    declared: 'infinite',
    effective: 'specific_inactivity:30:DAYS',
    idleDays: 30,
    lifetimeDays: null,
  })
  assert.equal(valueOf((await policyOf('ERP_Sync')).refreshTokenPolicy).effective, 'infinite')
  sim.control.changeOrg({ settings: { newOauthElements: 'absent' } })
  const older = await policyOf('Token_Inspector')
  assert.equal(whyUnknown(older.idleTtl), 'not-provisioned', 'an element that is absent is not “off”')
})

void test('trap 7: collectors never start the Salesforce CLI or read what it prints, where a redacted token looks like one', () => {
  const folder = new URL('../../../src/posture/collectors/', import.meta.url)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  assert(files.length > 20)
  for (const name of files) assert.doesNotMatch(readFileSync(new URL(name, folder), 'utf8'), /child_process|sf org/)
})

void test('trap 8: many changes share one second; where the place in the trail is lost, none is missed and none comes twice', async (t) => {
  const spec = scale({ users: 20, apps: 2, tokens: 0, loginRows: 0, auditRows: 9000 })
  const { sim, collect, asked } = await auditedOrg(t, { spec, user: scaleAdmin })
  const whole = valueOf((await collect(['auditTrail'], { days: 180 })).facts.auditTrail)
  const lost = JSON.stringify([{ errorCode: 'INVALID_QUERY_LOCATOR', message: 'invalid query locator' }])
  // Pages after the first, each second one.
  const match = { endpoint: 'data', path: '/query/' }
  sim.control.addFault({ match, every: 2, count: 'forever', action: { status: 400, body: lost } })
  asked.length = 0
  const again = valueOf((await collect(['auditTrail'], { days: 180 })).facts.auditTrail)
  assert(asked.filter((path) => path.includes('FROM SetupAuditTrail')).length > 1, 'the place was lost')
  assert(whole.length >= 9000)
  assert.equal(again.length, whole.length)
  assert.equal(new Set(again.map(({ text }) => text)).size, new Set(whole.map(({ text }) => text)).size)
})

void test('trap 9: an audit revokes nothing: it only reads, and at the org’s own instance', async (t) => {
  const { sim, collect, asked } = await auditedOrg(t, { spec: scenario('legacy-company'), user: legacyAdmin })
  const before = valueOf((await collect(['tokens'])).facts.tokens).counted
  const { org } = await collect(everything)
  assert.equal(org.instanceUrl, sim.url)
  for (const path of asked) assert.match(path, /^GET /)
  assert(
    !sim.control.requests().some(({ endpoint, method }) => endpoint === 'revoke' || /DELETE|PATCH|PUT/.test(method)),
  )
  assert.equal(valueOf((await collect(['tokens'])).facts.tokens).counted, before)
})

void test('since when an app is there is known by its row or its file: one that was just made is not taken for unused', async (t) => {
  const { collect, clock } = await auditedOrg(t, { spec: scenario('legacy-company'), user: legacyAdmin })
  const made = valueOf((await collect(['apps'])).facts.apps).flatMap(({ name, kind, origin, created }) =>
    valueOf(origin) === 'uninstalled'
      ? []
      : [{ name, kind, days: Math.round((clock.wall() - (created ?? 0)) / 86_400_000) }],
  )
  const old = made.filter(({ days }) => days === 1000)
  assert.deepEqual(new Set(old.map(({ kind }) => kind)), new Set(['connected', 'external']))
  // The auditor's own app was made for this test.
  assert.deepEqual(
    made.filter((one) => !old.includes(one)).map(({ days }) => days),
    [0],
  )
})
