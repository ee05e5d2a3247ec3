/** What only SQLite can do to a store: its file, its disk, its boot clock. */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, copyFileSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../../src/clock.ts'
import { openStore } from '../../src/store/open.ts'
import { mountedType } from '../../src/store/network-file-system.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { aGrant, claim, code, emptyPlace, holder, masterKey, temporaryFolder } from './fixtures.ts'

const open = (address: string, change = {}) => openStore(address, { clock: systemClock, masterKey, holder, ...change })

test('a new store and its folder belong to their owner alone', async (t) => {
  const file = join(temporaryFolder(t), 'a', 'b', 'store.db')
  const store = await open(`sqlite:${file}`)
  t.after(() => store.close())
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.equal(statSync(join(file, '..')).mode & 0o777, 0o700)
  assert.equal(statSync(`${file}-wal`).mode & 0o777, 0o600)
})

test('a store that must be there and is not says so and makes nothing', async (t) => {
  const folder = temporaryFolder(t)
  await assert.rejects(open(`sqlite:${folder}/none.db`, { create: false }), code('STORE_MISSING'))
  assert.equal(statSync(`${folder}/none.db`, { throwIfNoEntry: false }), undefined)
})

test('addresses that are no store are refused', async (t) => {
  const folder = temporaryFolder(t)
  await assert.rejects(open('sqlite::memory:'), code('STORE_UNSUPPORTED'))
  await assert.rejects(open('mysql://localhost/x'), code('STORE_UNSUPPORTED'))
  await assert.rejects(open('store.db'), code('STORE_UNSUPPORTED'))
  writeFileSync(`${folder}/text`, 'this is not a database, and it is long enough to be looked at as one\n'.repeat(20))
  await assert.rejects(open(`sqlite:${folder}/text`), code('STORE_UNSUPPORTED'))
})

test('a store written by a newer Keyturn is refused before anything is claimed, also while it is open', async (t) => {
  const place = await emptyPlace(t, 'sqlite')
  const store = await place.open()
  const grant = await store.add(aGrant('one'))
  const newer = new DatabaseSync(place.file)
  newer.exec('UPDATE keyturn_meta SET schema_version = 9, min_writer = 1')
  await store.note('exported', null, {})
  newer.exec('UPDATE keyturn_meta SET min_writer = 9')
  newer.close()
  const before = await store.grantById(grant.id)
  await assert.rejects(store.apply(grant.id, await claim(store, grant)), code('STORE_TOO_NEW'))
  assert.deepEqual(await store.grantById(grant.id), before)
  await assert.rejects(place.open(), code('STORE_TOO_NEW'))
})

test('a store that another process keeps locked is asked again and then called unavailable', async (t) => {
  const place = await emptyPlace(t, 'sqlite')
  const store = await place.open({ patience: 100 })
  const other = new DatabaseSync(place.file)
  other.exec('BEGIN IMMEDIATE')
  await assert.rejects(store.add(aGrant('one')), code('STORE_UNAVAILABLE'))
  const adding = store.add(aGrant('one')).catch(() => store.add(aGrant('one')))
  other.exec('ROLLBACK')
  other.close()
  assert.equal((await adding).name, 'one')
})

