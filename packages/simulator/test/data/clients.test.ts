/** Clients nobody here wrote, unmodified, against the REST side: jsforce, @jsforce/jsforce-node, @salesforce/core. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Connection as NodeConnection } from '@jsforce/jsforce-node'
import jsforce from 'jsforce'
import { insertRow } from '../../src/data/index.ts'
import { listen, makeOrg, type Listening } from './test-org.ts'

// @salesforce/core looks into the home folder when it is loaded: it gets one of its own, and no log file.
const home = mkdtempSync(join(tmpdir(), 'keyturn-sim-'))
process.env['HOME'] = home
process.env['USERPROFILE'] = home
process.env['SF_DISABLE_LOG_FILE'] = 'true'
const { AuthInfo, Connection: CoreConnection } = await import('@salesforce/core')

const org = makeOrg()
let server: Listening

before(async () => {
  server = await listen(org)
  org.db.exec('BEGIN')
  for (let index = 0; index < 4100; index++) {
    insertRow(org, 'Lead', {
      LastName: `Lead ${String(index).padStart(5, '0')}`,
      Company: 'Many',
      OwnerId: org.users.admin,
    })
  }
  org.db.exec('COMMIT')
})
after(async () => {
  await server.close()
  rmSync(home, { recursive: true, force: true })
})

/** The part of a connection that all three share; their own types differ in ways that don't matter here. */
interface AnyConnection {
  query(
    soql: string,
    options?: object,
  ): PromiseLike<{ totalSize: number; done: boolean; nextRecordsUrl?: string; records: Record<string, unknown>[] }>
  queryMore(locator: string): PromiseLike<{ done: boolean; records: unknown[] }>
  describeGlobal(): Promise<{ sobjects: { name: string }[] }>
  describe(name: string): Promise<{ fields: { name: string; updateable: boolean }[] }>
  limits(): Promise<Record<string, { Max: number; Remaining: number }>>
  requestPost<T>(url: string, body: object): Promise<T>
  sobject(name: string): {
    create(record: object | object[]): Promise<unknown>
    retrieve(id: string | string[]): Promise<unknown>
    update(record: object | object[]): Promise<unknown>
    upsert(record: object | object[], key: string): Promise<unknown>
    destroy(id: string | string[]): Promise<unknown>
    find(where: object): PromiseLike<Record<string, unknown>[]>
    count(where: object): PromiseLike<number>
  }
  limitInfo?: { apiUsage?: { used: number; limit: number } }
}

const clients: readonly (readonly [name: string, connect: (who: string) => Promise<AnyConnection>])[] = [
  [
    'jsforce',
    (who) =>
      Promise.resolve(
        new jsforce.Connection({
          instanceUrl: server.url,
          accessToken: `00D!${who}`,
          version: '66.0',
        }) as unknown as AnyConnection,
      ),
  ],
  [
    '@jsforce/jsforce-node',
    (who) =>
      Promise.resolve(
        new NodeConnection({
          instanceUrl: server.url,
          accessToken: `00D!${who}`,
          version: '66.0',
        }) as unknown as AnyConnection,
      ),
  ],
  [
    '@salesforce/core',
    async (who) => {
      const authInfo = await AuthInfo.create({
        username: `00D!${who}`,
        accessTokenOptions: { accessToken: `00D!${who}`, instanceUrl: server.url, loginUrl: server.url },
      })
      return (await CoreConnection.create({
        authInfo,
        connectionOptions: { version: '66.0' },
      })) as unknown as AnyConnection
    },
  ],
]

