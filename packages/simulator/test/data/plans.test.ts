/** Queries on indexed fields stay indexed in an org of any size: judged by SQLite's plan, not by a stopwatch. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { accessOf } from '../../src/data/index.ts'
import { runQuery } from '../../src/soql/query.ts'
import { makeOrg } from './test-org.ts'

const org = makeOrg()

/** The plans of the statements a query makes SQLite prepare for the first time. */
function plansOf(soql: string): readonly string[] {
  const prepare = org.db.prepare.bind(org.db)
  const made: string[] = []
  org.db.prepare = (sql) => {
    made.push(sql)
    return prepare(sql)
  }
  const access = accessOf(org, org.users.admin)
  runQuery(
    {
      org,
      access,
      soql,
      now: org.now(),
      timeZone: 'GMT',
      sessionId: '',
      urlPrefix: '',
      tooling: false,
      allRows: false,
    },
    2000,
  )
  org.db.prepare = prepare
  return made
    .filter((sql) => /FROM "(?:Account|Contact|LoginHistory|Lead)"/.test(sql))
    .flatMap((sql) =>
      prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map((row) => String(row['detail'])),
    )
}

const indexed = [
  `SELECT Name FROM Contact WHERE ERP_Id__c = 'c-1'`,
  `SELECT Name FROM Contact WHERE Email = 'ROSE@edge.example'`,
  `SELECT Name FROM Contact WHERE Email IN ('rose@edge.example', 'sean@edge.example')`,
  `SELECT Name FROM Contact WHERE AccountId = '${org.records.accountIds[0]}'`,
  `SELECT Account.Name FROM Contact WHERE Id = '${org.records.contactIds[0]}'`,
  `SELECT Id FROM Contact WHERE CreatedDate = TODAY ORDER BY CreatedDate LIMIT 10`,
  `SELECT Id FROM LoginHistory WHERE UserId = '${org.users.admin}' LIMIT 10`,
  `SELECT Id FROM LoginHistory WHERE LoginTime >= LAST_N_DAYS:7 ORDER BY LoginTime LIMIT 10`,
  `SELECT Name, (SELECT LastName FROM Contacts) FROM Account WHERE Name = 'sforce'`,
  `SELECT Name FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Email = 'rose@edge.example')`,
]

describe('query plans', () => {
  for (const soql of indexed) {
    it(soql, () => {
      const plans = plansOf(soql)
      assert.ok(
        plans.some((detail) => detail.includes('INDEX')),
        plans.join('\n'),
      )
      const scans = plans.filter((detail) => /^SCAN (?!json_each|\d)/.test(detail))
      assert.deepEqual(scans, [])
      assert.ok(!soql.includes('LIMIT') || !plans.some((detail) => detail.includes('TEMP B-TREE')), plans.join('\n'))
    })
  }

  it('tells a scan when there is one', () => {
    assert.ok(plansOf(`SELECT Id FROM Contact WHERE Department = 'x'`).some((detail) => detail.startsWith('SCAN')))
  })
})
