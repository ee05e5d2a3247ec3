/**
 * sf with a web login under rotation, without Keyturn: what the CLI makes of two ends of a session. The newest core
 * keeps its login; the one that this version of sf was released with loses it at the second.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startSimulator } from '@keyturn/simulator'
import { loginWeb } from './fake-browser.ts'
import { pinnedCore } from './older-core.ts'
import { good, makeWorkplace } from './sf-cli.ts'

const user = 'integration@acme.example'
const query = ['data', 'query', '-o', 'acme', '-q', 'SELECT Id FROM Account']

test('login with a browser and PKCE, then three refreshes on the core that npm installs', async (t) => {
  const sim = await startSimulator({ seed: 'sf-web' })
  t.after(() => sim.close())
  const place = makeWorkplace(t)
  const loggedIn = await loginWeb(sim, place, user, 'acme')
  assert.deepEqual([loggedIn.username, loggedIn.clientId], [user, 'PlatformCLI'])
  for (const exchanges of [1, 2, 3]) {
    sim.control.expireAccessTokens({ user })
    assert.equal(good(await place.sfJson(query)).totalSize, 8)
    assert.equal(sim.control.oracle().total.exchanges, exchanges)
  }
  const { reuses, grantsLost } = sim.control.oracle().total
  assert.deepEqual({ reuses, grantsLost }, { reuses: 0, grantsLost: 0 })
})

test('on the core that the CLI’s shrinkwrap pins, the second refresh sends a spent token and loses the login', async (t) => {
  const sim = await startSimulator({ seed: 'sf-web-pinned' })
  t.after(() => sim.close())
  const place = makeWorkplace(t)
  const { version, env } = await pinnedCore(place, process.env['KEYTURN_SF'] ?? '')
  assert.equal(version, '9.1.7')
  await loginWeb(sim, place, user, 'acme', env)
  const outcomes: number[] = []
  for (let end = 0; end < 2; end++) {
    sim.control.expireAccessTokens({ user })
    outcomes.push((await place.sfJson(query, { env })).status)
  }
  assert.deepEqual(outcomes, [0, 1])
  const { exchanges, reuses, grantsLost } = sim.control.oracle().total
  assert.deepEqual({ exchanges, reuses, grantsLost }, { exchanges: 1, reuses: 1, grantsLost: 1 })
})
