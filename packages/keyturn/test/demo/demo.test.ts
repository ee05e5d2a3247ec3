/** The demo as a visitor starts it, once, and what it leaves behind. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { SHIFTS } from '../../src/demo/legacy/day.ts'
import { scenarios } from '../../src/demo/scenarios.ts'
import type { DemoResult } from '../../src/demo/verdict.ts'

const bin = join(import.meta.dirname, '..', '..', 'bin', 'keyturn.js')
const clients = ['jsforce', '@jsforce/jsforce-node', '@salesforce/core']

const start = (t: TestContext, args: readonly string[]) => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-demo-test-'))
  const child = spawn(process.execPath, [bin, 'demo', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder },
  })
  t.after(() => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (bytes: Buffer) => (output.stdout += bytes.toString()))
  child.stderr.on('data', (bytes: Buffer) => (output.stderr += bytes.toString()))
  const ended = once(child, 'close').then(([code, signal]) => (code === null ? String(signal) : Number(code)))
  return { child, folder, output, ended }
}

test('--json prints one object: Keyturn lost nothing that could be kept, and nothing is left behind', async (t) => {
  const { folder, output, ended } = start(t, ['--json'])
  assert.equal(await ended, 0, output.stderr + output.stdout)
  const result = JSON.parse(output.stdout) as DemoResult
  assert.deepEqual(Object.keys(result), ['ok', 'scenarios', 'legacy', 'rotation', 'posture'])
  assert.equal(result.ok, true)
  assert.deepEqual(
    result.scenarios.map(({ name, client }) => `${name} ${client}`),
    scenarios.flatMap(({ name }) => clients.map((client) => `${name} ${client}`)),
  )
  for (const shown of result.scenarios) {
    assert.deepEqual(Object.keys(shown), ['name', 'client', 'with', 'without'])
    const keepable = scenarios.find(({ name }) => name === shown.name)?.keepable
    assert.equal(shown.with.alive, keepable, `${shown.name} · ${shown.client}`)
    for (const side of [shown.with, shown.without]) {
      assert.deepEqual(Object.keys(side), ['callsOk', 'callsFailed', 'exchanges', 'reuses', 'alive'])
      assert.ok(side.callsOk > 0 || side.callsFailed > 0)
      assert.ok(side.exchanges >= 1, 'the server sold tokens in every scenario')
    }
  }
  // What these clients are known to do on their own: were it otherwise, the demo would not show what it says.
  const [first] = result.scenarios
  assert.equal(first?.without.alive, false)
  assert.ok((first?.without.reuses ?? 0) > 0)
  // The legacy programs: all day through the broker; directly the one never gets in and the other ends its own grant.
  const [soap, pinning] = result.legacy
  assert.deepEqual(
    result.legacy.map(({ program }) => program),
    ['jsforce, SOAP login()', 'jsforce, pinned token'],
  )
  for (const { broker } of result.legacy) {
    assert.ok(broker.callsOk >= 24, 'a day of calls')
    assert.deepEqual([broker.callsFailed, broker.reuses, broker.alive], [0, 0, true])
    assert.equal(broker.exchanges, SHIFTS, 'one exchange for each session that ended')
    assert.equal(broker.logins, 2, 'once in the morning, once at noon')
  }
  assert.equal(soap?.directly.callsOk, 0, 'login() is off')
  assert.equal(soap?.directly.exchanges, 0)
  assert.deepEqual([pinning?.directly.exchanges, pinning?.directly.alive], [1, false])
  assert.ok((pinning?.directly.reuses ?? 0) > 0)
  // Four credentials turned: three to the end and proved, one taken back; not a call lost, and everything is due again.
  const { turns, calendar } = result.rotation
  assert.deepEqual(
    turns.map(({ credential, kind, state }) => [credential, kind, state]),
    [
      ['etl-user', 'security-token', 'retired'],
      ['erp-app', 'external-client-app', 'retired'],
      ['sync-key', 'certificate', 'retired'],
      ['billing-key', 'certificate', 'rolled-back'],
    ],
  )
  const [token, pair, key, back] = turns
  for (const { callsOk, callsFailed, exposedSeconds } of turns) {
    assert.ok(callsOk > 0)
    assert.deepEqual([callsFailed, typeof exposedSeconds], [0, 'number'])
  }
  assert.match(token?.proof ?? '', /from an untrusted address: password and token are proved/)
  for (const loaded of [pair, key]) {
    assert.ok((loaded?.callsOk ?? 0) > 50, 'load all the time')
    assert.ok((loaded?.loginsRefused ?? 0) > 0, 'servers that disagree')
  }
  assert.ok((key?.oneKeySeconds ?? 0) > 60)
  assert.match(back?.report ?? '', /^Taken back: .*reported as done/)
  assert.match(back?.proof ?? '', /the old certificate is back, proved by a login/)
  assert.deepEqual(
    calendar.due.map(({ name, state }) => [name, state]),
    turns.map(({ credential }) => [credential, 'fine']),
  )
  assert.ok(calendar.events >= turns.length)
  // The org nobody has looked after: better, and integrations that got in before still do (a fault if not).
  const { posture } = result
  assert.ok((posture?.after.score ?? 0) > (posture?.before.score ?? 100))
  assert.deepEqual([posture?.held.outcome, posture?.held.cutOff], ['needs-override', ['erp.sync@legacy.example']])
  assert.deepEqual([posture?.applied.dryRun, posture?.applied.outcome], ['accepted', 'applied'])
  assert.doesNotMatch(output.stdout + output.stderr, /\b00D\w{12,15}!|\b5Aep|PRIVATE KEY/)
  assert.deepEqual(readdirSync(folder), [])
})

test(
  'a signal ends the demo at once and leaves no folder behind',
  { skip: process.platform === 'win32' && 'no signals' },
  async (t) => {
    const { child, folder, output, ended } = start(t, [])
    for (let tries = 0; tries < 1_000 && !readdirSync(folder).some((name) => name.startsWith('keyturn-demo-')); tries++)
      await new Promise((resolve) => setTimeout(resolve, 10))
    child.kill('SIGTERM')
    assert.equal(await ended, 143, output.stderr)
    assert.deepEqual(readdirSync(folder), [])
  },
)
