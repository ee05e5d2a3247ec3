/** What only PostgreSQL can do to a store: lose connections and commits, crash, fail over, refuse. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { freshDatabase, startPostgres, whyNoPostgres } from '../../../../test/postgres.ts'
import { systemClock } from '../../src/clock.ts'
import { verifyStoreLedger } from '../../src/ledger/export.ts'
import { openStore } from '../../src/store/open.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { aGrant, answer, claim, code, holder, masterKey } from './fixtures.ts'
import { losingProxy } from './proxy.ts'
import { makeStandby } from './standby.ts'

const skip = whyNoPostgres()

const open = (address: string, change = {}) =>
  openStore(address, { clock: systemClock, masterKey, holder, migrate: true, ...change })

const run = async (url: string, statement: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

test('an empty or older database is never migrated unasked', { skip }, async (t) => {
  const url = await freshDatabase(t)
  await assert.rejects(open(url, { migrate: false }), code('STORE_NOT_MIGRATED'))
  const opened = await Promise.all([open(url), open(url), open(url)])
  assert.equal(new Set(opened.map(({ id }) => id)).size, 1)
  const again = await open(url, { migrate: false })
  assert.equal(again.id, opened[0]?.id)
  await run(url, 'UPDATE keyturn_meta SET schema_version = 0')
  await assert.rejects(open(url, { migrate: false }), code('STORE_NOT_MIGRATED'))
  await run(url, 'UPDATE keyturn_meta SET schema_version = 9, min_writer = 9')
  await assert.rejects(opened[0]?.note('exported', null, {}) ?? Promise.resolve(), code('STORE_TOO_NEW'))
  await Promise.all([...opened, again].map((store) => store.close()))
})

for (const what of ['request', 'answer'] as const) {
  test(`a commit whose ${what} is lost is looked up and happens exactly once`, { skip }, async (t) => {
    const url = await freshDatabase(t)
    const proxy = await losingProxy(url)
    t.after(() => proxy.close())
    const store = await open(proxy.url)
    t.after(() => store.close())
    const grant = await store.add(aGrant('one'))
    const event = await claim(store, grant)
    proxy.lose(what)
    const claimed = await store.apply(grant.id, event)
    assert.equal(proxy.lost(), 1)
    assert.equal(claimed.applied, true)
    proxy.lose(what)
    const sold = answer(store, grant, event.attempt, 'next')
    const done = await store.apply(grant.id, sold.event, sold.puts)
    assert.equal(proxy.lost(), 2)
    assert.equal(done.applied, true)
    const entries = await store.ledger(1, 100)
    assert.deepEqual(
      entries.map(({ kind }) => kind),
      ['store-created', 'added', 'claimed', 'exchanged'],
    )
    assert.deepEqual(done.mark, await store.mark())
  })
}

test('a writer that falls silent in mid-transaction does not keep the others out', { skip }, async (t) => {
  const url = await freshDatabase(t)
  const store = await open(url)
  t.after(() => store.close())
  const silent = await openPostgres(url, { clock: systemClock })
  t.after(() => silent.close())
  const [inside, heard] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let runs = 0
  const written = silent.write(async () => {
    runs += 1
    inside.resolve()
    if (runs === 1) await heard.promise
    return { keep: runs > 1, value: runs }
  })
  await inside.promise
  await store.note('exported', null, {})
  heard.resolve()
  // What it had begun is gone; it may begin again.
  await written.catch(() => undefined)
  assert.deepEqual(
    (await store.ledger(1, 100)).map(({ kind }) => kind),
    ['store-created', 'exported'],
  )
})

test('connections broken off between and inside of transactions are replaced', { skip }, async (t) => {
  const url = await freshDatabase(t)
  const store = await open(url)
  t.after(() => store.close())
  const grant = await store.add(aGrant('one'))
  const breakAll = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'keyturn' AND datname = current_database()`
  await run(url, breakAll)
  assert.equal((await store.grant('one'))?.id, grant.id)
  assert.equal((await store.apply(grant.id, await claim(store, grant))).applied, true)
  const waking = store.changed(20_000)
  const notes = Array.from({ length: 20 }, (_, i) => store.note('exported', null, { i }))
  await run(url, breakAll)
  await Promise.all([...notes, waking])
  const verdict = await verifyStoreLedger(store)
  assert.equal(verdict.ok && verdict.entries, 23)
})

test('a server that crashes and comes back loses nothing that was acknowledged', { skip }, async (t) => {
  const server = await startPostgres({ after: (stop) => t.after(stop) })
  const store = await open(await server.newDatabase(), { patience: 30_000 })
  t.after(() => store.close())
  const grant = await store.add(aGrant('one'))
  await store.apply(grant.id, await claim(store, grant))
  const mark = await store.mark()
  await server.kill()
  const impatient = store.note('exported', null, {})
  await server.start()
  await impatient
  assert.equal(await store.contains(mark), true)
  assert.equal((await store.mark()).epoch, 1)
  assert.equal((await verifyStoreLedger(store)).ok, true)
})

test('a server that is gone is an honest error that names no password', { skip }, async (t) => {
  const server = await startPostgres({ after: (stop) => t.after(stop), fsync: false })
  const url = await server.newDatabase()
  const store = await open(url, { patience: 200 })
  t.after(() => store.close())
  await server.halt()
  await assert.rejects(store.add(aGrant('one')), (error: Error) => {
    assert.ok(code('STORE_UNAVAILABLE')(error))
    assert.equal(error.message.includes(new URL(url).password), false)
    return true
  })
  await server.start()
  assert.equal((await store.add(aGrant('one'))).name, 'one')
})

test('the usual mistakes have their own words', { skip }, async (t) => {
  const url = await freshDatabase(t)
  const store = await open(url)
  await store.close()
  const wrong = (change: (url: URL) => void): string => {
    const made = new URL(url)
    change(made)
    return made.href
  }
  const rejects = async (address: string, expected: string, says: RegExp) =>
    assert.rejects(open(address, { patience: 50 }), (error: Error) => {
      assert.match(error.message, says)
      assert.equal(error.message.includes('hunter2'), false)
      return code(expected)(error)
    })
  await rejects(
    wrong((made) => (made.password = 'hunter2')),
    'STORE_UNAVAILABLE',
    /user or the password/,
  )
  await rejects(
    wrong((made) => (made.password = '')),
    'STORE_UNAVAILABLE',
    /wants a password/,
  )
  await rejects(
    wrong((made) => (made.pathname = '/none')),
    'STORE_MISSING',
    /does not exist/,
  )
  await rejects(
    wrong((made) => (made.port = '1')),
    'STORE_UNAVAILABLE',
    /nothing listens/,
  )
  await run(url, `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET default_transaction_read_only = on`)
  const reading = await open(url, { migrate: false })
  t.after(() => reading.close())
  // The transaction asks for READ WRITE, which a primary grants whatever its default is.
  await reading.note('exported', null, {})
  await rejects('postgres://a:hunter2@[/x', 'STORE_UNSUPPORTED', /can’t be read/)
})

test('a database of another time line begins a new epoch before anything is read or claimed', { skip }, async (t) => {
  const url = await freshDatabase(t)
  const before = await open(url)
  t.after(() => before.close())
  await before.greet('host-a', true)
  const grant = await before.add(aGrant('one'))
  // What a fail-over or a restore into another cluster looks like from here.
  await run(url, `UPDATE keyturn_meta SET origin = '7000000000000000000/00000001'`)
  const reader = await open(url)
  t.after(() => reader.close())
  const seen = await reader.grantById(grant.id)
  assert.equal(seen?.state.doubt?.cause, 'restored')
  assert.deepEqual(seen?.state.doubt?.awaiting, ['host-a'])
  assert.equal((await before.apply(grant.id, await claim(before, grant))).applied, false)
  assert.equal((await before.mark()).epoch, 2, 'declared once, by whoever came first')
})

test('an acknowledged claim that a fail-over lost is not claimed again', { skip }, async (t) => {
  const url = await freshDatabase(t)
  const store = await open(url)
  t.after(() => store.close())
  const grant = await store.add(aGrant('one'))
  await run(url, 'CREATE TABLE kept_meta AS TABLE keyturn_meta; CREATE TABLE kept_grants AS TABLE keyturn_grants')
  assert.equal((await store.apply(grant.id, await claim(store, grant))).applied, true)
  await run(
    url,
    `BEGIN; DELETE FROM keyturn_meta; INSERT INTO keyturn_meta TABLE kept_meta; DELETE FROM keyturn_secrets;
     DELETE FROM keyturn_grants; INSERT INTO keyturn_grants TABLE kept_grants;
     DELETE FROM keyturn_ledger WHERE seq > (SELECT seq FROM keyturn_meta); COMMIT`,
  )
  const again = await store.apply(grant.id, await claim(store, grant))
  assert.equal(again.applied, false)
  assert.equal(again.grant.state.status, 'in-doubt')
})

test(
  'a commit that waits for a standby which is gone is no success, and is found once it is one',
  { skip },
  async (t) => {
    const server = await startPostgres({ after: (stop) => t.after(stop), fsync: false })
    const url = await server.newDatabase()
    const store = await open(url, { patience: 300 })
    t.after(() => store.close())
    const grant = await store.add(aGrant('one'))
    const event = await claim(store, grant)
    await run(server.url, "ALTER SYSTEM SET synchronous_standby_names = 'gone'")
    await run(server.url, 'SELECT pg_reload_conf()')
    const waits = async (): Promise<boolean> => {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      const { rows } = await client.query<{ value: string }>(
        "SELECT current_setting('synchronous_standby_names') AS value",
      )
      await client.end()
      return rows[0]?.value === 'gone'
    }
    while (!(await waits())) await systemClock.sleep(10)
    await assert.rejects(store.apply(grant.id, event), code('STORE_UNAVAILABLE'))
    assert.equal((await store.grantById(grant.id))?.state.spend, null, 'nobody sees what is not confirmed')
    await run(server.url, 'ALTER SYSTEM RESET synchronous_standby_names')
    await run(server.url, 'SELECT pg_reload_conf()')
    const patient = await open(url, { patience: 30_000 })
    t.after(() => patient.close())
    const again = await patient.apply(grant.id, event)
    assert.equal(again.grant.state.spend?.attempt, event.attempt)
    assert.equal((await patient.ledger(1, 10)).filter(({ kind }) => kind === 'claimed').length, 1)
  },
)

test('a claim is synchronous even where the database is set not to be', { skip }, async (t) => {
  const url = await freshDatabase(t)
  await run(url, `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET synchronous_commit = off`)
  const seen: string[] = []
  const { transition } = await import('../../src/protocol/transition.ts')
  const { openDriver } = await import('../../src/store/open.ts')
  const store = await open(url, { transition })
  t.after(() => store.close())
  const driver = await openDriver(url, { clock: systemClock })
  t.after(() => driver.close())
  await driver.write(async ({ sql }) => {
    const [row] = await sql.all("SELECT current_setting('synchronous_commit') AS value")
    seen.push(String(row?.['value']))
    return { keep: false, value: undefined }
  })
  assert.deepEqual(seen, ['on'])
})

test(
  'a fail-over to an asynchronous standby that lost a claim never lets the token be claimed again',
  { skip },
  async (t) => {
    const primary = await startPostgres({ after: (stop) => t.after(stop) })
    const url = await primary.newDatabase()
    const setUp = await open(url)
    await setUp.greet('host-a', true)
    const grant = await setUp.add(aGrant('one'))
    await setUp.close()
    const standby = await makeStandby(primary)
    t.after(() => standby.stop())
    const proxy = await losingProxy(url)
    t.after(() => proxy.close())
    const store = await open(proxy.url, { patience: 30_000 })
    t.after(() => store.close())

    await assert.rejects(open(standby.urlOf(url), { patience: 50 }), code('STORE_READ_ONLY'))
    // The standby falls behind, the claim is acknowledged, the primary dies with it.
    await standby.halt()
    const claimed = await store.apply(grant.id, await claim(store, grant))
    assert.equal(claimed.applied, true)
    await primary.kill()
    await standby.start()
    await standby.promote()
    proxy.lead(standby.port)

    // Before anything else: what is read is in doubt already.
    const seen = await store.grantById(grant.id)
    assert.equal(seen?.state.status, 'in-doubt')
    assert.deepEqual(seen?.state.doubt?.awaiting, ['host-a'])
    assert.equal(await store.contains(claimed.mark), false)
    assert.equal((await store.apply(grant.id, await claim(store, grant))).applied, false)
    assert.equal((await store.mark()).epoch, 2)
    assert.match(
      String((await store.ledger(1, 100)).find(({ kind }) => kind === 'epoch-began')?.data['reason']),
      /time line/,
    )
    // A process that never saw the old time line finds nothing strange any more.
    const fresh = await open(proxy.url)
    t.after(() => fresh.close())
    await fresh.note('exported', null, {})
    assert.equal((await fresh.mark()).epoch, 2)
    assert.equal((await verifyStoreLedger(fresh)).ok, true)
  },
)

test('however many wait for the commits of others, a process holds three connections', { skip }, async (t) => {
  const url = await freshDatabase(t)
  const store = await open(url)
  t.after(() => store.close())
  const warnings: string[] = []
  const onWarning = ({ message }: Error): void => void warnings.push(message)
  process.on('warning', onWarning)
  t.after(() => void process.off('warning', onWarning))
  // None of the three is open yet but the one that reads.
  await Promise.all(Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? store.changed(200) : store.now())))
  await store.note('exported', null, {})
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ count: string }>(
    `SELECT count(*) FROM pg_stat_activity WHERE application_name = 'keyturn' AND datname = current_database()`,
  )
  await client.end()
  assert.equal(Number(rows[0]?.count), 3)
  assert.deepEqual(warnings, [])
})

test(
  'who waits for the commits of others while the store is closed opens no connection after that',
  { skip },
  async (t) => {
    const url = await freshDatabase(t)
    const store = await open(url)
    const waiting = store.changed(30_000)
    await store.close()
    await waiting
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const left = async (): Promise<number> => {
      const { rows } = await client.query<{ count: string }>(
        `SELECT count(*) FROM pg_stat_activity WHERE application_name = 'keyturn' AND datname = current_database()`,
      )
      return Number(rows[0]?.count)
    }
    try {
      for (let tries = 0; (await left()) > 0; tries++) {
        assert.ok(tries < 500, 'a connection stays')
        await new Promise((resolve) => void setTimeout(resolve, 10))
      }
    } finally {
      // Here, not after the test: a server of its own ends first then.
      await client.end()
    }
  },
)
