/** Four processes that do the same thing: started, asked, killed, started again. */
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
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

/** What a process needs of this one's environment; nothing else of it can change what the demo shows. */
const inherited = ['PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR', 'NODE_EXTRA_CA_CERTS'] as const

/** Compiled code of the last run starts faster. Node adds the folder of its version by itself. */
const compileCache = (): NodeJS.ProcessEnv => {
  const folder = getCompileCacheDir()
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) }
}

const environmentOf = (setup: WorkerSetup, key: string): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    inherited.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  ),
  ...compileCache(),
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

const running = new Set<ChildProcess>()

/** At once, without waiting, those that are just starting too: for the end of the demo by a signal. */
export const killAllWorkers = (): void => {
  for (const child of running) child.kill('SIGKILL')
}

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
  running.add(child)
  child.on('exit', () => {
    running.delete(child)
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
