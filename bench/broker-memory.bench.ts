/**
 * A million requests to one broker, logins and proxied calls mixed, every session ended and made anew each 100,000: resident memory and
 * heap after a garbage collection, each 100,000. Flat means that a line through the second half hardly rises.
 */
import type { BrokerReady } from './broker-process.ts'
import { fast, requestOf } from './load.ts'
import { figures, report } from './measure.ts'
import { LOAD_CORE, pinSelf, SERVER_CORE, startPinned } from './pinned.ts'

const REQUESTS = Number(process.env['BENCH_REQUESTS'] ?? 1_000_000)
const STEPS = 10
/** One login, then so many calls with the newest session. */
const CALLS_A_LOGIN = 4
/** What a million further requests may add: less than a thousandth of a session each. */
const MOST_MB_A_MILLION = 20

pinSelf(LOAD_CORE)
const upstream = await startPinned(LOAD_CORE, 'upstream-process.ts')
const broker = await startPinned(SERVER_CORE, 'broker-process.ts', ['--expose-gc'])
const { port, id, secret, refreshToken, others } = await broker.ask<BrokerReady>('ready', await upstream.ask('port'))

const form = (fields: Readonly<Record<string, string>>): string =>
  new URLSearchParams({ ...fields, client_id: id, client_secret: secret }).toString()
const logins = [
  form({ grant_type: 'client_credentials' }),
  form({ grant_type: 'refresh_token', refresh_token: refreshToken }),
].map((body) =>
  requestOf('POST', '/services/oauth2/token', { 'content-type': 'application/x-www-form-urlencoded' }, body),
)

const post = (path: string, fields: Readonly<Record<string, string>>): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}/services/oauth2/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  })

/** Ends every caller's session and logs it in again, so that what the broker remembers of sessions changes, too. */
let sessions: readonly string[] = []
const newSessions = async (): Promise<readonly Buffer[]> => {
  for (const token of sessions) await (await post('revoke', { token })).arrayBuffer()
  const tokens: string[] = []
  for (const [client_id, client_secret] of others) {
    const answer = await post('token', { grant_type: 'client_credentials', client_id, client_secret })
    tokens.push(((await answer.json()) as { access_token: string }).access_token)
  }
  sessions = tokens
  return tokens.map((token) => requestOf('GET', '/services/data/1000', { authorization: `Bearer ${token}` }))
}

const mixed = (calls: readonly Buffer[], most: number): ReturnType<typeof fast> => {
  const pick = (n: number): Buffer =>
    (n % (CALLS_A_LOGIN + 1) === 0 ? logins[n % logins.length] : calls[n % calls.length]) ?? Buffer.alloc(0)
  return fast(port, pick, { connections: 32, seconds: Number.POSITIVE_INFINITY, most })
}

interface Sample {
  readonly rss: number
  readonly heap: number
}
const before = await broker.ask<Sample>('memory')
// What is filled once is filled before anything is compared.
await mixed(await newSessions(), REQUESTS / STEPS)
const samples: Sample[] = [await broker.ask<Sample>('memory')]
const rates: number[] = []
let done = 0
for (let step = 0; step < STEPS; step++) {
  const calls = await newSessions()
  const { requests, perSecond } = await mixed(calls, REQUESTS / STEPS)
  done += requests + calls.length
  rates.push(perSecond)
  const sample = await broker.ask<Sample>('memory')
  samples.push(sample)
  process.stdout.write(
    `  after ${done.toLocaleString('en')} requests: ${sample.rss.toFixed(1)} MB resident, ${sample.heap.toFixed(1)} MB heap\n`,
  )
}

/** Least squares: MB a million requests. */
const slope = (values: readonly number[]): number => {
  const step = REQUESTS / STEPS / 1e6
  const middle = (values.length - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  let [above, below] = [0, 0]
  for (const [index, value] of values.entries()) {
    above += (index - middle) * (value - mean)
    below += (index - middle) ** 2
  }
  return above / below / step
}
const second = samples.slice(samples.length / 2)
const [resident, heap] = [slope(second.map(({ rss }) => rss)), slope(second.map(({ heap: used }) => used))]
report(
  'broker-memory',
  'MB',
  {
    'Broker, before the first request: resident': figures([before.rss]),
    [`Broker, over ${REQUESTS.toLocaleString('en')} requests: resident`]: figures(
      samples.slice(1).map(({ rss }) => rss),
    ),
    [`Broker, over ${REQUESTS.toLocaleString('en')} requests: heap`]: figures(
      samples.slice(1).map(({ heap: used }) => used),
    ),
  },
  [
    {
      what: `the broker's heap in the second half of ${REQUESTS.toLocaleString('en')} requests`,
      wanted: `rises by ≤ ${MOST_MB_A_MILLION} MB a million requests`,
      found: `${heap.toFixed(1)} MB a million (resident: ${resident.toFixed(1)})`,
      met: heap <= MOST_MB_A_MILLION,
    },
  ],
)
process.stdout.write(`  ${Math.round(figures(rates).median).toLocaleString('en')} requests/s on the way\n`)
await broker.close()
await upstream.close()
process.exit(0)
