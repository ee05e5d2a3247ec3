/** jsforce 3.10.26 and @jsforce/jsforce-node 3.12.0, unmodified, against the simulator. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keyturnConnection } from '../../src/adapters/jsforce.ts'
import { connectionOf } from './jsforce-clients.ts'
import { jsforceSuite } from './jsforce-suite.ts'
import { NAME, startOrg } from './org.ts'
import { serveOtherApis } from './other-apis.ts'

for (const name of ['jsforce', '@jsforce/jsforce-node']) jsforceSuite({ title: name, load: () => connectionOf(name) })

test('options that would let the connection refresh by itself are refused by name', async (t) => {
  const org = await startOrg(t)
  const keyturn = await org.open()
  await keyturn.grants.add(org.grant())
  const Connection = connectionOf('jsforce')
  for (const option of ['refreshToken', 'oauth2', 'refreshFn', 'accessToken', 'instanceUrl']) {
    await assert.rejects(keyturnConnection(keyturn, NAME, { Connection, [option]: 'x' }), {
      code: 'BAD_ARGUMENT',
      message: new RegExp(option),
    })
  }
})

interface OtherApis {
  readonly soap: { getServerTimestamp(): PromiseLike<{ readonly timestamp: string }> }
  readonly metadata: { describe(version: string): PromiseLike<{ readonly organizationNamespace: string }> }
  readonly bulk: { createJob(type: string, operation: string): { open(): PromiseLike<{ readonly id: string }> } }
  readonly bulk2: { createJob(options: object): { open(): PromiseLike<unknown>; readonly id?: string } }
}

const calls: Readonly<Record<string, (apis: OtherApis) => PromiseLike<unknown>>> = {
  SOAP: async ({ soap }) => (await soap.getServerTimestamp()).timestamp,
  Metadata: async ({ metadata }) => (await metadata.describe('60.0')).organizationNamespace,
  'Bulk 1': async ({ bulk }) => (await bulk.createJob('Account', 'insert').open()).id,
  'Bulk 2': async ({ bulk2 }) => {
    const job = bulk2.createJob({ object: 'Account', operation: 'insert' })
    await job.open()
    return job.id
  },
}

for (const name of ['jsforce', '@jsforce/jsforce-node']) {
  for (const [api, call] of Object.entries(calls)) {
    test(`${name}: a session that is over by way of ${api} is renewed, with one exchange`, async (t) => {
      const org = await startOrg(t)
      const instanceUrl = await serveOtherApis(t, org)
      const keyturn = await org.open()
      await keyturn.grants.add(org.grant({ instanceUrl }))
      const connection = await keyturnConnection(keyturn, NAME, { Connection: connectionOf(name), version: '60.0' })
      org.expire()
      assert.ok(await call(connection as unknown as OtherApis))
      assert.deepEqual([org.counts().exchanges, org.counts().reuses], [1, 0])
      assert.equal(connection.accessToken, (await keyturn.token(NAME)).accessToken)
    })
  }
}
