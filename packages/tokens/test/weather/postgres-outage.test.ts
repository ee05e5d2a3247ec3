/** PostgreSQL dies and comes back in every phase of an exchange, or is cut off by the network: nothing is spent twice. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startPostgres, whyNoPostgres } from '../../../../test/postgres.ts'
import { verifyStoreLedger } from '../../src/ledger/export.ts'
import { assemble, openParts, type Parts } from '../../src/keyturn.ts'
import type { ProtocolEvent } from '../../src/protocol/event.ts'
import { DESCRIBE, startOrg } from '../conformance/org.ts'
import { losingProxy } from '../store/proxy.ts'

type Strike = () => Promise<void>

const has = (event: ProtocolEvent | readonly ProtocolEvent[], type: string): boolean =>
  'type' in event ? event.type === type : event.some((one) => one.type === type)

/** Where trouble strikes, once: around a change of the store, or at the look before the first byte. */
const struck = (parts: Parts, phase: string, strike: Strike): Parts => {
  let left = 1
  const at = async (here: string): Promise<void> => {
    if (here === phase && left-- > 0) await strike()
  }
  return {
    ...parts,
    store: {
      ...parts.store,
      apply: async (grantId, event, puts) => {
        for (const type of ['claim', 'answered']) if (has(event, type)) await at(`before ${type}`)
        const applied = await parts.store.apply(grantId, event, puts)
        for (const type of ['claim', 'answered']) if (has(event, type)) await at(`after ${type}`)
        return applied
      },
      look: async (grantId) => {
        await at('look')
        return parts.store.look(grantId)
      },
    },
  }
}

test('PostgreSQL fails in every phase of an exchange', { skip: whyNoPostgres() }, async (t) => {
  const server = await startPostgres()
  const url = await server.newDatabase()
  const proxy = await losingProxy(url)
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-outage-'))
  try {
    await t.test('killed and restarted, cut off, or a COMMIT lost on its way or on its way back', async (t) => {
      const org = await startOrg(t, {}, { store: proxy.url, migrate: true, stateFolder: join(folder, 'host') })
      await org.add()
      assert.equal(await org.call(), 200)
      await org.keyturn.close()
      const restart: Strike = async () => {
        await server.kill()
        // It comes back while everybody is at it.
        void server.start()
      }
      const cut: Strike = () => Promise.resolve(proxy.lead(server.port))
      const strikes: Readonly<Record<string, Strike>> = {
        killed: restart,
        'cut off': cut,
        'COMMIT not heard': () => Promise.resolve(proxy.lose('request')),
        'COMMIT done, answer lost': () => Promise.resolve(proxy.lose('answer')),
      }
      let exchanges = 1
      for (const phase of ['before claim', 'after claim', 'look', 'before answered', 'after answered']) {
        for (const [name, strike] of Object.entries(strikes)) {
          if (name.startsWith('COMMIT') && !phase.startsWith('before')) continue
          org.expire()
          const keyturn = await assemble(struck(await openParts(org.options), phase, strike), org.options)
          // A server that takes longer to come back than the store's patience is an honest error, and no more.
          const status = (tries = 12): Promise<number> =>
            keyturn.fetch('acme', DESCRIBE).then(
              (answer) => answer.status,
              (error: unknown) => {
                const away = strike === restart && (error as { code?: string }).code === 'STORE_UNAVAILABLE'
                if (!away || tries === 0) throw error
                return status(tries - 1)
              },
            )
          assert.equal(await status(), 200, `${name} ${phase}`)
          await keyturn.close()
          await server.start()
          exchanges += 1
          const seen = org.counters()
          assert.deepEqual(
            [seen.exchanges, seen.reuses, seen.unknownOutcomes, seen.orderedReplays],
            [exchanges, 0, 0, 0],
            `${name} ${phase}`,
          )
        }
      }
      const again = await org.open()
      assert.equal((await verifyStoreLedger(again.store)).ok, true)
      const claims = (await again.store.ledger(1, 10_000)).filter(({ kind }) => kind === 'exchanged')
      assert.equal(claims.length, exchanges)
      await again.close()
    })

    await t.test('a network that is cut again and again under a herd', async (t) => {
      const store = proxy.url.replace(new URL(url).pathname, new URL(await server.newDatabase()).pathname)
      const org = await startOrg(t, {}, { store, migrate: true, stateFolder: join(folder, 'other') })
      await org.add()
      const other = await org.open()
      for (let round = 0; round < 4; round++) {
        org.expire()
        let done = false
        const herd = Promise.all(
          [org.keyturn, other].flatMap((keyturn) => Array.from({ length: 25 }, () => keyturn.fetch('acme', DESCRIBE))),
        )
        void herd.finally(() => (done = true)).catch(() => undefined)
        for (let n = 0; n < 6 && !done; n++) {
          await org.options.clock?.sleep(20)
          proxy.lead(server.port)
        }
        assert.deepEqual([...new Set((await herd).map(({ status }) => status))], [200])
      }
      const { exchanges, reuses, unknownOutcomes } = org.counters()
      assert.deepEqual({ exchanges, reuses, unknownOutcomes }, { exchanges: 4, reuses: 0, unknownOutcomes: 0 })
      await Promise.all([org.keyturn.close(), other.close()])
    })
  } finally {
    proxy.close()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})
