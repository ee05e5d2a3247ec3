/** @salesforce/core 9.4.0, unmodified, on a Keyturn grant. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authFiles, core } from './sf-home.ts'
import type { CoreConnection } from './sf-home.ts'
import { loadCore } from '../../src/adapters/core-module.ts'
import { keyturnOrgConnection } from '../../src/adapters/salesforce-core.ts'
import { KeyturnError } from '../../src/errors.ts'
import type { Keyturn } from '../../src/contract.ts'
import { SOQL } from './jsforce-clients.ts'
import { NAME, startOrg } from './org.ts'

const connect = (keyturn: Keyturn): Promise<CoreConnection> =>
  keyturnOrgConnection(keyturn, NAME, { core, version: '60.0' })

test('a core connection survives expiry after expiry, one exchange each, and core keeps no file', async (t) => {
  const org = await startOrg(t)
  const keyturn = await org.open()
  await keyturn.grants.add(org.grant())
  const connection = await connect(keyturn)
  for (const exchanges of [1, 2, 3]) {
    org.expire()
    assert.equal((await connection.query(SOQL)).totalSize, 1)
    assert.deepEqual([org.counts().exchanges, org.counts().reuses], [exchanges, 0])
  }
  org.expire()
  await connection.refreshAuth()
  const { accessToken } = await keyturn.token(NAME)
  assert.equal(connection.accessToken, accessToken)
  const authInfo = connection.getAuthInfo()
  assert.equal(authInfo.getFields(true).accessToken, accessToken)
  assert.equal(authInfo.getFields(true).refreshToken, undefined)
  assert.deepEqual([org.counts().exchanges, org.counts().reuses], [4, 0])
  assert.deepEqual(authFiles(), [])
})

test('Org takes the connection; without a version the newest of the org is found, and still no file is written', async (t) => {
  const org = await startOrg(t)
  const keyturn = await org.open()
  await keyturn.grants.add(org.grant())
  const connection = await keyturnOrgConnection(keyturn, NAME, { core })
  assert.ok(Number(connection.version) >= 60)
  assert.equal(connection.getUsername(), org.ready.username)
  const made = await core.Org.create({ connection })
  assert.equal(made.getOrgId().slice(0, 15), org.ready.org.slice(0, 15))
  assert.deepEqual(authFiles(), [])
})

test('many calls on several connections, after an expiry and a restart, cost one exchange each', async (t) => {
  const org = await startOrg(t)
  const first = await org.open()
  await first.grants.add(org.grant())
  const [one, two] = [await connect(first), await connect(first)]
  org.expire()
  await Promise.all([one, two, one, two].map((connection) => connection.query(SOQL)))
  assert.equal(org.counts().exchanges, 1)
  await first.close()
  const second = await org.open()
  org.expire()
  const three = await connect(second)
  await Promise.all([three.query(SOQL), three.query(SOQL)])
  assert.deepEqual([org.counts().exchanges, org.counts().reuses], [2, 0])
})

test('a 401 that no token cures ends the call, and rotates at most once', async (t) => {
  const org = await startOrg(t)
  const keyturn = await org.open()
  await keyturn.grants.add(org.grant())
  const connection = await connect(keyturn)
  org.sim.control.changeApp({ app: 'Web', settings: { uncurable: 'always401' } })
  for (const _ of [1, 2]) await assert.rejects(async () => connection.query(SOQL), /ACCESS_UNCURABLE/)
  assert.ok(org.counts().exchanges <= 1)
})

test('a Keyturn that throws ends the call with its error', async (t) => {
  const org = await startOrg(t)
  const keyturn = await org.open()
  await keyturn.grants.add(org.grant())
  const dead = new KeyturnError('GRANT_DEAD', 'refused on Monday')
  const connection = await connect({ ...keyturn, rejected: () => Promise.reject(dead) })
  org.expire()
  await assert.rejects(async () => connection.query(SOQL), /GRANT_DEAD: refused on Monday/)
})

test('core is found beside the program when it is not passed, and named when it is not there', async (t) => {
  const org = await startOrg(t)
  const keyturn = await org.open()
  await keyturn.grants.add(org.grant())
  const connection = (await keyturnOrgConnection(keyturn, NAME, {
    from: import.meta.url,
    version: '60.0',
  })) as CoreConnection
  assert.equal((await connection.query(SOQL)).totalSize, 1)
  assert.equal(typeof (await loadCore('file:///nowhere/at/all.js')).AuthInfo, 'function')
  await assert.rejects(loadCore('file:///nowhere/at/all.js', []), { code: 'DRIVER_MISSING' })
})
