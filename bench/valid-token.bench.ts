/**
 * A valid token in process, with a change by another process seen within 250 ms (that it is seen is a test:
 * packages/tokens/test/conformance/sharing.test.ts).
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKeyturn } from '@keyturn/tokens'
import { Mutex } from 'async-mutex'
import { AuthorizationCode } from 'simple-oauth2'
import { inTurns, report } from './measure.ts'
import { startBenchOrg } from './org.ts'

const CALLS = 200_000
const org = await startBenchOrg()
const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-'))
const ready = await org.grant()
const keyturn = await openKeyturn({ store: `sqlite:${join(folder, 'keyturn.db')}`, masterKey: randomBytes(32) })
await keyturn.grants.add({
  name: 'acme',
  loginUrl: ready.instanceUrl,
  clientId: ready.clientId,
  clientSecret: ready.clientSecret,
  refreshToken: ready.refreshToken,
  flow: 'refresh_token',
})
await keyturn.token('acme')

const client = new AuthorizationCode({
  client: { id: ready.clientId, secret: ready.clientSecret },
  auth: { tokenHost: ready.instanceUrl },
})
const bare = client.createToken({ access_token: ready.accessToken, refresh_token: ready.refreshToken })
const mutex = new Mutex()

const perSecond = async (call: () => Promise<unknown>): Promise<number> => {
  const started = performance.now()
  for (let n = 0; n < CALLS; n++) await call()
  return (CALLS / (performance.now() - started)) * 1000
}

const results = await inTurns(5, {
  'keyturn.token()': () => perSecond(() => keyturn.token('acme')),
  'simple-oauth2, bare: expired() and the token': () =>
    perSecond(async () => (bare.expired() ? null : bare.token.access_token)),
  'simple-oauth2 in an async-mutex': () =>
    perSecond(() => mutex.runExclusive(() => (bare.expired() ? null : bare.token.access_token))),
})
const found = results['keyturn.token()']?.median ?? 0
report('valid-token', 'tokens/s', results, [
  {
    what: 'a valid token in process',
    wanted: '≥ 100,000/s',
    found: `${Math.round(found).toLocaleString('en')}/s`,
    met: found >= 100_000,
  },
])
await keyturn.close()
await org.close()
rmSync(folder, { recursive: true })
