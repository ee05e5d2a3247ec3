/** Logins of the sf CLI next to Keyturn: moving one, lending one, and what core then does with it. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync, utimesSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import {
  authFile,
  core,
  home,
  onDisk,
  rotationLock,
  sfCommand,
  sfConnection,
  sfFields,
  sfLogin,
  until,
} from './sf-home.ts'
import { openSfAuthFile } from '../../src/adapters/sf-auth-file.ts'
import { systemClock } from '../../src/clock.ts'
import { exportToSf, importFromSf } from '../../src/adapters/salesforce-core.ts'
import type { Keyturn } from '../../src/contract.ts'
import { SOQL } from './jsforce-clients.ts'
import { NAME, startOrg } from './org.ts'
import type { Org } from './org.ts'

const move = (keyturn: Keyturn, username: string) =>
  importFromSf({ keyturn, core, name: NAME, aliasOrUsername: username, wait: 0 })

/** Its access token has ended: the next call needs an exchange. */
const use = async (org: Org, keyturn: Keyturn): Promise<void> => {
  org.expire()
  assert.equal((await keyturn.fetch(NAME, '/services/data/v60.0/limits')).status, 200)
}

test('a move leaves the refresh token with Keyturn only; sf keeps an access token and never sends anything', async (t) => {
  const org = await startOrg(t)
  const username = await sfLogin(org, { clientApps: { Portal: { clientId: 'x', refreshToken: 'y' } } })
  const keyturn = await org.open()
  const before = await sfConnection(username)
  const moved = await move(keyturn, username)
  assert.equal(moved.grant.status, 'live')
  assert.equal(moved.grant.state.enrolment, null)
  assert.deepEqual([moved.username, moved.mode, moved.resumed, moved.abandoned], [username, 'move', false, false])
  assert.deepEqual(moved.clientApps, ['Portal'])
  assert.equal('refreshToken' in onDisk(username), false)
  assert.equal((await sfFields(username)).accessToken, org.ready.accessToken)
  assert.equal(existsSync(`${rotationLock(username)}.lock`), false)
  assert.equal((await before.query(SOQL)).totalSize, 1)
  await use(org, keyturn)
  await use(org, keyturn)
  await assert.rejects(async () => (await sfConnection(username)).query(SOQL))
  assert.deepEqual([org.counts().exchanges, org.counts().reuses], [2, 0])
})

test('a second move has nothing left to do, and a stranger of that name is left alone', async (t) => {
  const org = await startOrg(t)
  const username = await sfLogin(org)
  const keyturn = await org.open()
  await move(keyturn, username)
  assert.equal((await move(keyturn, username)).resumed, true)
  await use(org, keyturn)
  const other = org.sim.control.grant({ user: 'admin@acme.example', app: 'Web' })
  const admin = await sfLogin({ ...org, ready: other })
  await assert.rejects(move(keyturn, admin), { code: 'GRANT_EXISTS' })
  assert.equal((await sfFields(admin)).refreshToken, other.refreshToken)
})

test('a login that was moved away elsewhere, or never had a refresh token, is refused clearly', async (t) => {
  const org = await startOrg(t)
  const keyturn = await org.open()
  const username = await sfLogin(org, { refreshToken: undefined })
  await assert.rejects(move(keyturn, username), { code: 'BAD_ARGUMENT', message: /only an access token/ })
  await assert.rejects(move(keyturn, 'nobody@nowhere.example'), { code: 'BAD_ARGUMENT', message: /no authorisation/ })
  const older = await core.StateAggregator.getInstance()
  const { peek: _, ...orgs } = { ...older.orgs, peek: undefined }
  const old = {
    ...core,
    StateAggregator: { getInstance: () => Promise.resolve({ ...older, aliases: older.aliases, orgs }) },
  }
  await assert.rejects(importFromSf({ keyturn, core: old, name: NAME, aliasOrUsername: username }), {
    code: 'CONFIG_INVALID',
  })
})

