/** @salesforce/core 9.4.0, unmodified: a login with the stable refresh token, as `sf org login` keeps it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { core } from '../../../../tokens/test/adapters/sf-home.ts'
import type { CoreConnection } from '../../../../tokens/test/adapters/sf-home.ts'
import { SOQL, startBroker } from './broker.ts'

test('@salesforce/core keeps the stable token and works on over expiries and new processes', async (t) => {
  const broker = await startBroker(t)
  const caller = await broker.enrol('sf')
  const authInfo = (await core.AuthInfo.create({
    username: broker.ready.username,
    oauth2Options: {
      loginUrl: broker.url,
      clientId: caller.id,
      clientSecret: caller.secret,
      refreshToken: caller.refreshToken,
    },
  } as never)) as unknown as { save(): Promise<void>; getFields(decrypt: boolean): Record<string, string> }
  await authInfo.save()
  const fields = authInfo.getFields(true)
  assert.equal(fields['instanceUrl'], broker.url)
  assert.equal(fields['orgId'], broker.ready.org)
  assert.equal(fields['refreshToken'], caller.refreshToken)
  for (let run = 0; run < 2; run++) {
    const connection: CoreConnection = await core.Connection.create({
      authInfo: await core.AuthInfo.create({ username: broker.ready.username } as never),
      connectionOptions: { version: '60.0' },
    } as never)
    for (let day = 0; day < 2; day++) {
      broker.expire()
      assert.equal((await connection.query(SOQL)).totalSize, 1)
    }
    await connection.refreshAuth()
    assert.equal((await connection.query(SOQL)).totalSize, 1)
  }
  assert.deepEqual([broker.counts().exchanges, broker.counts().reuses, broker.counts().grantsLost], [4, 0, 0])
})
