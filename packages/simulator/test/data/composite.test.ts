/** Several calls in one: composite, batch, tree and collections. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { asking, v66, type Refusal } from './asking.ts'
import { listen, makeOrg, type Listening, type Reply } from './test-org.ts'

const org = makeOrg()
let server: Listening

before(async () => {
  server = await listen(org)
})
after(() => server.close())

const { send, page } = asking(() => server)

describe('composite calls', () => {
  const post = (path: string, body: unknown, who = 'admin'): Promise<Reply> =>
    send(who, 'POST', `${v66}/composite${path}`, body)
  const url = (path: string): string => `${v66}/${path}`

  it('hands results on from one subrequest to the next', async () => {
    const { body } = await post('', {
      compositeRequest: [
        { method: 'POST', url: url('sobjects/Account'), referenceId: 'acct', body: { Name: 'Composite' } },
        {
          method: 'POST',
          url: url('sobjects/Contact'),
          referenceId: 'person',
          body: { LastName: 'Of it', AccountId: '@{acct.id}' },
        },
        {
          method: 'GET',
          url: url(`query?q=SELECT+Account.Name+FROM+Contact+WHERE+Id='@{person.id}'`),
          referenceId: 'read',
        },
      ],
    })
    interface Read {
      records: { Account: { Name: string } }[]
    }
    const responses = (body as { compositeResponse: { httpStatusCode: number; body: Read }[] }).compositeResponse
    assert.deepEqual(
      responses.map(({ httpStatusCode }) => httpStatusCode),
      [201, 201, 200],
    )
    assert.equal(responses[2]?.body.records[0]?.Account.Name, 'Composite')
  })

  it('undoes everything when one of all-or-none fails, and only stops what depends on it otherwise', async () => {
    const requests = [
      { method: 'POST', url: url('sobjects/Account'), referenceId: 'good', body: { Name: 'Undone' } },
      { method: 'POST', url: url('sobjects/Account'), referenceId: 'bad', body: {} },
      { method: 'PATCH', url: url('sobjects/Account/@{bad.id}'), referenceId: 'after', body: { Name: 'never' } },
    ]
    interface Response {
      httpStatusCode: number
      body: Refusal[]
    }
    const codes = async (): Promise<unknown[]> => {
      const { body } = await post('', { allOrNone: true, compositeRequest: requests })
      return (body as { compositeResponse: Response[] }).compositeResponse.map(
        (response) => response.body[0]?.errorCode,
      )
    }
    const count = async (): Promise<number> =>
      (await page('admin', `SELECT COUNT() FROM Account WHERE Name = 'Undone'`)).totalSize
    assert.deepEqual(await codes(), ['PROCESSING_HALTED', 'REQUIRED_FIELD_MISSING', 'PROCESSING_HALTED'])
    assert.equal(await count(), 0)
    const { body } = await post('', { compositeRequest: requests })
    assert.deepEqual(
      (body as { compositeResponse: { httpStatusCode: number }[] }).compositeResponse.map(
        ({ httpStatusCode }) => httpStatusCode,
      ),
      [201, 400, 400],
    )
    assert.equal(await count(), 1)
  })

  it('runs a batch of independent calls and can halt on the first error', async () => {
    const batchRequests = [
      { method: 'GET', url: 'v66.0/limits' },
      { method: 'GET', url: 'v66.0/nothing' },
      { method: 'GET', url: 'v66.0/sobjects' },
    ]
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
      attributes: { type: 'Account', referenceId: name },
      Name: name,
      Contacts: { records: [{ attributes: { type: 'Contact', referenceId: `${name}-c` }, LastName: lastName }] },
    })
    const good = await post('/tree/Account', { records: [record('Tree', 'Leaf')] })
    assert.deepEqual(
      [
        good.status,
        (good.body as { results: { referenceId: string }[] }).results.map(({ referenceId }) => referenceId),
      ],
      [201, ['Tree', 'Tree-c']],
    )
    const bad = await post('/tree/Account', { records: [record('Tree2', 'Leaf'), record('Tree3', undefined)] })
    assert.deepEqual(
      [bad.status, (bad.body as { results: { referenceId: string }[] }).results[0]?.referenceId],
      [400, 'Tree3-c'],
    )
    assert.equal((await page('admin', `SELECT COUNT() FROM Account WHERE Name LIKE 'Tree%'`)).totalSize, 1)
  })

  it('writes collections with an outcome for each record, or none at all', async () => {
    const records = [{ attributes: { type: 'Account' }, Name: 'Many' }, { attributes: { type: 'Account' } }]
    const all = (await post('/sobjects', { allOrNone: true, records })).body as {
      success: boolean
      errors: { statusCode: string }[]
    }[]
    assert.deepEqual(
      all.map(({ errors }) => errors[0]?.statusCode),
      ['ALL_OR_NONE_OPERATION_ROLLED_BACK', 'REQUIRED_FIELD_MISSING'],
    )
    const each = (await post('/sobjects', { records })).body as { success: boolean; id?: string }[]
    assert.deepEqual(
      each.map(({ success }) => success),
      [true, false],
    )
    const read = (await post('/sobjects/Account', { ids: [each[0]?.id, '001SM0000000001AAA'], fields: ['Name'] }))
      .body as ({ Name: string } | null)[]
    assert.deepEqual(
      read.map((record) => record?.Name),
      ['Many', undefined],
    )
    const gone = await send('admin', 'DELETE', `${v66}/composite/sobjects?ids=${each[0]?.id}`)
    assert.deepEqual(
      (gone.body as { success: boolean }[]).map(({ success }) => success),
      [true],
    )
  })

  it('refuses subrequests and children that make no sense, without harm', async () => {
    const odd = await post('', { compositeRequest: [{ method: 'GET', url: url('%'), referenceId: 'a' }] })
    const [answer] = (odd.body as { compositeResponse: { httpStatusCode: number }[] }).compositeResponse
    assert.equal(answer?.httpStatusCode, 404)
    const tree = {
      records: [{ attributes: { type: 'Account', referenceId: 'a' }, Name: 'Odd', Contacts: { records: [null] } }],
    }
    assert.equal((await post('/tree/Account', tree)).status, 400)
    assert.equal((await page('admin', `SELECT COUNT() FROM Account WHERE Name = 'Odd'`)).totalSize, 0)
  })
})
