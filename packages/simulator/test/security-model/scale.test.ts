/** Orgs by number: the numbers are right, the queries indexed, and answers can be made to take their time. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scale, startSimulator } from '../../src/index.ts'
import { simulator } from '../identity/wire.ts'
import { connectionOf, countOf, rowsOf } from './asking.ts'

test('as many of each as was asked for, the same for the same seed', async () => {
  const sizes = { users: 500, apps: 40, tokens: 2000, permissionSets: 200, loginRows: 25_000, auditRows: 400 }
  const sim = await simulator({ orgs: [scale({ name: 'big', ...sizes })] })
  const admin = connectionOf(sim, 'admin@big.example')
  const counts = await Promise.all(
    ['User', 'AppMenuItem', 'OauthToken', 'PermissionSet', 'LoginHistory', 'SetupAuditTrail'].map((name) =>
      countOf(admin, `SELECT COUNT() FROM ${name}`),
    ),
  )
  // Besides: the administrator and the platform’s user; the four apps of each org less those that nobody installed;
  // the administrator’s token; three sets of profiles and three that each org has.
  assert.deepEqual(counts, [502, 42, 2001, 206, 25_000, 400])
  const perPair = await rowsOf(
    admin,
    'SELECT UserId, AppName, COUNT(DeleteToken) n FROM OauthToken GROUP BY UserId, AppName HAVING COUNT(DeleteToken) > 5',
  )
  assert.equal(perPair.length, 0)
  const privileged = await countOf(
    admin,
    'SELECT COUNT() FROM PermissionSetAssignment WHERE PermissionSet.PermissionsModifyAllData = true',
  )
  assert.ok(privileged > 3)
})

test('pages by time and by user are read from indexes', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'simulator-scale-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const sim = await startSimulator({
    directory,
    orgs: [scale({ name: 'big', users: 300, apps: 20, tokens: 25_000, tokensOfOneUser: 5000, loginRows: 30_000 })],
  })
  await sim.close()
  const db = new DatabaseSync(join(directory, 'big.sqlite'))
  const plan = (sql: string): string =>
    db
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map((row) => String(row['detail']))
      .join('; ')
  assert.match(
    plan(`SELECT AppName FROM OauthToken t WHERE t.CreatedDate >= 'x' ORDER BY t.CreatedDate, t.sim_row`),
    /sim_grant_created/,
  )
  assert.match(plan('SELECT AppName FROM OauthToken t ORDER BY t.sim_row LIMIT 501'), /sim_grant_row/)
  assert.match(plan(`SELECT AppName FROM OauthToken t WHERE t.UserId = 'x'`), /sim_grant_pair/)
  assert.match(
    plan(`SELECT Status FROM LoginHistory t WHERE t.UserId IN ('x', 'y') AND t.LoginTime >= 'x'`),
    /LoginHistory_UserId_LoginTime/,
  )
  db.close()
})

test('sizes that are none are refused', () => {
  assert.throws(() => scale({ users: -1 }), /whole number/)
  assert.throws(() => scale({ tokens: 5, tokensOfOneUser: 6 }), /more tokens/)
})

test('with a latency no answer comes before its time', async () => {
  const sim = await simulator()
  const admin = connectionOf(sim, sim.orgs[0]?.users[0]?.username ?? '')
  sim.control.changeOrg({ settings: { latencyMs: 3_600_000 } })
  const signal = AbortSignal.timeout(200)
  await assert.rejects(async () => fetch(`${sim.url}/services/data/v66.0/limits`, { signal }), { name: 'TimeoutError' })
  sim.control.changeOrg({ settings: { latencyMs: 0 } })
  assert.ok((await admin.limits())['DailyApiRequests'] !== undefined)
})
