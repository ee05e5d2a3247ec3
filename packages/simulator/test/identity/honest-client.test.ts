/**
 * Checks the oracle with two clients whose conduct is known: one that keeps every rule must leave its zeros at zero under
 * every fault and setting, one that breaks a rule must be found out.
 */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { call, simulator, userOf } from './wire.ts'
import type { AppSettings, FaultAction, ReadyGrant, Simulator } from '../../src/index.ts'

const actions: readonly FaultAction[] = [
  { drop: 'before' },
  { drop: 'after' },
  { drop: 'after', reset: true },
  { status: 503 },
  { status: 503, when: 'after' },
  { html: true, when: 'after' },
  { rateLimit: true },
  { redirectTo: 'http://127.0.0.1:9' },
  { cutAt: 'status-line' },
  { cutAt: 'before-refresh-token' },
  { cutAt: 'after-refresh-token' },
  { cutAt: 'last-byte' },
  { duplicate: 'together' },
]

interface Heard {
  readonly status: number
  /** As much of the body as came, also of half an answer. */
  readonly text: string
  readonly whole: boolean
}

const exchange = (grant: ReadyGrant, refreshToken: string): Promise<Heard> =>
  new Promise((resolve) => {
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: grant.clientId,
      client_secret: grant.clientSecret,
    }).toString()
    let status = 0
    let text = ''
    const req = request(`${grant.instanceUrl}/services/oauth2/token`, {
      method: 'POST',
      agent: false,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': body.length },
    })
    req.on('response', (res) => {
      status = res.statusCode ?? 0
      res.on('data', (part: Buffer) => (text += part.toString()))
      res.on('close', () => resolve({ status, text, whole: res.complete }))
      res.on('error', () => undefined)
    })
    req.on('error', () => resolve({ status, text, whole: false }))
    req.end(body)
  })

const valueIn = (text: string, name: string): string | undefined => new RegExp(`"${name}":"([^"]+)"`).exec(text)?.[1]

/** Uses one grant for `steps` refreshes; gives back how many grants it needed. */
async function live(
  sim: Simulator,
  user: string,
  steps: number,
  rules: { readonly replayAtOnce: boolean },
): Promise<number> {
  let grants = 0
  let grant: ReadyGrant | undefined
  let held = { refreshToken: '', accessToken: '' }
  let doubtful = false
  for (let step = 0; step < steps; step++) {
    if (grant === undefined) {
      grant = sim.control.grant({ user, app: 'Web' })
      grants += 1
      held = grant
      doubtful = false
    }
    // The rule: nothing is spent again while an access token lives.
    const dead = (await call(sim, held.accessToken)).status === 401
    if (doubtful && !dead && !rules.replayAtOnce) {
      sim.control.expireAccessTokens({ user })
      continue
    }
    const { status, text, whole } = await exchange(grant, held.refreshToken)
    const refreshToken = valueIn(text, 'refresh_token')
    const accessToken = valueIn(text, 'access_token')
    if (refreshToken !== undefined) {
      held = { refreshToken, accessToken: accessToken ?? held.accessToken }
      doubtful = false
    } else if (whole && status === 400 && !text.includes('already being processed')) {
      grant = undefined
    } else if (!text.includes('already being processed')) {
      doubtful = true
      // Half an answer may hold the new access token without the new refresh token: it is alive, and ours.
      if (accessToken !== undefined) held = { ...held, accessToken }
    }
  }
  return grants
}

const settings: readonly Partial<AppSettings>[] = [
  { reuse: 'documented', cascade: 'family' },
  { reuse: 'documented', cascade: 'user-app' },
  { reuse: 'lenient' },
  { rotationKillsOldAccessToken: true },
  { sessionPerGrant: 'same-live' },
  { refreshTokenFirst: true, oauthTokenRow: 'replaced' },
  { lockScope: 'none' },
]

async function run(seed: string, app: Partial<AppSettings>, rules: { readonly replayAtOnce: boolean }) {
  const sim = await simulator({ seed })
  sim.control.changeApp({ app: 'Web', settings: app })
  for (const action of actions) {
    // Without a lock, the copy of a request is a reuse that no client commits.
    if (action.duplicate !== undefined && app.lockScope === 'none') continue
    sim.control.addFault({ match: { endpoint: 'token' }, count: 'forever', probability: 0.04, action })
  }
  const grants = await live(sim, userOf(sim).username, 150, rules)
  return { sim, grants, total: sim.control.oracle().total }
}

test('a client that keeps the rules leaves no reuse while something lives, no loss it could have prevented', async () => {
  for (const [index, app] of settings.entries()) {
    const { total } = await run(`honest-${index}`, app, { replayAtOnce: false })
    const why = JSON.stringify({ app, total })
    assert.ok(total.exchanges > 20 && total.unknownOutcomes > 5, why)
    assert.equal(total.reusesWhileAlive, 0, why)
    assert.ok(total.orderedReplays <= total.unknownOutcomes, why)
    assert.equal(total.grantsLostKeepable, 0, why)
    if (app.reuse === 'lenient') assert.equal(total.grantsLost, 0, why)
  }
})

test('a client that replays at once, access token alive, is found out', async () => {
  const { total } = await run('hasty', {}, { replayAtOnce: true })
  assert.ok(total.reusesWhileAlive > 0, JSON.stringify(total))
})

test('the same seed makes the same faults', async () => {
  const one = await run('same', {}, { replayAtOnce: false })
  const two = await run('same', {}, { replayAtOnce: false })
  const plain = (of: typeof one): string =>
    createHash('sha256')
      .update(JSON.stringify(of.sim.control.requests().map(({ outcome, faults, token }) => [outcome, faults, token])))
      .digest('hex')
  assert.equal(plain(one), plain(two))
  assert.deepEqual(one.total, two.total)
})