for (const [name, connect] of clients) {
  describe(`${name} on the REST side`, () => {
    it('queries with nested parents and children', async () => {
      const connection = await connect('admin')
      const { records } = await connection.query(
        `SELECT Name, Owner.Name, (SELECT LastName FROM Contacts) FROM Account WHERE ERP_Id__c = 'ERP-0001'`,
      )
      const [record] = records as unknown as readonly { Owner: { Name: string }; Contacts: { records: unknown[] } }[]
      assert.deepEqual([record?.Owner.Name, record?.Contacts.records.length], ['Ada Tester', 2])
    })

    it('fetches page after page', async () => {
      const connection = await connect('admin')
      const first = await connection.query(`SELECT LastName FROM Lead WHERE Company = 'Many' ORDER BY LastName`)
      assert.deepEqual([first.totalSize, first.done, first.records.length], [4100, false, 2000])
      const second = await connection.queryMore(first.nextRecordsUrl ?? '')
      assert.deepEqual([second.done, second.records.length], [false, 2000])
      const all = await connection.query(`SELECT LastName FROM Lead WHERE Company = 'Many' ORDER BY LastName`, {
        autoFetch: true,
        maxFetch: 10_000,
      })
      assert.equal(new Set(all.records.map((record) => record['LastName'])).size, 4100)
    })

    it('creates, reads, changes, upserts and deletes a record', async () => {
      const accounts = (await connect('admin')).sobject('Account')
      const made = (await accounts.create({ Name: `By ${name}`, Industry: 'Energy' })) as {
        id: string
        success: boolean
      }
      assert.equal(made.success, true)
      await accounts.update({ Id: made.id, Industry: 'Retail' })
      const read = (await accounts.retrieve(made.id)) as Record<string, unknown>
      assert.deepEqual([read['Name'], read['Industry'], read['OwnerId']], [`By ${name}`, 'Retail', org.users.admin])
      const first = (await accounts.upsert({ ERP_Id__c: `ERP-${name}`, Name: 'Upserted' }, 'ERP_Id__c')) as {
        created: boolean
        id: string
      }
      const again = (await accounts.upsert({ ERP_Id__c: `ERP-${name}`, Name: 'Again' }, 'ERP_Id__c')) as {
        created: boolean
        id: string
      }
      assert.deepEqual([first.created, again.created, again.id], [true, false, first.id])
      assert.equal(await accounts.count({ Name: { $like: 'By %' } }), 1)
      await accounts.destroy([made.id, first.id])
      await assert.rejects(accounts.retrieve(made.id), /entity is deleted/)
    })

    it('writes many records at once', async () => {
      const contacts = (await connect('admin')).sobject('Contact')
      const results = (await contacts.create([{ LastName: 'One' }, { LastName: 'Two' }, { FirstName: 'None' }])) as {
        success: boolean
        id?: string
        errors: { statusCode: string }[]
      }[]
      assert.deepEqual(
        results.map(({ success }) => success),
        [true, true, false],
      )
      assert.equal(results[2]?.errors[0]?.statusCode, 'REQUIRED_FIELD_MISSING')
      const ids = results.flatMap(({ id }) => id ?? [])
      await contacts.update(ids.map((Id) => ({ Id, Title: name })))
      assert.equal((await contacts.find({ Title: name })).length, 2)
      await contacts.destroy(ids)
    })

    it('describes what the user sees, and sees no more in limits and composite', async () => {
      const connection = await connect('integration')
      const { fields } = await connection.describe('Account')
      const names = fields.map((field) => field.name)
      assert.ok(names.includes('Industry') && !names.includes('AnnualRevenue'))
      assert.equal(fields.find((field) => field.name === 'Industry')?.updateable, false)
      const { sobjects } = await connection.describeGlobal()
      assert.ok(
        sobjects.some((sobject) => sobject.name === 'Account') && !sobjects.some((sobject) => sobject.name === 'Case'),
      )
      const limits = await connection.limits()
      assert.equal(limits['DailyApiRequests']?.Max, 15_000)
      assert.equal(connection.limitInfo?.apiUsage?.limit, 15_000)
      const answer = await connection.requestPost<{ compositeResponse: { httpStatusCode: number }[] }>(
        '/services/data/v66.0/composite',
        {
          compositeRequest: [
            { method: 'GET', url: '/services/data/v66.0/sobjects/Account/describe', referenceId: 'a' },
            { method: 'GET', url: '/services/data/v66.0/sobjects/Case/describe', referenceId: 'b' },
          ],
        },
      )
      assert.deepEqual(
        answer.compositeResponse.map(({ httpStatusCode }) => httpStatusCode),
        [200, 404],
      )
    })

    it('gets refusals with code and text', async () => {
      const connection = await connect('integration')
      await assert.rejects(async () => connection.query('SELECT AnnualRevenue FROM Account'), {
        errorCode: 'INVALID_FIELD',
      })
      await assert.rejects(connection.sobject('Account').create({ Name: 'x', Industry: 'Energy' }), {
        errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE',
      })
      await assert.rejects(connection.sobject('Opportunity').create({ Name: 'x' }), {
        errorCode: 'INSUFFICIENT_ACCESS_OR_READONLY',
      })
    })
  })
}