test('a full database refuses the claim, keeps what was there and goes on when there is space', async (t) => {
  const place = await emptyPlace(t, 'sqlite')
  const driver = await openSqlite(place.file, { clock: systemClock })
  const store = await place.open()
  const grant = await store.add(aGrant('one'))
  await driver.close()
  const { createStore } = await import('../../src/store/engine.ts')
  const { openKeys } = await import('../../src/store/open.ts')
  const { sealingKey } = await import('../../src/store/sealed.ts')
  const { transition } = await import('../../src/protocol/transition.ts')
  const small = await openSqlite(place.file, { clock: systemClock })
  t.after(() => small.close())
  const keys = await openKeys(small, sealingKey(masterKey), { migrate: false, create: false, by: 'x' })
  const limited = createStore({ driver: small, keys, holder, transition })
  const pages = Object.values(small.database.prepare('PRAGMA page_count').get() ?? {})[0]
  small.database.exec(`PRAGMA max_page_count = ${String(pages)}`)
  const before = await store.mark()
  const fill = async () => {
    for (let i = 0; i < 200; i++) await limited.note('exported', null, { text: 'x'.repeat(500) })
  }
  await assert.rejects(fill(), code('STORE_FULL'))
  const full = await store.mark()
  assert.ok(full.seq >= before.seq)
  assert.deepEqual(await limited.mark(), full)
  assert.equal((await store.grantById(grant.id))?.state.spend, null)
  small.database.exec('PRAGMA max_page_count = 1000000')
  assert.equal((await limited.apply(grant.id, await claim(limited, grant))).applied, true)
})

const mayMount = process.platform === 'linux' && process.getuid?.() === 0

test(
  'a disk without space is STORE_FULL, not a damaged store',
  { skip: mayMount ? false : 'only root may mount a small disk; the page limit above stands for it' },
  async (t) => {
    const folder = temporaryFolder(t)
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk])
    if (mounted.status !== 0) return t.skip('this machine lets not even root mount')
    try {
      const store = await open(`sqlite:${disk}/store.db`)
      const grant = await store.add(aGrant('one'))
      const fill = async () => {
        for (;;) await store.note('exported', null, { text: 'x'.repeat(5_000) })
      }
      await assert.rejects(fill(), code('STORE_FULL'))
      assert.equal((await store.grantById(grant.id))?.state.spend, null)
      assert.equal((await store.secret(grant.id, 'refreshToken')) === null, false)
      await store.close()
    } finally {
      execFileSync('umount', ['-l', disk])
    }
  },
)

test('a store that may only be read answers reads and calls every change read-only', async (t) => {
  const place = await emptyPlace(t, 'sqlite')
  const store = await place.open()
  await store.add(aGrant('one'))
  await store.close()
  const folder = join(place.file, '..')
  const program = `
    import { openStore } from ${JSON.stringify(fileURLToPath(new URL('../../src/store/open.ts', import.meta.url)))}
    import { systemClock } from ${JSON.stringify(fileURLToPath(new URL('../../src/clock.ts', import.meta.url)))}
    process.setuid?.(${process.getuid?.() === 0 ? 65534 : String(process.getuid?.())})
    const said = []
    try {
      const store = await openStore(${JSON.stringify(place.address)}, { clock: systemClock, masterKey: new Uint8Array(32).fill(7), holder: { host: 'h', process: 'p' } })
      said.push((await store.grant('one'))?.name)
      await store.note('exported', null, {})
    } catch (error) { said.push(error.code) }
    console.log(JSON.stringify(said))`
  // The log's index can't be made in a folder that can't be written: both ways of being read-only are tried.
  const asked = () => {
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
    return JSON.parse(run.stdout || JSON.stringify([run.stderr])) as unknown[]
  }
  if (process.getuid?.() === 0) for (const path of [folder, place.file]) chownSync(path, 65534, 65534)
  chmodSync(place.file, 0o400)
  const fileOnly = asked()
  assert.equal(fileOnly.at(-1), 'STORE_READ_ONLY', JSON.stringify(fileOnly))
  chmodSync(folder, 0o500)
  const folderToo = asked()
  assert.equal(folderToo.at(-1), 'STORE_READ_ONLY', JSON.stringify(folderToo))
  chmodSync(folder, 0o700)
  chmodSync(place.file, 0o600)
})

test('a file replaced under an open store is noticed before anything is written to it', async (t) => {
  const place = await emptyPlace(t, 'sqlite')
  const store = await place.open()
  await store.add(aGrant('one'))
  const other = await emptyPlace(t, 'sqlite')
  await (await other.open()).close()
  copyFileSync(other.file, `${place.file}.new`)
  renameSync(`${place.file}.new`, place.file)
  await assert.rejects(store.note('exported', null, {}), code('STORE_UNAVAILABLE'))
})

