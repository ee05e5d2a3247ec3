/** Versions, limits and describe over HTTP: what is there, and what is there for whom. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { asking, assertRefused, v66 } from './asking.ts'
import { listen, makeOrg, type Listening } from './test-org.ts'

const org = makeOrg()
let server: Listening

before(async () => {
  server = await listen(org)
})
after(() => server.close())

const { get, send } = asking(() => server)

describe('versions and resources', () => {
  it('lists versions up to 68 by release name, without a session', async () => {
    const response = await fetch(`${server.url}/services/data`)
    const versions = (await response.json()) as { label: string; url: string; version: string }[]
    assert.deepEqual(versions.at(-1), { label: `Winter '27`, url: '/services/data/v68.0', version: '68.0' })
    assert.deepEqual(versions.find(({ version }) => version === '66.0')?.label, `Spring '26`)
    assert.deepEqual(versions[0]?.version, '31.0')
  })

  it('answers 410 for retired versions, 404 for unknown ones and resources, 405 for wrong methods, 401 without a session', async () => {
    assertRefused(await get('admin', '/services/data/v30.0/limits'), 410, 'GONE', /version 30\.0 is retired/)
    assertRefused(await get('admin', '/services/data/v69.0/limits'), 404, 'NOT_FOUND', /does not exist/)
    assertRefused(await get('admin', '/services/data/v66.5/limits'), 404, 'NOT_FOUND', /does not exist/)
    assertRefused(await get('admin', `${v66}/nothing/here`), 404, 'NOT_FOUND', /The requested resource does not exist/)
    assertRefused(await get('admin', `${v66}/search?q=FIND`), 400, 'MALFORMED_SEARCH', /not available/)
    const wrong = await send('admin', 'PUT', `${v66}/sobjects/Account`, {})
    assertRefused(wrong, 405, 'METHOD_NOT_ALLOWED', /HTTP Method 'PUT' not allowed\. Allowed are GET,POST/)
    assert.equal(wrong.headers.get('allow'), 'GET,POST')
    assertRefused(await get('nobody', `${v66}/limits`), 401, 'INVALID_SESSION_ID', /Session expired or invalid/)
  })

  it('counts every call in Sforce-Limit-Info, and keeps /limits from those who may not see the setup', async () => {
    const used = async (path: string): Promise<number> =>
      Number(/^api-usage=(\d+)\/15000$/.exec((await get('admin', path)).headers.get('sforce-limit-info') ?? '')?.[1])
    const before = await used(`${v66}/limits`)
    assert.equal(await used(`${v66}/sobjects`), before + 1)
    assert.equal(await used(`${v66}/query?q=nonsense`), before + 2)
    const { body } = await get('admin', `${v66}/limits`)
    assert.deepEqual((body as { DailyApiRequests: unknown }).DailyApiRequests, {
      Max: 15_000,
      Remaining: 15_000 - before - 3,
    })
    assertRefused(await get('bare', `${v66}/limits`), 403, 'INSUFFICIENT_ACCESS', /View Setup and Configuration/)
  })
})

describe('describe', () => {
  interface Described {
    fields: Record<string, unknown>[]
    childRelationships: { childSObject: string }[]
    createable: boolean
    deletable: boolean
  }
  const described = async (who: string, name: string): Promise<Described> =>
    (await get(who, `${v66}/sobjects/${name}/describe`)).body as Described

  it('leaves out the fields a user may not read, and never says accessible', async () => {
    const all = (await described('admin', 'Account')).fields
    const some = (await described('integration', 'Account')).fields
    const missing = all.map(({ name }) => name).filter((name) => !some.some((field) => field['name'] === name))
    assert.deepEqual(missing, ['AnnualRevenue', 'Margin__c'])
    assert.ok(all.every((field) => !('accessible' in field)))
  })

  it('says what a user may create and update', async () => {
    const account = await described('integration', 'Account')
    const rights = Object.fromEntries(
      account.fields.map((field) => [field['name'], [field['createable'], field['updateable']]]),
    )
    assert.deepEqual(rights['Name'], [true, true])
    assert.deepEqual(rights['Industry'], [false, false])
    assert.deepEqual(rights['CreatedDate'], [false, false])
    assert.deepEqual([account.createable, account.deletable], [true, false])
    const opportunity = await described('integration', 'Opportunity')
    assert.ok(opportunity.fields.every((field) => field['createable'] === false && field['updateable'] === false))
  })

  it('does not know objects a user may not read, nor relationships to them', async () => {
    assertRefused(await get('integration', `${v66}/sobjects/Case/describe`), 404, 'NOT_FOUND', /does not exist/)
    assert.ok(
      !(await described('integration', 'Account')).childRelationships.some(
        ({ childSObject }) => childSObject === 'Case',
      ),
    )
    assert.ok(
      (await described('admin', 'Account')).childRelationships.some(({ childSObject }) => childSObject === 'Case'),
    )
  })

  it('marks what cannot be filtered, sorted or grouped', async () => {
    const fields = (await described('admin', 'LoginHistory')).fields
    const unfilterable = fields.filter((field) => field['filterable'] === false).map((field) => field['name'])
    assert.deepEqual(unfilterable, [
      'Browser',
      'Platform',
      'Status',
      'Application',
      'ClientVersion',
      'ApiType',
      'ApiVersion',
    ])
  })

  it('keeps the Tooling API to its own objects and urls', async () => {
    const { body } = await get(
      'admin',
      `${v66}/tooling/query?q=${encodeURIComponent(`SELECT Name FROM Profile LIMIT 1`)}`,
    )
    const [profile] = (body as { records: { attributes: { url: string } }[] }).records
    assert.match(profile?.attributes.url ?? '', /^\/services\/data\/v66\.0\/tooling\/sobjects\/Profile\/00e/)
    assert.equal((await get('admin', profile?.attributes.url ?? '')).status, 200)
    assertRefused(
      await get('admin', `${v66}/tooling/query?q=SELECT+Id+FROM+Account`),
      400,
      'INVALID_TYPE',
      /'Account' is not supported/,
    )
    assertRefused(await get('admin', `${v66}/tooling/sobjects/Account`), 404, 'NOT_FOUND', /does not exist/)
  })
})
