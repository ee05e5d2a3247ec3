/** Documents of other capabilities: versions, seals, marks, the ledger beside them, and every way a store is copied. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { systemClock } from '../../src/clock.ts'
import type { KeyturnError } from '../../src/errors.ts'
import { verifyEntries } from '../../src/ledger/export.ts'
import { Secret } from '../../src/secret.ts'
import { backupStore, restoreStore } from '../../src/store/backup.ts'
import { moveStore } from '../../src/store/move.ts'
import { openDriver } from '../../src/store/open.ts'
import { rotateMasterKey } from '../../src/store/rotate-master-key.ts'
import type { Sql } from '../../src/store/sql.ts'
import { bytes } from '../../src/store/sql.ts'
import type { Store } from '../../src/store/store.ts'
import { absent, canary, code, emptyPlace, holder, kinds, masterKey, otherKey, temporaryFolder } from './fixtures.ts'
import type { Place } from './fixtures.ts'

const options = { clock: systemClock, masterKey, holder }

const furnish = async (store: Store): Promise<void> => {
  await store.records.put(
    { kind: 'caller', id: 'one', doc: { name: 'one', list: [1, null, true] }, secrets: { hash: new Secret(canary) } },
    { kind: 'caller-added', data: { caller: 'one' } },
  )
  await store.records.put({ kind: 'caller', id: 'two', doc: { name: 'two' } })
  await store.records.put({ kind: 'uses', id: 'one', doc: 3 })
}

const attack = async (place: Place, work: (sql: Sql) => Promise<void>): Promise<void> => {
  const driver = await openDriver(place.address, { clock: systemClock })
  await driver.write(async ({ sql }) => {
    await work(sql)
    return { keep: true, value: undefined }
  })
  await driver.close()
}

for (const kind of kinds) {
  const it = (name: string, body: (t: TestContext) => Promise<void>): void =>
    void test(`${kind}: ${name}`, { skip: absent(kind) }, body)

  it('a record comes back as it was put, in the order of ids, with its secret and its entry', async (t) => {
    const store = await (await emptyPlace(t, kind)).open()
    await furnish(store)
    const one = await store.records.get('caller', 'one')
    assert.deepEqual(one?.doc, { name: 'one', list: [1, null, true] })
    assert.equal(one.version, 1)
    assert.equal((await store.records.secret('caller', 'one', 'hash'))?.reveal(), canary)
    assert.equal(await store.records.secret('caller', 'one', 'other'), null)
    assert.equal(await store.records.secret('caller', 'two', 'hash'), null)
    assert.equal(await store.records.get('uses', 'two'), null)
    assert.deepEqual(
      (await store.records.list('caller')).map(({ id }) => id),
      ['one', 'two'],
    )
    assert.deepEqual(
      (await store.records.list('caller', 'one')).map(({ id }) => id),
      ['two'],
    )
    const entries = await store.ledger(1, 100)
    assert.deepEqual(
      entries.map((entry) => entry.kind),
      ['store-created', 'caller-added'],
    )
    assert.equal(verifyEntries(entries).ok, true)
    assert.deepEqual(await store.verify(), { grants: 0, secrets: 1, records: 3, entries: 2 })
  })

  it('a page is full also where an altered record was left out of it', async (t) => {
    const place = await emptyPlace(t, kind)
    const store = await place.open()
    const ids = Array.from({ length: 1_003 }, (_, n) => String(n).padStart(4, '0'))
    await store.records.putAll(ids.map((id) => ({ kind: 'caller', id, doc: id })))
    await attack(place, (sql) => sql.run("UPDATE keyturn_records SET doc = '1' WHERE id IN ('0000', '0999', '1001')"))
    const told: unknown[] = []
    const altered = ({ data }: KeyturnError): void => void told.push(data.id)
    const first = await store.records.list('caller', '', altered)
    assert.deepEqual([first.length, first.at(-1)?.id, told], [1_000, '1002', ['0000', '0999', '1001']])
    assert.deepEqual(await store.records.list('caller', '1002', altered), [])
    await assert.rejects(store.records.list('caller'), code('STORE_TAMPERED'))
  })

  it('a secret that is to be forgotten is gone with the change that says so, the others stay', async (t) => {
    const store = await (await emptyPlace(t, kind)).open()
    const place = { kind: 'credential', id: 'one' }
    await store.records.put({ ...place, doc: 1, secrets: { old: new Secret(canary), kept: new Secret('kept') } })
    await store.records.put({ ...place, doc: 2, forget: ['old', 'never there'], secrets: { next: new Secret('next') } })
    assert.equal(await store.records.secret('credential', 'one', 'old'), null)
    assert.equal((await store.records.secret('credential', 'one', 'kept'))?.reveal(), 'kept')
    assert.equal((await store.records.secret('credential', 'one', 'next'))?.reveal(), 'next')
    assert.equal((await store.verify()).secrets, 2)
  })

  it('who read an older version loses, and what loses leaves no entry and no secret', async (t) => {
    const store = await (await emptyPlace(t, kind)).open()
    const first = await store.records.put({ kind: 'caller', id: 'one', doc: 1, expect: null })
    const entry = { kind: 'caller-changed', data: {} }
    const change = { kind: 'caller', id: 'one', doc: 2, secrets: { hash: new Secret('x') } }
    await assert.rejects(store.records.put({ ...change, expect: null }, entry), code('CLAIM_LOST'))
    await assert.rejects(store.records.put({ ...change, expect: 7 }, entry), code('CLAIM_LOST'))
    await assert.rejects(store.records.put({ ...change, id: 'none', expect: 1 }, entry), code('CLAIM_LOST'))
    assert.equal(await store.records.secret('caller', 'one', 'hash'), null)
    assert.equal((await store.ledger(1, 10)).length, 1)
    const raced = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => store.records.put({ ...change, doc: index, expect: first.version })),
    )
    assert.equal(raced.filter(({ status }) => status === 'fulfilled').length, 1)
    assert.equal((await store.records.get('caller', 'one'))?.version, 2)
    const both = [
      { kind: 'uses', id: 'a', doc: 1 },
      { kind: 'caller', id: 'one', doc: 1, expect: 1 },
    ]
    await assert.rejects(store.records.putAll(both), code('CLAIM_LOST'))
    assert.equal(await store.records.get('uses', 'a'), null, 'all or none')
  })

  it('a secret is replaced, others stay, and a removed record takes its secrets along', async (t) => {
    const store = await (await emptyPlace(t, kind)).open()
    await furnish(store)
    const secrets = { next: new Secret('next') }
    await store.records.put({ kind: 'caller', id: 'one', doc: 0, secrets })
    assert.equal((await store.records.secret('caller', 'one', 'hash'))?.reveal(), canary)
    assert.equal((await store.records.secret('caller', 'one', 'next'))?.reveal(), 'next')
    await store.records.remove('caller', 'one', { kind: 'caller-removed', data: { caller: 'one' } })
    const mark = await store.mark()
    await store.records.remove('caller', 'one', { kind: 'caller-removed', data: { caller: 'one' } })
    assert.deepEqual(await store.mark(), mark, 'what is not there is not removed twice')
    assert.equal(await store.records.get('caller', 'one'), null)
    await store.records.put({ kind: 'caller', id: 'one', doc: 0, expect: null })
    assert.equal(await store.records.secret('caller', 'one', 'hash'), null)
    await store.records.putAll([{ kind: 'head', id: 'h', doc: 0 }], undefined, [{ kind: 'caller', id: 'two' }])
    assert.equal(await store.records.get('caller', 'two'), null, 'a removal goes along with what is put')
    await assert.rejects(store.records.put({ kind: 'No Kind', id: 'x', doc: 0 }), code('DEFECT'))
  })

  const alterations: readonly { name: string; work: (sql: Sql) => Promise<void>; id: string }[] = [
    {
      name: 'another document',
      id: 'two',
      work: (sql) => sql.run("UPDATE keyturn_records SET doc = '{}' WHERE id = 'two'"),
    },
    {
      name: 'an older version’s number',
      id: 'two',
      work: (sql) => sql.run("UPDATE keyturn_records SET version = 9 WHERE kind = 'caller' AND id = 'two'"),
    },
    {
      name: 'another caller’s secret',
      id: 'one',
      work: async (sql) => {
        const [row] = await sql.all("SELECT data_key FROM keyturn_records WHERE id = 'one' AND data_key IS NOT NULL")
        const [sealed] = await sql.all('SELECT sealed FROM keyturn_record_secrets')
        const flipped = Buffer.from(bytes(sealed ?? {}, 'sealed'))
        flipped[25] = (flipped[25] ?? 0) ^ 1
        await sql.run('UPDATE keyturn_record_secrets SET sealed = ?', [flipped])
        await sql.run("UPDATE keyturn_records SET data_key = ? WHERE id = 'two'", [bytes(row ?? {}, 'data_key')])
      },
    },
  ]
  for (const { name, work, id } of alterations) {
    it(`${name}, written past Keyturn, is refused`, async (t) => {
      const place = await emptyPlace(t, kind)
      const store = await place.open()
      await furnish(store)
      await attack(place, work)
      const use = id === 'one' ? store.records.secret('caller', id, 'hash') : store.records.get('caller', id)
      await assert.rejects(use, code('STORE_TAMPERED'))
      if (id === 'two') {
        const told: string[] = []
        const whole = await store.records.list('caller', '', (error) => told.push(error.code))
        assert.deepEqual([whole.map((record) => record.id), told], [['one'], ['STORE_TAMPERED']])
        await assert.rejects(store.records.list('caller'), code('STORE_TAMPERED'))
      }
      await assert.rejects(store.verify(), code('STORE_TAMPERED'))
    })
  }

  it('records go along with a backup, a move and a new master key', async (t) => {
    const source = await emptyPlace(t, kind)
    const store = await source.open()
    await furnish(store)
    const file = join(temporaryFolder(t), 'backup')
    await backupStore(source.address, file, { clock: systemClock })
    assert.equal(readFileSync(file).includes(canary), false)
    const restored = await emptyPlace(t, kind)
    await restoreStore(file, restored.address, options)
    const expect = async (copy: Store): Promise<void> => {
      assert.deepEqual((await copy.records.get('caller', 'one'))?.doc, { name: 'one', list: [1, null, true] })
      assert.equal((await copy.records.secret('caller', 'one', 'hash'))?.reveal(), canary)
      assert.equal((await copy.verify()).records, 3)
    }
    await expect(await restored.open())
    const { keys } = await rotateMasterKey(restored.address, otherKey, options)
    assert.equal(keys, 2, 'the root key and that of the one record with a secret')
    await expect(await restored.open({ masterKey: otherKey }))
    const moved = await emptyPlace(t, 'sqlite')
    await moveStore(source.address, moved.address, options)
    await expect(await moved.open())
  })

  it('a store of the schema before records is brought to this one, from a backup, too', async (t) => {
    const place = await emptyPlace(t, kind)
    const before = await place.open()
    const { id } = before
    await before.close()
    await attack(place, async (sql) => {
      await sql.run('DROP TABLE keyturn_record_secrets')
      await sql.run('DROP TABLE keyturn_records')
      await sql.run('UPDATE keyturn_meta SET schema_version = 1, min_writer = 1')
    })
    const file = join(temporaryFolder(t), 'backup')
    await backupStore(place.address, file, { clock: systemClock })
    await rotateMasterKey(place.address, masterKey, options)
    for (const address of [place, await emptyPlace(t, kind)]) {
      if (address !== place) await restoreStore(file, address.address, options)
      const store = await address.open()
      assert.equal(store.id, id)
      await furnish(store)
      assert.equal((await store.verify()).records, 3)
    }
  })
}
