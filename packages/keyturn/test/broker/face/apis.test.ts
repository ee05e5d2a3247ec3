/** The other APIs through the proxy: each has its own way to carry a session and to say that it is over. */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { serveOtherApis } from '../../../../tokens/test/adapters/other-apis.ts'
import type { Org } from '../../../../tokens/test/adapters/org.ts'
import { login, startBroker } from './broker.ts'
import { putInFront } from './front.ts'

interface OtherApis {
  identity(): Promise<{ readonly username: string }>
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
  const { Connection } = createRequire(import.meta.url)(name) as {
    readonly Connection: new (config: object) => OtherApis
  }
  test(`${name}: a connection that has nothing but a session learns whose it is at the broker`, async (t) => {
    const before = putInFront(t, (incoming, response) => {
      if (incoming.url !== '/services/data/v60.0') return false
      const identity = `https://login.salesforce.com/id/${broker.ready.org}/${broker.ready.userId}`
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ identity }))
      return true
    })
    const broker = await startBroker(t, { before })
    const { access_token: accessToken } = await login(broker, await broker.enrol('app'))
    const connection = new Connection({ instanceUrl: broker.url, accessToken, version: '60.0' })
    assert.equal((await connection.identity()).username, broker.ready.username)
  })
  for (const [api, call] of Object.entries(calls)) {
    test(`${name}: ${api} goes through, and the client never notices that the session was over`, async (t) => {
      const broker = await startBroker(t, { before: (sim) => serveOtherApis(t, { sim } as Org) })
      const { access_token: accessToken } = await login(broker, await broker.enrol('app'))
      const connection = new Connection({ instanceUrl: broker.url, accessToken, version: '60.0' })
      assert.ok(await call(connection))
      broker.expire()
      assert.ok(await call(connection))
      assert.deepEqual([broker.counts().exchanges, broker.counts().reuses], [1, 0])
    })
  }
}
