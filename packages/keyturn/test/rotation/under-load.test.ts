/**
 * Constant load while a credential turns: four callers in the library and four behind the broker, sessions expiring all
 * the time, servers that don't agree yet on which pair is known. What is counted are calls that failed: none may.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { brokerSettings } from '../../src/broker/broker-settings.ts'
import { manageCallers } from '../../src/broker/callers/manage-callers.ts'
import { openBroker } from '../../src/broker/server.ts'
import { quietLog } from '../../src/caller/quiet-log.ts'
import { world } from './external-client-app-world.ts'
import { signIn, webGrant } from './refresh-grant.ts'
import { scene, toTheEnd } from './scene.ts'
import type { Scene } from './scene.ts'

const minute = 60_000
const path = '/services/data/v66.0/'

interface Load {
  /** Calls that worked so far, and what the others got. */
  readonly counts: { worked: number; readonly failed: string[] }
  /** Resolves when each caller has made so many calls more. */
  turn(calls: number): Promise<void>
  /** No call is on its way when time is moved: to one it would look like an answer that took days. */
  pause(): Promise<void>
  go(): void
  stop(): Promise<void>
}

/** Each caller calls again as soon as it has its answer. */
const underLoad = (callers: readonly (() => Promise<number>)[]): Load => {
  const counts = { worked: 0, failed: [] as string[] }
  let stopped = false
  let gate: { readonly opened: Promise<void>; readonly open: () => void } | null = null
  let waiting = 0
  const done = callers.map(() => 0)
  const running = callers.map(async (call, index) => {
    while (!stopped) {
      if (gate !== null) {
        waiting += 1
        await gate.opened
        waiting -= 1
      }
      const status = await call().catch((error: unknown) => (error as { code?: string }).code ?? String(error))
      if (status === 200) counts.worked += 1
      else counts.failed.push(String(status))
      done[index] = (done[index] ?? 0) + 1
    }
  })
  return {
    counts,
    async turn(calls) {
      const until = done.map((made) => made + calls)
      while (done.some((made, index) => made < (until[index] ?? 0)))
        await new Promise((resolve) => setImmediate(resolve))
    },
    async pause() {
      const { promise, resolve } = Promise.withResolvers<void>()
      gate = { opened: promise, open: resolve }
      while (waiting < callers.length) await new Promise((next) => setImmediate(next))
    },
    go() {
      gate?.open()
      gate = null
    },
    async stop() {
      stopped = true
      await Promise.all(running)
    },
  }
}

const callersOf = async (
  t: TestContext,
  { keyturn, clock, folder }: Scene,
  grant: string,
): Promise<readonly (() => Promise<number>)[]> => {
  const settings = brokerSettings({ listen: [{ port: 0 }], log: 'silent' }, folder, {}, {})
  const broker = await openBroker({ settings: await settings, keyturn, clock, log: quietLog, env: {}, version: 'test' })
  t.after(() => broker.close())
  const manage = manageCallers({ keyturn, clock, random: randomBytes, log: quietLog })
  const { caller, secret } = await manage.add({
    name: 'etl',
    grants: [grant],
    faces: ['oauth', 'proxy'],
    ranges: ['127.0.0.0/8'],
    expiresAt: clock.wall() + 400 * 86_400_000,
  })
  const [url = ''] = broker.addresses
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: caller.id,
    client_secret: secret.reveal(),
  })
  const login = await fetch(`${url}/services/oauth2/token`, { method: 'POST', body })
  const { access_token: session } = (await login.json()) as { access_token: string }
  const library = async (): Promise<number> => (await keyturn.fetch(grant, path)).status
  const legacy = async (): Promise<number> => {
    const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${session}` } })
    await answer.arrayBuffer()
    return answer.status
  }
  return [library, library, library, library, legacy, legacy, legacy, legacy]
}

void test('an external client app’s pair turns, and no call fails, in the library or behind the broker', async (t) => {
  const place = await world(t, { propagationMs: 10 * minute, propagation: 'mixed' }, '4h')
  const load = underLoad(await callersOf(t, place, 'erp'))
  await place.start()
  await load.turn(3)
  const run = await toTheEnd(
    place,
    'erp-app',
    () => {
      load.go()
      return place.open()
    },
    async () => {
      for (let round = 0; round < 3; round++) {
        place.sim.control.expireAccessTokens()
        await load.turn(2)
      }
      await load.pause()
    },
  )
  load.go()
  await load.turn(3)
  await load.stop()
  t.diagnostic(
    `${load.counts.worked} calls, ${load.counts.failed.length} failed; exposed ${run.exposed.map(({ from, to }) => `${(to ?? 0) - from} ms`).join(', ')}`,
  )
  assert.equal(run.state, 'retired', run.problem?.text)
  assert.deepEqual(load.counts.failed, [])
  assert(load.counts.worked > 100)
})

void test('a refresh grant is authorised anew, the old one revoked, and no call fails', async (t) => {
  const place = await scene(t)
  await webGrant(place)
  const load = underLoad(await callersOf(t, place, 'acme'))
  const open = () => place.process({ credentials: { acme: { kind: 'refresh-token', grant: 'acme' } } })
  await open().start('acme', { why: 'policy', who: 'test', attended: false })
  await load.turn(3)
  await load.pause()
  await toTheEnd(place, 'acme', open)
  await signIn(place)
  place.advance(61_000)
  load.go()
  await load.turn(3)
  const run = await toTheEnd(
    place,
    'acme',
    () => {
      load.go()
      return open()
    },
    async () => {
      await load.turn(2)
      await load.pause()
    },
  )
  load.go()
  await load.turn(3)
  await load.stop()
  t.diagnostic(`${load.counts.worked} calls, ${load.counts.failed.length} failed`)
  assert.equal(run.state, 'retired', run.problem?.text)
  assert.deepEqual(load.counts.failed, [])
})
