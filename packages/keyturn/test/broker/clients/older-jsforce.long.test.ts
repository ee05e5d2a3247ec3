/** jsforce 1 and 2, which still run in many places, unmodified at the broker; installed beside the project. */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'
import { installBeside } from '../../../../../tools/install-beside.ts'
import { SOQL, startBroker } from '../face/broker.ts'

const versions = { jsforce1: '1.11.1', jsforce2: '2.0.0-beta.29' }

const folder = installBeside(
  'older-jsforce',
  Object.entries(versions).map(([alias, version]) => `${alias}@npm:jsforce@${version}`),
)

interface Connection {
  login(user: string, password: string): PromiseLike<unknown>
  query(soql: string): PromiseLike<{ readonly totalSize: number }>
}
type ConnectionClass = new (config: object) => Connection

for (const [alias, version] of Object.entries(versions)) {
  const load = (): ConnectionClass => {
    const required = createRequire(join(folder, 'package.json'))(alias) as { readonly Connection: ConnectionClass }
    return required.Connection
  }

  test(`jsforce ${version}: SOAP login() while the org has it off`, async (t) => {
    const broker = await startBroker(t)
    broker.sim.control.changeOrg({ settings: { soapLogin: false } })
    const caller = await broker.enrol('nightly')
    const connection = new (load())({ loginUrl: broker.url, version: '50.0' })
    await connection.login(caller.username, caller.password)
    for (let end = 0; end < 3; end++) {
      broker.expire()
      assert.equal((await connection.query(SOQL)).totalSize, 1)
    }
    const { exchanges, reuses, grantsLost } = broker.counts()
    assert.deepEqual([exchanges, reuses, grantsLost], [3, 0, 0])
  })

  test(`jsforce ${version}: a pinned refresh token, over a restart`, async (t) => {
    const broker = await startBroker(t)
    const caller = await broker.enrol('pinned')
    for (let start = 0; start < 2; start++) {
      const connection = new (load())({
        oauth2: { loginUrl: broker.url, clientId: caller.id, clientSecret: caller.secret },
        refreshToken: caller.refreshToken,
        accessToken: '00D000000000000!stale',
        instanceUrl: broker.url,
        version: '50.0',
      })
      for (let end = 0; end < 2; end++) {
        assert.equal((await connection.query(SOQL)).totalSize, 1)
        broker.expire()
      }
    }
    const { reuses, grantsLost } = broker.counts()
    assert.deepEqual([reuses, grantsLost], [0, 0])
  })
}
