/** Backup, restore, move, a new master key, and what the doctor is told. */
import assert from 'node:assert/strict'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '../../src/clock.ts'
import { verifyStoreLedger } from '../../src/ledger/export.ts'
import { Secret } from '../../src/secret.ts'
import { backupStore, restoreStore } from '../../src/store/backup.ts'
import { checkStore } from '../../src/store/check.ts'
import { moveStore } from '../../src/store/move.ts'
import { rotateMasterKey } from '../../src/store/rotate-master-key.ts'
import type { Store } from '../../src/store/store.ts'
import {
  absent,
  aGrant,
  canary,
  claim,
  code,
  emptyPlace,
  holder,
  kinds,
  masterKey,
  otherKey,
  settings,
  temporaryFolder,
} from './fixtures.ts'

const options = { clock: systemClock, masterKey, holder }

const furnish = async (store: Store) => {
  await store.greet('host-a', true)
  await store.pace('client-1')
  const one = await store.add(aGrant('one', { identity: { orgId: 'o', userId: 'u' } }))
  const two = await store.add(aGrant('two', { settings: settings({ clientId: 'client-2' }) }))
  await store.add(
    aGrant('machine', {
      settings: settings({ flow: 'jwt_bearer' }),
      secrets: { privateKey: new Secret(`${canary}-pem`) },
    }),
  )
  await store.apply(one.id, await claim(store, one))
  await store.apply(two.id, { type: 'remove' })
  await store.keepOrphan('gone', 'attempt', { refreshToken: new Secret(`${canary}-orphan`) })
  return { one, two }
}

