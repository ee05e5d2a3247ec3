/** A table of SOQL queries against the seeded records and what they answer, over HTTP, as the administrator. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { call, listen, makeOrg, type Listening } from './test-org.ts'

const org = makeOrg()
let server: Listening

before(async () => {
  server = await listen(org)
})
after(() => server.close())

/** A record as its values in order, joined by bars; children as their number. */
function flat(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  if ('records' in value && Array.isArray(value.records)) return `#${value.records.length}`
  return Object.entries(value)
    .filter(([name]) => name !== 'attributes')
    .map(([, each]) => flat(each))
    .join('|')
}

const cases: readonly (readonly [soql: string, expected: readonly string[]])[] = [
  // Fields, aliases, case
  [`SELECT Name FROM Account WHERE Name = 'sForce'`, ['sForce']],
  [`select NAME from ACCOUNT where NAME = 'SFORCE'`, ['sForce']],
  [`SELECT a.Name FROM Account a WHERE a.Name = 'sForce'`, ['sForce']],
  [`SELECT Account.Name FROM Account WHERE Account.Name = 'sForce'`, ['sForce']],
  [
    `SELECT Name, Industry, AnnualRevenue FROM Account WHERE ERP_Id__c = 'ERP-0001'`,
    ['Edge Communications|Technology|139000000'],
  ],
  [`SELECT IsDeleted, Industry FROM Account WHERE Name = 'sForce'`, ['false|null']],
  [`SELECT BillingAddress FROM Account WHERE ERP_Id__c = 'ERP-0001'`, ['Austin|USA|null|TX|null|null|null|null']],
  [`SELECT ShippingAddress FROM Account WHERE ERP_Id__c = 'ERP-0001'`, ['null']],
  [`SELECT CreatedDate FROM Account WHERE Name = 'sForce'`, ['2026-11-12T12:00:00.000+0000']],
  // Parents and children
  [`SELECT Name, Account.Name FROM Contact WHERE LastName = 'Forbes'`, ['Sean Forbes|Edge Communications']],
  [`SELECT Contact.Account.Owner.Profile.Name FROM Contact WHERE LastName = 'Forbes'`, ['System Administrator']],
  [`SELECT LastName, Account.Name FROM Contact WHERE AccountId = null`, ['Unattached|null']],
  [`SELECT LastName FROM Contact WHERE Account.Industry = 'Energy'`, ['Green']],
  [`SELECT LastName FROM Contact WHERE Account.Name = null`, ['Unattached']],
  [
    `SELECT Name, (SELECT Id FROM Contacts) FROM Account WHERE ERP_Id__c IN ('ERP-0001', 'ERP-0004')`,
    ['Edge Communications|#2', 'Grand Hotels & Resorts|null'],
  ],
  [
    `SELECT Name, (SELECT LastName FROM Contacts WHERE LastName LIKE 'F%'), (SELECT Name FROM Opportunities) FROM Account WHERE ERP_Id__c = 'ERP-0001'`,
    ['Edge Communications|#1|#2'],
  ],
  [`SELECT Name, (SELECT Name FROM Invoices__r) FROM Account WHERE ERP_Id__c = 'ERP-0001'`, ['Edge Communications|#1']],
  [`SELECT Name, Account__r.Name FROM Invoice__c`, ['INV-1|Edge Communications']],
  [
    `SELECT Subject, What.Name, What.Type, Who.Name FROM Task WHERE Status = 'Not Started'`,
    ['Call|Edge Communications|Account|Rose Gonzalez'],
  ],
  [`SELECT Subject FROM Task WHERE What.Type = 'Opportunity'`, ['Send quote']],
  // Comparing text
  [`SELECT LastName FROM Contact WHERE Name = 'änne müller'`, ['Müller']],
  [`SELECT Name FROM Account WHERE Name LIKE 'ed%'`, ['Edge Communications']],
  [`SELECT Name FROM Account WHERE Name LIKE '%LOGISTIK'`, ['Müller Logistik']],
  [`SELECT Name FROM Account WHERE Name LIKE 'MÜ%'`, ['Müller Logistik']],
  [`SELECT Name FROM Account WHERE Name LIKE 'sForc_'`, ['sForce']],
  [`SELECT Name FROM Account WHERE Name LIKE '%\\%%'`, []],
  [`SELECT Name FROM Account WHERE (NOT Name LIKE '%e%')`, ['Pyramid Construction']],
  [`SELECT Name FROM Account WHERE Name IN ('SFORCE', 'Dickenson PLC', 'nobody')`, ['Dickenson plc', 'sForce']],
  [
    `SELECT Name FROM Account WHERE Rating NOT IN ('Hot', 'Warm')`,
    ['Pyramid Construction', 'Müller Logistik', 'Dickenson plc', 'sForce'],
  ],
  [`SELECT Name FROM Account WHERE Rating IN ('Cold', null) AND Industry = null`, ['Dickenson plc', 'sForce']],
  [
    `SELECT Name FROM Account WHERE Rating != 'Hot' AND Industry != null`,
    ['Burlington Textiles', 'Pyramid Construction', 'Grand Hotels & Resorts', 'Müller Logistik'],
  ],
  [`SELECT Name FROM Account WHERE Industry = ''`, ['Dickenson plc', 'sForce']],
  [`SELECT Name FROM Account WHERE Name > 'P' ORDER BY Name`, ['Pyramid Construction', 'sForce', 'United Oil & Gas']],
  [`SELECT Name FROM Account WHERE Name = 'it\\'s'`, []],
  // Numbers and booleans
  [`SELECT Name FROM Account WHERE AnnualRevenue > 900000000`, ['Pyramid Construction', 'United Oil & Gas']],
  [`SELECT Name FROM Account WHERE AnnualRevenue <= 50000000.0`, ['Dickenson plc']],
  [`SELECT Name FROM Account WHERE AnnualRevenue = null`, ['Müller Logistik', 'sForce']],
  [`SELECT Name FROM Account WHERE NumberOfEmployees IN (120, 320)`, ['Müller Logistik', 'Dickenson plc']],
  [`SELECT Name FROM Account WHERE Margin__c = 21.75`, ['United Oil & Gas']],
  [`SELECT Name FROM Opportunity WHERE Amount = 50000.5`, ['Edge Installation']],
  [`SELECT Name FROM Opportunity WHERE IsClosed = TRUE AND IsWon = false`, ['United Oil Standby Generators']],
  [`SELECT LastName FROM Contact WHERE VIP__c = true`, ['Gonzalez']],
  [`SELECT Subject FROM Case WHERE Contact.VIP__c = false`, ['Generator assembly instructions unclear']],
  // Logic
  [`SELECT Name FROM Account WHERE (Rating = 'Hot' OR Rating = 'Cold') AND Region__c = 'EMEA'`, ['Müller Logistik']],
  [`SELECT Name FROM Account WHERE Rating = 'Hot' AND NOT (Region__c = 'APAC')`, ['Edge Communications']],
  [
    `SELECT Name FROM Account WHERE NOT (Rating = 'Hot' OR Rating = 'Warm') AND Region__c = 'EMEA'`,
    ['Pyramid Construction', 'Müller Logistik'],
  ],
  [`SELECT Name FROM Account WHERE ((Rating = 'Warm')) AND (((Industry = 'Retail')))`, ['Grand Hotels & Resorts']],
  // Multi-select picklists
  [
    `SELECT Name FROM Account WHERE Products__c INCLUDES ('Core')`,
    ['Edge Communications', 'Burlington Textiles', 'Grand Hotels & Resorts'],
  ],
  [
    `SELECT Name FROM Account WHERE Products__c INCLUDES ('core;support', 'Analytics')`,
    ['Edge Communications', 'Grand Hotels & Resorts', 'United Oil & Gas'],
  ],
  [
    `SELECT Name FROM Account WHERE Products__c EXCLUDES ('Core') AND Products__c != null`,
    ['Pyramid Construction', 'United Oil & Gas'],
  ],
  [`SELECT Name FROM Account WHERE Products__c = 'Core'`, ['Burlington Textiles']],
  // Semi-joins
  [
    `SELECT Name FROM Account WHERE Id IN (SELECT AccountId FROM Opportunity WHERE StageName = 'Closed Won')`,
    ['Edge Communications'],
  ],
  [
    `SELECT Name FROM Account WHERE Id NOT IN (SELECT AccountId FROM Contact)`,
    ['Grand Hotels & Resorts', 'Dickenson plc', 'sForce'],
  ],
  [
    `SELECT Name FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE LeadSource = 'Web') AND Id IN (SELECT AccountId FROM Opportunity)`,
    ['Edge Communications'],
  ],
  [
    `SELECT LastName FROM Contact WHERE AccountId IN (SELECT Id FROM Account WHERE Owner.Username = 'ada@acme.example') AND Title = 'CFO'`,
    ['Forbes', 'Green'],
  ],
  // Dates
  [`SELECT Name FROM Opportunity WHERE CloseDate = TODAY`, ['United Oil Refinery Generators']],
  [`SELECT Name FROM Opportunity WHERE CloseDate = 2026-12-12`, ['Edge Installation']],
  [
    `SELECT Name FROM Opportunity WHERE CloseDate > TODAY AND CloseDate = THIS_YEAR`,
    ['Edge Installation', 'Müller Pilot'],
  ],
  [`SELECT Name FROM Opportunity WHERE CloseDate = NEXT_N_DAYS:7`, ['Müller Pilot']],
  [`SELECT Name FROM Opportunity WHERE CloseDate = LAST_YEAR`, ['United Oil Standby Generators']],
  [`SELECT Name FROM Opportunity WHERE CloseDate = NEXT_QUARTER`, ['Grand Hotels Kitchen Generator']],
  [`SELECT Name FROM Opportunity WHERE CloseDate = LAST_MONTH`, ['Edge Emergency Generator']],
  [`SELECT Name FROM Opportunity WHERE CloseDate < LAST_N_YEARS:1`, []],
  [`SELECT Name FROM Account WHERE CreatedDate = LAST_N_DAYS:20`, ['Dickenson plc', 'sForce']],
  [`SELECT Name FROM Account WHERE CreatedDate = N_DAYS_AGO:10`, ['sForce']],
  [`SELECT Name FROM Account WHERE CreatedDate >= THIS_MONTH`, ['Dickenson plc', 'sForce']],
  [`SELECT Name FROM Account WHERE CreatedDate < 2026-09-13T12:00:00Z`, ['Edge Communications']],
  [
    `SELECT Name FROM Account WHERE CreatedDate <= 2026-09-13T14:00:00+02:00`,
    ['Edge Communications', 'Burlington Textiles'],
  ],
  [
    `SELECT Name FROM Account WHERE CreatedDate = LAST_QUARTER`,
    ['Edge Communications', 'Burlington Textiles', 'Pyramid Construction'],
  ],
  // Order, limit, offset
  [`SELECT Name FROM Account ORDER BY Name DESC LIMIT 2`, ['United Oil & Gas', 'sForce']],
  [`SELECT Name FROM Account ORDER BY Industry NULLS LAST, Name LIMIT 2`, ['Pyramid Construction', 'United Oil & Gas']],
  [`SELECT Name FROM Account ORDER BY AnnualRevenue LIMIT 3`, ['Müller Logistik', 'sForce', 'Dickenson plc']],
  [`SELECT Name FROM Account ORDER BY AnnualRevenue DESC NULLS LAST LIMIT 1`, ['United Oil & Gas']],
  [`SELECT Name FROM Account ORDER BY Name LIMIT 2 OFFSET 6`, ['sForce', 'United Oil & Gas']],
  [`SELECT LastName FROM Contact ORDER BY Account.Name DESC NULLS LAST, LastName LIMIT 1`, ['Green']],
  [`SELECT Name FROM Account LIMIT 0`, []],
  // Aggregates
  [`SELECT COUNT(Id) FROM Account`, ['8']],
  [`SELECT COUNT(Industry), COUNT_DISTINCT(Rating) ratings FROM Account`, ['6|3']],
  [
    `SELECT SUM(Amount), AVG(Probability), MIN(CloseDate), MAX(Amount) FROM Opportunity WHERE IsClosed = false`,
    ['335000.5|58.333333333333336|2026-11-22|270000'],
  ],
  [
    `SELECT Region__c, COUNT(Id) n FROM Account GROUP BY Region__c ORDER BY COUNT(Id) DESC, Region__c`,
    ['AMER|3', 'null|2', 'EMEA|2', 'APAC|1'],
  ],
  [`SELECT Region__c FROM Account WHERE Region__c != null GROUP BY Region__c HAVING COUNT(Id) > 1`, ['AMER', 'EMEA']],
  [
    `SELECT Account.Name, COUNT(Id) FROM Opportunity GROUP BY Account.Name HAVING SUM(Amount) > 100000 AND Account.Name LIKE 'E%'`,
    ['Edge Communications|2'],
  ],
  [
    `SELECT CALENDAR_YEAR(CloseDate) y, COUNT(Id) FROM Opportunity GROUP BY CALENDAR_YEAR(CloseDate) ORDER BY CALENDAR_YEAR(CloseDate)`,
    ['2025|1', '2026|4', '2027|1'],
  ],
  [`SELECT DAY_ONLY(CreatedDate) d, COUNT(Id) FROM Opportunity GROUP BY DAY_ONLY(CreatedDate)`, ['2026-11-22|6']],
  [`SELECT MAX(CreatedDate) FROM Account`, ['2026-11-12T12:00:00.000+0000']],
  [`SELECT Name FROM Opportunity WHERE CALENDAR_MONTH(CloseDate) = 12`, ['Edge Installation']],
  [`SELECT SUM(Amount) FROM Opportunity WHERE Name = 'none'`, ['null']],
  // Setup objects
  [
    `SELECT PermissionSet.Type, Assignee.Username FROM PermissionSetAssignment WHERE PermissionSet.PermissionsViewSetup = true`,
    ['Profile|ada@acme.example', 'Regular|iggy@acme.example'],
  ],
  [
    `SELECT Field FROM FieldPermissions WHERE Parent.Name = 'Billing_Sync_Integration' AND SobjectType = 'Account' AND PermissionsEdit = false ORDER BY Field`,
    ['Account.Industry', 'Account.Region__c'],
  ],
  [`SELECT Name, IsSandbox FROM Organization`, ['Acme Corp|false']],
]

