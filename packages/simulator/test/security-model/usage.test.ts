/** The Connect usage resource, apps whose owner is elsewhere, and metadata that says less than what holds. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { scenario } from '../../src/index.ts'
import { grantUnder, refresh, simulator } from '../identity/wire.ts'
import { connectionOf, countOf, day, refusal, rowsOf } from './asking.ts'

interface Usage {
  readonly apps: readonly {
    readonly developerName: string
    readonly isFromPackage: boolean
    readonly identifier: string
  }[]
  readonly nextPageUrl: string
}

const legacy = async () => {
  const sim = await simulator({ orgs: [scenario('legacy-company')] })
  return { sim, admin: connectionOf(sim, 'ada.admin@legacy.example', 'Team_CLI') }
}
const usage = '/services/data/v66.0/apps/oauth/usage'

test('the usage resource lists external client apps, or connected apps too', async () => {
  const { sim, admin } = await legacy()
  const names = async (): Promise<readonly string[]> =>
    (await admin.request<Usage>(`${usage}?pageSize=100`)).apps.map(({ developerName }) => developerName)
  assert.deepEqual((await names()).toSorted(), ['Analytics_Bridge', 'Billing_Sync', 'Chat_Assistant', 'Warehouse_Feed'])
  sim.control.changeOrg({ settings: { oauthUsageLists: 'all' } })
  const all = await names()
  assert.ok(all.includes('ERP_Sync') && all.includes('Workflow_Zap'))
})

test('its pages end with an empty one, and each names the next', async () => {
  const { admin } = await legacy()
  let url = `${usage}?page=0&pageSize=3`
  const sizes: number[] = []
  for (let i = 0; i < 3; i++) {
    const page = await admin.request<Usage>(url)
    sizes.push(page.apps.length)
    url = page.nextPageUrl
  }
  assert.deepEqual(sizes, [3, 1, 0])
  const feed = (await admin.request<Usage>(usage)).apps.find(({ developerName }) => developerName === 'Warehouse_Feed')
  assert.equal(feed?.isFromPackage, true)
})

test('the usage resource wants a permission', async () => {
  const { sim } = await legacy()
  const plain = connectionOf(sim, 'hanna.hill@legacy.example', 'Team_CLI')
  assert.equal(await refusal(plain.request(usage)), 'INSUFFICIENT_ACCESS')
})

test('a packaged app that was secured is listed as before, with its tokens', async () => {
  const { admin } = await legacy()
  const [app] = await rowsOf(
    admin,
    `SELECT Name, OptionsAllowAdminApprovedUsersOnly FROM ConnectedApplication WHERE Name = 'Drift_Connector'`,
  )
  assert.equal(app?.['OptionsAllowAdminApprovedUsersOnly'], true)
  const [item] = await rowsOf(admin, `SELECT NamespacePrefix FROM AppMenuItem WHERE Name = 'Drift_Connector'`)
  assert.equal(item?.['NamespacePrefix'], 'drift')
  assert.equal(await countOf(admin, `SELECT COUNT() FROM OauthToken WHERE AppName = 'Drift_Connector'`), 1)
  const access = await rowsOf(
    admin,
    `SELECT Parent.Name FROM SetupEntityAccess WHERE SetupEntityType IN ('ConnectedApplication', 'ExternalClientApplication')`,
  )
  assert.deepEqual(access.map((row) => (row['Parent'] as { Name: string }).Name).toSorted(), [
    'Billing_Sync_App',
    'Vendor_Package_Access',
  ])
})

test('the idle limit makes metadata lie: it says "infinite", and the token is over after 30 days', async () => {
  const sim = await simulator()
  const grant = grantUnder(sim, { refreshTokenPolicy: { kind: 'infinite' }, idleLimitMs: 30 * day })
  const body = sim.control.components({ type: 'ConnectedApp' }).find(({ fullName }) => fullName === 'Web')?.body
  assert.deepEqual(
    (body?.['oauthPolicy'] as { refreshTokenPolicy: string } | undefined)?.refreshTokenPolicy,
    'infinite',
  )
  sim.control.moveClock({ advanceMs: 31 * day })
  assert.equal((await refresh(sim, grant)).json['error'], 'invalid_grant')
})