for (const step of ['before-pause', 'before-write', 'after-write'] as const) {
  test(`killed in the middle of a move (${step}), one side can spend, and the same call goes on`, async (t) => {
    const org = await startOrg(t)
    const username = await sfLogin(org)
    await killedAt(step, org, username)
    const keyturn = await org.open()
    const held = (await sfFields(username)).refreshToken !== undefined
    assert.equal(held, step !== 'after-write')
    if (step !== 'before-pause') {
      // Paused: Keyturn serves the access token while it lives, and spends nothing.
      org.expire()
      await assert.rejects(async () => keyturn.rejected(NAME, (await keyturn.token(NAME)).generation), {
        code: 'ENROLMENT_RUNNING',
      })
      assert.equal(org.counts().exchanges, 0)
    }
    const then = (Date.now() - 11_000) / 1000
    utimesSync(`${rotationLock(username)}.lock`, then, then)
    if (step === 'before-write') {
      // sf went on meanwhile: the token that Keyturn was given is spent.
      assert.equal((await (await sfConnection(username)).query(SOQL)).totalSize, 1)
      assert.equal(org.counts().exchanges, 1)
    }
    const moved = await move(keyturn, username)
    assert.equal(moved.resumed, true)
    assert.equal(moved.grant.state.enrolment, null)
    assert.equal('refreshToken' in onDisk(username), false)
    await use(org, keyturn)
    assert.equal(org.counts().reuses, 0)
  })
}

/** Runs a move in a process of its own that kills itself at `step`. */
const killedAt = async (step: string, org: Org, username: string): Promise<void> => {
  const script = fileURLToPath(new URL('move-and-die.ts', import.meta.url))
  const env = {
    ...process.env,
    KEYTURN_TEST_SF_HOME: home,
    KEYTURN_TEST_MOVE: JSON.stringify({ step, username, name: NAME, ...org.place }),
  }
  const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
  assert.equal(signal, 'SIGKILL')
}

test('an sf command waits for our lock, then adopts what we wrote', async (t) => {
  const org = await startOrg(t)
  const username = await sfLogin(org)
  const keyturn = await org.open()
  await keyturn.grants.add(org.grant())
  const file = await openSfAuthFile({ core, aliasOrUsername: username, clock: systemClock, wait: 0 })
  org.expire()
  const before = org.sim.control.log().length
  const command = sfCommand(username)
  await until(() => org.sim.control.log().length > before)
  const { accessToken } = await keyturn.rejected(NAME, (await keyturn.token(NAME)).generation)
  const grant = await keyturn.store.grant(NAME)
  assert.ok(grant)
  const refreshToken = await keyturn.store.secret(grant.id, 'refreshToken')
  assert.equal(file.holds(), true)
  await file.write({ accessToken, refreshToken: refreshToken?.reveal() })
  file.close()
  assert.equal(await command, 1)
  assert.deepEqual([org.counts().exchanges, org.counts().reuses], [1, 0])
})

test('a lent login holds an access token only, is renewed by lending again, and replaces no login of sf', async (t) => {
  const org = await startOrg(t)
  const keyturn = await org.open()
  await keyturn.grants.add(org.grant())
  const username = org.ready.username
  rmSync(authFile(username), { force: true })
  const lent = await exportToSf({ keyturn, name: NAME, core, alias: 'lent' })
  assert.equal(lent.username, username)
  assert.equal((await (await sfConnection(username)).query(SOQL)).totalSize, 1)
  assert.deepEqual(
    Object.keys(onDisk(username)).filter((field) => /refresh|secret|private/i.test(field)),
    [],
  )
  org.expire()
  await keyturn.rejected(NAME, lent.generation)
  await exportToSf({ keyturn, name: NAME, core })
  assert.equal((await (await sfConnection(username)).query(SOQL)).totalSize, 1)
  assert.deepEqual([org.counts().exchanges, org.counts().reuses], [1, 0])
  await sfLogin(org)
  await assert.rejects(exportToSf({ keyturn, name: NAME, core }), { code: 'BAD_ARGUMENT', message: /login of its own/ })
})
