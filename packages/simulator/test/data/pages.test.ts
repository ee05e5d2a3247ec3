/** Long results in pages, and the rows a user sees of objects that are private to each user. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { assignPermissionSet, insertRow } from '../../src/data/index.ts'
import { asking, assertRefused, v66, type Page } from './asking.ts'
import { listen, makeOrg, type Listening } from './test-org.ts'

const org = makeOrg()
let server: Listening

before(async () => {
  server = await listen(org)
})
after(() => server.close())

const { get, query, page, send } = asking(() => server)

describe('pages', () => {
  before(() => {
    org.db.exec('BEGIN')
    for (let index = 0; index < 2500; index++) insertRow(org, 'Lead', { LastName: `L${index}`, Company: `C${index}` })
    org.db.exec('COMMIT')
  })

  it('honours batchSize within its bounds, and ends exactly at the last record', async () => {
    const soql = `SELECT LastName FROM Lead WHERE Company LIKE 'C%' LIMIT 450`
    const first = await page('admin', soql, { 'Sforce-Query-Options': 'batchSize=200' })
    assert.deepEqual([first.totalSize, first.done, first.records.length], [450, false, 200])
    assert.match(first.nextRecordsUrl ?? '', /^\/services\/data\/v66\.0\/query\/01g\w{15}-200$/)
    const second = (await get('admin', first.nextRecordsUrl ?? '', { 'Sforce-Query-Options': 'batchSize=200' }))
      .body as Page
    const third = (await get('admin', second.nextRecordsUrl ?? '')).body as Page
    assert.deepEqual([second.records.length, third.records.length, third.done], [200, 50, true])
    const names = [first, second, third].flatMap(({ records }) => records.map(({ LastName }) => LastName))
    assert.equal(new Set(names).size, 450)
    assert.equal((await page('admin', soql, { 'Sforce-Query-Options': 'batchSize=1' })).records.length, 200)
  })

  it('refuses locators that are unknown, of somebody else, or older than two days', async () => {
    const { nextRecordsUrl = '' } = await page('admin', 'SELECT Id FROM Lead')
    assert.equal((await get('admin', nextRecordsUrl)).status, 200)
    assertRefused(await get('integration', nextRecordsUrl), 400, 'INVALID_QUERY_LOCATOR', /invalid query locator/)
    assertRefused(
      await get('admin', `${v66}/query/01gSM0000000001AAA-2000`),
      400,
      'INVALID_QUERY_LOCATOR',
      /invalid query locator/,
    )
    org.advance(49 * 60 * 60 * 1000)
    assertRefused(await get('admin', nextRecordsUrl), 400, 'INVALID_QUERY_LOCATOR', /invalid query locator/)
    org.advance(-49 * 60 * 60 * 1000)
  })

  it('refuses more than 2000 groups, because aggregates have no next page', async () => {
    assertRefused(
      await query('admin', 'SELECT Company, COUNT(Id) FROM Lead GROUP BY Company'),
      400,
      'EXCEEDED_ID_LIMIT',
      /does not support queryMore/,
    )
    assert.equal(
      (await page('admin', 'SELECT Company, COUNT(Id) FROM Lead GROUP BY Company LIMIT 2000')).records.length,
      2000,
    )
  })

  it('gives OauthToken in steps of 500 and stops at 2500', async () => {
    const insert = org.db.prepare(
      'INSERT INTO sim_test_grant (UserId, CreatedDate, UseCount, AppName) VALUES (?, ?, ?, ?)',
    )
    for (let index = 0; index < 2600; index++) insert.run(org.users.admin, '2026-11-01T00:00:00.000+0000', index, 'App')
    insert.run(org.users.bare, '2026-11-02T00:00:00.000+0000', 1, 'Own')
    let at = await page('admin', 'SELECT AppName, UseCount FROM OauthToken ORDER BY CreatedDate')
    let seen = at.records.length
    assert.equal(seen, 500)
    while (at.nextRecordsUrl !== undefined) {
      at = (await get('admin', at.nextRecordsUrl)).body as Page
      seen += at.records.length
    }
    assert.equal(seen, 2500)
    assert.equal((await page('admin', 'SELECT COUNT() FROM OauthToken')).totalSize, 2601)
    assert.equal((await page('admin', 'SELECT UseCount FROM OauthToken LIMIT 2500 OFFSET 2500')).records.length, 101)
    const own = await page('bare', 'SELECT Id, AppName, User.Username FROM OauthToken')
    assert.deepEqual(
      own.records.map(({ AppName, Id, attributes }) => [AppName, Id, attributes]),
      [['Own', null, { type: 'OauthToken' }]],
    )
  })
})

describe('row rules', () => {
  it('shows only own logins without Manage Users or Monitor Login History', async () => {
    for (const user of Object.values(org.users)) {
      insertRow(org, 'LoginHistory', {
        UserId: user,
        LoginTime: org.now(),
        LoginType: 'Remote Access 2.0',
        Status: 'Success',
        Application: 'Sync',
      })
    }
    const ids = async (who: string): Promise<unknown[]> =>
      (await page(who, 'SELECT UserId FROM LoginHistory')).records.map(({ UserId }) => UserId)
    assert.deepEqual(await ids('bare'), [org.users.bare])
    assert.deepEqual(new Set(await ids('admin')), new Set(Object.values(org.users)))
    assert.deepEqual(
      (await page('bare', `SELECT Id FROM User WHERE Id IN (SELECT UserId FROM LoginHistory)`)).records.map(
        ({ Id }) => Id,
      ),
      [org.users.bare],
    )
    const assignment = assignPermissionSet(org, org.users.bare, 'Security_Audit_Light')
    assert.equal((await ids('bare')).length, 3)
    org.db.prepare('DELETE FROM PermissionSetAssignment WHERE Id = ?').run(assignment)
    assert.equal((await ids('bare')).length, 1)
  })

  it('groups logins by fields it can not filter by', async () => {
    const { records } = await page(
      'admin',
      'SELECT LoginType,Application,Status,COUNT(Id)LoginCount,MAX(LoginTime)LastLogin FROM LoginHistory GROUP BY LoginType,Application,Status',
    )
    assert.deepEqual(records, [
      {
        attributes: { type: 'AggregateResult' },
        LoginType: 'Remote Access 2.0',
        Application: 'Sync',
        Status: 'Success',
        LoginCount: 3,
        LastLogin: '2026-11-22T12:00:00.000+0000',
      },
    ])
  })

  it('shows sessions to their users, marks the one that asks, and ends it on DELETE', async () => {
    const sessions = async (who: string): Promise<unknown[]> =>
      (await page(who, 'SELECT UsersId, IsCurrent FROM AuthSession ORDER BY Id')).records.map((row) => [
        row['UsersId'],
        row['IsCurrent'],
      ])
    const { admin, integration, bare } = org.users
    assert.deepEqual(await sessions('bare'), [[bare, true]])
    assert.deepEqual(await sessions('admin'), [
      [admin, true],
      [integration, false],
      [bare, false],
    ])
    const path = (id: string): string => `${v66}/sobjects/AuthSession/${id}`
    assertRefused(await send('bare', 'DELETE', path(org.sessions.admin)), 404, 'NOT_FOUND', /does not exist/)
    assert.equal((await send('bare', 'DELETE', path(org.sessions.bare))).status, 204)
    assert.deepEqual(await sessions('admin'), [
      [admin, true],
      [integration, false],
    ])
  })
})
