/** sf without a login of its own: an access token by argument, or by `keyturn exec` in the environment. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startSimulator } from '@keyturn/simulator'
import { connected, endSession } from './keyturn-grant.ts'
import { good, localhost, makeWorkplace, tokenPosts } from './sf-cli.ts'

const soql = 'SELECT Id, Name FROM Account'

test('SF_ORG_INSTANCE_URL and the token as target org need no login', async (t) => {
  const sim = await startSimulator({ seed: 'sf-no-login' })
  t.after(() => sim.close())
  const { sfJson, logins } = makeWorkplace(t)
  const { accessToken } = sim.control.grant({ user: 'integration@acme.example', app: 'Web' })
  const env = { SF_ORG_INSTANCE_URL: localhost(sim) }
  const rows = good(await sfJson(['data', 'query', '-o', accessToken, '-q', soql], { env }))
  assert.equal(rows.totalSize, 8)
  assert.deepEqual(logins(), [])
  assert.equal(tokenPosts(sim), 0)
})

test('keyturn exec gives sf a living token, also after the session’s end, and sf keeps nothing of it', async (t) => {
  const setup = await connected(t)
  const { sim, place } = setup
  for (const exchanges of [1, 2, 3]) {
    if (exchanges > 1) assert.equal((await endSession(setup)).code, 0)
    const ran = await place.keyturn(['exec', 'acme', '--', 'sf', 'data', 'query', '-q', soql, '--json'])
    assert.equal(ran.code, 0, ran.stdout + ran.stderr)
    assert.equal(JSON.parse(ran.stdout).result.totalSize, 8)
    assert.equal(sim.control.oracle().total.exchanges, exchanges)
  }
  const shown = await place.keyturn(['exec', 'acme', '--', 'sf', 'org', 'display', '--json'])
  const { connectedStatus, username } = JSON.parse(shown.stdout).result
  assert.equal(connectedStatus, 'Connected')
  // sf redacts `accessToken` and shows the token as the name of the user: docs/clients.md warns of it.
  assert.equal(username, (await place.keyturnJson(['token', 'acme'])).accessToken)
  assert.deepEqual(place.logins(), [])
  const left = readdirSync(place.home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'))
  assert.ok(left.length > 0, 'sf left files')
  for (const secret of sim.control.secrets()) assert.ok(!left.some((text) => text.includes(secret)))
  const refused = await place.keyturn(['exec', 'acme', '--', 'sf', 'data', 'query', '-q', 'SELECT Nope FROM Account'])
  assert.equal(refused.code, 1, 'the exit code of sf is passed on')
  assert.equal(sim.control.oracle().total.reuses, 0)
})
