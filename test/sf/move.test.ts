/** `keyturn connect --from-sf`: the refresh token of an sf login changes its holder, and has one at any time. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { startSimulator } from '@keyturn/simulator'
import { loginWeb } from './fake-browser.ts'
import { endSession } from './keyturn-grant.ts'
import { good, keyturnPackage, makeWorkplace, type Ran, type Workplace } from './sf-cli.ts'

type Run = (args: readonly string[]) => Promise<Ran>

const user = 'integration@acme.example'

/** `make` says how Keyturn is started in this workplace. */
const moves = async (t: TestContext, make: (place: Workplace) => Promise<Run>): Promise<void> => {
  const sim = await startSimulator({ seed: t.name })
  t.after(() => sim.close())
  const place = makeWorkplace(t)
  const run = await make(place)
  const { sfJson } = place
  await loginWeb(sim, place, user, 'acme-prod')
  const login = (): Readonly<Record<string, unknown>> =>
    JSON.parse(readFileSync(join(place.home, '.sfdx', `${user}.json`), 'utf8'))
  assert.ok('refreshToken' in login())

  await place.keyturnJson(['init'])
  const connected = await run(['connect', 'acme', '--from-sf', 'acme-prod', '--json'])
  assert.equal(connected.code, 0, connected.stdout + connected.stderr)
  const { how, grant } = JSON.parse(connected.stdout)
  assert.deepEqual([how, grant.status, grant.username], ['sf', 'live', user])
  const { refreshToken, accessToken } = login()
  assert.deepEqual([refreshToken, typeof accessToken], [undefined, 'string'])

  const query = ['data', 'query', '-q', 'SELECT Id FROM Account']
  assert.equal(good(await sfJson([...query, '-o', 'acme-prod'])).totalSize, 8)
  const before = sim.control.oracle().total.exchanges
  for (const exchanges of [1, 2]) {
    assert.equal((await endSession({ sim, place, user }, run)).code, 0)
    assert.equal(sim.control.oracle().total.exchanges, before + exchanges)
    const ran = await run(['exec', 'acme', '--', 'sf', ...query, '--json'])
    assert.equal(JSON.parse(ran.stdout).result?.totalSize, 8, ran.stdout + ran.stderr)
    const alone = await sfJson([...query, '-o', 'acme-prod'])
    assert.deepEqual([alone.status, alone.name], [1, 'INVALID_SESSION_ID'], 'sf itself can’t refresh any more')
    assert.equal(sim.control.oracle().total.exchanges, before + exchanges, 'and does not try')
  }

  // A logout forgets the login in sf; the grant goes on.
  const out = await place.sf(['org', 'logout', '-o', 'acme-prod', '--no-prompt'])
  assert.equal(out.code, 0, out.stderr)
  assert.deepEqual(place.logins(), [])
  assert.equal((await endSession({ sim, place, user }, run)).code, 0)
  const { reuses, grantsLost, orphaned } = sim.control.oracle().total
  assert.deepEqual({ reuses, grantsLost, orphaned }, { reuses: 0, grantsLost: 0, orphaned: 0 })
}

test('by our own bin: sf keeps an access token, Keyturn the grant, through two ends of a session and without a reuse', (t) =>
  moves(t, (place) => Promise.resolve(place.keyturn)))

test('by the plugin, in the process of sf itself: the same', (t) =>
  moves(t, async (place) => {
    const link = await place.sf(['plugins', 'link', keyturnPackage, '--no-install'])
    assert.equal(link.code, 0, link.stderr)
    return (args) => place.sf(['keyturn', ...args])
  }))
