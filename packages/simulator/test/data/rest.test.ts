/** The REST resources over HTTP: versions, limits, describe per user, pages, row rules, records and composites. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { assignPermissionSet, insertRow } from '../../src/data/index.ts'
import { call, listen, makeOrg, type Listening, type Reply } from './test-org.ts'

const org = makeOrg()
let server: Listening

before(async () => {
  server = await listen(org)
})
after(() => server.close())

const v66 = '/services/data/v66.0'
const get = (who: string, path: string, headers?: Record<string, string>): Promise<Reply> => call(server.url, who, 'GET', path, undefined, headers)
const query = (who: string, soql: string, headers?: Record<string, string>): Promise<Reply> =>
  get(who, `${v66}/query?q=${encodeURIComponent(soql)}`, headers)

interface Page { totalSize: number; done: boolean; nextRecordsUrl?: string; records: Record<string, unknown>[] }
interface Refusal { errorCode: string; message: string; fields?: string[] }

const page = async (who: string, soql: string, headers?: Record<string, string>): Promise<Page> => {
  const { status, body } = await query(who, soql, headers)
  assert.equal(status, 200, JSON.stringify(body))
  return body as Page
}

function assertRefused({ status, body }: Reply, expectedStatus: number, errorCode: string, message: RegExp): void {
  const [refusal, ...more] = body as Refusal[]
  assert.deepEqual([status, refusal?.errorCode, more.length], [expectedStatus, errorCode, 0], JSON.stringify(body))
  assert.match(refusal?.message ?? '', message)
}

describe('versions and resources', () => {
  it('lists versions up to 68 by release name, without a session', async () => {
    const response = await fetch(`${server.url}/services/data`)
    const versions = await response.json() as { label: string; url: string; version: string }[]
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
    const wrong = await call(server.url, 'admin', 'PUT', `${v66}/sobjects/Account`, {})
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
    assert.deepEqual((body as { DailyApiRequests: unknown }).DailyApiRequests, { Max: 15_000, Remaining: 15_000 - before - 3 })
    assertRefused(await get('bare', `${v66}/limits`), 403, 'INSUFFICIENT_ACCESS', /View Setup and Configuration/)
  })
})

describe('describe', () => {
  interface Described { fields: Record<string, unknown>[]; childRelationships: { childSObject: string }[]; createable: boolean; deletable: boolean }
  const described = async (who: string, name: string): Promise<Described> => (await get(who, `${v66}/sobjects/${name}/describe`)).body as Described

  it('leaves out the fields a user may not read, and never says accessible', async () => {
    const all = (await described('admin', 'Account')).fields
    const some = (await described('integration', 'Account')).fields
    const missing = all.map(({ name }) => name).filter((name) => !some.some((field) => field['name'] === name))
    assert.deepEqual(missing, ['AnnualRevenue', 'Margin__c'])
    assert.ok(all.every((field) => !('accessible' in field)))
  })

  it('says what a user may create and update', async () => {
    const account = await described('integration', 'Account')
    const rights = Object.fromEntries(account.fields.map((field) => [field['name'], [field['createable'], field['updateable']]]))
    assert.deepEqual(rights['Name'], [true, true])
    assert.deepEqual(rights['Industry'], [false, false])
    assert.deepEqual(rights['CreatedDate'], [false, false])
    assert.deepEqual([account.createable, account.deletable], [true, false])
    const opportunity = await described('integration', 'Opportunity')
    assert.ok(opportunity.fields.every((field) => field['createable'] === false && field['updateable'] === false))
  })

  it('does not know objects a user may not read, nor relationships to them', async () => {
    assertRefused(await get('integration', `${v66}/sobjects/Case/describe`), 404, 'NOT_FOUND', /does not exist/)
    assert.ok(!(await described('integration', 'Account')).childRelationships.some(({ childSObject }) => childSObject === 'Case'))
    assert.ok((await described('admin', 'Account')).childRelationships.some(({ childSObject }) => childSObject === 'Case'))
  })

  it('marks what cannot be filtered, sorted or grouped', async () => {
    const fields = (await described('admin', 'LoginHistory')).fields
    const unfilterable = fields.filter((field) => field['filterable'] === false).map((field) => field['name'])
    assert.deepEqual(unfilterable, ['Browser', 'Platform', 'Status', 'Application', 'ClientVersion', 'ApiType', 'ApiVersion'])
  })
})

describe('pages', () => {
  before(() => {
    org.db.exec('BEGIN')
    for (let index = 0; index < 2500; index++) insertRow(org, 'Lead', { LastName: `L${index}`, Company: `C${index}` })
    org.db.exec('COMMIT')
  })

  it('honours batchSize within its bounds, and ends exactly at the last record', async () => {
    const soql = `SELECT LastName FROM Lead WHERE Company LIKE 'C%' LIMIT 450`
    const first = await page('admin', soql, { 'Sforce-Query-Options': 'batchSize=200' })
    assert.deepEqual([first.totalSize, first.done, first.records.length], [450, false, 200])
    assert.match(first.nextRecordsUrl ?? '', /^\/services\/data\/v66\.0\/query\/01g\w{15}-200$/)
    const second = (await get('admin', first.nextRecordsUrl ?? '', { 'Sforce-Query-Options': 'batchSize=200' })).body as Page
    const third = (await get('admin', second.nextRecordsUrl ?? '')).body as Page
    assert.deepEqual([second.records.length, third.records.length, third.done], [200, 50, true])
    const names = [first, second, third].flatMap(({ records }) => records.map(({ LastName }) => LastName))
    assert.equal(new Set(names).size, 450)
    assert.equal((await page('admin', soql, { 'Sforce-Query-Options': 'batchSize=1' })).records.length, 200)
  })

  it('refuses locators that are unknown, of somebody else, or older than two days', async () => {
    const { nextRecordsUrl = '' } = await page('admin', 'SELECT Id FROM Lead')
    assert.equal((await get('admin', nextRecordsUrl)).status, 200)
    assertRefused(await get('integration', nextRecordsUrl), 400, 'INVALID_QUERY_LOCATOR', /invalid query locator/)
    assertRefused(await get('admin', `${v66}/query/01gSM0000000001AAA-2000`), 400, 'INVALID_QUERY_LOCATOR', /invalid query locator/)
    org.advance(49 * 60 * 60 * 1000)
    assertRefused(await get('admin', nextRecordsUrl), 400, 'INVALID_QUERY_LOCATOR', /invalid query locator/)
    org.advance(-49 * 60 * 60 * 1000)
  })

  it('refuses more than 2000 groups, because aggregates have no next page', async () => {
    assertRefused(await query('admin', 'SELECT Company, COUNT(Id) FROM Lead GROUP BY Company'), 400, 'EXCEEDED_ID_LIMIT', /does not support queryMore/)
    assert.equal((await page('admin', 'SELECT Company, COUNT(Id) FROM Lead GROUP BY Company LIMIT 2000')).records.length, 2000)
  })

  it('gives OauthToken in steps of 500 and stops at 2500', async () => {
    const insert = org.db.prepare('INSERT INTO sim_test_grant (UserId, CreatedDate, UseCount, AppName) VALUES (?, ?, ?, ?)')
    for (let index = 0; index < 2600; index++) insert.run(org.users.admin, '2026-11-01T00:00:00.000+0000', index, 'App')
    insert.run(org.users.bare, '2026-11-02T00:00:00.000+0000', 1, 'Own')
    let at = await page('admin', 'SELECT AppName, UseCount FROM OauthToken ORDER BY CreatedDate')
    let seen = at.records.length
    assert.equal(seen, 500)
    while (at.nextRecordsUrl !== undefined) {
      at = (await get('admin', at.nextRecordsUrl)).body as Page
      seen += at.records.length
    }
    assert.equal(seen, 2500)
    assert.equal((await page('admin', 'SELECT COUNT() FROM OauthToken')).totalSize, 2601)
    assert.equal((await page('admin', 'SELECT UseCount FROM OauthToken LIMIT 2500 OFFSET 2500')).records.length, 101)
    const own = await page('bare', 'SELECT Id, AppName, User.Username FROM OauthToken')
    assert.deepEqual(own.records.map(({ AppName, Id, attributes }) => [AppName, Id, attributes]), [['Own', null, { type: 'OauthToken' }]])
  })
})

describe('row rules', () => {
  it('shows only own logins without Manage Users or Monitor Login History', async () => {
    for (const user of Object.values(org.users)) {
      insertRow(org, 'LoginHistory', { UserId: user, LoginTime: org.now(), LoginType: 'Remote Access 2.0', Status: 'Success', Application: 'Sync' })
    }
    const ids = async (who: string): Promise<unknown[]> => (await page(who, 'SELECT UserId FROM LoginHistory')).records.map(({ UserId }) => UserId)
    assert.deepEqual(await ids('bare'), [org.users.bare])
    assert.deepEqual((await ids('admin')).toSorted(), Object.values(org.users).toSorted())
    assert.deepEqual((await page('bare', `SELECT Id FROM User WHERE Id IN (SELECT UserId FROM LoginHistory)`)).records.map(({ Id }) => Id), [org.users.bare])
    const assignment = assignPermissionSet(org, org.users.bare, 'Security_Audit_Light')
    assert.equal((await ids('bare')).length, 3)
    org.db.prepare('DELETE FROM PermissionSetAssignment WHERE Id = ?').run(assignment)
    assert.equal((await ids('bare')).length, 1)
  })

  it('groups logins by fields it can not filter by', async () => {
    const { records } = await page('admin', 'SELECT LoginType,Application,Status,COUNT(Id)LoginCount,MAX(LoginTime)LastLogin FROM LoginHistory GROUP BY LoginType,Application,Status')
    assert.deepEqual(records, [{
      attributes: { type: 'AggregateResult' }, LoginType: 'Remote Access 2.0', Application: 'Sync', Status: 'Success', LoginCount: 3,
      LastLogin: '2026-11-22T12:00:00.000+0000',
    }])
  })
})

describe('records', () => {
  const create = (who: string, name: string, body: unknown): Promise<Reply> => call(server.url, who, 'POST', `${v66}/sobjects/${name}`, body)
  const patch = (who: string, path: string, body: unknown): Promise<Reply> => call(server.url, who, 'PATCH', `${v66}/sobjects/${path}`, body)
  const made = async (reply: Promise<Reply>): Promise<string> => {
    const { status, body } = await reply
    assert.equal(status, 201, JSON.stringify(body))
    return (body as { id: string }).id
  }

  it('creates, reads chosen fields, changes, deletes; the deleted stay visible to queryAll', async () => {
    const id = await made(create('admin', 'Account', { Name: ' Trimmed ', AnnualRevenue: '12.5', Contract_End__c: '2027-01-31' }))
    assert.equal((await patch('admin', `Account/${id.slice(0, 15)}`, { Rating: 'Hot' })).status, 204)
    const { body } = await get('admin', `${v66}/sobjects/Account/${id}?fields=Name,AnnualRevenue,Rating,Owner.Username`)
    const { attributes, Owner, ...rest } = body as Record<string, unknown>
    assert.deepEqual(rest, { Name: 'Trimmed', AnnualRevenue: 12.5, Rating: 'Hot' })
    assert.deepEqual((Owner as Record<string, unknown>)['Username'], 'ada@acme.example')
    assert.deepEqual(attributes, { type: 'Account', url: `${v66}/sobjects/Account/${id}` })
    const contact = await made(create('admin', 'Contact', { LastName: 'Child', Account: { ERP_Id__c: 'ERP-0002' }, AccountId: undefined }))
    assert.equal(((await get('admin', `${v66}/sobjects/Contact/${contact}`)).body as { AccountId: string }).AccountId, org.records.accountIds[1])
    assert.equal((await call(server.url, 'admin', 'DELETE', `${v66}/sobjects/Account/${id}`)).status, 204)
    assertRefused(await get('admin', `${v66}/sobjects/Account/${id}`), 404, 'ENTITY_IS_DELETED', /entity is deleted/)
    assertRefused(await call(server.url, 'admin', 'DELETE', `${v66}/sobjects/Account/${id}`), 404, 'ENTITY_IS_DELETED', /deleted/)
    assert.equal((await page('admin', `SELECT Id FROM Account WHERE Id = '${id}'`)).totalSize, 0)
    const all = (await get('admin', `${v66}/queryAll?q=${encodeURIComponent(`SELECT IsDeleted FROM Account WHERE Id = '${id}'`)}`)).body as Page
    assert.equal(all.records[0]?.['IsDeleted'], true)
  })

  it('refuses wrong values with the code of each mistake', async () => {
    const cases: readonly (readonly [body: object, code: string, message: RegExp])[] = [
      [{ Industry: 'Energy' }, 'REQUIRED_FIELD_MISSING', /Required fields are missing: \[Name\]/],
      [{ Name: '' }, 'REQUIRED_FIELD_MISSING', /\[Name\]/],
      [{ Name: 'x', Foo: 1 }, 'INVALID_FIELD', /No such column 'Foo' on sobject of type Account/],
      [{ Name: 'x', Id: '001000000000001AAA' }, 'INVALID_FIELD_FOR_INSERT_UPDATE', /cannot specify Id/],
      [{ Name: 'x', CreatedDate: '2026-01-01' }, 'INVALID_FIELD_FOR_INSERT_UPDATE', /Unable to create\/update fields: CreatedDate/],
      [{ Name: 'x'.repeat(256) }, 'STRING_TOO_LONG', /max length=255/],
      [{ Name: 'x', Region__c: 'MOON' }, 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', /bad value for restricted picklist field: MOON/],
      [{ Name: 'x', AnnualRevenue: 'much' }, 'JSON_PARSER_ERROR', /Cannot deserialize instance of double from VALUE_STRING value much/],
      [{ Name: 'x', NumberOfEmployees: 1.5 }, 'JSON_PARSER_ERROR', /instance of int/],
      [{ Name: 'x', Contract_End__c: '2026-02-30' }, 'JSON_PARSER_ERROR', /instance of date/],
      [{ Name: 'x', Margin__c: 123_456 }, 'NUMBER_OUTSIDE_VALID_RANGE', /outside of valid range/],
      [{ Name: 'x', OwnerId: 'nonsense' }, 'MALFORMED_ID', /id value of incorrect type: nonsense/],
      [{ Name: 'x', ParentId: org.users.admin }, 'FIELD_INTEGRITY_EXCEPTION', /incorrect type/],
      [{ Name: 'x', ParentId: '001SM0000099999AAA' }, 'MALFORMED_ID', /incorrect type/],
      [{ Name: 'x', ERP_Id__c: 'erp-0001' }, 'DUPLICATE_VALUE', /duplicate value found: ERP_Id__c duplicates value on record with id: 001/],
    ]
    for (const [body, code, message] of cases) assertRefused(await create('admin', 'Account', body), 400, code, message)
    assertRefused(await create('admin', 'Contact', { LastName: 'x', Email: 'nobody' }), 400, 'INVALID_EMAIL_ADDRESS', /invalid email address: nobody/)
    assertRefused(await create('admin', 'LoginHistory', {}), 400, 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', /cannot be inserted/)
    assertRefused(await get('admin', `${v66}/sobjects/Account/003SM0000000001AAA`), 404, 'NOT_FOUND', /Provided external ID field does not exist/)
    const garbage = await fetch(`${server.url}${v66}/sobjects/Account`, { method: 'POST', headers: { authorization: 'Bearer admin' }, body: '{' })
    assert.deepEqual([garbage.status, (await garbage.json() as Refusal[])[0]?.errorCode], [400, 'JSON_PARSER_ERROR'])
  })

  it('keeps a user to what its permission sets allow', async () => {
    const id = await made(create('integration', 'Account', { Name: 'Mine' }))
    const readOnly = await patch('integration', `Account/${id}`, { Industry: 'Energy', Name: 'Still mine' })
    assertRefused(readOnly, 400, 'INVALID_FIELD_FOR_INSERT_UPDATE', /Unable to create\/update fields: Industry\. Please check the security settings/)
    assert.deepEqual((readOnly.body as Refusal[])[0]?.fields, ['Industry'])
    assertRefused(await patch('integration', `Account/${id}`, { AnnualRevenue: 5 }), 400, 'INVALID_FIELD', /No such column 'AnnualRevenue'/)
    assertRefused(await call(server.url, 'integration', 'DELETE', `${v66}/sobjects/Account/${id}`), 403, 'INSUFFICIENT_ACCESS_OR_READONLY', /insufficient access rights/)
    assertRefused(await create('integration', 'Opportunity', { Name: 'x' }), 403, 'INSUFFICIENT_ACCESS_OR_READONLY', /insufficient access rights/)
    assertRefused(await create('integration', 'Case', { Subject: 'x' }), 404, 'NOT_FOUND', /does not exist/)
    const { body } = await get('integration', `${v66}/sobjects/Account/${id}`)
    assert.ok(!('AnnualRevenue' in (body as object)) && (body as { Name: string }).Name === 'Mine')
    assertRefused(await get('integration', `${v66}/sobjects/Account/${id}?fields=AnnualRevenue`), 400, 'INVALID_FIELD', /No such column/)
  })

  it('upserts by external id and says whether it created', async () => {
    const put = (body: unknown): Promise<Reply> => patch('admin', 'Account/ERP_Id__c/ERP%2F77', body)
    const first = await put({ Name: 'Seventy-seven' })
    const again = await put({ Rating: 'Cold' })
    assert.deepEqual([first.status, again.status], [201, 200])
    assert.deepEqual([(first.body as { created: boolean }).created, (again.body as { created: boolean }).created], [true, false])
    assert.equal(((await get('admin', `${v66}/sobjects/Account/ERP_Id__c/ERP%2F77`)).body as { Rating: string }).Rating, 'Cold')
    assertRefused(await patch('admin', 'Account/Industry/Energy', {}), 404, 'NOT_FOUND', /external ID field does not exist or is not accessible: Industry/)
  })

  it('records in the audit trail what is done to the setup', async () => {
    const set = (await page('admin', `SELECT Id FROM PermissionSet WHERE Name = 'Security_Audit_Light'`)).records[0]?.['Id']
    const id = await made(create('admin', 'PermissionSetAssignment', { AssigneeId: org.users.bare, PermissionSetId: set }))
    assert.equal((await get('bare', `${v66}/limits`)).status, 200)
    await patch('admin', `PermissionSet/${String(set)}`, { PermissionsManageUsers: true })
    await call(server.url, 'admin', 'DELETE', `${v66}/sobjects/PermissionSetAssignment/${id}`)
    assert.equal((await get('bare', `${v66}/limits`)).status, 403)
    const login = (await page('admin', `SELECT Id FROM UserLogin WHERE UserId = '${org.users.bare}'`)).records[0]?.['Id']
    assert.equal((await patch('admin', `UserLogin/${String(login)}`, { IsFrozen: true })).status, 204)
    const { records } = await page('admin', 'SELECT Action, Section, CreatedBy.Username, Display FROM SetupAuditTrail ORDER BY CreatedDate, Id')
    assert.deepEqual(records.map(({ Action }) => Action), ['PermSetAssign', 'PermSetEnableUserPerm', 'PermSetUnassign', 'frozeuser'])
    assert.equal(records[1]?.['Display'], 'Changed permission set Security_Audit_Light: Manage Users permission was changed from disabled to enabled')
    assert.equal((records[0]?.['CreatedBy'] as { Username: string }).Username, 'ada@acme.example')
    assert.equal((await page('admin', 'SELECT COUNT() FROM SetupAuditTrail')).totalSize, 4)
    assertRefused(await call(server.url, 'admin', 'DELETE', `${v66}/sobjects/SetupAuditTrail/${String((await page('admin', 'SELECT Id FROM SetupAuditTrail LIMIT 1')).records[0]?.['Id'])}`), 403, 'INSUFFICIENT_ACCESS_OR_READONLY', /insufficient/)
  })
})

describe('composite calls', () => {
  const post = (path: string, body: unknown, who = 'admin'): Promise<Reply> => call(server.url, who, 'POST', `${v66}/composite${path}`, body)
  const url = (path: string): string => `${v66}/${path}`

  it('hands results on from one subrequest to the next', async () => {
    const { body } = await post('', { compositeRequest: [
      { method: 'POST', url: url('sobjects/Account'), referenceId: 'acct', body: { Name: 'Composite' } },
      { method: 'POST', url: url('sobjects/Contact'), referenceId: 'person', body: { LastName: 'Of it', AccountId: '@{acct.id}' } },
      { method: 'GET', url: url(`query?q=SELECT+Account.Name+FROM+Contact+WHERE+Id='@{person.id}'`), referenceId: 'read' },
    ] })
    const responses = (body as { compositeResponse: { httpStatusCode: number; body: unknown }[] }).compositeResponse
    assert.deepEqual(responses.map(({ httpStatusCode }) => httpStatusCode), [201, 201, 200])
    assert.equal(((responses[2]?.body as Page).records[0]?.['Account'] as { Name: string }).Name, 'Composite')
  })

  it('undoes everything when one of all-or-none fails, and only stops what depends on it otherwise', async () => {
    const requests = [
      { method: 'POST', url: url('sobjects/Account'), referenceId: 'good', body: { Name: 'Undone' } },
      { method: 'POST', url: url('sobjects/Account'), referenceId: 'bad', body: {} },
      { method: 'PATCH', url: url('sobjects/Account/@{bad.id}'), referenceId: 'after', body: { Name: 'never' } },
    ]
    const codes = async (allOrNone: boolean): Promise<unknown[]> => {
      const { body } = await post('', { allOrNone, compositeRequest: requests })
      return (body as { compositeResponse: { httpStatusCode: number; body: Refusal[] }[] }).compositeResponse.map(({ httpStatusCode, body: [first] = [] as Refusal[] }) => httpStatusCode < 400 ? httpStatusCode : first?.errorCode)
    }
    const count = async (): Promise<number> => (await page('admin', `SELECT COUNT() FROM Account WHERE Name = 'Undone'`)).totalSize
    assert.deepEqual(await codes(true), ['PROCESSING_HALTED', 'REQUIRED_FIELD_MISSING', 'PROCESSING_HALTED'])
    assert.equal(await count(), 0)
    const { body } = await post('', { compositeRequest: requests })
    assert.deepEqual((body as { compositeResponse: { httpStatusCode: number }[] }).compositeResponse.map(({ httpStatusCode }) => httpStatusCode), [201, 400, 400])
    assert.equal(await count(), 1)
  })

  it('runs a batch of independent calls and can halt on the first error', async () => {
    const batchRequests = [{ method: 'GET', url: 'v66.0/limits' }, { method: 'GET', url: 'v66.0/nothing' }, { method: 'GET', url: 'v66.0/sobjects' }]
    const statuses = async (haltOnError: boolean): Promise<unknown> => {
      const { body } = await post('/batch', { batchRequests, haltOnError })
      const { hasErrors, results } = body as { hasErrors: boolean; results: { statusCode: number }[] }
      return [hasErrors, ...results.map(({ statusCode }) => statusCode)]
    }
    assert.deepEqual(await statuses(false), [true, 200, 404, 200])
    assert.deepEqual(await statuses(true), [true, 200, 404, 412])
  })

  it('plants a tree whole or not at all', async () => {
    const record = (name: string, lastName: string | undefined) => ({
      attributes: { type: 'Account', referenceId: name }, Name: name,
      Contacts: { records: [{ attributes: { type: 'Contact', referenceId: `${name}-c` }, LastName: lastName }] },
    })
    const good = await post('/tree/Account', { records: [record('Tree', 'Leaf')] })
    assert.deepEqual([good.status, (good.body as { results: { referenceId: string }[] }).results.map(({ referenceId }) => referenceId)], [201, ['Tree', 'Tree-c']])
    const bad = await post('/tree/Account', { records: [record('Tree2', 'Leaf'), record('Tree3', undefined)] })
    assert.deepEqual([bad.status, (bad.body as { results: { referenceId: string }[] }).results[0]?.referenceId], [400, 'Tree3-c'])
    assert.equal((await page('admin', `SELECT COUNT() FROM Account WHERE Name LIKE 'Tree%'`)).totalSize, 1)
  })

  it('writes collections with an outcome for each record, or none at all', async () => {
    const records = [{ attributes: { type: 'Account' }, Name: 'Many' }, { attributes: { type: 'Account' } }]
    const all = (await post('/sobjects', { allOrNone: true, records })).body as { success: boolean; errors: { statusCode: string }[] }[]
    assert.deepEqual(all.map(({ errors }) => errors[0]?.statusCode), ['ALL_OR_NONE_OPERATION_ROLLED_BACK', 'REQUIRED_FIELD_MISSING'])
    const each = (await post('/sobjects', { records })).body as { success: boolean; id?: string }[]
    assert.deepEqual(each.map(({ success }) => success), [true, false])
    const read = (await post('/sobjects/Account', { ids: [each[0]?.id, '001SM0000000001AAA'], fields: ['Name'] })).body as ({ Name: string } | null)[]
    assert.deepEqual(read.map((record) => record?.Name), ['Many', undefined])
    const gone = await call(server.url, 'admin', 'DELETE', `${v66}/composite/sobjects?ids=${each[0]?.id}`)
    assert.deepEqual((gone.body as { success: boolean }[]).map(({ success }) => success), [true])
  })
})
