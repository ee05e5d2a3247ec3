/** SOQL that is wrong, forbidden or unsupported: Salesforce's code and never an answer. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { call, listen, makeOrg, type Listening, type Who } from './test-org.ts'

let server: Listening

before(async () => {
  server = await listen(makeOrg())
})
after(() => server.close())

const refusals: readonly (readonly [soql: string, errorCode: string, message: RegExp, who?: Who])[] = [
  ['', 'MALFORMED_QUERY', /A query string has to be specified/],
  ['SELECT Id FRO Account', 'MALFORMED_QUERY', /ERROR at Row:1:Column:15\nunexpected token: 'Account'/],
  ['SELECT FROM Account', 'MALFORMED_QUERY', /unexpected token/],
  ['SELECT Id FROM Account WHERE', 'MALFORMED_QUERY', /unexpected token: '<EOF>'/],
  [`SELECT Id FROM Account WHERE Name = "x"`, 'MALFORMED_QUERY', /no viable alternative at character '"'/],
  [`SELECT Id FROM Account WHERE Name = :name`, 'MALFORMED_QUERY', /unexpected token: ':'/],
  [`SELECT Id FROM Account WHERE Name = 'a\\q'`, 'MALFORMED_QUERY', /Illegal character sequence/],
  [
    `SELECT Id FROM Account WHERE Name = 'a' OR Name = 'b' AND Rating = 'Hot'`,
    'MALFORMED_QUERY',
    /unexpected token: 'AND'/,
  ],
  [
    'SELECT Foo__c FROM User',
    'INVALID_FIELD',
    /^\nSELECT Foo__c FROM User\n {7}\^\nERROR at Row:1:Column:8\nNo such column 'Foo__c' on entity 'User'\. If you are/,
  ],
  [`SELECT Id FROM Account WHERE Foo = 'x'`, 'INVALID_FIELD', /No such column 'Foo' on entity 'Account'/],
  ['SELECT Id FROM Account ORDER BY Foo', 'INVALID_FIELD', /No such column 'Foo'/],
  ['SELECT Owner.Foo FROM Account', 'INVALID_FIELD', /No such column 'Foo' on entity 'User'/],
  ['SELECT Foo.Name FROM Account', 'INVALID_FIELD', /Didn't understand relationship 'Foo' in field path/],
  [
    'SELECT Id, (SELECT Id FROM Foos) FROM Account',
    'INVALID_TYPE',
    /Didn't understand relationship 'Foos' in FROM part of query call/,
  ],
  ['SELECT Id FROM Foo', 'INVALID_TYPE', /sObject type 'Foo' is not supported/],
  ['SELECT Id FROM ScratchOrgInfo LIMIT 1', 'INVALID_TYPE', /sObject type 'ScratchOrgInfo' is not supported/],
  ['SELECT StartAddress FROM ProfileLoginIpRange', 'INVALID_TYPE', /not supported/],
  ['SELECT PermissionsUseAnyApiClient FROM PermissionSet', 'INVALID_FIELD', /No such column/],
  [
    'SELECT AnnualRevenue FROM Account',
    'INVALID_FIELD',
    /No such column 'AnnualRevenue' on entity 'Account'/,
    'integration',
  ],
  ['SELECT Id FROM Account WHERE AnnualRevenue > 1', 'INVALID_FIELD', /No such column 'AnnualRevenue'/, 'integration'],
  ['SELECT Account.AnnualRevenue FROM Contact', 'INVALID_FIELD', /No such column 'AnnualRevenue'/, 'integration'],
  ['SELECT MAX(AnnualRevenue) FROM Account', 'INVALID_FIELD', /No such column 'AnnualRevenue'/, 'integration'],
  ['SELECT Id FROM Case', 'INVALID_TYPE', /sObject type 'Case' is not supported/, 'integration'],
  [
    'SELECT Id, (SELECT Id FROM Cases) FROM Account',
    'INVALID_TYPE',
    /Didn't understand relationship 'Cases'/,
    'integration',
  ],
  [
    'SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Case)',
    'INVALID_TYPE',
    /'Case' is not supported/,
    'integration',
  ],
  ['SELECT Id FROM Account', 'INVALID_TYPE', /sObject type 'Account' is not supported/, 'bare'],
  ['SELECT Id FROM SetupAuditTrail', 'INVALID_TYPE', /not supported/, 'bare'],
  ['SELECT Id FROM PermissionSet', 'INVALID_TYPE', /not supported/, 'bare'],
  ['SELECT Id FROM UserLogin', 'INVALID_TYPE', /not supported/, 'integration'],
  ['SELECT Id FROM TwoFactorMethodsInfo', 'INVALID_TYPE', /not supported/, 'integration'],
  [
    `SELECT Id FROM Account WHERE AnnualRevenue > '5'`,
    'INVALID_FIELD',
    /value of filter criterion for field 'AnnualRevenue' must be of type currency and should not be enclosed in quotes/,
  ],
  ['SELECT Id FROM Account WHERE Name = 5', 'INVALID_FIELD', /must be of type string and should be enclosed in quotes/],
  ['SELECT Id FROM Account WHERE NumberOfEmployees = 1.5', 'INVALID_FIELD', /must be of type int/],
  [`SELECT Id FROM Account WHERE IsDeleted = 'false'`, 'INVALID_FIELD', /must be of type boolean/],
  ['SELECT Id FROM Account WHERE CreatedDate > 2026-01-01', 'INVALID_FIELD', /must be of type dateTime/],
  ['SELECT Id FROM Opportunity WHERE CloseDate > 2026-01-01T00:00:00Z', 'INVALID_FIELD', /must be of type date /],
  ['SELECT Id FROM Opportunity WHERE CloseDate = 2026-02-30', 'INVALID_FIELD', /must be of type date/],
  ['SELECT Id FROM Account WHERE Name = TODAY', 'INVALID_FIELD', /must be of type string/],
  [`SELECT Id FROM Account WHERE Id = 'abc'`, 'INVALID_QUERY_FILTER_OPERATOR', /invalid ID field: abc/],
  [`SELECT Id FROM Account WHERE Id LIKE '001%'`, 'INVALID_QUERY_FILTER_OPERATOR', /invalid operator|invalid ID/],
  [`SELECT Id FROM Account WHERE Name INCLUDES ('a')`, 'INVALID_QUERY_FILTER_OPERATOR', /includes operator not valid/],
  ['SELECT Id FROM Account WHERE AnnualRevenue > null', 'INVALID_QUERY_FILTER_OPERATOR', /null/],
  [
    'SELECT Id FROM Account WHERE IsDeleted > true',
    'INVALID_QUERY_FILTER_OPERATOR',
    /invalid operator on boolean field/,
  ],
  [
    `SELECT Id FROM Account WHERE Description = 'x'`,
    'INVALID_FIELD',
    /field 'Description' can not be filtered in a query call/,
  ],
  [
    'SELECT Id FROM Account ORDER BY Description',
    'INVALID_FIELD',
    /field 'Description' can not be sorted in a query call/,
  ],
  ['SELECT COUNT(Id) FROM Account GROUP BY AnnualRevenue', 'INVALID_FIELD', /can not be grouped in a query call/],
  ...['Status', 'Application', 'ApiType', 'ApiVersion', 'Browser', 'ClientVersion', 'Platform'].map(
    (name) =>
      [
        `SELECT Id FROM LoginHistory WHERE ${name} = 'x'`,
        'INVALID_FIELD',
        /can not be filtered in a query call/,
      ] as const,
  ),
  [`SELECT Id FROM LoginHistory WHERE SourceIp LIKE '10.%'`, 'INVALID_QUERY_FILTER_OPERATOR', /invalid operator/],
  [`SELECT Id FROM SetupAuditTrail WHERE Section = 'Manage Users'`, 'INVALID_FIELD', /'Section' can not be filtered/],
  [`SELECT Id FROM SetupAuditTrail WHERE Display LIKE '%x%'`, 'INVALID_FIELD', /'Display' can not be filtered/],
  ['SELECT COUNT(Id) FROM SetupAuditTrail', 'MALFORMED_QUERY', /does not support aggregate/],
  ['SELECT Action, COUNT(Id) FROM SetupAuditTrail GROUP BY Action', 'MALFORMED_QUERY', /does not support aggregate/],
  ['SELECT Name, COUNT(Id) FROM Account', 'MALFORMED_QUERY', /Field must be grouped or aggregated: Name/],
  [
    'SELECT Name, COUNT(Id) FROM Account GROUP BY Industry',
    'MALFORMED_QUERY',
    /Field must be grouped or aggregated: Name/,
  ],
  ['SELECT COUNT(Id) FROM Account LIMIT 1', 'MALFORMED_QUERY', /cannot also use LIMIT/],
  ['SELECT COUNT(), Id FROM Account', 'MALFORMED_QUERY', /COUNT\(\)/],
  ['SELECT SUM(Name) FROM Account', 'INVALID_FIELD', /field Name does not support aggregate operator SUM/],
  ['SELECT COUNT(Id) n, COUNT(Name) n FROM Account', 'MALFORMED_QUERY', /duplicate alias: n/],
  ['SELECT COUNT(Id) FROM Account GROUP BY ROLLUP(Industry)', 'MALFORMED_QUERY', /ROLLUP is not supported/],
  ['SELECT Name n FROM Account', 'MALFORMED_QUERY', /only aggregate expressions use field aliasing/],
  ['SELECT Id, id FROM Account', 'MALFORMED_QUERY', /duplicate field selected: id/],
  ['SELECT FIELDS(ALL) FROM Account', 'MALFORMED_QUERY', /must have a LIMIT of at most 200/],
  ['SELECT FIELDS(CUSTOM) FROM Account LIMIT 201', 'MALFORMED_QUERY', /must have a LIMIT of at most 200/],
  ['SELECT FORMAT(AnnualRevenue) FROM Account', 'MALFORMED_QUERY', /FORMAT is not supported/],
  ['SELECT TYPEOF What WHEN Account THEN Name END FROM Task', 'MALFORMED_QUERY', /TYPEOF is not supported/],
  ['SELECT Id FROM Account FOR UPDATE', 'MALFORMED_QUERY', /FOR UPDATE/],
  ['SELECT Id FROM Account USING SCOPE mine', 'MALFORMED_QUERY', /USING SCOPE mine/],
  ['SELECT Id FROM Account WITH SECURITY_ENFORCED', 'MALFORMED_QUERY', /unexpected token: 'WITH'/],
  ['SELECT Id FROM Account ALL ROWS', 'MALFORMED_QUERY', /unexpected token: 'ROWS'/],
  ['SELECT Id FROM Account LIMIT 1 OFFSET 2001', 'NUMBER_OUTSIDE_VALID_RANGE', /Maximum SOQL offset allowed is 2000/],
  [
    'SELECT Id FROM Account WHERE Id IN (SELECT Id FROM Account)',
    'MALFORMED_QUERY',
    /should not be on the same object type/,
  ],
  [
    'SELECT Id FROM Account WHERE Id IN (SELECT OwnerId FROM Contact)',
    'MALFORMED_QUERY',
    /should point to the same object type/,
  ],
  [
    'SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact) OR Id IN (SELECT AccountId FROM Opportunity)',
    'MALFORMED_QUERY',
    /not allowed with the 'OR' operator/,
  ],
  [
    'SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact) AND Id IN (SELECT AccountId FROM Case) AND Id IN (SELECT AccountId FROM Opportunity)',
    'MALFORMED_QUERY',
    /Maximum 2 semi join/,
  ],
  ['SELECT Account.Parent.Parent.Parent.Parent.Parent.Name FROM Contact', 'MALFORMED_QUERY', /more than 5 levels/],
  [`SELECT Id FROM Account WHERE Name = '${'x'.repeat(100_000)}'`, 'MALFORMED_QUERY', /longer than 100000 characters/],
]

describe('SOQL refusals', () => {
  for (const [soql, errorCode, message, who = 'admin'] of refusals) {
    it(`${errorCode} for ${who}: ${soql.slice(0, 120)}`, async () => {
      // Through composite, because a query of 100,000 characters is longer than a URL may be here.
      const { body } = await call(server.url, who, 'POST', '/services/data/v66.0/composite', {
        compositeRequest: [
          { method: 'GET', url: `/services/data/v66.0/query?q=${encodeURIComponent(soql)}`, referenceId: 'q' },
        ],
      })
      const [answer] = (
        body as { compositeResponse: { httpStatusCode: number; body: { errorCode: string; message: string }[] }[] }
      ).compositeResponse
      assert.equal(answer?.httpStatusCode, 400, JSON.stringify(answer?.body))
      assert.equal(answer.body.length, 1)
      assert.equal(answer.body[0]?.errorCode, errorCode, answer.body[0]?.message)
      assert.match(answer.body[0].message, message)
    })
  }
})
