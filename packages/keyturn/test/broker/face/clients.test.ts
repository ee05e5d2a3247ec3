/** Programs that can't rotate, unchanged but for the URL, over expiries of an org with rotation on and login() off. */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { SOQL, startBroker } from './broker.ts'

interface Connection {
  login(user: string, password: string): Promise<{ readonly id: string; readonly organizationId: string }>
  logout(): Promise<void>
  query(soql: string): PromiseLike<{ readonly totalSize: number }>
  identity(): Promise<{ readonly username: string }>
  accessToken: string
  instanceUrl: string
}
type ConnectionClass = new (config: object) => Connection

const classOf = (name: string): ConnectionClass =>
  (createRequire(import.meta.url)(name) as { readonly Connection: ConnectionClass }).Connection

for (const name of ['jsforce', '@jsforce/jsforce-node']) {
  test(`${name}: a program that knows SOAP login() only works on when the org has switched it off`, async (t) => {
    const broker = await startBroker(t)
    broker.sim.control.changeOrg({ settings: { soapLogin: false } })
    const caller = await broker.enrol('nightly')
    const connection = new (classOf(name))({ loginUrl: broker.url, version: '60.0' })
    const who = await connection.login(caller.username, caller.password)
    assert.equal(who.id, broker.ready.userId)
    assert.equal(connection.instanceUrl, broker.url)
    for (let day = 0; day < 3; day++) {
      broker.expire()
      assert.equal((await connection.query(SOQL)).totalSize, 1)
    }
    const { exchanges, reuses, grantsLost } = broker.counts()
    assert.deepEqual([exchanges, reuses, grantsLost], [3, 0, 0])
  })

  test(`${name}: a program that pins its first refresh token works on, also after a restart`, async (t) => {
    const broker = await startBroker(t)
    const caller = await broker.enrol('pinned')
    const start = () =>
      new (classOf(name))({
        oauth2: { loginUrl: broker.url, clientId: caller.id, clientSecret: caller.secret },
        refreshToken: caller.refreshToken,
        accessToken: '00D000000000000!stale',
        instanceUrl: broker.url,
        version: '60.0',
      })
    for (let run = 0; run < 2; run++) {
      const connection = start()
      for (let day = 0; day < 2; day++) {
        assert.equal((await connection.query(SOQL)).totalSize, 1)
        broker.expire()
      }
      assert.equal((await connection.identity()).username, broker.ready.username)
      assert.ok(connection.accessToken.includes('!KT'))
    }
    const { reuses, grantsLost } = broker.counts()
    assert.deepEqual([reuses, grantsLost], [0, 0])
  })

  test(`${name}: logout ends the program’s own session and nobody else’s`, async (t) => {
    const broker = await startBroker(t)
    const [one, other] = [await broker.enrol('one'), await broker.enrol('other')]
    const Class = classOf(name)
    const connect = async (caller: typeof one): Promise<Connection> => {
      const connection = new Class({ loginUrl: broker.url, version: '60.0' })
      await connection.login(caller.username, caller.password)
      return connection
    }
    const [first, second] = [await connect(one), await connect(other)]
    const ended = first.accessToken
    await first.logout()
    const answer = await fetch(`${broker.url}/services/data/v60.0/`, { headers: { authorization: `Bearer ${ended}` } })
    assert.equal(answer.status, 401)
    assert.equal((await second.query(SOQL)).totalSize, 1)
    assert.equal(broker.counts().exchanges, 0)
  })
}
