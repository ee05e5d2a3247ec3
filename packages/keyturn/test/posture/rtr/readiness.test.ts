/** Who is ready, and that nobody becomes it by silence: facts by hand. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { known, unknown } from '../../../src/posture/fact.ts'
import type { Facts } from '../../../src/posture/facts.ts'
import { machine, sampleUser } from '../../../src/posture/controls/sample-facts.ts'
import { inventory } from '../../../src/posture/rtr/inventory.ts'
import type { Seen } from '../../../src/posture/rtr/app-clients.ts'
import { planOf } from '../../../src/posture/rtr/plan.ts'
import type { PlannedApp, RtrPlan } from '../../../src/posture/rtr/plan.ts'
import { declarationDays, noProofs, rehearsalDays } from '../../../src/posture/rtr/readiness.ts'
import type { JudgedClient, Proofs, Rehearsed } from '../../../src/posture/rtr/readiness.ts'
import { app, day, login, now, snapshotOf, token, user, words } from './rtr-world.ts'
import type { World } from './rtr-world.ts'

const nobody: Seen = { callers: [], grants: [] }
const plan = (world: World = {}, seen: Partial<Seen> = {}, proofs: Partial<Proofs> = {}): RtrPlan =>
  planOf(inventory(snapshotOf(world), { ...nobody, ...seen }), { ...noProofs, ...proofs }, now, words)

const only = (of: RtrPlan): PlannedApp => {
  const [one, ...more] = of.apps
  assert(one !== undefined && more.length === 0, JSON.stringify(of.apps.map(({ subject }) => subject)))
  return one
}

const client = (of: PlannedApp, program: string): JudgedClient => {
  const found = of.clients.find((one) => one.program === program)
  assert(found, JSON.stringify(of.clients.map((one) => one.id)))
  return found
}

const id = `app:Erp/sync-job/${user}`
const behaviours = ['reads-new-token', 'stores-before-use', 'survives-lost-answer', 'no-storm']
const rehearsed = (changes: Partial<Rehearsed> = {}): Rehearsed => ({
  client: id,
  at: now - day,
  version: '2.1.0',
  keyturn: '0.1.0',
  verdicts: Object.fromEntries(behaviours.map((name) => [name, 'pass' as const])),
  whole: true,
  ...changes,
})
const declared = { client: id, at: now - day, reason: 'they say so', owner: 'Olga', by: 'root' }
const own = { name: 'acme', username: user, app: { kind: 'connected', fullName: 'Erp' } } as const

test('a program nobody knows is unknown, is the blocker, and the app waits for it', () => {
  const one = only(plan())
  assert.equal(client(one, 'sync-job').id, id)
  assert.equal(client(one, 'sync-job').readiness, 'unknown')
  assert.equal(one.stage, 'waiting')
  assert.deepEqual(
    one.blockers.map((blocker) => blocker.id),
    [id],
  )
})

test('each kind of proof makes it ready, and says which it is', () => {
  const by = (seen: Partial<Seen>, proofs: Partial<Proofs>, world: World = {}, program = 'sync-job'): string => {
    const one = client(only(plan(world, seen, proofs)), program)
    return `${one.readiness} ${one.by ?? ''}`
  }
  assert.equal(by({}, { rehearsed: [rehearsed()] }), 'ready rehearsal')
  assert.equal(by({}, { rehearsed: [rehearsed({ client: 'app:Erp/sync-job/*' })] }), 'ready rehearsal')
  assert.equal(by({}, { declared: [declared] }), 'ready declared')
  const scan = { client: id, at: now, why: 'uses Keyturn', path: '/r' }
  assert.equal(by({}, { scanned: [{ ...scan, effect: 'survives' }] }), 'ready scan')
  assert.equal(by({}, {}, { logins: [login({ subType: 'OauthUsernamePassword' })] }), 'ready way-in')
  assert.equal(by({}, {}, { users: [machine({ username: user, active: false })] }), 'ready user')
  const caller = { name: 'etl', grant: 'acme', username: user, clientId: 'k', app: 'Erp', last: now }
  assert.equal(by({ callers: [caller] }, {}, {}, 'broker:etl'), 'ready broker')
  assert.equal(by({ grants: [own] }, {}, { logins: [login({ client: null })] }, 'keyturn:acme'), 'ready own-grant')
})

test('proofs of other clients, of the wrong org’s users, stale or partial ones prove nothing', () => {
  const verdict = (proofs: Partial<Proofs>, world: World = {}): string =>
    client(only(plan(world, {}, proofs)), 'sync-job').readiness
  const old = rehearsed({ at: now - (rehearsalDays + 1) * day })
  assert.equal(verdict({ rehearsed: [old] }), 'unknown')
  assert.equal(verdict({ rehearsed: [rehearsed({ whole: false })] }), 'unknown')
  assert.equal(verdict({ rehearsed: [rehearsed({ verdicts: {} })] }), 'unknown')
  assert.equal(verdict({ rehearsed: [rehearsed({ verdicts: { 'no-storm': 'inconclusive' } })] }), 'unknown')
  assert.equal(verdict({ rehearsed: [rehearsed({ client: 'app:Erp/other/*' })] }), 'unknown')
  assert.equal(verdict({ rehearsed: [rehearsed({ client: `app:Erp/sync-job/x${user}` })] }), 'unknown')
  assert.equal(verdict({ rehearsed: [rehearsed({ version: '2.0.0', at: now - 2 * day })] }), 'unknown', 'seen as 2.1.0')
  assert.equal(verdict({ rehearsed: [rehearsed({ version: '2.1.0', at: now - 2 * day })] }), 'ready')
  assert.equal(verdict({ rehearsed: [rehearsed({ version: '2.2.0' })] }), 'unknown', '2.1.0 is what was seen last')
  assert.equal(verdict({ rehearsed: [rehearsed({ version: null })] }), 'unknown', 'of which version nobody said')
  const updated = [login({ client: 'sync-job/2.2.0', last: now }), login({ last: now - 3 * day })]
  assert.equal(verdict({ rehearsed: [rehearsed({ version: '2.2.0' })] }, { logins: updated }), 'ready')
  assert.equal(verdict({ rehearsed: [rehearsed()] }, { logins: updated }), 'unknown', 'another one came since')
  const nameless = [login({ client: 'sync-job' })]
  assert.equal(verdict({ rehearsed: [rehearsed({ version: null })] }, { logins: nameless }), 'ready')
  assert.equal(verdict({ declared: [{ ...declared, at: now - (declarationDays + 1) * day }] }), 'unknown')
  const scan = { client: id, at: now, why: '', path: '/r' }
  for (const effect of ['depends', 'unknown'] as const)
    assert.equal(verdict({ scanned: [{ ...scan, effect }] }), 'unknown')
})

test('what was shown wins over a person’s word; a newer rehearsal over an older one and over a scan', () => {
  const verdict = (proofs: Partial<Proofs>, world: World = {}, program = 'sync-job'): string =>
    client(only(plan(world, {}, proofs)), program).readiness
  const failed = rehearsed({ verdicts: { 'reads-new-token': 'fail', 'no-storm': 'pass' }, at: now - 2 * day })
  assert.equal(verdict({ rehearsed: [failed], declared: [declared] }), 'not-ready')
  assert.equal(verdict({ rehearsed: [failed, rehearsed()] }), 'ready')
  assert.equal(verdict({ rehearsed: [rehearsed({ at: now - 3 * day }), failed] }), 'not-ready')
  const breaks = { client: id, at: now, effect: 'breaks' as const, why: 'jsforce without refreshFn', path: '/r' }
  assert.equal(verdict({ scanned: [breaks], declared: [declared] }), 'not-ready')
  assert.equal(verdict({ scanned: [breaks], rehearsed: [rehearsed()] }), 'ready')
  const oldCore = [login({ client: '@salesforce/core/9.1.7' })]
  const core = { ...declared, client: `app:Erp/@salesforce%2Fcore/${user}` }
  assert.equal(verdict({ declared: [core] }, { logins: oldCore }, '@salesforce/core'), 'not-ready')
})

test('a lost answer is no client’s to survive: it is said, and no reason to wait', () => {
  const verdicts = { ...rehearsed().verdicts, 'survives-lost-answer': 'fail' as const }
  const one = client(only(plan({}, {}, { rehearsed: [rehearsed({ verdicts })] })), 'sync-job')
  assert.equal(one.readiness, 'ready')
  assert.match(one.evidence.map(({ text }) => text).join(), /answer gets lost/)
})

test('a token that nobody was seen to use is a client of its own, and never ready by itself', () => {
  const one = only(plan({ logins: [] }))
  assert.equal(client(one, 'unseen').readiness, 'unknown')
  assert.match(one.steps.join('\n'), /Revoke what nobody misses/)
  const more = only(plan({ tokens: [token(), token({ created: now })] }))
  assert.equal(client(more, 'unseen').readiness, 'unknown', 'one program was seen, and two tokens are there')
})

test('Keyturn’s own grant is ready; who gives no name is Keyturn only where it holds every token of that user', () => {
  const quiet = login({ client: null })
  const sure = only(plan({ logins: [quiet] }, { grants: [own] }))
  assert.deepEqual(
    sure.clients.map(({ program }) => program),
    ['keyturn:acme'],
  )
  assert.equal(sure.readiness, 'ready')
  const doubtful = only(plan({ logins: [quiet], tokens: [token(), token({ created: now })] }, { grants: [own] }))
  assert.equal(client(doubtful, 'unnamed').readiness, 'unknown')
  assert.equal(doubtful.readiness, 'unknown')
  const other = only(plan({ logins: [quiet] }, { grants: [{ ...own, app: null }] }))
  assert.equal(other.readiness, 'unknown', 'of a grant whose app nobody can say')
})

test('nothing that could not be read makes an app ready', () => {
  const hidden = unknown('permission', 'the auditor may not see it')
  const incomplete = { counted: 9, read: 2, complete: false, why: 'cap', tokens: [] }
  const ready = { logins: [login({ subType: 'OauthUsernamePassword' })], tokens: [] }
  assert.equal(only(plan(ready)).stage, 'ready')
  const blinds: readonly Partial<Facts>[] = [
    { tokens: hidden },
    { tokens: known(incomplete) },
    { logins: hidden },
    { logins: known({ days: 7, rows: 0, uses: [] }) },
  ]
  for (const facts of blinds) {
    const one = only(plan({ ...ready, facts }))
    assert.notEqual(one.readiness, 'ready', JSON.stringify(facts))
    assert.equal(one.stage, 'waiting')
    assert(one.blind.length > 0)
  }
  assert.deepEqual(plan({ facts: { apps: hidden } }).apps, [])
  assert.match(plan({ facts: { apps: hidden } }).blind.join(), /apps: the auditor may not see it/)
})

test('which apps are asked: those with tokens or the scope for them; machine flows and others not', () => {
  const names = (...apps: readonly Parameters<typeof app>[0][]): readonly string[] =>
    plan({ apps: apps.map((one) => app({ id: null, ...one })), tokens: [], logins: [] }).apps.map(
      ({ subject }) => subject,
    )
  const hidden = unknown('permission', 'x')
  assert.deepEqual(names({ scopes: known(['Api']) }), [])
  assert.deepEqual(names({ flows: known(['client-credentials', 'jwt-bearer']) }), [])
  assert.deepEqual(names({ oauth: known(false) }), [])
  assert.deepEqual(names({ scopes: hidden, flows: hidden }), ['app:Erp'], 'who can’t be seen may hand some out')
  assert.equal(plan({ apps: [app({ scopes: known(['Api']) })] }).apps.length, 1, 'a token is there, whatever it says')
})

test('apps of others can’t be switched here, blocked ones need not be, and what rotates is done', () => {
  const stage = (changes: Parameters<typeof app>[0]): string => only(plan({ apps: [app(changes)] })).stage
  assert.equal(stage({ origin: known('packaged') }), 'foreign')
  assert.equal(stage({ origin: known('installed') }), 'foreign')
  assert.equal(stage({ origin: unknown('refused', 'x') }), 'unknown')
  assert.equal(stage({ rotation: unknown('refused', 'x') }), 'unknown')
  assert.equal(stage({ rotation: known(true) }), 'on')
  assert.equal(stage({ blocked: known(true) }), 'blocked')
})

test('the order: what can be switched on first, then the fewest blockers', () => {
  const named = (name: string, n: number): ReturnType<typeof app> =>
    app({ name, label: name, id: `0H400000000000${n}` })
  const tokens = [
    token({ app: 'Two', appId: '0H4000000000002' }),
    token({ app: 'Two', appId: '0H4000000000002', user: 'b@example.com' }),
    token({ app: 'One', appId: '0H4000000000003' }),
  ]
  const of = plan({ apps: [named('Two', 2), named('One', 3), named('None', 4)], tokens, logins: [] })
  assert.deepEqual(
    of.apps.map(({ subject, stage }) => `${subject} ${stage}`),
    ['app:None ready', 'app:One waiting', 'app:Two waiting'],
  )
  assert.equal(of.counts.waiting, 2)
})

test('an app that calls itself as another one gets none of its tokens; one without a link counts for both, and both are told', () => {
  const twin = app({ id: null, origin: known('uninstalled'), scopes: unknown('not-provisioned', 'x') })
  const of = plan({ apps: [app(), twin], tokens: [token(), token({ appId: null })] })
  assert.deepEqual(
    of.apps.map(({ subject, tokens, notes }) => [subject, tokens, notes.length]),
    [
      ['app:Erp', 2, 1],
      ['uninstalled:Erp', 1, 1],
    ],
  )
})

test('owners: a person answers for the own client; a machine’s is known only when somebody was named', () => {
  const person = sampleUser({ username: user })
  assert.deepEqual(only(plan({ users: [person] })).owners, [user])
  assert.deepEqual(only(plan()).owners, [null])
  const old = { ...declared, at: now - 200 * day }
  assert.deepEqual(only(plan({}, {}, { declared: [old] })).owners, ['Olga'])
})

test('one token refreshed from several addresses may be shared, which is said', () => {
  const logins = [login(), login({ address: '198.51.100.7' })]
  const one = client(only(plan({ logins })), 'sync-job')
  assert.match(one.evidence.map(({ text }) => text).join(), /2 addresses with one token/)
})
