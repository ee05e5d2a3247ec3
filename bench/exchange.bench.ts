/**
 * One exchange in all: from the report of a dead token to the new one, everything durable. Beside it the floor: a bare
 * POST on a fresh connection and two durable writes; and what the peers do, who write at most once.
 *
 * Once more with 5 ms added to every fsync on both sides: the store's commits and the floor's writes block their thread as
 * a slow disk does, the journal's flush waits beside the thread as it does on any disk.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock, type Keyturn } from '@keyturn/tokens'
import { openJournal } from '../packages/tokens/src/journal/journal.ts'
import { assemble, openParts } from '../packages/tokens/src/keyturn.ts'
import jsforce from 'jsforce'
import { lock } from 'proper-lockfile'
import { AuthorizationCode, type AccessToken } from 'simple-oauth2'
import { figures, inTurns, report } from './measure.ts'
import { startBenchOrg } from './org.ts'

const EACH = 25
const SLOW_FSYNC_MS = 5
const FLOOR = 'floor: POST on a fresh connection + 2 durable writes'
const OURS = 'Keyturn: one exchange in all'
const SLOW_FLOOR = `floor, ${SLOW_FSYNC_MS} ms more per fsync`
const SLOW_OURS = `Keyturn, ${SLOW_FSYNC_MS} ms more per fsync`
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

const file = join(folder, 'floor')
/** What a thread does while a disk is slow. */
const block = (ms: number): void => {
  if (ms > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/** As Node offers it: written, then fsync. */
const durableWrite = (fsyncMs: number): void => {
  writeFileSync(file, randomBytes(2048), { flush: true })
  block(fsyncMs)
}

const floor = (fsyncMs: number) => () =>
  each(async () => {
    durableWrite(fsyncMs)
    floorToken = await post(org.url, bodyOf(floorToken))
    durableWrite(fsyncMs)
  })

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

/** An open Keyturn whose durable writes each cost `fsyncMs` more: the store's commits block, the journal's flush waits. */
const open = async (name: string, fsyncMs: number): Promise<() => Promise<void>> => {
  const options = { store: `sqlite:${join(folder, `${name}.db`)}`, masterKey: randomBytes(32) }
  const parts = await openParts(options)
  const { store, journalFolder, journalKey, holder } = parts
  await parts.journal.close()
  const journal = await openJournal({
    folder: journalFolder,
    storeId: store.id,
    key: journalKey,
    holder,
    clock: systemClock,
    sync: async (handle) => {
      await handle.datasync()
      if (fsyncMs > 0) await systemClock.sleep(fsyncMs)
    },
  })
  const slow: typeof store = {
    ...store,
    apply: async (grantId, event, puts) => {
      const applied = await store.apply(grantId, event, puts)
      if (applied.applied) block(fsyncMs)
      return applied
    },
  }
  const keyturn = await assemble({ ...parts, store: slow, journal }, options)
  opened.push(keyturn)
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
  let { generation } = await keyturn.token('acme')
  return async () => {
    generation = (await keyturn.rejected('acme', generation)).generation
  }
}
const opened: Keyturn[] = []
const exchangeFast = await open('fast', 0)
const exchangeSlow = await open('slow', SLOW_FSYNC_MS)

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
  [FLOOR]: floor(0),
  [OURS]: () => each(exchangeFast),
  [SLOW_FLOOR]: floor(SLOW_FSYNC_MS),
  [SLOW_OURS]: () => each(exchangeSlow),
  'simple-oauth2 refresh, nothing written': () =>
    each(async () => {
      bare = await bare.refresh()
    }),
  'simple-oauth2 refresh in proper-lockfile, one durable write': () =>
    each(async () => {
      const release = await lock(join(folder, 'floor'))
      guarded = await guarded.refresh()
      durableWrite(0)
      await release()
    }),
  'jsforce oauth2.refreshToken, nothing written': () =>
    each(async () => {
      const answer = await connection.oauth2.refreshToken(connection.refreshToken ?? '')
      connection.refreshToken = answer.refresh_token ?? connection.refreshToken
    }),
})
const ratio = (ours: string, beside: string): number => (results[ours]?.median ?? 0) / (results[beside]?.median ?? 1)
const goal = (what: string, found: number) => ({
  what,
  wanted: '≤ 2.5 × the floor',
  found: `${found.toFixed(2)} ×`,
  met: found <= 2.5,
})
report('exchange', 'ms', results, [
  goal('one exchange in all', ratio(OURS, FLOOR)),
  goal(`the same with ${SLOW_FSYNC_MS} ms more per fsync`, ratio(SLOW_OURS, SLOW_FLOOR)),
])
for (const keyturn of opened) await keyturn.close()
await org.close()
rmSync(folder, { recursive: true })
