/** Logins, verifications and the audit trail: what can’t be filtered, grouped or seen, and what goes missing in a tie. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { scale } from '../../src/index.ts'
import { simulator, userOf } from '../identity/wire.ts'
import { allPages, connectionOf, countOf, refusal, rowsOf, toolingRows } from './asking.ts'

const busy = async () =>
  simulator({ orgs: [scale({ name: 'busy', users: 400, apps: 30, tokens: 0, loginRows: 9000, auditRows: 600 })] })

test('seven fields of LoginHistory can’t be filtered, and can be grouped', async () => {
  const sim = await busy()
  const admin = connectionOf(sim, 'admin@busy.example')
  for (const field of ['Status', 'Application', 'ApiType', 'ApiVersion', 'Browser', 'ClientVersion', 'Platform'])
    assert.equal(await refusal(admin.query(`SELECT Id FROM LoginHistory WHERE ${field} = 'x'`)), 'INVALID_FIELD', field)
  const groups = await rowsOf(
    admin,
    'SELECT LoginType, Status, COUNT(Id) n, MAX(LoginTime) latest FROM LoginHistory WHERE LoginTime >= LAST_N_DAYS:30 GROUP BY LoginType, Status',
  )
  assert.ok(groups.some((row) => row['LoginType'] === 'Other Apex API' && row['Status'] === 'Success'))
  assert.equal(
    await refusal(admin.query(`SELECT Id FROM LoginHistory WHERE SourceIp LIKE '203%'`)),
    'INVALID_QUERY_FILTER_OPERATOR',
  )
})

test('more than 2,000 groups are refused, and fewer users at a time are not', async () => {
  const sim = await busy()
  const admin = connectionOf(sim, 'admin@busy.example')
  const grouped = (where: string): string =>
    `SELECT UserId, Application, Browser, Status, COUNT(Id) n FROM LoginHistory ${where} GROUP BY UserId, Application, Browser, Status`
  assert.equal(await refusal(admin.query(grouped(''))), 'EXCEEDED_ID_LIMIT')
  const users = (await rowsOf(admin, 'SELECT Id FROM User LIMIT 40')).map((row) => `'${String(row['Id'])}'`)
  const part = await rowsOf(admin, grouped(`WHERE UserId IN (${users.join(', ')})`))
  assert.ok(part.length > 0 && part.length <= 2000)
})

test('who may not see logins gets its own rows; verifications, places and frozen users are not there at all', async () => {
  const sim = await busy()
  const plain = connectionOf(sim, 'user1@busy.example')
  const me = (await plain.identity()).user_id
  const seen = await rowsOf(plain, 'SELECT UserId FROM LoginHistory')
  assert.ok(seen.every((row) => row['UserId'] === me))
  for (const name of [
    'VerificationHistory',
    'LoginGeo',
    'LoginIp',
    'UserLogin',
    'TwoFactorInfo',
    'TwoFactorMethodsInfo',
    'EventLogFile',
  ])
    assert.equal(await refusal(plain.query(`SELECT Id FROM ${name}`)), 'INVALID_TYPE', name)
  sim.control.givePermissions({ user: 'user1@busy.example', permissions: ['MonitorLoginHistory', 'ManageTwoFactor'] })
  assert.equal(await countOf(plain, 'SELECT COUNT() FROM LoginHistory'), 9000)
  assert.equal((await allPages(plain, 'SELECT UserId, HasTotp FROM TwoFactorMethodsInfo')).total, 400)
})

test('a key of a second factor can’t be read', async () => {
  const sim = await simulator()
  const admin = connectionOf(sim, userOf(sim, 'admin').username)
  const { fields } = await admin.describe('TwoFactorInfo')
  assert.equal(fields.find(({ name }) => name === 'SharedKey')?.filterable, false)
})

test('the audit trail can be counted as a whole, never grouped, and not filtered by what it says', async () => {
  const sim = await busy()
  const admin = connectionOf(sim, 'admin@busy.example')
  assert.equal(await countOf(admin, 'SELECT COUNT() FROM SetupAuditTrail'), 600)
  assert.equal(await refusal(admin.query('SELECT COUNT(Id) FROM SetupAuditTrail')), 'MALFORMED_QUERY')
  assert.equal(
    await refusal(admin.query('SELECT Action, COUNT(Id) n FROM SetupAuditTrail GROUP BY Action')),
    'MALFORMED_QUERY',
  )
  for (const field of ['Display', 'Section'])
    assert.equal(await refusal(admin.query(`SELECT Id FROM SetupAuditTrail WHERE ${field} = 'x'`)), 'INVALID_FIELD')
})

test('a cursor over the audit trail by > loses rows of the same second; >= with ids loses none', async () => {
  const sim = await busy()
  const admin = connectionOf(sim, 'admin@busy.example')
  const walk = async (operator: '>' | '>='): Promise<number> => {
    const seen = new Set<unknown>()
    for (let after = '1970-01-01T00:00:00Z'; ;) {
      const page = await rowsOf(
        admin,
        `SELECT Id, CreatedDate FROM SetupAuditTrail WHERE CreatedDate ${operator} ${after} ORDER BY CreatedDate LIMIT 50`,
      )
      const fresh = page.filter((row) => !seen.has(row['Id']))
      for (const row of fresh) seen.add(row['Id'])
      if (fresh.length === 0) return seen.size
      after = String(page.at(-1)?.['CreatedDate']).replace('+0000', 'Z')
    }
  }
  assert.equal(await walk('>='), 600)
  assert.ok((await walk('>')) < 600)
})

test('LoginHistory is no object of the Tooling API', async () => {
  const sim = await simulator()
  const admin = connectionOf(sim, userOf(sim, 'admin').username)
  assert.equal(await refusal(toolingRows(admin, 'SELECT Id FROM LoginHistory')), 'INVALID_TYPE')
})
