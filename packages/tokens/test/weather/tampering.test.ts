/** Somebody writes into the database: a clear error for that grant, nothing sent, nothing changed, all others go on. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { freshDatabase, whyNoPostgres } from '../../../../test/postgres.ts'
import { systemClock } from '../../src/clock.ts'
import { verifyStoreLedger } from '../../src/ledger/export.ts'
import type { GrantState } from '../../src/protocol/state.ts'
import { openDriver } from '../../src/store/open.ts'
import { bytes, text, type Sql } from '../../src/store/sql.ts'
import { approve } from '../conformance/approve.ts'
import { MINUTE, startOrg, USER, type OrgScene } from '../conformance/org.ts'

const behind = async (org: OrgScene, change: (sql: Sql) => Promise<void>): Promise<void> => {
  const driver = await openDriver(org.options.store, { clock: systemClock })
  await driver.write(async ({ sql }) => {
    await change(sql)
    return { keep: true, value: undefined }
  })
  await driver.close()
}

const edit = (id: string, change: (state: GrantState) => unknown) => async (sql: Sql) => {
  const [row] = await sql.all('SELECT state FROM keyturn_grants WHERE id = ?', [id])
  const state = JSON.parse(text(row ?? {}, 'state')) as GrantState
  await sql.run('UPDATE keyturn_grants SET state = ? WHERE id = ?', [JSON.stringify(change(state)), id])
}

const attacks: Readonly<Record<string, (id: string, other: string) => (sql: Sql) => Promise<void>>> = {
  'a dead grant called live': (id) => edit(id, (state) => ({ ...state, status: 'live', refused: false, why: null })),
  'another lineage': (id) => edit(id, (state) => ({ ...state, lineage: 'rt_another' })),
  'a state that is no JSON': (id) => (sql) => sql.run("UPDATE keyturn_grants SET state = '{' WHERE id = ?", [id]),
  'a generation turned back': (id) => edit(id, (state) => ({ ...state, generation: 0, access: 'none' })),
  'two access and refresh tokens swapped': (id, other) => async (sql) => {
    for (const name of ['refreshToken', 'accessToken']) {
      const rows = await sql.all('SELECT grant_id, sealed FROM keyturn_secrets WHERE name = ?', [name])
      const sealed = new Map(rows.map((row) => [text(row, 'grant_id'), bytes(row, 'sealed')]))
      for (const [to, from] of [
        [id, other],
        [other, id],
      ] as const) {
        const value = sealed.get(from)
        if (value !== undefined)
          await sql.run('UPDATE keyturn_secrets SET sealed = ? WHERE grant_id = ? AND name = ?', [value, to, name])
      }
    }
  },
}

const arrived = ({ sim }: OrgScene): number => sim.control.log().filter(({ kind }) => kind === 'arrived').length

const places = [
  ['sqlite', false],
  ['postgres', whyNoPostgres()],
] as const

const sceneOf = async (t: TestContext, kind: 'sqlite' | 'postgres'): Promise<OrgScene> =>
  startOrg(t, {}, kind === 'sqlite' ? {} : { store: await freshDatabase(t), migrate: true })

for (const [kind, skip] of places) {
  test(
    `${kind}: an altered row is refused by whoever meets it; nothing is sent for it, and the other grants go on`,
    { skip },
    async (t) => {
      for (const [name, attack] of Object.entries(attacks)) {
        const org = await sceneOf(t, kind)
        const { grant: revoked } = await org.add()
        await org.add({ name: 'other', app: 'Jwt' })
        // Of the same user and app, and of another user.
        const twin = org.ready('Web')
        await org.add({ name: 'twin', refreshToken: twin.refreshToken })
        const theirs = org.ready('Web', 'admin@acme.example')
        await org.add({ name: 'bystander', refreshToken: theirs.refreshToken, username: theirs.username })
        for (const grant of ['acme', 'other', 'twin', 'bystander']) assert.equal(await org.call(grant), 200)
        const view = await org.keyturn.grants.show('acme')
        const other = await org.keyturn.grants.show('other')
        org.expire()
        if (name.startsWith('a dead grant')) {
          org.sim.control.revokeGrant({ grant: revoked })
          assert.equal(await org.call(), 'GRANT_DEAD')
        }
        await behind(org, attack(view.id, other.id))
        const before = arrived(org)
        const victims = name.startsWith('two') ? ['acme', 'other'] : ['acme']
        const warm = org.keyturn
        for (const victim of victims) {
          org.advance(1_000)
          assert.equal(await org.call(victim), 'STORE_TAMPERED', `${name}: ${victim}, as it was open`)
        }
        assert.equal(arrived(org), before, name)
        for (const bystander of ['twin', 'bystander'])
          assert.equal(await org.call(bystander), 200, `${name}: ${bystander}`)
        if (victims.length === 1) {
          // Whoever counts on all of them is told; whoever names the altered one goes on with the others.
          await assert.rejects(warm.grants.list(), { code: 'STORE_TAMPERED', data: { grant: view.id, name: 'acme' } })
          const altered: unknown[] = []
          const listed = await warm.grants.list({ altered: ({ data }) => altered.push(data.name) })
          assert.deepEqual([listed.map((one) => one.name), altered], [['bystander', 'other', 'twin'], ['acme']], name)
        }
        // A sweep does what it can and names what it can't; a restart opens all the same.
        const swept = await warm.sweep()
        if (victims.length === 1)
          assert.ok(
            swept.some(({ did }) => did === 'STORE_TAMPERED'),
            `${name}: ${JSON.stringify(swept)}`,
          )
        await warm.close()
        const again = await org.open()
        await assert.rejects(again.token('acme'), { code: 'STORE_TAMPERED' })
        org.expire()
        const { generation } = await again.token('bystander')
        assert.ok((await again.rejected('bystander', generation)).generation > generation, name)
        await assert.rejects(again.store.verify(), { code: 'STORE_TAMPERED' })
        assert.equal(org.counters().reuses, 0)
      }
    },
  )

  test(
    `${kind}: beside an altered row nothing is replayed, and a person can authorise the others again`,
    { skip },
    async (t) => {
      const org = await sceneOf(t, kind)
      await org.add()
      const twin = org.ready('Web')
      await org.add({ name: 'twin', refreshToken: twin.refreshToken })
      for (const grant of ['acme', 'twin']) assert.equal(await org.call(grant), 200)
      const { id } = await org.keyturn.grants.show('acme')
      await behind(
        org,
        edit(id, (state) => ({ ...state, status: 'dead', access: 'dead' })),
      )
      org.sim.control.addFault({
        match: { endpoint: 'token', grantType: 'refresh_token' },
        action: { drop: 'after' },
      })
      org.expire()
      assert.equal(await org.call('twin'), 'GRANT_IN_DOUBT')
      // Long after every drain and back-off: the altered one calls itself dead, and is not believed.
      org.advance(60 * MINUTE)
      const before = arrived(org)
      assert.equal(await org.call('twin'), 'GRANT_IN_DOUBT')
      assert.equal(arrived(org), before)
      const enrolment = await org.keyturn.grants.enrol('twin')
      assert.equal((await enrolment.complete(await approve(org))).status, 'live')
      assert.equal(await org.call('twin'), 200)
    },
  )

  test(
    `${kind}: a store that went back puts the others in doubt, and they come out of it, beside an altered row`,
    { skip },
    async (t) => {
      const org = await sceneOf(t, kind)
      await org.add()
      const theirs = org.ready('Web', 'admin@acme.example')
      await org.add({ name: 'bystander', refreshToken: theirs.refreshToken, username: theirs.username })
      for (const grant of ['acme', 'bystander']) assert.equal(await org.call(grant), 200)
      const { id } = await org.keyturn.grants.show('acme')
      await behind(
        org,
        edit(id, (state) => ({ ...state, generation: 0 })),
      )
      await org.keyturn.store.wentBack('tested')
      assert.equal((await org.keyturn.grants.show('bystander')).state.doubt?.cause, 'restored')
      const [left] = (await org.keyturn.store.ledger(1, 1_000)).filter(({ kind }) => kind === 'restore-left-out')
      assert.deepEqual(left?.grant, id)
      // Opened again, this host tells what its journal knows; nothing is waited for after that.
      const again = await org.open()
      assert.deepEqual((await again.grants.show('bystander')).state.doubt?.awaiting, [])
      await assert.rejects(again.token('acme'), { code: 'STORE_TAMPERED' })
    },
  )

  test(`${kind}: an altered ledger entry is found, and keeps nobody from working`, { skip }, async (t) => {
    const org = await sceneOf(t, kind)
    await org.add({ username: USER })
    assert.equal(await org.call(), 200)
    await behind(org, (sql) => sql.run("UPDATE keyturn_ledger SET kind = 'removed' WHERE seq = 3"))
    const verdict = await verifyStoreLedger(org.keyturn.store)
    assert.equal(verdict.ok, false)
    await assert.rejects(org.keyturn.store.verify(), { code: 'LEDGER_BROKEN' })
    org.expire()
    assert.equal(await org.call(), 200)
    await org.keyturn.close()
  })
}
