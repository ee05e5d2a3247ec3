/** What looks ready and is not: apps of one name, tokens behind somebody else's, proofs that say less than they seem to. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { known } from '../../../src/posture/fact.ts'
import { inventory } from '../../../src/posture/rtr/inventory.ts'
import type { OwnGrant, Seen } from '../../../src/posture/rtr/app-clients.ts'
import { planOf } from '../../../src/posture/rtr/plan.ts'
import type { PlannedApp, RtrPlan } from '../../../src/posture/rtr/plan.ts'
import { noProofs } from '../../../src/posture/rtr/readiness.ts'
import type { JudgedClient, Proofs, Scanned } from '../../../src/posture/rtr/readiness.ts'
import { app, day, login, now, snapshotOf, token, user, words } from './rtr-world.ts'
import type { World } from './rtr-world.ts'

const plan = (world: World, seen: Partial<Seen> = {}, proofs: Partial<Proofs> = {}): RtrPlan =>
  planOf(inventory(snapshotOf(world), { callers: [], grants: [], ...seen }), { ...noProofs, ...proofs }, now, words)

const appOf = (of: RtrPlan, subject: string): PlannedApp => {
  const found = of.apps.find((one) => one.subject === subject)
  assert(found)
  return found
}

const clientOf = (of: RtrPlan, id: string): JudgedClient => {
  const found = of.apps.flatMap(({ clients }) => clients).find((one) => one.id === id)
  assert(found, JSON.stringify(of.apps.flatMap(({ clients }) => clients.map((one) => one.id))))
  return found
}

const twin = app({ kind: 'external', id: '0H4000000000002' })
const twinToken = token({ appId: '0H4000000000002' })
const keyturns = (kind: 'connected' | 'external', fullName = 'Erp'): OwnGrant => ({
  name: 'acme',
  username: user,
  app: { kind, fullName },
})
const quiet = login({ client: null })
const rehearsed = (client: string) => ({
  client,
  at: now,
  version: '2.1.0',
  keyturn: '0.1.0',
  verdicts: { 'reads-new-token': 'pass' as const },
  whole: true,
})

test('Keyturn’s grant of one app makes nothing of its namesake ready, and hides no token of it', () => {
  const of = plan({ apps: [app(), twin], tokens: [twinToken], logins: [quiet] }, { grants: [keyturns('connected')] })
  assert.deepEqual(
    appOf(of, 'eca:Erp').clients.map(({ program, readiness }) => `${program} ${readiness}`),
    ['unnamed unknown'],
  )
  const both = plan(
    { apps: [app(), twin], tokens: [token(), twinToken], logins: [quiet] },
    { grants: [keyturns('external')] },
  )
  assert.equal(clientOf(both, `eca:Erp/unnamed/${user}`).readiness, 'unknown', 'two tokens behind one name')
  assert.equal(appOf(both, 'app:Erp').readiness, 'unknown')
  const packaged = app({ namespace: 'acme' })
  const foreign = plan({ apps: [packaged], logins: [quiet] }, { grants: [keyturns('connected', 'Erp')] })
  assert.equal(clientOf(foreign, `app:Erp/unnamed/${user}`).readiness, 'unknown', 'the grant is of the local one')
  const its = plan({ apps: [packaged], logins: [quiet] }, { grants: [keyturns('connected', 'acme__Erp')] })
  assert.equal(appOf(its, 'app:Erp').readiness, 'ready')
})

test('a caller of the broker is a client of the app its grant is of, and not of its namesake', () => {
  const etl = { name: 'etl', grant: 'acme', username: user, clientId: 'k', app: 'Erp', last: now }
  const seenAs = (appKind: 'external' | null): readonly string[] =>
    plan({ apps: [app(), twin], tokens: [token(), twinToken] }, { callers: [{ ...etl, appKind }] }).apps.flatMap(
      (one) => one.clients.flatMap(({ program }) => (program === 'broker:etl' ? [one.subject] : [])),
    )
  assert.deepEqual(seenAs('external'), ['eca:Erp'])
  assert.deepEqual(new Set(seenAs(null)), new Set(['app:Erp', 'eca:Erp']), 'where nobody can say, of both')
})

test('a program that was seen under the name of two apps covers one token of them, not one of each', () => {
  const of = plan(
    { apps: [app(), twin], tokens: [token(), twinToken] },
    {},
    { rehearsed: ['app', 'eca'].map((kind) => rehearsed(`${kind}:Erp/sync-job/${user}`)) },
  )
  for (const kind of ['app', 'eca']) {
    assert.equal(clientOf(of, `${kind}:Erp/sync-job/${user}`).readiness, 'ready')
    assert.equal(clientOf(of, `${kind}:Erp/unseen/${user}`).readiness, 'unknown')
  }
})

test('logins under a former name are nobody’s: the token they used is one that nobody was seen to use', () => {
  const renamed = plan({ logins: [login({ application: 'Erp before' })] })
  assert.equal(clientOf(renamed, `app:Erp/unseen/${user}`).readiness, 'unknown')
})

test('a token that may be shared by hosts is not proved by a program that survives alone; a person answers for it', () => {
  const id = `app:Erp/sync-job/${user}`
  const logins = [login(), login({ address: '198.51.100.7' })]
  const proofs = { rehearsed: [rehearsed(id)] }
  const of = plan({ logins }, {}, proofs)
  assert.equal(clientOf(of, id).readiness, 'unknown')
  assert.match(appOf(of, 'app:Erp').steps.join('\n'), /Give each host a grant of its own/)
  const declared = [{ client: id, at: now, reason: 'one pod that moves', owner: 'Olga', by: 'root' }]
  const answered = clientOf(plan({ logins }, {}, { ...proofs, declared }), id)
  assert.deepEqual([answered.readiness, answered.by], ['ready', 'declared'])
})

test('where addresses were folded, that hosts which share a token are not seen is said', () => {
  const uses = [login()]
  const of = plan({ facts: { logins: known({ days: 90, rows: 1, uses, addresses: 'all' }) } })
  assert.match(appOf(of, 'app:Erp').notes.join(), /hosts that share a token are not seen/)
  assert.deepEqual(appOf(plan({}), 'app:Erp').notes, [])
})

test('a program can’t be shown to hold a token that nobody was seen to use', () => {
  const id = `app:Erp/unseen/${user}`
  const scanned: readonly Scanned[] = [{ client: id, at: now, effect: 'survives', why: '', path: '/r' }]
  const proofs = { rehearsed: [{ ...rehearsed(id), version: null }], scanned }
  assert.equal(clientOf(plan({ logins: [] }, {}, proofs), id).readiness, 'unknown')
})

test('a repository without a refresh token says nothing for a client that was seen to refresh', () => {
  const id = `app:Erp/sync-job/${user}`
  const scanned: readonly Scanned[] = [{ client: id, at: now, effect: 'unaffected', why: 'JWT only.', path: '/r' }]
  const one = clientOf(plan({}, {}, { scanned }), id)
  assert.equal(one.readiness, 'unknown')
  assert.match(one.evidence.map(({ text }) => text).join(), /it was seen to refresh/)
  const other = plan({ logins: [login({ subType: 'OauthJwtBearer' })] }, {}, { scanned })
  assert.equal(clientOf(other, id).readiness, 'ready')
})

test('a version that was seen last stays in the way, however long before the rehearsal', () => {
  const id = `app:Erp/sync-job/${user}`
  const logins = [login({ last: now - 60 * day })]
  const of = plan({ logins }, {}, { rehearsed: [{ ...rehearsed(id), version: '3.0.0' }] })
  assert.equal(clientOf(of, id).readiness, 'unknown')
  assert.match(appOf(of, 'app:Erp').steps.join('\n'), /--client-version 2\.1\.0 -- COMMAND/)
})
