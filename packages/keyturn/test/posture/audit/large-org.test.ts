/**
 * The whole command on a large org, started as people start it: within its memory, and a clear error where it is given
 * too little. Takes minutes, so only with KEYTURN_LONG; the bench `audit` tells the figures.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setInterval } from 'node:timers'
import { treeMegabytes } from '../../../../../bench/process-tree.ts'
import { makeFolder } from '../../cli.ts'
import type { LargeAsk } from '../collectors/large-audit.ts'

const skip =
  process.env['KEYTURN_LONG'] === undefined
    ? 'takes minutes: KEYTURN_LONG=1 runs it'
    : process.platform !== 'linux'
      ? 'memory of a tree of processes is read from /proc'
      : false

void test('`keyturn audit` of a large org stays within 300 MB, and says so where it may not', { skip }, async (t) => {
  const org = fork(new URL('../collectors/large-org.ts', import.meta.url), { execArgv: [] })
  t.after(() => org.disconnect())
  const [{ url, clientId, clientSecret, refreshToken }] = (await once(org, 'message')) as [LargeAsk['grant']]
  const folder = makeFolder(t)
  assert.equal((await folder.run(['init'])).code, 0)
  const connect = ['connect', 'acme', '--refresh-token-stdin', '--login-url', url, '--client-id', clientId]
  const env = { SECRET: clientSecret }
  const connected = await folder.run([...connect, '--client-secret-ref', 'env:SECRET'], { stdin: refreshToken, env })
  assert.equal(connected.code, 0, connected.stderr)

  const args = ['audit', 'acme', '--profile', 'strict', '--fail-on', 'never', '--output', 'report', '--format', 'json']
  const running = folder.start([...args, '--format', 'html'], { env })
  let megabytes = 0
  const looking = setInterval(() => {
    if (running.child.pid !== undefined) megabytes = Math.max(megabytes, treeMegabytes(running.child.pid))
  }, 50)
  const { code, stderr } = await running.ended
  clearInterval(looking)
  assert.equal(code, 0, stderr)
  t.diagnostic(`${megabytes.toFixed(0)} MB`)
  assert(megabytes < 300, `${megabytes} MB`)

  const starved = await folder.run([...args, '--memory', '64'], { env })
  assert.equal(starved.code, 6)
  assert.match(starved.stderr, /OUT_OF_MEMORY: .*64 MB/)
  assert.match(starved.stderr, /→ .*--memory/)
})
