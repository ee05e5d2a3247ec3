/** A process is stopped for longer than every limit (SIGSTOP: a laptop that sleeps, a paused machine), then goes on. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { Keyturn } from '../../src/index.ts'
import { startScene, type Scene } from '../survival/scene.ts'

const skip = process.platform === 'linux' ? false : 'reads from /proc whether a process is stopped'
const HOUR = 3_600_000

const sceneOf = async (t: TestContext, seed: string): Promise<{ scene: Scene; keyturn: Keyturn }> => {
  const scene = await startScene({ seed })
  t.after(() => scene.close())
  const keyturn = await scene.open()
  await scene.add(keyturn, 'g', { user: 'user0@acme.example', app: 'Web' })
  return { scene, keyturn }
}

const start = (t: TestContext, scene: Scene, stopBeforeSending: boolean) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'stopped-child.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: scene.childEnvironment({ stopBeforeSending }),
  })
  t.after(() => void child.kill('SIGKILL'))
  let printed = ''
  child.stdout.on('data', (bytes: Buffer) => (printed += bytes.toString()))
  const gone = once(child, 'exit')
  return {
    child,
    stopped: () => until(() => / T /.test(readFileSync(`/proc/${String(child.pid)}/stat`, 'latin1')), 'it is stopped'),
    resume: async (): Promise<string> => {
      child.kill('SIGCONT')
      await gone
      return printed.trim()
    },
  }
}

const until = async (holds: () => boolean | Promise<boolean>, what: string): Promise<void> => {
  for (let tries = 0; tries < 2_000; tries++) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`never happened: ${what}`)
}

const ask = (keyturn: Keyturn): Promise<string> =>
  keyturn.token('g').then(
    () => 'ok',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )

const asked = (scene: Scene): number => scene.sim.control.log().filter(({ kind }) => kind === 'arrived').length

test(
  'stopped between the last look and the first byte, it never sends; others wait for its word',
  { skip },
  async (t) => {
    const { scene, keyturn } = await sceneOf(t, 'stopped before')
    const { stopped, resume } = start(t, scene, true)
    await stopped()
    for (let n = 0; n < 3; n++) {
      scene.sim.control.moveClock({ advanceMs: HOUR })
      assert.equal(await ask(keyturn), 'GRANT_IN_DOUBT')
      await keyturn.sweep()
    }
    assert.equal((await keyturn.grants.show('g')).state.doubt?.finishedAt, null, 'a stopped process is not dead')
    assert.equal(asked(scene), 0)
    assert.match(await resume(), /EXCHANGE_TIMEOUT|ok/)
    assert.equal(await ask(keyturn), 'ok')
    const { exchanges, reuses, unknownOutcomes } = scene.sim.control.oracle().total
    assert.deepEqual({ exchanges, reuses, unknownOutcomes }, { exchanges: 1, reuses: 0, unknownOutcomes: 0 })
    await keyturn.close()
  },
)

test(
  'stopped while it waits for the answer, it hears it when it goes on, and nobody replays meanwhile',
  { skip },
  async (t) => {
    const { scene, keyturn } = await sceneOf(t, 'stopped after')
    const fault = scene.sim.control.addFault({ match: { endpoint: 'token' }, action: { holdAfter: true } })
    const { child, stopped, resume } = start(t, scene, false)
    await scene.sim.control.held({ fault: fault.id, timeoutMs: 20_000 })
    child.kill('SIGSTOP')
    await stopped()
    scene.sim.control.removeFaults()
    scene.sim.control.release()
    for (let n = 0; n < 3; n++) {
      scene.sim.control.moveClock({ advanceMs: HOUR })
      assert.equal(await ask(keyturn), 'GRANT_IN_DOUBT')
      await keyturn.sweep()
    }
    assert.equal(asked(scene), 1)
    await resume()
    await until(async () => (await keyturn.grants.show('g')).status === 'live', 'the answer is kept')
    assert.equal(await ask(keyturn), 'ok')
    const { exchanges, reuses, unknownOutcomes } = scene.sim.control.oracle().total
    assert.deepEqual({ exchanges, reuses, unknownOutcomes }, { exchanges: 1, reuses: 0, unknownOutcomes: 0 })
    await keyturn.close()
  },
)
