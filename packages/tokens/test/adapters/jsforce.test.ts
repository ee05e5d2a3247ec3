/** jsforce 3.10.26 and @jsforce/jsforce-node 3.12.0, unmodified, against the simulator. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keyturnConnection } from '../../src/adapters/jsforce.ts'
import { connectionOf } from './jsforce-clients.ts'
import { jsforceSuite } from './jsforce-suite.ts'
import { NAME, startOrg } from './org.ts'

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
