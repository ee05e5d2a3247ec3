/** One suite for every kind of store: what `store.ts` promises, on SQLite and on PostgreSQL. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { systemClock } from '../../src/clock.ts'
import { openDriver } from '../../src/store/open.ts'
import { Secret } from '../../src/secret.ts'
import { verifyEntries } from '../../src/ledger/export.ts'
import {
  absent,
  aGrant,
  answer,
  canary,
  claim,
  code,
  emptyPlace,
  kinds,
  movedClock,
  nextAttempt,
  otherKey,
  settings,
} from './fixtures.ts'

for (const kind of kinds) {
  const it = (name: string, body: (t: TestContext) => Promise<void>): void =>
    void test(`${kind}: ${name}`, { skip: absent(kind) }, body)

  it('a grant comes back as it was added, and its secrets open', async (t) => {
    const store = await (await emptyPlace(t, kind)).open()
    const added = await store.add(aGrant('one', { identity: { orgId: 'o', userId: 'u' } }))
    assert.deepEqual(await store.grant('one'), added)
    assert.deepEqual(await store.grantById(added.id), added)
    assert.equal(added.state.lineage, store.lineageOf(new Secret(`${canary}-rt-one`)))
    assert.match(added.state.lineage ?? '', /^rt_[A-Za-z0-9_-]{43}$/)
    assert.equal((await store.secret(added.id, 'refreshToken'))?.reveal(), `${canary}-rt-one`)
    assert.equal(await store.secret(added.id, 'clientSecret'), null)
    assert.equal(await store.grant('two'), null)
    assert.deepEqual(await store.snapshot(added.id, []), { grant: added, secrets: {} })
    assert.equal(await store.snapshot('nobody', ['refreshToken']), null)
  })

  it('a name and a refresh token are each in one grant only', async (t) => {
    const store = await (await emptyPlace(t, kind)).open()
    await store.add(aGrant('one'))
    await assert.rejects(store.add(aGrant('one', { token: 'another' })), code('GRANT_EXISTS'))
    await assert.rejects(store.add(aGrant('two', { token: `${canary}-rt-one` })), code('TOKEN_HELD_ELSEWHERE'))
    assert.equal((await store.grants()).length, 1)
  })

  it('a claim is won once, its answer moves lineage, generation and secrets together', async (t) => {
    const store = await (await emptyPlace(t, kind)).open()
    const grant = await store.add(aGrant('one'))
    const event = await claim(store, grant)
    const won = await store.apply(grant.id, event)
    assert.equal(won.applied, true)
    const lost = await store.apply(grant.id, await claim(store, grant))
    assert.equal(lost.applied, false)
    assert.equal(lost.grant.state.spend?.attempt, event.attempt)
    assert.deepEqual(lost.mark, won.mark)
    const sold = answer(store, grant, event.attempt, `${canary}-rt-next`)
    const done = await store.apply(grant.id, sold.event, sold.puts)
    assert.equal(done.applied, true)
    assert.equal(done.grant.state.generation, 1)
    assert.equal(done.grant.state.lineage, sold.event.next)
    assert.ok(done.grant.exchangedAt > 0)
    const read = await store.snapshot(grant.id, ['refreshToken', 'accessToken'])
    assert.deepEqual(read?.grant, done.grant)
    assert.equal(read?.secrets['refreshToken']?.reveal(), `${canary}-rt-next`)
    assert.equal(read?.secrets['accessToken']?.reveal(), `${canary}-rt-next-access`)
    const again = await store.apply(grant.id, sold.event, sold.puts)
    assert.equal(again.applied, false)
    assert.equal(again.reason, 'already')
    const entries = await store.ledger(1, 100)
    assert.deepEqual(
      entries.map(({ kind }) => kind),
      ['store-created', 'added', 'claimed', 'exchanged'],
    )
    assert.deepEqual(verifyEntries(entries), { ok: true, entries: 4, head: await store.mark() })
  })

  it('what does not apply leaves nothing behind, not even its secrets', async (t) => {
    const store = await (await emptyPlace(t, kind)).open()
    const grant = await store.add(aGrant('one'))
    const before = [await store.grantById(grant.id), await store.mark(), await store.version()]
    const stray = {
      type: 'answered',
      attempt: 'x',
      sent: 'rt_other',
      next: null,
      access: true,
      rolledForward: false,
    } as const
    const result = await store.apply(grant.id, stray, { secrets: { accessToken: new Secret('a') } })
    assert.equal(result.applied, false)
    assert.deepEqual([await store.grantById(grant.id), await store.mark(), await store.version()], before)
    assert.equal(await store.secret(grant.id, 'accessToken'), null)
  })

  it('a refresh token is never stored under a lineage that is not its own', async (t) => {
    const store = await (await emptyPlace(t, kind)).open()
    const grant = await store.add(aGrant('one'))
    const event = await claim(store, grant)
    await store.apply(grant.id, event)
    const sold = answer(store, grant, event.attempt, 'next')
    const before = await store.mark()
    await assert.rejects(
      store.apply(grant.id, sold.event, { secrets: { refreshToken: new Secret('other') } }),
      code('DEFECT'),
    )
    assert.deepEqual(await store.mark(), before)
    assert.equal((await store.grantById(grant.id))?.state.generation, 0)
  })

  it('a removed grant leaves a tombstone without secrets; its token revives it, its name is free', async (t) => {
    const store = await (await emptyPlace(t, kind)).open()
    const grant = await store.add(aGrant('one'))
    const event = await claim(store, grant)
    await store.apply(grant.id, event)
    await store.apply(grant.id, { type: 'remove' })
    assert.equal(await store.grant('one'), null)
    assert.equal((await store.grants()).length, 0)
    assert.equal((await store.grants({ removed: true })).length, 1)
    assert.equal(await store.secret(grant.id, 'refreshToken'), null)
    await store.add(aGrant('one', { token: 'fresh' }))
    const revived = await store.add(aGrant('again', { token: `${canary}-rt-one` }))
    assert.equal(revived.id, grant.id)
    assert.equal(revived.name, 'again')
    assert.equal(revived.state.spend?.attempt, event.attempt)
    assert.equal((await store.secret(grant.id, 'refreshToken'))?.reveal(), `${canary}-rt-one`)
  })

  it('siblings of the same org, user and app are seen, others are not', async (t) => {
    const store = await (await emptyPlace(t, kind)).open()
    const identity = { orgId: 'o', userId: 'u' }
    const one = await store.add(aGrant('one', { identity }))
    const look = async () => (await store.look(one.id)).context.siblings
    assert.deepEqual(await look(), { mayLive: false, minting: false, replaying: false })
    await store.add(aGrant('other user', { identity: { orgId: 'o', userId: 'v' } }))
    await store.add(aGrant('other app', { identity, settings: settings({ clientId: 'client-2' }) }))
    assert.equal((await look()).mayLive, false)
    const unknown = await store.add(aGrant('unknown'))
    assert.equal((await look()).mayLive, false)
    await store.change(unknown.id, 'identity-learned', { identity })
    assert.equal((await look()).mayLive, true)
    await store.apply(unknown.id, { type: 'remove' })
    assert.equal((await look()).mayLive, false)
  })

  it('a paced app has one exchange at a time across its grants', async (t) => {
    const store = await (await emptyPlace(t, kind)).open()
    const one = await store.add(aGrant('one'))
    const two = await store.add(aGrant('two'))
    await store.apply(one.id, await claim(store, one))
    assert.equal((await store.look(two.id)).context.paced, false)
    await store.pace('client-1')
    await store.pace('client-1')
    assert.equal((await store.look(two.id)).context.paced, true)
    assert.equal((await store.look(one.id)).context.paced, false)
    const refused = await store.apply(two.id, await claim(store, two))
    assert.equal(refused.reason, 'claim-pacing')
    assert.equal((await store.ledger(1, 100)).filter(({ kind }) => kind === 'app-paced').length, 1)
  })

  it('settings, learned times and the name change with an entry in the ledger', async (t) => {
    const store = await (await emptyPlace(t, kind)).open()
    const one = await store.add(aGrant('one'))
    await store.add(aGrant('two'))
    await assert.rejects(store.change(one.id, 'renamed', { name: 'two' }), code('GRANT_EXISTS'))
    await store.change(one.id, 'renamed', { name: 'three', learned: { sessionTimeout: 1, observedLife: null } })
    assert.equal((await store.grant('three'))?.learned.sessionTimeout, 1)
    const last = (await store.ledger(1, 100)).at(-1)
    assert.deepEqual(
      [last?.kind, last?.grant, last?.data],
      ['renamed', one.id, { changed: 'learned name', secrets: '' }],
    )
  })

  it('two stores on one place see each other’s commits and the version moves', async (t) => {
    const place = await emptyPlace(t, kind)
    const [a, b] = [await place.open(), await place.open({ holder: { host: 'host-b', process: 'p' } })]
    assert.equal(a.id, b.id)
    const seen = await b.version()
    assert.equal(await b.version(), seen)
    const woken = b.changed(10_000)
    await a.add(aGrant('one'))
    assert.notEqual(await b.version(), seen)
    await woken
    const mine = await a.version()
    await a.note('exported', null, {})
    assert.notEqual(await a.version(), mine)
    assert.equal((await b.grant('one'))?.name, 'one')
  })

  it('the wrong master key opens nothing and changes nothing', async (t) => {
    const place = await emptyPlace(t, kind)
    const store = await place.open()
    await store.add(aGrant('one'))
    const before = await store.mark()
    await assert.rejects(place.open({ masterKey: otherKey }), code('KEY_WRONG'))
    assert.deepEqual(await store.mark(), before)
  })

  it('a store that went back puts every refresh-token grant in doubt until its hosts have rolled forward', async (t) => {
    const store = await (await emptyPlace(t, kind)).open()
    await store.greet('host-a', true)
    await store.greet('host-b', true)
    const one = await store.add(aGrant('one'))
    const machine = await store.add(aGrant('machine', { settings: settings({ flow: 'jwt_bearer' }), secrets: {} }))
    const mark = await store.mark()
    assert.equal(await store.contains(mark), true)
    assert.equal(await store.contains({ ...mark, hash: '0'.repeat(64) }), false)
    assert.equal(await store.contains({ ...mark, seq: mark.seq + 1 }), false)
    await store.wentBack('restored by hand', 6)
    const after = await store.mark()
    assert.equal(after.epoch, 7)
    assert.equal(await store.contains(mark), true)
    const doubt = (await store.grantById(one.id))?.state.doubt
    assert.deepEqual([doubt?.cause, doubt?.awaiting], ['restored', ['host-a', 'host-b']])
    assert.equal((await store.grantById(machine.id))?.state.status, 'live')
    await store.greet('host-a', true)
    assert.deepEqual((await store.grantById(one.id))?.state.doubt?.awaiting, ['host-b'])
    await store.loseHost('host-b')
    assert.deepEqual((await store.grantById(one.id))?.state.doubt?.awaiting, [])
    assert.deepEqual(
      (await store.hosts()).map(({ host, confirmedEpoch, lostAt }) => [host, confirmedEpoch, lostAt !== null]),
      [
        ['host-a', 7, false],
        ['host-b', 1, true],
      ],
    )
    const entries = await store.ledger(1, 100)
    assert.equal(verifyEntries(entries).ok, true)
  })

  it('a doubt after a restore names its hosts as people do, and no name that somebody altered', async (t) => {
    const place = await emptyPlace(t, kind)
    const store = await place.open()
    await store.greet('host-a', true, 'db-old')
    await store.greet('host-a', false, 'db-1')
    await store.greet('host-b', true, 'bühne\n2 \u001b[31m`x`')
    await store.greet('host-c', true)
    const named = async () => Object.fromEntries((await store.hosts()).map(({ host, name }) => [host, name]))
    assert.deepEqual(await named(), { 'host-a': 'db-1', 'host-b': 'bhne231mx', 'host-c': null })
    const one = await store.add(aGrant('one'))
    await store.wentBack('restored by hand')
    const doubt = (await store.grantById(one.id))?.state.doubt
    assert.deepEqual(doubt?.awaiting, ['host-a', 'host-b', 'host-c'])
    assert.deepEqual(doubt.names, { 'host-a': 'db-1', 'host-b': 'bhne231mx' })
    const driver = await openDriver(place.address, { clock: systemClock })
    await driver.write(async ({ sql }) => {
      await sql.run("UPDATE keyturn_records SET doc = '\"elsewhere\"' WHERE id = 'host-a'")
      return { keep: true, value: undefined }
    })
    await driver.close()
    await store.greet('host-a', true, 'db-1')
    assert.deepEqual(await named(), { 'host-a': null, 'host-b': 'bhne231mx', 'host-c': null })
    assert.deepEqual((await store.grantById(one.id))?.state.doubt?.awaiting, ['host-b', 'host-c'])
  })

  it('a host that is declared lost ends its doubt as a stated bet', async (t) => {
    const store = await (await emptyPlace(t, kind)).open()
    await store.greet('host-a', true)
    const one = await store.add(aGrant('one'))
    const event = await claim(store, one)
    await store.apply(one.id, event)
    const lineage = one.state.lineage ?? ''
    await store.apply(one.id, {
      type: 'doubted',
      attempt: event.attempt,
      lineage,
      cause: 'no-answer',
      by: 'holder',
      holderDead: false,
      finished: false,
    })
    assert.equal((await store.grantById(one.id))?.state.doubt?.finishedAt, null)
    await store.loseHost('host-a')
    assert.notEqual((await store.grantById(one.id))?.state.doubt?.finishedAt, null)
    assert.equal(
      (await store.ledger(1, 100)).some(({ kind, data }) => kind === 'finished' && data['bet'] === true),
      true,
    )
  })

  it('an orphaned answer is kept sealed, once, until it is revoked', async (t) => {
    const store = await (await emptyPlace(t, kind)).open()
    const secrets = { refreshToken: new Secret(`${canary}-orphan`), accessToken: new Secret('a') }
    const attempt = nextAttempt()
    await store.keepOrphan('gone', attempt, secrets)
    await store.keepOrphan('gone', attempt, secrets)
    const [orphan, ...more] = await store.orphans()
    assert.equal(more.length, 0)
    assert.equal((await store.orphanSecret(orphan?.id ?? '')).reveal(), `${canary}-orphan`)
    await store.orphanRevoked(orphan?.id ?? '')
    assert.notEqual((await store.orphans())[0]?.revokedAt, null)
  })

  it('the clock follows the clock it was given and never runs backwards in what is written', async (t) => {
    const clock = movedClock()
    const place = await emptyPlace(t, kind)
    const store = await place.open({ clock })
    const before = await store.now()
    clock.move(3_600_000)
    const after = await store.now()
    assert.ok(after - before >= 3_600_000 && after - before < 3_700_000)
    assert.ok(Math.abs(after - clock.wall()) < 60_000)
    await store.note('exported', null, {})
    const times = (await store.ledger(1, 10)).map(({ at }) => at)
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    )
  })

  it('text with a NUL, half a surrogate pair or any script survives or is made whole', async (t) => {
    const store = await (await emptyPlace(t, kind)).open()
    const one = await store.add(aGrant('Żółw ☂ 𝔘'))
    const event = await claim(store, one)
    await store.apply(one.id, event)
    const lineage = one.state.lineage ?? ''
    const told = 'a\u0000b\ud800c'
    const result = await store.apply(one.id, {
      type: 'blocked',
      attempt: event.attempt,
      lineage,
      code: 'x',
      text: told,
    })
    assert.equal(result.applied, true)
    const entries = await store.ledger(1, 10)
    assert.equal(verifyEntries(entries).ok, true)
    assert.equal(entries.at(-1)?.data['text'], 'a\u0000b\ufffdc')
    assert.equal((await store.grant('Żółw ☂ 𝔘'))?.state.status, 'blocked')
  })

  it('many claims at once in one process have one winner', async (t) => {
    const store = await (await emptyPlace(t, kind)).open()
    const grant = await store.add(aGrant('one'))
    const results = await Promise.all(
      Array.from({ length: 50 }, async () => store.apply(grant.id, await claim(store, grant))),
    )
    assert.equal(results.filter(({ applied }) => applied).length, 1)
  })

  it('a closed store says so', async (t) => {
    const store = await (await emptyPlace(t, kind)).open()
    await store.close()
    await store.close()
    await assert.rejects(store.add(aGrant('one')), code('STORE_UNAVAILABLE'))
  })
}
