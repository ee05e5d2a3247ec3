/** A grant shared with the sf CLI: who is ahead, what is written first, and that nobody sends a spent token. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { core, rotationLock, sfCommand, sfConnection, sfFields, sfLogin, until } from './sf-home.ts'
import { reconcile } from '../../src/companion.ts'
import type { ExchangeCompanion } from '../../src/companion.ts'
import { authInfoOf } from '../../src/adapters/core-module.ts'
import { importFromSf, sfCompanion } from '../../src/adapters/salesforce-core.ts'
import { catchUp, companionOf } from '../../src/spend/shared-turn.ts'
import type { Keyturn } from '../../src/contract.ts'
import type { StoredGrant } from '../../src/store/store.ts'
import { SOQL } from './jsforce-clients.ts'
import { NAME, startOrg } from './org.ts'
import type { Org } from './org.ts'

const LIMITS = '/services/data/v60.0/limits'
// Three sf processes start while the lock is held: on a busy machine that takes long.
const companion = sfCompanion({ core, wait: 60_000 })
/** A process that dies between its commit and the write, as far as the other side can tell. */
const forgetful: ExchangeCompanion = {
  scheme: 'sf',
  begin: async (grant) => ({ ...(await companion.begin(grant)), write: () => Promise.reject(new Error('killed')) }),
}

interface Shared {
  readonly org: Org
  readonly keyturn: Keyturn
  readonly username: string
}

const stored = async (keyturn: Keyturn): Promise<StoredGrant> => {
  const grant = await keyturn.store.grant(NAME)
  assert.ok(grant)
  return grant
}

const share = async (t: TestContext, companions: readonly ExchangeCompanion[] = [companion]): Promise<Shared> => {
  const org = await startOrg(t)
  const username = await sfLogin(org)
  const keyturn = await org.open({ companions })
  const imported = await importFromSf({ keyturn, core, name: NAME, aliasOrUsername: username, mode: 'shared', wait: 0 })
  assert.equal(imported.grant.state.enrolment, null)
  assert.equal(companionOf((await stored(keyturn)).settings), `sf:${username}`)
  return { org, keyturn, username }
}

/** The API refused the current token: whatever is due is done. */
const renew = async (keyturn: Keyturn): Promise<string> => {
  const before = await keyturn.token(NAME)
  const after = await keyturn.rejected(NAME, before.generation)
  assert.notEqual(after.accessToken, before.accessToken)
  // A young token that worked is no sign of an uncurable 401 when its session is ended by hand.
  assert.equal((await keyturn.fetch(NAME, LIMITS)).status, 200)
  return after.accessToken
}

const sfQuery = async (username: string): Promise<number> =>
  (await (await sfConnection(username)).query(SOQL)).totalSize

const clean = (org: Org, exchanges: number): void => {
  assert.deepEqual([org.counts().exchanges, org.counts().reuses, org.counts().grantsLost], [exchanges, 0, 0])
}

const oursAndTheirs = async ({
  keyturn,
  username,
}: Shared): Promise<readonly [string | undefined, string | undefined]> => {
  const ours = await keyturn.store.secret((await stored(keyturn)).id, 'refreshToken')
  return [ours?.reveal(), (await sfFields(username)).refreshToken]
}

const locked = (username: string): boolean => existsSync(`${rotationLock(username)}.lock`)

test('who is ahead follows from three fingerprints', () => {
  const cases = [
    ['a', 'a', null, 'in-step'],
    ['a', 'a', 'a', 'in-step'],
    ['b', 'a', 'a', 'write-ours'],
    ['a', 'b', 'a', 'adopt-theirs'],
    ['b', 'c', 'a', 'split'],
    ['b', 'c', null, 'split'],
    ['b', null, 'a', 'theirs-gone'],
  ] as const
  for (const [ours, theirs, agreed, due] of cases) assert.equal(reconcile({ ours, theirs, agreed }), due)
})

test('an exchange holds the lock of sf until its outcome is in the file, and sf goes on with it', async (t) => {
  const shared = await share(t)
  const { org, keyturn, username } = shared
  org.expire()
  const { id } = org.sim.control.addFault({ match: { endpoint: 'token' }, action: { holdAfter: true } })
  const renewed = renew(keyturn)
  await org.sim.control.held({ fault: id })
  assert.equal(locked(username), true)
  const command = sfCommand(username)
  org.sim.control.release()
  await renewed
  assert.equal(await command, 1)
  assert.equal(locked(username), false)
  const [ours, theirs] = await oursAndTheirs(shared)
  assert.equal(ours, theirs)
  clean(org, 1)
  org.expire()
  assert.equal(await sfQuery(username), 1)
  clean(org, 2)
})

