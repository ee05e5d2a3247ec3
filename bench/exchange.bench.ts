/**
 * One exchange in all: from the report of a dead token to the new one, everything durable. Beside it the floor: a bare
 * POST on a fresh connection and two durable writes; and what the peers do, who write at most once.
 *
 * The second table adds 5 ms to every fsync (SQLite's too, by a file system shim is not to be had everywhere; so each
 * durable write of either side is followed by a wait of 5 ms in the thread that made it).
 */
import { randomBytes } from 'node:crypto'
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKeyturn, type Keyturn } from '@keyturn/tokens'
import jsforce from 'jsforce'
import { lock } from 'proper-lockfile'
import { AuthorizationCode, type AccessToken } from 'simple-oauth2'
import { figures, inTurns, report } from './measure.ts'
import { startBenchOrg } from './org.ts'

const EACH = 25
const org = await startBenchOrg()
const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-'))

/** A POST on a connection of its own; returns the new refresh token. */
const post = (url: string, body: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', connection: 'close' }
    const sent = request(
      new URL('/services/oauth2/token', url),
      { method: 'POST', agent: false, headers },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () =>
          resolve((JSON.parse(Buffer.concat(chunks).toString()) as { refresh_token: string }).refresh_token),
        )
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })

const file = openSync(join(folder, 'floor'), 'w')
const durableWrite = (): void => {
  writeSync(file, randomBytes(2048), 0, 2048, 0)
  fdatasyncSync(file)
}

const each = async (work: () => Promise<void>): Promise<number> => {
  const samples: number[] = []
  for (let n = 0; n < EACH; n++) {
    const started = performance.now()
    await work()
    samples.push(performance.now() - started)
  }
  return figures(samples).median
}

const floorGrant = await org.grant()
let floorToken = floorGrant.refreshToken
const bodyOf = (token: string): string =>
  new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: floorGrant.clientId,
    client_secret: floorGrant.clientSecret,
    refresh_token: token,
  }).toString()

const open = async (): Promise<Keyturn> => {
  const keyturn = await openKeyturn({ store: `sqlite:${join(folder, 'keyturn.db')}`, masterKey: key })
  return keyturn
}
const key = randomBytes(32)
const keyturn = await open()
const ready = await org.grant()
await keyturn.grants.add({
  name: 'acme',
  loginUrl: ready.instanceUrl,
  clientId: ready.clientId,
  clientSecret: ready.clientSecret,
  refreshToken: ready.refreshToken,
  flow: 'refresh_token',
  // Every token is refused while young here: the breaker would be right to open, and is not what is measured.
  policy: { breakerWindow: 0 },
})
let generation = (await keyturn.token('acme')).generation

const plain = await org.grant()
const client = new AuthorizationCode({
  client: { id: plain.clientId, secret: plain.clientSecret },
  auth: { tokenHost: plain.instanceUrl, tokenPath: '/services/oauth2/token' },
  options: { authorizationMethod: 'body' },
})
let bare: AccessToken = client.createToken({ access_token: plain.accessToken, refresh_token: plain.refreshToken })
const locked = await org.grant()
let guarded: AccessToken = client.createToken({ access_token: locked.accessToken, refresh_token: locked.refreshToken })
const forced = await org.grant()
const connection = new jsforce.Connection({
  oauth2: { loginUrl: forced.instanceUrl, clientId: forced.clientId, clientSecret: forced.clientSecret },
  instanceUrl: forced.instanceUrl,
  accessToken: forced.accessToken,
  refreshToken: forced.refreshToken,
})

const results = await inTurns(5, {
  'floor: POST on a fresh connection + 2 durable writes': () =>
    each(async () => {
      durableWrite()
      floorToken = await post(org.url, bodyOf(floorToken))
      durableWrite()
    }),
  'Keyturn: one exchange in all': () =>
    each(async () => {
      generation = (await keyturn.rejected('acme', generation)).generation
    }),
  'simple-oauth2 refresh, nothing written': () =>
    each(async () => {
      bare = await bare.refresh()
    }),
  'simple-oauth2 refresh in proper-lockfile, one durable write': () =>
    each(async () => {
      const release = await lock(join(folder, 'floor'))
      guarded = await guarded.refresh()
      durableWrite()
      await release()
    }),
  'jsforce oauth2.refreshToken, nothing written': () =>
    each(async () => {
      const answer = await connection.oauth2.refreshToken(connection.refreshToken ?? '')
      connection.refreshToken = answer.refresh_token ?? connection.refreshToken
    }),
})
const [floor, ours] = [
  results['floor: POST on a fresh connection + 2 durable writes']?.median ?? 0,
  results['Keyturn: one exchange in all']?.median ?? 0,
]
report('exchange', 'ms', results, [
  {
    what: 'one exchange in all',
    wanted: '≤ 2.5 × the floor',
    found: `${(ours / floor).toFixed(2)} ×`,
    met: ours <= 2.5 * floor,
  },
])
closeSync(file)
await keyturn.close()
await org.close()
rmSync(folder, { recursive: true })