describe('SOQL answers', () => {
  for (const [soql, expected] of cases) {
    it(soql, async () => {
      const { status, body } = await call(
        server.url,
        'admin',
        'GET',
        `/services/data/v66.0/query?q=${encodeURIComponent(soql)}`,
      )
      assert.equal(status, 200, JSON.stringify(body))
      const { totalSize, done, records } = body as { totalSize: number; done: boolean; records: unknown[] }
      assert.deepEqual(records.map(flat), expected)
      assert.equal(totalSize, expected.length)
      assert.equal(done, true)
    })
  }

  it('counts without records when only COUNT() is asked', async () => {
    const { body } = await call(
      server.url,
      'admin',
      'GET',
      '/services/data/v66.0/query?q=SELECT+COUNT()+FROM+Account+WHERE+Rating=null',
    )
    assert.deepEqual(body, { totalSize: 3, done: true, records: [] })
  })

  it('nests parents and children with their attributes, and names fields as declared', async () => {
    const soql = `select id, owner.name, (select lastname from contacts where title = 'CFO') from account where erp_id__c = 'erp-0001'`
    const { body } = await call(server.url, 'admin', 'GET', `/services/data/v66.0/query?q=${encodeURIComponent(soql)}`)
    const [accountId] = org.records.accountIds
    const [, contactId] = org.records.contactIds
    assert.deepEqual((body as { records: unknown[] }).records, [
      {
        attributes: { type: 'Account', url: `/services/data/v66.0/sobjects/Account/${accountId}` },
        Id: accountId,
        Owner: {
          attributes: { type: 'User', url: `/services/data/v66.0/sobjects/User/${org.users.admin}` },
          Name: 'Ada Tester',
        },
        Contacts: {
          totalSize: 1,
          done: true,
          records: [
            {
              attributes: { type: 'Contact', url: `/services/data/v66.0/sobjects/Contact/${contactId}` },
              LastName: 'Forbes',
            },
          ],
        },
      },
    ])
  })

  it('expands FIELDS() to what the caller may read', async () => {
    const query = (who: string, soql: string) =>
      call(server.url, who, 'GET', `/services/data/v66.0/query?q=${encodeURIComponent(soql)}`)
    const first = async (who: string, which: string): Promise<string[]> => {
      const { body } = await query(who, `SELECT FIELDS(${which}) FROM Account LIMIT 1`)
      return Object.keys((body as { records: object[] }).records[0] ?? {})
    }
    assert.deepEqual(await first('admin', 'CUSTOM'), [
      'attributes',
      'Region__c',
      'Products__c',
      'ERP_Id__c',
      'Margin__c',
      'Contract_End__c',
    ])
    assert.deepEqual(await first('integration', 'CUSTOM'), [
      'attributes',
      'Region__c',
      'Products__c',
      'ERP_Id__c',
      'Contract_End__c',
    ])
    assert.ok((await first('admin', 'ALL')).includes('AnnualRevenue'))
    assert.ok(!(await first('integration', 'STANDARD')).includes('AnnualRevenue'))
  })
})
