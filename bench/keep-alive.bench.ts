/**
 * 10,000 grants with keep-alive scheduled in one process: what a sweep takes when nothing is due and when 100 grants
 * are, what it keeps in memory, and that the org saw exactly one exchange for each grant that was due, also when two
 * replicas sweep at once. The clock is moved; the exchanges are real.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKeyturn, systemClock } from '@keyturn/tokens'
import { figures, report, roundsOf } from './measure.ts'
import { startBenchOrg } from './org.ts'

const GRANTS = Number(process.env['BENCH_GRANTS'] ?? 10_000)
const DUE = Math.min(100, GRANTS / 10)
const ROUNDS = roundsOf(3)
/** The n-th hundred is due an hour and n steps after it was added, and then not again; all others in a year. */
const HOUR = 3_600_000
/** So short in all that no session comes near its end: what is refreshed ahead of that would be counted, too. */
const STEP = 180_000
const keepAliveOf = (n: number): number =>
  Math.floor(n / DUE) < ROUNDS * 2 ? HOUR + Math.floor(n / DUE) * STEP : 365 * 24 * HOUR

const org = await startBenchOrg()
const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-'))
let moved = 0
const clock = {
  ...systemClock,
  wall: () => systemClock.wall() + moved,
  boot: () => systemClock.boot() + moved,
  offset: () => moved,
}
const options = { store: `sqlite:${join(folder, 'keyturn.db')}`, masterKey: randomBytes(32), clock }
const megabytes = (): number => {
  globalThis.gc?.()
  return process.memoryUsage().rss / 2 ** 20
}

const started = performance.now()
const filling = await openKeyturn(options)
for (let n = 0; n < GRANTS; n += DUE) {
  for (const [index, grant] of (await org.grants(DUE)).entries()) {
    await filling.grants.add({
      name: `grant-${n + index}`,
      loginUrl: grant.instanceUrl,
      clientId: grant.clientId,
      clientSecret: grant.clientSecret,
      refreshToken: grant.refreshToken,
      accessToken: grant.accessToken,
      instanceUrl: grant.instanceUrl,
      flow: 'refresh_token',
      keepAlive: keepAliveOf(n + index),
    })
  }
}
await filling.close()
const seconds = (performance.now() - started) / 1000

const keyturn = await openKeyturn(options)
const before = megabytes()
const sweep = async (by = keyturn): Promise<{ readonly ms: number; readonly kept: number }> => {
  const started = performance.now()
  const kept = (await by.sweep()).filter(({ did }) => did === 'kept-alive').length
  return { ms: performance.now() - started, kept }
}
// A first one for what is done once.
await sweep()
moved = HOUR - STEP
const idle: number[] = []
const busy: number[] = []
const both: number[] = []
const seen: string[] = []
let wrong = 0
const exchangesOf = async (work: () => Promise<unknown>): Promise<number> => {
  const earlier = await org.exchanges()
  await work()
  return (await org.exchanges()) - earlier
}
const replica = await openKeyturn(options)
for (let round = 0; round < ROUNDS; round++) {
  const quiet = await exchangesOf(async () => idle.push((await sweep()).ms))
  moved += STEP
  const due = await exchangesOf(async () => busy.push((await sweep()).ms))
  const again = await exchangesOf(() => sweep())
  moved += STEP
  const shared = await exchangesOf(async () => {
    const started = performance.now()
    await Promise.all([sweep(), sweep(replica)])
    both.push(performance.now() - started)
  })
  const after = await exchangesOf(() => sweep(replica))
  seen.push(`${quiet}, ${due}, ${again}, ${shared}, ${after}`)
  if (quiet !== 0 || due !== DUE || again !== 0 || shared !== DUE || after !== 0) wrong += 1
}
const grown = megabytes()
const names = (text: string): string => `Sweep of ${GRANTS.toLocaleString('en')} grants, ${text}`
report(
  'keep-alive',
  'ms',
  {
    [names('none due')]: figures(idle),
    [names(`${DUE} due: each exchanged`)]: figures(busy),
    [names(`${DUE} due, two replicas at once`)]: figures(both),
  },
  [
    {
      what: `exchanges when 0, ${DUE}, 0, ${DUE} (two replicas), 0 grants are due`,
      wanted: `0, ${DUE}, 0, ${DUE}, 0`,
      found: [...new Set(seen)].join(' · '),
      met: wrong === 0,
    },
  ],
)
process.stdout.write(`  ${GRANTS} grants authorised and added in ${seconds.toFixed(1)} s\n`)
process.stdout.write(
  `  ${before.toFixed(0)} MB resident before the first sweep, ${grown.toFixed(0)} MB after the last\n`,
)
await replica.close()
await keyturn.close()
await org.close()
rmSync(folder, { recursive: true })