for (const from of kinds) {
  for (const to of kinds) {
    test(
      `a backup of ${from} restored into ${to} is whole and in doubt`,
      { skip: absent(from) || absent(to) },
      async (t) => {
        const source = await emptyPlace(t, from)
        const store = await source.open()
        const { one, two } = await furnish(store)
        const file = join(temporaryFolder(t), 'backup')
        const made = await backupStore(source.address, file, { clock: systemClock })
        assert.deepEqual(made.mark, await store.mark())
        assert.equal(statSync(file).mode & 0o777, 0o600)
        assert.equal(readFileSync(file).includes(canary), false)
        await store.note('exported', null, {})
        const target = await emptyPlace(t, to)
        await assert.rejects(restoreStore(file, target.address, { ...options, masterKey: otherKey }), code('KEY_WRONG'))
        await restoreStore(file, target.address, { ...options, atLeast: 4 })
        await assert.rejects(restoreStore(file, target.address, options), code('BAD_ARGUMENT'))
        const restored = await target.open()
        assert.equal(restored.id, store.id)
        assert.equal((await restored.mark()).epoch, 5)
        assert.equal(await restored.contains(made.mark), true)
        assert.equal(await restored.contains(await store.mark()), false)
        assert.equal((await restored.grantById(one.id))?.state.doubt?.cause, 'restored')
        assert.deepEqual((await restored.grantById(one.id))?.state.doubt?.awaiting, ['host-a'])
        assert.equal((await restored.grantById(two.id))?.state.removedAt === null, false)
        assert.equal((await restored.secret(one.id, 'refreshToken'))?.reveal(), `${canary}-rt-one`)
        const [orphan] = await restored.orphans()
        assert.equal((await restored.orphanSecret(orphan?.id ?? '')).reveal(), `${canary}-orphan`)
        assert.equal((await verifyStoreLedger(restored)).ok, true)
        assert.equal((await store.grantById(one.id))?.state.doubt, null, 'the source is as it was')
      },
    )

    if (from === to && from === 'postgres') continue
    test(
      `a store moved from ${from} to ${to} goes on there and only there`,
      { skip: absent(from) || absent(to) },
      async (t) => {
        const source = await emptyPlace(t, from)
        const store = await source.open()
        const { one } = await furnish(store)
        const target = await emptyPlace(t, to)
        await assert.rejects(
          moveStore(source.address, target.address, { ...options, masterKey: otherKey }),
          code('KEY_WRONG'),
        )
        await store.note('exported', null, {})
        const verified = await moveStore(source.address, target.address, options)
        assert.deepEqual([verified.grants, verified.secrets], [3, 2])
        await assert.rejects(store.note('exported', null, {}), code('STORE_RETIRED'))
        await assert.rejects(source.open(), code('STORE_RETIRED'))
        const moved = await target.open()
        assert.equal(moved.id, store.id)
        assert.equal((await moved.mark()).epoch, 1, 'nothing went back')
        assert.equal((await moved.grantById(one.id))?.state.status, 'live')
        assert.equal((await moved.secret(one.id, 'refreshToken'))?.reveal(), `${canary}-rt-one`)
        assert.equal((await moved.ledger(1, 100)).at(-1)?.kind, 'store-moved')
        await moved.note('exported', null, {})
      },
    )
  }

  test(
    `${from}: a new master key opens everything, the old one nothing, and lineages stay`,
    { skip: absent(from) },
    async (t) => {
      const place = await emptyPlace(t, from)
      const store = await place.open()
      const { one } = await furnish(store)
      const { verifyingKey } = await store.checkpoint()
      const journalKey = store.deriveKey('journal')
      await assert.rejects(
        rotateMasterKey(place.address, masterKey, { ...options, masterKey: otherKey }),
        code('KEY_WRONG'),
      )
      const { keys } = await rotateMasterKey(place.address, otherKey, options)
      assert.equal(keys, 5)
      await assert.rejects(store.add(aGrant('late')), code('KEY_WRONG'))
      await assert.rejects(place.open(), code('KEY_WRONG'))
      const renewed = await place.open({ masterKey: otherKey })
      assert.equal((await renewed.secret(one.id, 'refreshToken'))?.reveal(), `${canary}-rt-one`)
      assert.equal(renewed.lineageOf(new Secret(`${canary}-rt-one`)), one.state.lineage)
      assert.deepEqual(renewed.deriveKey('journal'), journalKey)
      assert.equal((await renewed.checkpoint()).verifyingKey, verifyingKey)
      assert.equal((await verifyStoreLedger(renewed)).ok, true)
    },
  )

  test(`${from}: the doctor is told what the store is like`, { skip: absent(from) }, async (t) => {
    const place = await emptyPlace(t, from)
    await place.open()
    const facts = new Map((await checkStore(place.address, { clock: systemClock })).map((fact) => [fact.name, fact]))
    const expected =
      from === 'sqlite'
        ? { reachable: 'ok', schema: 'ok', integrity: 'ok', durability: 'ok', 'file-mode': 'ok', writable: 'ok' }
        : // The server of the tests runs without fsync: exactly what the doctor is for.
          { reachable: 'ok', schema: 'ok', fsync: 'bad', standbys: 'ok', 'time-line': 'ok' }
    for (const [name, status] of Object.entries(expected)) assert.equal(facts.get(name)?.status, status, name)
  })
}

test('a backup that was cut off or altered is refused and makes no store', { skip: absent('postgres') }, async (t) => {
  const source = await emptyPlace(t, 'postgres')
  const store = await source.open()
  await furnish(store)
  const file = join(temporaryFolder(t), 'backup')
  await backupStore(source.address, file, { clock: systemClock })
  const lines = readFileSync(file, 'utf8').split('\n')
  const target = await emptyPlace(t, 'sqlite')
  writeFileSync(file, lines.slice(0, -2).join('\n'))
  await assert.rejects(restoreStore(file, target.address, options), code('STORE_TAMPERED'))
  writeFileSync(file, lines.join('\n').replace('"host":"host-a"', '"host":"host-b"'))
  await assert.rejects(restoreStore(file, target.address, options), code('STORE_TAMPERED'))
  writeFileSync(file, 'something else')
  await assert.rejects(restoreStore(file, target.address, options), code('BAD_ARGUMENT'))
  writeFileSync(file, lines.join('\n'))
  await restoreStore(file, target.address, options)
})

test('a store that is not there is a finding of the doctor, not an exception', async (t) => {
  const [fact] = await checkStore(`sqlite:${temporaryFolder(t)}/none.db`, { clock: systemClock })
  assert.deepEqual([fact?.name, fact?.status, fact?.value], ['reachable', 'bad', 'STORE_MISSING'])
})
