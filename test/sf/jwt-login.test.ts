/** sf with a JWT login: nothing rotates, so the end of a session costs one more assertion. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startSimulator } from '@keyturn/simulator'
import { good, localhost, makeWorkplace } from './sf-cli.ts'

test('login by JWT, display, query, and again after the session’s end', async (t) => {
  const sim = await startSimulator({ seed: 'sf-jwt' })
  t.after(() => sim.close())
  const { sfJson, folder } = makeWorkplace(t)
  const app = sim.orgs[0]?.apps.find(({ name }) => name === 'Jwt')
  assert.ok(app?.privateKey)
  const keyFile = join(folder, 'server.key')
  writeFileSync(keyFile, app.privateKey, { mode: 0o600 })
  const user = 'api@acme.example'

  const flags = ['--client-id', app.clientId, '--jwt-key-file', keyFile, '--username', user, '--alias', 'acme']
  const loggedIn = good(await sfJson(['org', 'login', 'jwt', '--instance-url', localhost(sim), ...flags]))
  assert.deepEqual([loggedIn.username, loggedIn.orgId], [user, sim.orgs[0]?.id])
  const shown = good(await sfJson(['org', 'display', '-o', 'acme']))
  assert.deepEqual([shown.connectedStatus, shown.clientId], ['Connected', app.clientId])

  const posts = (): number => sim.control.requests().filter(({ grantType }) => grantType?.endsWith('jwt-bearer')).length
  const query = ['data', 'query', '-o', 'acme', '-q', 'SELECT Id, Username FROM User ORDER BY Username']
  for (const end of [false, true, true]) {
    const before = posts()
    if (end) assert.ok(sim.control.expireAccessTokens({ user }) > 0)
    const rows = good(await sfJson(query))
    assert.ok(rows.records.length > 0)
    assert.equal(posts() - before, end ? 1 : 0)
  }
  assert.equal(sim.control.oracle().total.exchanges, 0)
})
