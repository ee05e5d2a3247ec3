/** A process that is killed after it sent the token and before it kept the answer. */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { HOUR, startDeath } from './scene.ts'

const worker = fileURLToPath(new URL('../../../tokens/test/survival/worker.ts', import.meta.url))

test('a crash between the sending and the keeping is our own, certain where Login History shows the exchange', async (t) => {
  const org = await startDeath(t)
  await org.add()
  assert.equal(await org.call(), 200)
  org.advance(3 * HOUR)
  const { masterKey, store, limits } = org.options
  assert.ok(masterKey instanceof Uint8Array)
  const stateFolder = join(org.folder, 'worker')
  const setup = { store, stateFolder, clockFile: join(org.folder, 'clock.json'), limits }
  const child = fork(worker, {
    env: {
      PATH: process.env['PATH'],
      SURVIVAL_SETUP: JSON.stringify(setup),
      SURVIVAL_KEY: Buffer.from(masterKey).toString('base64'),
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  t.after(() => void child.kill('SIGKILL'))
  await once(child, 'message')
  const fault = org.sim.control.addFault({
    match: { endpoint: 'token', grantType: 'refresh_token' },
    action: { holdAfter: true },
  })
  child.send({ type: 'call', round: 1, grants: ['acme'], callers: 1 })
  await org.sim.control.held({ fault: fault.id, timeoutMs: 60_000 })
  child.kill('SIGKILL')
  await once(child, 'exit')
  org.sim.control.release()
  org.sim.control.removeFaults()
  // The next process of that host reads the dead one's journal: sent, and nothing heard.
  const next = await org.open({ stateFolder })
  const { why, status } = await next.grants.show('acme')
  assert.deepEqual([status, why?.code], ['in-doubt', 'holder-died'])
  org.advance(HOUR)
  await assert.rejects(next.token('acme'), { code: 'GRANT_DEAD' })
  const { ledger, asked } = await org.verdicts(next)
  assert.deepEqual([ledger.verdict, ledger.cause, ledger.certainty], ['own-attempt', 'crash', 'likely'])
  assert.deepEqual([asked.verdict, asked.cause, asked.certainty], ['own-attempt', 'crash', 'certain'])
})
