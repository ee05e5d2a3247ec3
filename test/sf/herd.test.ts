/** Several sf processes at once after the end of a session: with tokens of Keyturn, one exchange serves them all. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connected } from './keyturn-grant.ts'
import { keyturnPackage } from './sf-cli.ts'

test('six processes that met the same 401 get one new token, and their sf commands work', async (t) => {
  const { sim, place, user } = await connected(t)
  const link = await place.sf(['plugins', 'link', keyturnPackage, '--no-install'])
  assert.equal(link.code, 0, link.stderr)
  const { generation } = await place.keyturnJson(['token', 'acme'])
  const before = sim.control.oracle().total.exchanges
  assert.ok(sim.control.expireAccessTokens({ user }) > 0)
  const query = ['data', 'query', '-q', 'SELECT Id FROM Account', '--json']

  const ask = ['keyturn', 'token', 'acme', '--rejected', String(generation), '--json']
  const workers = Array.from({ length: 6 }, async (_, index) => {
    // Half of them by the plugin inside sf, half by our own bin.
    const asked = await (index % 2 === 0 ? place.sf(ask) : place.keyturn(ask.slice(1)))
    assert.equal(asked.code, 0, asked.stdout + asked.stderr)
    const { accessToken, instanceUrl } = JSON.parse(asked.stdout)
    const env = { SF_TARGET_ORG: accessToken, SF_ORG_INSTANCE_URL: instanceUrl }
    const { stdout } = await (index < 3
      ? place.sf(query, { env })
      : place.keyturn(['exec', 'acme', '--', 'sf', ...query]))
    return { accessToken, rows: JSON.parse(stdout).result?.totalSize }
  })
  const done = await Promise.all(workers)
  assert.deepEqual(
    done.map(({ rows }) => rows),
    [8, 8, 8, 8, 8, 8],
  )
  assert.equal(new Set(done.map(({ accessToken }) => accessToken)).size, 1)
  const { exchanges, reuses, inFlightRejects, grantsLost } = sim.control.oracle().total
  assert.deepEqual([exchanges - before, reuses, inFlightRejects, grantsLost], [1, 0, 0, 0])
})
