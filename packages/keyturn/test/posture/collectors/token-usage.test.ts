/** The inventory of tokens against a second opinion: the org's own page of who uses which external client app. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { auditedOrg, valueOf } from './audited-org.ts'

const admin = 'admin@acme.example'
const spec = {
  name: 'acme',
  users: [{ username: admin, profile: 'System Administrator' as const }],
  apps: [{ name: 'Silent', kind: 'external' as const }],
}

/** The page knows a user of an app of which OauthToken shows no token, and these are the user's tokens. */
const withUse = async (t: TestContext, tokens: readonly object[]) => {
  const { sim, collect } = await auditedOrg(t, { spec, user: admin })
  const users = [{ userIdentifier: '005000000000007AAA', username: 'sync@acme.example' }]
  const answer = (path: string, body: object) =>
    sim.control.addFault({ match: { path }, count: 'forever', action: { status: 200, body: JSON.stringify(body) } })
  answer('/apps/oauth/usage/[^/]+/users$', { users })
  answer('/apps/oauth/usage/[^/]+/[^/]+/tokens$', { tokens })
  return (await collect(['tokens', 'apps'])).facts
}

void test('tokens that the usage page knows and OauthToken does not show make the inventory inconclusive, by name', async (t) => {
  const { tokens } = await withUse(t, [{ useCount: 3 }])
  const inventory = valueOf(tokens)
  assert.equal(inventory.complete, false)
  assert.match(inventory.why, /usage page knows tokens of Silent/)
})

void test('an app that is used without tokens, as machine flows are, is no gap', async (t) => {
  const { tokens, apps } = await withUse(t, [])
  const inventory = valueOf(tokens)
  assert.equal(inventory.complete, true, inventory.why)
  assert.match(inventory.why, /Silent is used without a token/)
  for (const app of valueOf(apps)) assert.equal(app.tokens.is, 'known', app.name)
})

void test('an app that nobody uses is compared, too', async (t) => {
  const { collect } = await auditedOrg(t, { spec, user: admin })
  const inventory = valueOf((await collect(['tokens'])).facts.tokens)
  assert.equal(inventory.complete, true)
  assert.match(inventory.why, /1 app without tokens compared/)
})
