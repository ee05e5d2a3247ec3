/** What somebody with write access to the database can do, and what the store says to it. */
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { verifyStoreLedger } from '../../src/ledger/export.ts'
import { systemClock } from '../../src/clock.ts'
import { openDriver } from '../../src/store/open.ts'
import type { Sql } from '../../src/store/sql.ts'
import { text, bytes } from '../../src/store/sql.ts'
import type { Store, StoredGrant } from '../../src/store/store.ts'
import { absent, aGrant, answer, canary, claim, code, emptyPlace, kinds, settings } from './fixtures.ts'
import { Secret } from '../../src/secret.ts'

interface Scene {
  readonly store: Store
  readonly one: StoredGrant
  readonly two: StoredGrant
}

/** Each changes the database behind the store's back; `use` is what must fail with the code. */
const attacks: readonly {
  readonly name: string
  readonly attack: (sql: Sql, scene: Scene) => Promise<void>
  readonly expect: string
  readonly use: (scene: Scene) => Promise<unknown>
}[] = [
  {
    name: 'a flipped byte in a ciphertext',
    attack: async (sql, { one }) => {
      const [row] = await sql.all('SELECT sealed FROM keyturn_secrets WHERE grant_id = ?', [one.id])
      const sealed = Buffer.from(bytes(row ?? {}, 'sealed'))
      sealed[sealed.length - 20] = (sealed[sealed.length - 20] ?? 0) ^ 1
      await sql.run('UPDATE keyturn_secrets SET sealed = ? WHERE grant_id = ?', [sealed, one.id])
    },
    expect: 'STORE_TAMPERED',
    use: ({ store, one }) => store.secret(one.id, 'refreshToken'),
  },
  {
    name: 'two grants’ ciphertexts swapped',
    attack: async (sql, { one, two }) => {
      const [row] = await sql.all('SELECT sealed FROM keyturn_secrets WHERE grant_id = ?', [two.id])
      await sql.run('UPDATE keyturn_secrets SET sealed = ? WHERE grant_id = ?', [bytes(row ?? {}, 'sealed'), one.id])
    },
    expect: 'STORE_TAMPERED',
    use: ({ store, one }) => store.secret(one.id, 'refreshToken'),
  },
  {
    name: 'one secret’s ciphertext under another name',
    attack: async (sql, { one }) => {
      await sql.run("UPDATE keyturn_secrets SET name = 'clientSecret' WHERE grant_id = ?", [one.id])
    },
    expect: 'STORE_TAMPERED',
    use: ({ store, one }) => store.secret(one.id, 'clientSecret'),
  },
  {
    name: 'ciphertext and data key of another grant',
    attack: async (sql, { one, two }) => {
      const [row] = await sql.all(
        'SELECT s.sealed, g.data_key FROM keyturn_secrets s JOIN keyturn_grants g ON g.id = s.grant_id WHERE g.id = ?',
        [two.id],
      )
      await sql.run('UPDATE keyturn_secrets SET sealed = ? WHERE grant_id = ?', [bytes(row ?? {}, 'sealed'), one.id])
      await sql.run('UPDATE keyturn_grants SET data_key = ? WHERE id = ?', [bytes(row ?? {}, 'data_key'), one.id])
    },
    expect: 'STORE_TAMPERED',
    use: ({ store, one }) => store.secret(one.id, 'refreshToken'),
  },
  {
    name: 'two grants’ names swapped',
    attack: async (sql, { one, two }) => {
      await sql.run("UPDATE keyturn_grants SET name = 'x' WHERE id = ?", [one.id])
      await sql.run("UPDATE keyturn_grants SET name = 'one' WHERE id = ?", [two.id])
    },
    expect: 'STORE_TAMPERED',
    use: ({ store }) => store.grant('one'),
  },
  {
    name: 'another login URL',
    attack: async (sql, { one }) => {
      const [row] = await sql.all('SELECT settings FROM keyturn_grants WHERE id = ?', [one.id])
      const changed = text(row ?? {}, 'settings').replace('login.salesforce.com', 'evil.example')
      await sql.run('UPDATE keyturn_grants SET settings = ? WHERE id = ?', [changed, one.id])
    },
    expect: 'STORE_TAMPERED',
    use: async ({ store, one }) => store.apply(one.id, await claim(store, one)),
  },
  {
    name: 'a spent token made live again',
    attack: async (sql, { one }) => {
      await sql.run('UPDATE keyturn_grants SET state = ? WHERE id = ?', [JSON.stringify(one.state), one.id])
    },
    expect: 'STORE_TAMPERED',
    use: async ({ store, one }) => store.apply(one.id, await claim(store, one)),
  },
]