test('what sf exchanged meanwhile is adopted, and its access token served, without sending anything', async (t) => {
  const shared = await share(t)
  const { org, keyturn, username } = shared
  for (const round of [1, 2]) {
    org.expire()
    assert.equal(await sfQuery(username), 1)
    assert.equal(await renew(keyturn), (await sfFields(username)).accessToken)
    const [ours, theirs] = await oursAndTheirs(shared)
    assert.equal(ours, theirs)
    clean(org, round)
  }
})

test('a write that was missed is made up for on the next opening, before sf can replay', async (t) => {
  const shared = await share(t, [forgetful])
  const { org, keyturn, username } = shared
  org.expire()
  await renew(keyturn)
  const [ours, theirs] = await oursAndTheirs(shared)
  assert.notEqual(ours, theirs)
  assert.equal((await keyturn.store.ledger(1, 100)).at(-1)?.kind, 'companion-write-failed')
  await keyturn.close()
  const again = await org.open({ companions: [companion] })
  await catchUp(again.store, [companion], randomUUID)
  assert.equal((await sfFields(username)).refreshToken, ours)
  org.expire()
  assert.equal(await sfQuery(username), 1)
  assert.equal((await again.fetch(NAME, LIMITS)).status, 200)
  clean(org, 2)
})

test('two tokens that both changed are left alone: nobody can tell which is spent', async (t) => {
  const { org, keyturn, username } = await share(t, [forgetful])
  org.expire()
  await renew(keyturn)
  await sfLogin({ ...org, ready: org.sim.control.grant({ user: org.ready.username, app: 'Web' }) })
  org.expire()
  await assert.rejects(renew(keyturn), { code: 'GRANT_BLOCKED', message: /both changed/ })
  assert.equal(locked(username), false)
  clean(org, 1)
})

test('sf commands and Keyturn, all at once after an expiry, make one exchange', async (t) => {
  const shared = await share(t)
  const { org, keyturn, username } = shared
  const second = await org.open({ companions: [companion] })
  org.expire()
  org.sim.control.addFault({ match: { endpoint: 'token' }, action: { holdBefore: true } })
  const queries = () =>
    org.sim.control.log().filter((event) => event.kind === 'arrived' && event.path.includes('/query'))
  const done = Promise.all([
    ...[keyturn, second].map(async (one) => (await one.fetch(NAME, LIMITS)).status),
    ...[1, 2, 3].map(() => sfCommand(username)),
  ])
  // Everybody was told that the session is over before anybody may exchange.
  await until(() => queries().length >= 3)
  org.sim.control.release()
  assert.deepEqual(await done, [200, 200, 1, 1, 1])
  const [ours, theirs] = await oursAndTheirs(shared)
  assert.equal(ours, theirs)
  clean(org, 1)
})

test('a login that sf gave up is not put back', async (t) => {
  const { org, keyturn, username } = await share(t)
  await (await authInfoOf(core, { username })).save({ refreshToken: undefined })
  org.expire()
  await renew(keyturn)
  assert.equal((await sfFields(username)).refreshToken, undefined)
  clean(org, 1)
})

test('a process without the companion serves a shared grant and refuses to exchange it', async (t) => {
  const { org, keyturn } = await share(t, [])
  assert.equal((await keyturn.token(NAME)).accessToken, org.ready.accessToken)
  org.expire()
  await assert.rejects(renew(keyturn), { code: 'CONFIG_INVALID', message: /shared \(sf:/ })
  clean(org, 0)
})

test('a shared grant can be shared again (nothing happens) and moved in the end, whoever is ahead', async (t) => {
  const shared = await share(t, [forgetful])
  const { org, keyturn, username } = shared
  const again = (mode: 'move' | 'shared') =>
    importFromSf({ keyturn, core, name: NAME, aliasOrUsername: username, mode, wait: 0 })
  org.expire()
  await renew(keyturn)
  const [ours, theirs] = await oursAndTheirs(shared)
  assert.notEqual(ours, theirs)
  assert.equal((await again('shared')).resumed, true)
  assert.deepEqual(await oursAndTheirs(shared), [ours, theirs])
  assert.equal((await again('move')).resumed, true)
  assert.equal(companionOf((await stored(keyturn)).settings), null)
  assert.deepEqual(await oursAndTheirs(shared), [ours, undefined])
  org.expire()
  await renew(keyturn)
  clean(org, 2)
})
