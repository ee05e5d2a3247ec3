/**
 * Four processes × 250 callers on one grant that expired for all of them at once. How many exchanges, and how long
 * until the last caller has its answer, beside the time one exchange takes alone. Peers: what they do across processes
 * with a lock file, and without.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKeyturn } from '@keyturn/tokens'
import { figures, report, type Figures } from './measure.ts'
import { startBenchOrg } from './org.ts'
import type { HerdSetup } from './herd-process.ts'

const PROCESSES = 4
const CALLERS = 250
const ROUNDS = 5
const LATENCY_MS = 100

const org = await startBenchOrg()
const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-'))
const key = randomBytes(32).toString('hex')

const spawn = async (setup: HerdSetup): Promise<ChildProcess> => {
  const child = fork(join(import.meta.dirname, 'herd-process.ts'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, HERD_SETUP: JSON.stringify(setup), HERD_KEY: key },
  })
  await once(child, 'message')
  return child
}

/** All processes start at once; ms until the last caller of the last process has an answer. */
const stampede = async (
  children: readonly ChildProcess[],
): Promise<{ readonly ms: number; readonly failed: number }> => {
  const started = performance.now()
  const answers = children.map(async (child) => {
    const [answer] = (await once(child, 'message')) as [{ failed: number }]
    return answer.failed
  })
  for (const child of children) child.send({ callers: CALLERS })
  const failed = (await Promise.all(answers)).reduce((sum, count) => sum + count, 0)
  return { ms: performance.now() - started, failed }
}

const contender = async (kind: HerdSetup['kind'], alone: boolean) => {
  const ready = await org.grant()
  const store = `sqlite:${join(folder, `${kind}${alone ? '-alone' : ''}.db`)}`
  const file = join(folder, `${kind}.json`)
  if (kind === 'keyturn') {
    const keyturn = await openKeyturn({ store, masterKey: Buffer.from(key, 'hex') })
    await keyturn.grants.add({
      name: 'acme',
      loginUrl: ready.instanceUrl,
      clientId: ready.clientId,
      clientSecret: ready.clientSecret,
      refreshToken: ready.refreshToken,
      flow: 'refresh_token',
      policy: { breakerWindow: 0 },
    })
    await keyturn.token('acme')
    await keyturn.close()
  } else writeFileSync(file, JSON.stringify({ access_token: ready.accessToken, refresh_token: ready.refreshToken }))
  const setup: HerdSetup = {
    kind,
    store,
    file,
    url: ready.instanceUrl,
    clientId: ready.clientId,
    clientSecret: ready.clientSecret,
  }
  const children: ChildProcess[] = []
  for (let n = 0; n < (alone ? 1 : PROCESSES); n++) children.push(await spawn(setup))
  const times: number[] = []
  const exchanges: number[] = []
  let failed = 0
  for (let round = 0; round < ROUNDS; round++) {
    await org.expire()
    const before = await org.exchanges()
    await org.latency(LATENCY_MS)
    const outcome = await stampede(children)
    await org.latency(0)
    times.push(outcome.ms)
    exchanges.push((await org.exchanges()) - before)
    failed += outcome.failed
  }
  for (const child of children) child.kill()
  return { times, exchanges, failed }
}

const alone = await contender('keyturn', true)
const results: Record<string, Figures> = { 'Keyturn, one process × 250': figures(alone.times) }
const counts: Record<string, { readonly exchanges: readonly number[]; readonly failed: number }> = {}
for (const kind of ['keyturn', 'lock-file', 'bare'] as const) {
  const { times, exchanges, failed } = await contender(kind, false)
  results[
    `${{ keyturn: 'Keyturn', 'lock-file': 'simple-oauth2 + proper-lockfile', bare: 'simple-oauth2, bare' }[kind]}, 4 × 250`
  ] = figures(times)
  counts[kind] = { exchanges, failed }
}
for (const [kind, { exchanges, failed }] of Object.entries(counts))
  process.stdout.write(
    `  ${kind}: exchanges per round ${exchanges.join(', ')}; callers without a token ${failed} of ${PROCESSES * CALLERS * ROUNDS}\n`,
  )
const [one, herd] = [results['Keyturn, one process × 250']?.median ?? 0, results['Keyturn, 4 × 250']?.median ?? 0]
report('herd', 'ms until the last caller is served', results, [
  {
    what: 'exchanges per stampede',
    wanted: '1',
    found: (counts.keyturn?.exchanges ?? []).join(', '),
    met: counts.keyturn?.exchanges.every((count) => count === 1) ?? false,
  },
  {
    what: 'the last of 1,000 callers',
    wanted: "≤ one exchange's time + 100 ms",
    found: `${Math.round(herd)} ms beside ${Math.round(one)} ms`,
    met: herd <= one + 100,
  },
])
await org.close()
rmSync(folder, { recursive: true })