test('an older copy under a running process begins a new epoch with every refresh token in doubt', async (t) => {
  const place = await emptyPlace(t, 'sqlite')
  const store = await place.open()
  await store.greet('host-a', true)
  const grant = await store.add(aGrant('one'))
  const behind = new DatabaseSync(place.file)
  behind.exec(
    'CREATE TABLE kept_meta AS SELECT * FROM keyturn_meta; CREATE TABLE kept_grants AS SELECT * FROM keyturn_grants',
  )
  const event = await claim(store, grant)
  assert.equal((await store.apply(grant.id, event)).applied, true)
  // As if the database had been set back to the moment before the claim, byte for byte.
  behind.exec(`BEGIN; DELETE FROM keyturn_ledger WHERE seq > (SELECT seq FROM kept_meta);
    UPDATE keyturn_meta SET (seq, hash, commits, latest) = (SELECT seq, hash, commits, latest FROM kept_meta);
    UPDATE keyturn_grants SET (state, spending, version, mark) = (SELECT state, spending, version, mark FROM kept_grants); COMMIT`)
  behind.close()
  const again = await store.apply(grant.id, await claim(store, grant))
  assert.equal(again.applied, false, 'the spent token must not be claimed again')
  assert.deepEqual(again.grant.state.doubt?.awaiting, ['host-a'])
  assert.equal(again.grant.state.status, 'in-doubt')
  assert.equal((await store.mark()).epoch, 2)
  assert.equal(
    (await store.ledger(1, 100)).some(({ kind }) => kind === 'epoch-began'),
    true,
  )
})

test('the store’s clock goes on from where it was after a boot with a wall clock that lags', async (t) => {
  const place = await emptyPlace(t, 'sqlite')
  const first = await place.open()
  // What the store keeps of its clock is what it has written; what was only read may lie a moment behind.
  const { at: before } = await first.note('exported', null, {})
  await first.close()
  const database = new DatabaseSync(place.file)
  database.exec("UPDATE keyturn_boots SET boot = 'another boot'")
  database.close()
  const hour = 3_600_000
  const lagging = { ...systemClock, wall: () => systemClock.wall() - hour, boot: () => systemClock.boot() }
  const second = await place.open({ clock: lagging })
  assert.ok((await second.now()) >= before)
  const third = await place.open()
  assert.ok(Math.abs((await third.now()) - (await second.now())) < 10_000, 'one boot has one base')
})

test('a deadline on the store’s clock does not move when the wall clock is stepped', async (t) => {
  const place = await emptyPlace(t, 'sqlite')
  let step = 0
  const store = await place.open({ clock: { ...systemClock, wall: () => systemClock.wall() + step } })
  const before = await store.now()
  step = 86_400_000
  assert.ok((await store.now()) - before < 60_000)
})

test('network file systems are told apart by the mount table', () => {
  const table = [
    '22 1 8:1 / / rw - ext4 /dev/sda1 rw',
    '40 22 0:50 / /mnt/nfs rw,relatime shared:1 - nfs4 server:/x rw',
    '41 22 0:51 / /mnt/with\\040space rw - fuse.sshfs user@host: rw',
    '42 40 0:52 / /mnt/nfs/local rw - ext4 /dev/sdb rw',
  ].join('\n')
  assert.equal(mountedType('/srv/me', table), 'ext4')
  assert.equal(mountedType('/mnt/nfs/store', table), 'nfs4')
  assert.equal(mountedType('/mnt/nfs/local/store', table), 'ext4')
  assert.equal(mountedType('/mnt/with space', table), 'fuse.sshfs')
  assert.equal(mountedType('/mnt/nfsx', table), 'ext4')
})
