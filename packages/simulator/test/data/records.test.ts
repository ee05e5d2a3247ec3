/** Records over HTTP: created, read, changed, deleted, upserted and refused. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { asking, assertRefused, v66, type Page, type Refusal } from './asking.ts'
import { listen, makeOrg, type Listening, type Reply } from './test-org.ts'

const org = makeOrg()
let server: Listening

before(async () => {
  server = await listen(org)
})
after(() => server.close())

const { get, send, page } = asking(() => server)

describe('records', () => {
  const create = (who: string, name: string, body: unknown): Promise<Reply> =>
    send(who, 'POST', `${v66}/sobjects/${name}`, body)
  const patch = (who: string, path: string, body: unknown): Promise<Reply> =>
    send(who, 'PATCH', `${v66}/sobjects/${path}`, body)
  const made = async (reply: Promise<Reply>): Promise<string> => {
    const { status, body } = await reply
    assert.equal(status, 201, JSON.stringify(body))
    return (body as { id: string }).id
  }

  it('creates, reads chosen fields, changes, deletes; the deleted stay visible to queryAll', async () => {
    const id = await made(
      create('admin', 'Account', { Name: ' Trimmed ', AnnualRevenue: '12.5', Contract_End__c: '2027-01-31' }),
    )
    assert.equal((await patch('admin', `Account/${id.slice(0, 15)}`, { Rating: 'Hot' })).status, 204)
    const { body } = await get('admin', `${v66}/sobjects/Account/${id}?fields=Name,AnnualRevenue,Rating,Owner.Username`)
    const { attributes, Owner, ...rest } = body as Record<string, unknown>
    assert.deepEqual(rest, { Name: 'Trimmed', AnnualRevenue: 12.5, Rating: 'Hot' })
    assert.deepEqual((Owner as Record<string, unknown>)['Username'], 'ada@acme.example')
    assert.deepEqual(attributes, { type: 'Account', url: `${v66}/sobjects/Account/${id}` })
    const contact = await made(
      create('admin', 'Contact', { LastName: 'Child', Account: { ERP_Id__c: 'ERP-0002' }, AccountId: undefined }),
    )
    assert.equal(
      ((await get('admin', `${v66}/sobjects/Contact/${contact}`)).body as { AccountId: string }).AccountId,
      org.records.accountIds[1],
    )
    assert.equal((await send('admin', 'DELETE', `${v66}/sobjects/Account/${id}`)).status, 204)
    assertRefused(await get('admin', `${v66}/sobjects/Account/${id}`), 404, 'ENTITY_IS_DELETED', /entity is deleted/)
    assertRefused(await send('admin', 'DELETE', `${v66}/sobjects/Account/${id}`), 404, 'ENTITY_IS_DELETED', /deleted/)
    assert.equal((await page('admin', `SELECT Id FROM Account WHERE Id = '${id}'`)).totalSize, 0)
    const all = (
      await get('admin', `${v66}/queryAll?q=${encodeURIComponent(`SELECT IsDeleted FROM Account WHERE Id = '${id}'`)}`)
    ).body as Page
    assert.equal(all.records[0]?.['IsDeleted'], true)
  })

  it('refuses wrong values with the code of each mistake', async () => {
    const cases: readonly (readonly [body: object, code: string, message: RegExp])[] = [
      [{ Industry: 'Energy' }, 'REQUIRED_FIELD_MISSING', /Required fields are missing: \[Name\]/],
      [{ Name: '' }, 'REQUIRED_FIELD_MISSING', /\[Name\]/],
      [{ Name: 'x', Foo: 1 }, 'INVALID_FIELD', /No such column 'Foo' on sobject of type Account/],
      [{ Name: 'x', Id: '001000000000001AAA' }, 'INVALID_FIELD_FOR_INSERT_UPDATE', /cannot specify Id/],
      [
        { Name: 'x', CreatedDate: '2026-01-01' },
        'INVALID_FIELD_FOR_INSERT_UPDATE',
        /Unable to create\/update fields: CreatedDate/,
      ],
      [{ Name: 'x'.repeat(256) }, 'STRING_TOO_LONG', /max length=255/],
      [
        { Name: 'x', Region__c: 'MOON' },
        'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
        /bad value for restricted picklist field: MOON/,
      ],
      [
        { Name: 'x', AnnualRevenue: 'much' },
        'JSON_PARSER_ERROR',
        /Cannot deserialize instance of double from VALUE_STRING value much/,
      ],
      [{ Name: 'x', NumberOfEmployees: 1.5 }, 'JSON_PARSER_ERROR', /instance of int/],
      [{ Name: 'x', Contract_End__c: '2026-02-30' }, 'JSON_PARSER_ERROR', /instance of date/],
      [{ Name: 'x', Margin__c: 123_456 }, 'NUMBER_OUTSIDE_VALID_RANGE', /outside of valid range/],
      [{ Name: 'x', OwnerId: 'nonsense' }, 'MALFORMED_ID', /id value of incorrect type: nonsense/],
      [{ Name: 'x', ParentId: org.users.admin }, 'FIELD_INTEGRITY_EXCEPTION', /incorrect type/],
      [{ Name: 'x', ParentId: '001SM0000099999AAA' }, 'MALFORMED_ID', /incorrect type/],
      [
        { Name: 'x', ERP_Id__c: 'erp-0001' },
        'DUPLICATE_VALUE',
        /duplicate value found: ERP_Id__c duplicates value on record with id: 001/,
      ],
    ]
    for (const [body, code, message] of cases) assertRefused(await create('admin', 'Account', body), 400, code, message)
    assertRefused(
      await create('admin', 'Contact', { LastName: 'x', Email: 'nobody' }),
      400,
      'INVALID_EMAIL_ADDRESS',
      /invalid email address: nobody/,
    )
    assertRefused(
      await create('admin', 'LoginHistory', {}),
      400,
      'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
      /cannot be inserted/,
    )
    assertRefused(
      await get('admin', `${v66}/sobjects/Account/003SM0000000001AAA`),
      404,
      'NOT_FOUND',
      /Provided external ID field does not exist/,
    )
    const garbage = await fetch(`${server.url}${v66}/sobjects/Account`, {
      method: 'POST',
      headers: { authorization: 'Bearer admin' },
      body: '{',
    })
    assert.deepEqual([garbage.status, ((await garbage.json()) as Refusal[])[0]?.errorCode], [400, 'JSON_PARSER_ERROR'])
  })

  it('keeps a user to what its permission sets allow', async () => {
    const id = await made(create('integration', 'Account', { Name: 'Mine' }))
    const readOnly = await patch('integration', `Account/${id}`, { Industry: 'Energy', Name: 'Still mine' })
    assertRefused(
      readOnly,
      400,
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      /Unable to create\/update fields: Industry\. Please check the security settings/,
    )
    assert.deepEqual((readOnly.body as Refusal[])[0]?.fields, ['Industry'])
    assertRefused(
      await patch('integration', `Account/${id}`, { AnnualRevenue: 5 }),
      400,
      'INVALID_FIELD',
      /No such column 'AnnualRevenue'/,
    )
    assertRefused(
      await send('integration', 'DELETE', `${v66}/sobjects/Account/${id}`),
      403,
      'INSUFFICIENT_ACCESS_OR_READONLY',
      /insufficient access rights/,
    )
    assertRefused(
      await create('integration', 'Opportunity', { Name: 'x' }),
      403,
      'INSUFFICIENT_ACCESS_OR_READONLY',
      /insufficient access rights/,
    )
    assertRefused(await create('integration', 'Case', { Subject: 'x' }), 404, 'NOT_FOUND', /does not exist/)
    const { body } = await get('integration', `${v66}/sobjects/Account/${id}`)
    assert.ok(!('AnnualRevenue' in (body as object)) && (body as { Name: string }).Name === 'Mine')
    assertRefused(
      await get('integration', `${v66}/sobjects/Account/${id}?fields=AnnualRevenue`),
      400,
      'INVALID_FIELD',
      /No such column/,
    )
  })

  it('upserts by external id and says whether it created', async () => {
    const put = (body: unknown): Promise<Reply> => patch('admin', 'Account/ERP_Id__c/ERP%2F77', body)
    const first = await put({ Name: 'Seventy-seven' })
    const again = await put({ Rating: 'Cold' })
    assert.deepEqual([first.status, again.status], [201, 200])
    assert.deepEqual(
      [(first.body as { created: boolean }).created, (again.body as { created: boolean }).created],
      [true, false],
    )
    assert.equal(
      ((await get('admin', `${v66}/sobjects/Account/ERP_Id__c/ERP%2F77`)).body as { Rating: string }).Rating,
      'Cold',
    )
    assertRefused(
      await patch('admin', 'Account/Industry/Energy', {}),
      404,
      'NOT_FOUND',
      /external ID field does not exist or is not accessible: Industry/,
    )
  })

  it('records in the audit trail what is done to the setup', async () => {
    const set = (await page('admin', `SELECT Id FROM PermissionSet WHERE Name = 'Security_Audit_Light'`)).records[0]?.[
      'Id'
    ]
    const id = await made(
      create('admin', 'PermissionSetAssignment', { AssigneeId: org.users.bare, PermissionSetId: set }),
    )
    assert.equal((await get('bare', `${v66}/limits`)).status, 200)
    await patch('admin', `PermissionSet/${String(set)}`, { PermissionsManageUsers: true })
    await send('admin', 'DELETE', `${v66}/sobjects/PermissionSetAssignment/${id}`)
    assert.equal((await get('bare', `${v66}/limits`)).status, 403)
    const login = (await page('admin', `SELECT Id FROM UserLogin WHERE UserId = '${org.users.bare}'`)).records[0]?.[
      'Id'
    ]
    assert.equal((await patch('admin', `UserLogin/${String(login)}`, { IsFrozen: true })).status, 204)
    const { records } = await page(
      'admin',
      'SELECT Action, Section, CreatedBy.Username, Display FROM SetupAuditTrail ORDER BY CreatedDate, Id',
    )
    assert.deepEqual(
      records.map(({ Action }) => Action),
      ['PermSetAssign', 'PermSetEnableUserPerm', 'PermSetUnassign', 'frozeuser'],
    )
    assert.equal(
      records[1]?.['Display'],
      'Changed permission set Security_Audit_Light: Manage Users permission was changed from disabled to enabled',
    )
    assert.equal(
      (records as unknown as { CreatedBy: { Username: string } }[])[0]?.CreatedBy.Username,
      'ada@acme.example',
    )
    assert.equal((await page('admin', 'SELECT COUNT() FROM SetupAuditTrail')).totalSize, 4)
    assertRefused(
      await send(
        'admin',
        'DELETE',
        `${v66}/sobjects/SetupAuditTrail/${String((await page('admin', 'SELECT Id FROM SetupAuditTrail LIMIT 1')).records[0]?.['Id'])}`,
      ),
      403,
      'INSUFFICIENT_ACCESS_OR_READONLY',
      /insufficient/,
    )
  })
})
