/** The wrong master key, and a new one while somebody still works with the old. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { freshDatabase, whyNoPostgres } from '../../../../test/postgres.ts'
import { systemClock } from '../../src/clock.ts'
import { rotateMasterKey } from '../../src/store/rotate-master-key.ts'
import { MINUTE, startOrg } from '../conformance/org.ts'

const places = [
  ['sqlite', false],
  ['postgres', whyNoPostgres()],
] as const

for (const [kind, skip] of places) {
  test(`${kind}: a wrong key is told at once and changes nothing`, { skip }, async (t) => {
    const org = await startOrg(t, {}, kind === 'sqlite' ? {} : { store: await freshDatabase(t), migrate: true })
    await org.add()
    assert.equal(await org.call(), 200)
    const mark = await org.keyturn.store.mark()
    for (const masterKey of [randomBytes(32), Buffer.alloc(32)]) {
      await assert.rejects(org.open({ masterKey }), { code: 'KEY_WRONG' })
    }
    assert.deepEqual(await org.keyturn.store.mark(), mark)
    org.expire()
    assert.equal(await org.call(), 200)
    await org.keyturn.close()
  })

  test(
    `${kind}: a new key while others work: nothing is spent with the old one, what was on the wire is not lost`,
    { skip },
    async (t) => {
      const org = await startOrg(t, {}, kind === 'sqlite' ? {} : { store: await freshDatabase(t), migrate: true })
      await org.add()
      await org.add({ name: 'idle', app: 'Jwt' })
      assert.deepEqual([await org.call(), await org.call('idle')], [200, 200])
      org.expire()
      const fault = org.sim.control.addFault({ match: { endpoint: 'token' }, action: { holdAfter: true } })
      const calling = org.call()
      await org.sim.control.held({ fault: fault.id, timeoutMs: 10_000 })

      const masterKey = randomBytes(32)
      await rotateMasterKey(org.options.store, masterKey, {
        clock: systemClock,
        masterKey: org.options.masterKey as Uint8Array,
        holder: { host: 'operator', process: 'p' },
      })
      org.sim.control.removeFaults()
      org.sim.control.release()
      assert.match(String(await calling), /KEY_WRONG/)
      const before = org.counters().exchanges
      assert.equal(await org.call('idle'), 'KEY_WRONG')
      assert.equal(org.counters().exchanges, before, 'the old process spends nothing any more')

      // The next Keyturn of this host has the new key: the answer is in its journal.
      await org.keyturn.close()
      const again = await org.open({ masterKey })
      org.advance(MINUTE)
      const { generation } = await again.token('acme')
      assert.equal(generation, 2)
      assert.equal((await again.fetch('acme', '/services/data/v66.0/limits')).status, 200)
      assert.equal((await again.fetch('idle', '/services/data/v66.0/limits')).status, 200)
      assert.deepEqual([org.counters().reuses, org.counters().unknownOutcomes], [0, 0])
      await assert.rejects(org.open(), { code: 'KEY_WRONG' })
      await again.close()
    },
  )
}
