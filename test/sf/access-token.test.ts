/** sf with an access token and nothing else: it works while the session lives, and never asks for another. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startSimulator } from '@keyturn/simulator'
import { good, localhost, makeWorkplace, tokenPosts } from './sf-cli.ts'

const user = 'integration@acme.example'

test('login by access token, display and queries; after the session’s end sf says so and sends no token request', async (t) => {
  const sim = await startSimulator({ seed: 'sf-access-token' })
  t.after(() => sim.close())
  const { sf, sfJson, logins } = makeWorkplace(t)
  const { accessToken, org } = sim.control.grant({ user, app: 'Web' })

  const login = ['org', 'login', 'access-token', '--instance-url', localhost(sim), '--no-prompt', '--alias', 'acme']
  const loggedIn = good(await sfJson(login, { env: { SF_ACCESS_TOKEN: accessToken } }))
  assert.deepEqual([loggedIn.username, loggedIn.orgId], [user, org])
  assert.deepEqual(logins(), [`${user}.json`])

  const shown = good(await sfJson(['org', 'display', '-o', 'acme']))
  assert.deepEqual([shown.connectedStatus, shown.id, shown.username], ['Connected', org, user])

  const soql = 'SELECT Name, Owner.Name FROM Account ORDER BY Name LIMIT 3'
  const rows = good(await sfJson(['data', 'query', '-o', 'acme', '-q', soql]))
  assert.deepEqual([rows.totalSize, rows.done, rows.records.length], [3, true, 3])
  assert.equal(rows.records[0].Owner.Name, 'Ada Admin')
  const table = await sf(['data', 'query', '-o', 'acme', '-q', soql])
  assert.equal(table.code, 0, table.stderr)
  assert.match(table.stdout, /NAME +│ OWNER\.NAME/)
  assert.match(table.stdout, /Total number of records retrieved: 3\./)
  const grouped = await sf(['data', 'query', '-o', 'acme', '-q', 'SELECT COUNT(Id) FROM Contact GROUP BY AccountId'])
  assert.match(grouped.stdout, /COUNT\(ID\)/, grouped.stderr)

  sim.control.expireAccessTokens({ user })
  const over = await sfJson(['data', 'query', '-o', 'acme', '-q', soql])
  assert.deepEqual([over.status, over.name], [1, 'INVALID_SESSION_ID'])
  assert.equal(tokenPosts(sim), 0)
})

test('a result of several pages comes back whole, and records can be made, changed, read and deleted', async (t) => {
  const sim = await startSimulator({ seed: 'sf-pages' })
  t.after(() => sim.close())
  const { sfJson } = makeWorkplace(t)
  const { accessToken } = sim.control.grant({ user: 'admin@acme.example', app: 'Web' })
  const env = { SF_TARGET_ORG: accessToken, SF_ORG_INSTANCE_URL: localhost(sim) }
  const records = Array.from({ length: 200 }, (_, index) => ({
    attributes: { type: 'Lead' },
    LastName: `Lead ${index}`,
    Company: 'Acme',
  }))
  for (let batch = 0; batch < 11; batch++) {
    const made = await fetch(`${sim.url}/services/data/v66.0/composite/sobjects`, {
      method: 'POST',
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ allOrNone: true, records }),
    })
    assert.equal(made.status, 200, await made.text())
  }
  const soql = `SELECT Id FROM Lead WHERE Company = 'Acme'`
  const all = good(await sfJson(['data', 'query', '-q', soql], { env }))
  assert.deepEqual([all.totalSize, all.records.length, all.done], [2200, 2200, true])
  const pages = sim.control.requests().filter(({ path }) => /\/query\/01g/.test(path))
  assert.equal(pages.length, 1)

  const record = (verb: string, ...more: readonly string[]) =>
    sfJson(['data', verb, 'record', '--sobject', 'Lead', ...more], { env })
  const { id } = good(await record('create', '--values', "LastName=Doe Company='Blue Ltd'"))
  good(await record('update', '--record-id', id, '--values', 'LastName=Roe'))
  const read = good(await record('get', '--record-id', id))
  assert.deepEqual([read.LastName, read.Company], ['Roe', 'Blue Ltd'])
  good(await record('delete', '--record-id', id))
  assert.equal((await record('get', '--record-id', id)).status, 1)
})
