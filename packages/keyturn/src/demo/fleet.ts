/** Four processes that do the same thing: started, asked, killed, started again. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { mind, plainEnvironment } from './children.ts'
import type { FromWorker, Order, ToWorker, WorkerSetup } from './messages.ts'

export interface Worker {
  /** Null when the process is gone, or silent for `limit` ms. */
  ask(order: Order, limit?: number): Promise<readonly string[] | null>
  kill(): Promise<void>
  stop(): Promise<void>
}

const workerFile = fileURLToPath(
  new URL(`./workers/worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
)

/** Longer than the longest wait of a client that is known (@salesforce/core gives up on a lock after 40 s). */
const LIMIT = 50_000

const LONGEST_COMPLAINT = 10_000

const environmentOf = (setup: WorkerSetup, key: string): NodeJS.ProcessEnv => ({
  ...plainEnvironment(),
  KEYTURN_DEMO_SETUP: JSON.stringify(setup),
  KEYTURN_DEMO_KEY: key,
  // @salesforce/core keeps its logins below the home folder, and is to be quiet.
  HOME: setup.folder,
  USERPROFILE: setup.folder,
  SF_DISABLE_TELEMETRY: 'true',
  SF_DISABLE_LOG_FILE: 'true',
  SF_DOMAIN_RETRY: '0',
  SF_USE_GENERIC_UNIX_KEYCHAIN: 'true',
  SF_SKIP_SCRATCH_ORG_CHECK: 'true',
  SF_SKIP_NEW_VERSION_CHECK: 'true',
  SF_AUTOUPDATE_DISABLE: 'true',
})

export const startWorker = async (setup: WorkerSetup, key: string): Promise<Worker> => {
  // What clients print (warnings of http, of locks) would only disturb the story; why a process didn't start is kept.
  const child = fork(workerFile, [], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: environmentOf(setup, key),
    execArgv: [],
  })
  const gone = once(child, 'exit')
  let printed = ''
  child.stderr?.on('data', (bytes: Buffer) => {
    if (printed.length < LONGEST_COMPLAINT) printed += bytes.toString()
  })
  const waiting = new Map<number, (results: readonly string[] | null) => void>()
  let asked = 0
  const answer = (id: number, limit: number): Promise<readonly string[] | null> =>
    new Promise((resolve) => {
      const settle = (results: readonly string[] | null): void => {
        clearTimeout(timer)
        waiting.delete(id)
        resolve(results)
      }
      const timer = setTimeout(() => settle(null), limit)
      waiting.set(id, settle)
    })
  child.on('message', ({ id, results }: FromWorker) => waiting.get(id)?.(results))
  child.on('error', () => undefined)
  mind(child)
  child.on('exit', () => {
    for (const settle of waiting.values()) settle(null)
  })
  const alive = (): boolean => child.exitCode === null && child.signalCode === null && child.connected
  const ended = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) await gone
  }
  if ((await answer(0, LIMIT)) === null) {
    child.kill('SIGKILL')
    const why = /^\w*Error: .*$/m.exec(printed)?.[0] ?? `exit code ${child.exitCode}`
    throw new Error(`A worker process for ${setup.client} did not start: ${why}`)
  }
  return {
    ask: (order, limit = LIMIT) => {
      if (!alive()) return Promise.resolve(null)
      const id = ++asked
      const answered = answer(id, limit)
      child.send({ id, order } satisfies ToWorker, (error) => (error === null ? undefined : waiting.get(id)?.(null)))
      return answered
    },
    kill: async () => {
      child.kill('SIGKILL')
      await ended()
    },
    stop: async () => {
      if (alive()) child.send({ id: 0, order: { type: 'stop' } } satisfies ToWorker, () => undefined)
      const patience = setTimeout(() => child.kill('SIGKILL'), 3_000)
      await ended()
      clearTimeout(patience)
    },
  }
}