for (const kind of kinds) {
  for (const { name, attack, expect, use } of attacks) {
    test(`${kind}: ${name} is refused and changes nothing`, { skip: absent(kind) }, async (t) => {
      const place = await emptyPlace(t, kind)
      const store = await place.open()
      const one = await store.add(aGrant('one'))
      const two = await store.add(aGrant('two', { settings: settings({ clientId: 'client-2' }) }))
      const bystander = await store.add(aGrant('bystander'))
      await store.apply(one.id, await claim(store, one))
      const before = await store.mark()
      const driver = await openDriver(place.address, { clock: systemClock })
      await driver.write(async ({ sql }) => {
        await attack(sql, { store, one, two })
        return { keep: true, value: undefined }
      })
      await driver.close()
      await assert.rejects(use({ store, one, two }), code(expect))
      await assert.rejects(store.verify(), code(expect))
      assert.deepEqual(await store.mark(), before)
      assert.equal((await store.secret(bystander.id, 'refreshToken'))?.reveal(), `${canary}-rt-bystander`)
    })
  }

  test(
    `${kind}: an older ciphertext put back in its own place is not taken for the current token`,
    { skip: absent(kind) },
    async (t) => {
      const place = await emptyPlace(t, kind)
      const store = await place.open()
      const one = await store.add(aGrant('one'))
      const driver = await openDriver(place.address, { clock: systemClock })
      t.after(() => driver.close())
      const [old] = await driver.read.all('SELECT sealed FROM keyturn_secrets')
      const event = await claim(store, one)
      await store.apply(one.id, event)
      const sold = answer(store, one, event.attempt, 'next')
      await store.apply(one.id, sold.event, sold.puts)
      await driver.write(async ({ sql }) => {
        await sql.run("UPDATE keyturn_secrets SET sealed = ? WHERE name = 'refreshToken'", [bytes(old ?? {}, 'sealed')])
        return { keep: true, value: undefined }
      })
      await assert.rejects(store.secret(one.id, 'refreshToken'), code('STORE_TAMPERED'))
    },
  )

  test(
    `${kind}: a ledger entry altered, removed or renumbered in the database is found`,
    { skip: absent(kind) },
    async (t) => {
      const place = await emptyPlace(t, kind)
      const store = await place.open()
      await store.add(aGrant('one'))
      for (let i = 0; i < 5; i++) await store.note('exported', null, { i })
      const driver = await openDriver(place.address, { clock: systemClock })
      t.after(() => driver.close())
      const change = (statement: string) =>
        driver.write(async ({ sql }) => {
          await sql.run(statement)
          return { keep: true, value: undefined }
        })
      assert.equal((await verifyStoreLedger(store)).ok, true)
      assert.deepEqual(await store.verify(), { grants: 1, secrets: 1, records: 0, entries: 7 })
      await change(`UPDATE keyturn_ledger SET data = '{"i":9}' WHERE seq = 4`)
      const altered = await verifyStoreLedger(store)
      assert.deepEqual([altered.ok, altered.ok ? null : altered.at], [false, 4])
      await change('DELETE FROM keyturn_ledger WHERE seq = 4')
      const removed = await verifyStoreLedger(store)
      assert.deepEqual([removed.ok, removed.ok ? null : removed.at], [false, 4])
    },
  )
}

test('sqlite: no secret is in the database, its log or the ledger', async (t) => {
  const place = await emptyPlace(t, 'sqlite')
  const store = await place.open()
  const one = await store.add(
    aGrant('one', { secrets: { refreshToken: new Secret(`${canary}-a`), clientSecret: new Secret(`${canary}-b`) } }),
  )
  const event = await claim(store, one)
  await store.apply(one.id, event)
  const sold = answer(store, one, event.attempt, `${canary}-c`)
  await store.apply(one.id, sold.event, sold.puts)
  await store.keepOrphan('gone', 'attempt', { refreshToken: new Secret(`${canary}-d`) })
  assert.equal(JSON.stringify(await store.ledger(1, 100)).includes(canary), false)
  // Files are read by another process's eyes only after this one closed them: the last close folds the log in.
  const keeper = new DatabaseSync(place.file)
  await store.close()
  keeper.exec('BEGIN; SELECT 1')
  keeper.close()
  const found = ['', '-wal', '-shm'].filter((suffix) => {
    try {
      return readFileSync(`${place.file}${suffix}`).includes(canary)
    } catch {
      return false
    }
  })
  assert.deepEqual(found, [])
  assert.ok(readFileSync(place.file).includes('client-1'), 'the search would find what is there in plain text')
})
