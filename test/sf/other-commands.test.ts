/** What people ask sf for besides queries: limits, objects, REST calls, exports. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startSimulator } from '@keyturn/simulator'
import { good, localhost, makeWorkplace } from './sf-cli.ts'

test('limits, objects, describe, a REST call and an export answer as from an org', async (t) => {
  const sim = await startSimulator({ seed: 'sf-other-commands' })
  t.after(() => sim.close())
  const { sf, sfJson, folder } = makeWorkplace(t)
  const { accessToken } = sim.control.grant({ user: 'admin@acme.example', app: 'Web' })
  const env = { SF_TARGET_ORG: accessToken, SF_ORG_INSTANCE_URL: localhost(sim) }
  const ask = async (...args: readonly string[]) => good(await sfJson(args, { env }))

  const limits: readonly { readonly name: string; readonly max: number; readonly remaining: number }[] = await ask(
    'org',
    'list',
    'limits',
  )
  const daily = limits.find(({ name }) => name === 'DailyApiRequests')
  assert.ok(daily !== undefined && daily.remaining < daily.max)
  assert.ok((await ask('sobject', 'list', '--sobject', 'all')).includes('Account'))
  const { name, fields } = await ask('sobject', 'describe', '--sobject', 'Account')
  assert.equal(name, 'Account')
  assert.ok(fields.some((field: { readonly name: string }) => field.name === 'Industry'))
  const raw = await sf(['api', 'request', 'rest', 'services/data/v66.0/sobjects/Account/describe'], { env })
  assert.equal(JSON.parse(raw.stdout).name, 'Account', raw.stderr)
  const exported = await sf(['data', 'export', 'tree', '-q', 'SELECT Name FROM Account', '-d', 'out'], { env })
  assert.equal(exported.code, 0, exported.stderr)
  assert.equal(JSON.parse(readFileSync(join(folder, 'out', 'Account.json'), 'utf8')).records.length, 8)
})

test('an object the user may not see is refused with Salesforce’s error, and sf exits with 1', async (t) => {
  const sim = await startSimulator({ seed: 'sf-refused' })
  t.after(() => sim.close())
  const { sfJson } = makeWorkplace(t)
  const { accessToken } = sim.control.grant({ user: 'api@acme.example', app: 'Web' })
  const env = { SF_TARGET_ORG: accessToken, SF_ORG_INSTANCE_URL: localhost(sim) }
  const refused = await sfJson(['data', 'query', '-q', 'SELECT Id FROM Case'], { env })
  assert.deepEqual([refused.status, refused.name], [1, 'INVALID_TYPE'])
})
