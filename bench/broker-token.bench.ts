/**
 * POST /services/oauth2/token of the broker, with authentication, policy and the count of uses on, beside a bare Fastify
 * route and bare node:http that parse the same form and serialise the same body. The servers share one core in turns.
 */
import { figures, inTurns, report, roundsOf, secondsOf } from './measure.ts'
import { fast, requestOf } from './load.ts'
import { LOAD_CORE, pinSelf, SERVER_CORE, startPinned } from './pinned.ts'
import type { BrokerReady } from './broker-process.ts'

const CONNECTIONS = 32
const SECONDS = secondsOf(2)
const ROUNDS = roundsOf(7)

pinSelf(LOAD_CORE)
const upstream = await startPinned(LOAD_CORE, 'upstream-process.ts')
const broker = await startPinned(SERVER_CORE, 'broker-process.ts')
const peers = await startPinned(SERVER_CORE, 'token-peers-process.ts')
const { port, id, secret, refreshToken } = await broker.ask<BrokerReady>('ready', await upstream.ask('port'))
const [fastify = 0, bare = 0] = await peers.ask<number[]>('ports')

const form = (fields: Readonly<Record<string, string>>): Buffer =>
  requestOf(
    'POST',
    '/services/oauth2/token',
    { 'content-type': 'application/x-www-form-urlencoded' },
    new URLSearchParams({ ...fields, client_id: id, client_secret: secret }).toString(),
  )
const credentials = form({ grant_type: 'client_credentials' })
const refresh = form({ grant_type: 'refresh_token', refresh_token: refreshToken })

/** CPU time that the server took for a request, µs: a machine that is busy with other things changes it least. */
const costs: Record<string, number[]> = {}
const perSecond = (name: string, of: typeof broker, to: number, request: Buffer) => async (): Promise<number> => {
  const cpu = of.cpu()
  const loaded = await fast(to, () => request, { connections: CONNECTIONS, seconds: SECONDS })
  ;(costs[name] ??= []).push(((of.cpu() - cpu) / loaded.requests) * 1e6)
  return loaded.perSecond
}

const OURS = { 'Broker: token, client_credentials': credentials, 'Broker: token, refresh_token': refresh }
const FASTIFY = 'Fastify route, the same form and body'
const NODE = 'node:http, the same form and body'
const contenders = {
  [NODE]: perSecond(NODE, peers, bare, credentials),
  [FASTIFY]: perSecond(FASTIFY, peers, fastify, credentials),
  ...Object.fromEntries(
    Object.entries(OURS).map(([name, request]) => [name, perSecond(name, broker, port, request)] as const),
  ),
}
// Warm.
for (const measure of Object.values(contenders)) await measure()
for (const name of Object.keys(costs)) costs[name] = []
const results = await inTurns(ROUNDS, contenders)
const cost = (name: string): number => figures(costs[name] ?? []).median
for (const name of Object.keys(costs)) {
  const beside = (cost(name) / cost(FASTIFY)).toFixed(2)
  process.stdout.write(`  ${name}: ${cost(name).toFixed(1)} µs of CPU a request, ${beside} × the Fastify route\n`)
}
const ratio = (ours: string, beside: string): number =>
  (results[ours]?.median ?? 0) / (results[beside]?.median ?? Number.NaN)
report(
  'broker-token',
  'requests/s',
  results,
  Object.keys(OURS).map((name) => ({
    what: name,
    wanted: '≥ 0.7 × a bare Fastify route',
    found: `${ratio(name, FASTIFY).toFixed(2)} × (${ratio(name, NODE).toFixed(2)} × node:http)`,
    met: ratio(name, FASTIFY) >= 0.7,
  })),
)
await broker.close()
await peers.close()
await upstream.close()
process.exit(0)
