/**
 * A whole `keyturn audit` of 10,000 users, 500 apps, 60,000 tokens, 3,000 permission sets and 500,000 logins, 20 ms a
 * call, started as people start it: how long, and how much memory its processes hold together. The org is in a process
 * of its own and not counted.
 *
 * The peers run on Node 20 with a @salesforce/core of their own, want an org authorised in the sf CLI, and do not do the
 * same work: of 60,000 tokens `sf-cli-security-audit` alone makes 376 calls, up to 118 at once (2.2 s, the tokens only),
 * and `sf-audit` reads 500 of them. They are not contenders here.
 */
import assert from 'node:assert/strict'
import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setInterval } from 'node:timers'
import { openKeyturn } from '@keyturn/tokens'
import type { AuditedOrg } from './audited-org-process.ts'
import { figures, report, roundsOf } from './measure.ts'
import { treeMegabytes } from './process-tree.ts'

const bin = join(import.meta.dirname, '../packages/keyturn/bin/keyturn.js')
const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-'))
const masterKey = randomBytes(32)
const keyFile = join(folder, 'keyturn.key')
writeFileSync(keyFile, masterKey.toString('base64'), { mode: 0o600 })
const store = `sqlite:${join(folder, 'keyturn.db')}`

const org = fork(join(import.meta.dirname, 'audited-org-process.ts'), {
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
})
const [{ url, grant }] = (await once(org, 'message')) as [AuditedOrg]
const filling = await openKeyturn({ store, masterKey, env: {} })
await filling.grants.add({ name: 'acme', loginUrl: url, ...grant, flow: 'refresh_token' })
await filling.close()

interface Run {
  readonly seconds: number
  readonly megabytes: number
  readonly calls: number
  readonly atOnce: number
}

const audit = async (): Promise<Run> => {
  const output = join(folder, 'report.json')
  const args = ['audit', 'acme', '--profile', 'strict', '--fail-on', 'never', '--format', 'json', '--output', output]
  const { PATH, HOME = folder } = process.env
  const started = performance.now()
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: folder,
    env: { PATH, HOME, KEYTURN_STORE: store, KEYTURN_MASTER_KEY: `file:${keyFile}` },
    stdio: ['ignore', 'ignore', process.env['BENCH_SHOW'] === undefined ? 'ignore' : 'inherit'],
  })
  let megabytes = 0
  const looking = setInterval(() => {
    if (child.pid !== undefined) megabytes = Math.max(megabytes, treeMegabytes(child.pid))
  }, 50)
  const [code] = (await once(child, 'exit')) as [number | null]
  clearInterval(looking)
  assert.equal(code, 0, 'the audit failed')
  const seconds = (performance.now() - started) / 1000
  const { calls } = JSON.parse(readFileSync(output, 'utf8')) as { calls: { total: number; mostAtOnce: number } }
  return { seconds, megabytes, calls: calls.total, atOnce: calls.mostAtOnce }
}

const runs: Run[] = []
for (let n = 0; n < roundsOf(3); n++) {
  const run = await audit()
  process.stderr.write(`  ${run.seconds.toFixed(1)} s, ${run.megabytes.toFixed(0)} MB, ${run.calls} calls\n`)
  runs.push(run)
}
org.disconnect()
rmSync(folder, { recursive: true })

const memory = Math.max(...runs.map(({ megabytes }) => megabytes))
const slowest = Math.max(...runs.map(({ seconds }) => seconds))
const atOnce = Math.max(...runs.map((run) => run.atOnce))
const whole = 'keyturn audit of a large org'
report('audit', 's', { [whole]: figures(runs.map(({ seconds }) => seconds)) }, [
  {
    what: 'audit of 10,000 users, 60,000 tokens, 500,000 logins, 20 ms a call',
    wanted: '< 60 s',
    found: `${slowest.toFixed(1)} s, ${runs[0]?.calls ?? 0} calls`,
    met: slowest < 60,
  },
  { what: 'calls of that audit at once', wanted: '≤ 10', found: `${atOnce}`, met: atOnce <= 10 },
])
report(
  'audit-memory',
  'MB resident',
  { [`${whole}, all its processes`]: figures(runs.map(({ megabytes }) => megabytes)) },
  [{ what: 'memory of that audit', wanted: '< 300 MB', found: `${memory.toFixed(0)} MB`, met: memory < 300 }],
)
