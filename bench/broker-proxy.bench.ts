/**
 * A GET through the broker (virtual token judged and replaced, uses counted) beside a bare undici pass-through and nginx
 * `proxy_pass`: how many a second, how many megabytes a second of a large body, and what one call takes at a low rate.
 * The proxies share one core in turns; the load and the upstream share the other one.
 */
import type { BrokerReady } from './broker-process.ts'
import { fast, requestOf, slow } from './load.ts'
import type { Loaded } from './load.ts'
import { figures, report, roundsOf, secondsOf } from './measure.ts'
import type { Figures } from './measure.ts'
import { startNginx } from './nginx.ts'
import { LOAD_CORE, pinSelf, SERVER_CORE, startPinned } from './pinned.ts'

const ROUNDS = roundsOf(5)
const SECONDS = secondsOf(1)
const PAUSE_MS = 2

pinSelf(LOAD_CORE)
const upstream = await startPinned(LOAD_CORE, 'upstream-process.ts')
const behind = await upstream.ask<number>('port')
const broker = await startPinned(SERVER_CORE, 'broker-process.ts')
const undici = await startPinned(SERVER_CORE, 'undici-process.ts')
const nginx = await startNginx(SERVER_CORE, behind)
const ready = await broker.ask<BrokerReady>('ready', behind)

const answer = await fetch(`http://127.0.0.1:${ready.port}/services/oauth2/token`, {
  method: 'POST',
  body: new URLSearchParams({ grant_type: 'client_credentials', client_id: ready.id, client_secret: ready.secret }),
})
const { access_token: token } = (await answer.json()) as { access_token: string }
const get = (size: number): Buffer =>
  requestOf('GET', `/services/data/${size}`, {
    authorization: `Bearer ${token}`,
    accept: 'application/json',
    'user-agent': 'bench',
  })
const [small, middle, large] = [get(1_000), get(100_000), get(5_000_000)]

const NOBODY = 'no proxy'
const OURS = 'Broker'
const UNDICI = 'undici'
const NGINX = nginx === null ? 'nginx' : `nginx ${nginx.version}`
const cpus: Readonly<Record<string, () => number>> = {
  [NOBODY]: upstream.cpu,
  [NGINX]: nginx === null ? () => Number.NaN : nginx.cpu,
  [UNDICI]: undici.cpu,
  [OURS]: broker.cpu,
}
const ports: Readonly<Record<string, number>> = {
  [NOBODY]: behind,
  ...(nginx === null ? {} : { [NGINX]: nginx.port }),
  [UNDICI]: await undici.ask<number>('ready', behind),
  [OURS]: ready.port,
}

interface Row {
  readonly what: string
  readonly run: (port: number) => Promise<Loaded>
  readonly of: Readonly<Record<string, (loaded: Loaded) => number>>
}
const busyRow = (what: string, request: Buffer, connections: number, of: Row['of']): Row => ({
  what,
  run: (port) => fast(port, () => request, { connections, seconds: SECONDS }),
  of,
})
const calmRow = (what: string, request: Buffer): Row => ({
  what,
  run: (port) => slow({ port, request }, { seconds: SECONDS, pause: PAUSE_MS }),
  of: { p50: ({ p50 }) => p50, p99: ({ p99 }) => p99 },
})
const perSecond = { 'requests/s': ({ perSecond: found }: Loaded) => found }
const rows: readonly Row[] = [
  busyRow('GET 1 kB', small, 32, perSecond),
  busyRow('GET 100 kB', middle, 32, perSecond),
  busyRow('5 MB streamed', large, 4, { 'MB/s': ({ megabytesPerSecond }) => megabytesPerSecond }),
  calmRow('GET 1 kB, low rate', small),
  calmRow('GET 100 kB, low rate', middle),
]

const samples = new Map<string, number[]>()
const note = (key: string, value: number): void => void samples.set(key, [...(samples.get(key) ?? []), value])
for (let round = -1; round < ROUNDS; round++) {
  for (const { what, run, of } of rows) {
    for (const [name, port] of Object.entries(ports)) {
      const before = cpus[name]?.() ?? Number.NaN
      const loaded = await run(port)
      // The first round warms.
      if (round < 0) continue
      for (const [unit, value] of Object.entries(of)) note(`${what}|${unit}|${name}`, value(loaded))
      if ('requests/s' in of)
        note(`${what}|µs of CPU|${name}`, (((cpus[name]?.() ?? 0) - before) / loaded.requests) * 1e6)
    }
  }
}
const found = (what: string, unit: string, name: string): Figures =>
  figures(samples.get(`${what}|${unit}|${name}`) ?? [])
const names = Object.keys(ports)

const throughput: Record<string, Figures> = {}
for (const what of ['GET 1 kB', 'GET 100 kB'])
  for (const name of names) throughput[`Proxy: ${what}, ${name}`] = found(what, 'requests/s', name)
report('broker-proxy', 'requests/s', throughput, [])
report(
  'broker-proxy-stream',
  'MB/s',
  Object.fromEntries(names.map((name) => [`Proxy: 5 MB streamed, ${name}`, found('5 MB streamed', 'MB/s', name)])),
  [],
)

/** What a proxy adds: its percentile less the one without a proxy, round by round. */
const added: Record<string, Figures> = {}
for (const what of ['GET 1 kB', 'GET 100 kB']) {
  for (const unit of ['p50', 'p99']) {
    const bare = samples.get(`${what}, low rate|${unit}|${NOBODY}`) ?? []
    for (const name of names.filter((each) => each !== NOBODY)) {
      const own = samples.get(`${what}, low rate|${unit}|${name}`) ?? []
      added[`Proxy: added to ${what} at a low rate, ${unit}, ${name}`] = figures(
        own.map((value, round) => value - (bare[round] ?? Number.NaN)),
      )
    }
  }
}
report('broker-proxy-latency', 'ms', added, [])
for (const what of ['GET 1 kB', 'GET 100 kB']) {
  const told = names.map((name) => `${name} ${Math.round(found(what, 'µs of CPU', name).median)}`)
  process.stdout.write(`  ${what}, µs of CPU a request of the server that was asked: ${told.join(', ')}\n`)
}
await nginx?.close()
await broker.close()
await undici.close()
await upstream.close()
process.exit(0)
