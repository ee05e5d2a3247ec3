/** What a change is judged by besides the facts: the broker’s callers of this org, and the account that makes it. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { systemClock } from '@keyturn/tokens'
import { manageCallers } from '../../../src/broker/callers/manage-callers.ts'
import { quietLog } from '../../../src/caller/quiet-log.ts'
import { changeEvidence, evidenceFamilies } from '../../../src/change/change-evidence.ts'
import { orgConnection } from '../../../src/org/connection.ts'
import { collect } from '../../../src/posture/collect.ts'
import { known } from '../../../src/posture/fact.ts'
import { day, now, sampleLogin, sampleProfile, sampleUser } from '../../../src/posture/controls/sample-facts.ts'
import { impactOfFix } from '../../../src/posture/fix/plan-fixes.ts'
import { impactOf } from '../../../src/posture/impact/impact-of.ts'
import type { Evidence } from '../../../src/posture/impact/impact.ts'
import { noFacts } from '../../../src/posture/no-facts.ts'
import { seenCallers } from '../../../src/change/seen-callers.ts'
import { openUses } from '../../../src/usage/uses.ts'
import { scene } from '../../rotation/scene.ts'

const admin = 'admin@acme.example'

void test('callers are evidence of the users and apps they sign in as, of this org alone, with their last use', async (t) => {
  const { sim, keyturn, clock, advance } = await scene(t)
  const granted = (user: string) => sim.control.grant({ user, app: 'Web' })
  for (const [name, user] of [
    ['admin', admin],
    ['erp', 'integration@acme.example'],
  ] as const) {
    const { clientId, clientSecret, refreshToken } = granted(user)
    await keyturn.grants.add({ name, loginUrl: sim.url, clientId, clientSecret, refreshToken, flow: 'refresh_token' })
    await keyturn.token(name)
  }
  const manage = manageCallers({ keyturn, clock: systemClock, random: randomBytes, log: quietLog })
  const caller = { grants: ['erp'], faces: ['api'], anyAddress: true } as const
  const { caller: billing } = await manage.add({ name: 'billing', ...caller })
  await manage.add({ name: 'idle', ...caller })
  const uses = openUses({ store: keyturn.store, clock, log: quietLog, replica: 'one' })
  uses.count(billing.id, 'erp', 'api')
  await uses.close()

  // A login of this second is no evidence yet.
  advance(60_000)
  const org = orgConnection(keyturn, 'admin')
  const snapshot = await collect({ org, families: evidenceFamilies, clock, days: 30 })
  const { callers, self } = await changeEvidence({ keyturn, org, snapshot, days: 30 })
  assert.deepEqual(
    callers.map(({ name, username, app, last }) => [name, username, app, last !== null]),
    [
      ['billing', 'integration@acme.example', 'Web', true],
      ['idle', 'integration@acme.example', 'Web', false],
    ],
  )
  assert.deepEqual([self.username, self.app, self.flow], [admin, 'Web', 'refresh'])
  assert.match(self.address ?? '', /^(127\.0\.0\.1|::1)$/)

  const of = { facts: snapshot.facts, now: clock.wall(), days: 30 }
  assert.deepEqual(await seenCallers(keyturn, { ...of, orgId: '00D000000000999' }), [], 'grants of other orgs')
  const blind = await seenCallers(keyturn, { ...of, orgId: snapshot.org.id, facts: noFacts })
  assert.deepEqual(
    blind.map(({ username, app }) => [username, app]),
    [
      [null, null],
      [null, null],
    ],
    'what can’t be told is null',
  )
})

const evidence = (
  logins: readonly Parameters<typeof sampleLogin>[0][],
  changed: number,
  permissions: readonly string[] = [],
): Evidence => ({
  facts: {
    ...noFacts,
    users: known([
      sampleUser({
        username: 'erp@example.com',
        profileId: '00e000000000002',
        passwordChanged: known(changed),
        permissions: known(permissions),
      }),
    ]),
    profiles: known([sampleProfile({ id: '00e000000000002', name: 'Machines' })]),
    logins: known({ days: 90, rows: 1, uses: logins.map((one) => sampleLogin({ user: 'erp@example.com', ...one })) }),
  },
  callers: [],
  self: { username: admin, app: null, address: null, flow: null },
  takenAt: now,
})

const soap = { type: 'Other Apex API', subType: null, application: null }

void test('passwords that end: a program with an old one is cut off, with a young one later; people and tokens are not', () => {
  const restriction = { is: 'passwords-expire', profile: null, days: 90 } as const
  const of = (...args: Parameters<typeof evidence>) => impactOf(restriction, evidence(...args))
  assert.match(of([soap], now - 100 * day).cutOff[0]?.why ?? '', /100 days old/)
  const young = of([soap], now - 80 * day)
  assert.deepEqual([young.cutOff.length, young.possible.length], [0, 1])
  assert.match(young.possible[0]?.why ?? '', /end in 10 days/)
  for (const nobody of [
    of([soap], now - 100 * day, ['PasswordNeverExpires']),
    of([{ type: 'Application' }], now - 100 * day),
    of([{ type: 'Remote Access 2.0', subType: 'OauthRefreshToken' }], now - 100 * day),
    impactOf({ ...restriction, profile: 'Another' }, evidence([soap], now - 100 * day)),
  ])
    assert.deepEqual([nobody.cutOff, nobody.possible], [[], []])
})

void test('sessions tied to an address: who comes from several may lose one, and what no login shows is said', () => {
  const of = (...addresses: readonly string[]) =>
    impactOf(
      { is: 'session-address' },
      evidence(
        addresses.map((address) => ({ type: 'Remote Access 2.0', address })),
        now,
      ),
    )
  assert.deepEqual(of('203.0.113.1').possible, [])
  assert.equal(of('203.0.113.1', '198.51.100.7').possible.length, 1)
  assert.equal(of('*').possible.length, 1)
  const untold = impactOfFix(
    {
      subjects: [],
      change: { title: '', components: [], records: [], clicks: [] },
      restricts: [{ is: 'nothing', why: 'x' }],
      untold: ['which pages do it'],
    },
    evidence([], now),
  )
  assert.deepEqual(untold.blind, ['nobody can tell which pages do it'])
})
