/**
 * A simulated org, a store, and a fleet of processes that share it: what the survival tests are made of.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSimulator, type AppSettings, type Simulator } from '@keyturn/simulator'
import type { Limits } from '../../src/contract.ts'
import { openKeyturn, type AddFallback, type Keyturn } from '../../src/index.ts'
import { followClock } from './follow-clock.ts'

export interface WorkerSetup {
  readonly store: string
  readonly stateFolder: string
  readonly clockFile: string
  readonly limits: Partial<Limits>
}

export type ToWorker =
  | { readonly type: 'call'; readonly round: number; readonly grants: readonly string[]; readonly callers: number }
  | { readonly type: 'sweep'; readonly round: number }
  | { readonly type: 'stop' }

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'event'; readonly event: string; readonly grant: string }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'done'; readonly round: number; readonly results: Readonly<Record<string, readonly string[]>> }

export interface Worker {
  readonly process: ChildProcess
  readonly events: Map<string, number>
  /** Sends and waits for the round's end; null when the worker died first. */
  ask(message: Exclude<ToWorker, { type: 'stop' }>): Promise<Readonly<Record<string, readonly string[]>> | null>
  kill(): Promise<void>
  stop(): Promise<void>
}

export interface Scene {
  readonly sim: Simulator
  readonly setup: WorkerSetup
  readonly folder: string
  /** Everything workers printed. */
  readonly output: string[]
  open(): Promise<Keyturn>
  worker(): Promise<Worker>
  childEnvironment(more?: Readonly<Record<string, unknown>>): NodeJS.ProcessEnv
  /** A grant at the simulator, added to the store. Returns the simulator's id of it. */
  add(
    keyturn: Keyturn,
    name: string,
    options: { user: string; app: string; fallback?: readonly AddFallback[] },
  ): Promise<string>
  /** Secrets known to the simulator that stand in clear text in a file of the scene or in a worker's output. */
  leaks(): readonly string[]
  close(): Promise<void>
}

/** Short, in milliseconds of the simulator's clock, which the tests move. */
const limits: Partial<Limits> = { connect: 5_000, wait: 4_000, send: 4_000, read: 8_000, stale: 20 }

export const startScene = async (options: {
  readonly seed: string
  /** `user0@acme.example` and so on; default 6. */
  readonly users?: number
  readonly app?: Partial<AppSettings>
  /** Absent: SQLite in the scene's folder. */
  readonly postgres?: string
}): Promise<Scene> => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-survival-'))
  const clockFile = join(folder, 'clock.json')
  const users = Array.from({ length: options.users ?? 6 }, (_, n) => ({ username: `user${n}@acme.example` }))
  const sim = await startSimulator({
    seed: options.seed,
    clockFile,
    orgs: [{ name: 'acme', users: [...defaultUsers, ...users] }],
  })
  for (const app of ['Web', 'Jwt']) sim.control.changeApp({ app, settings: { rotation: true, ...options.app } })
  const key = randomBytes(32).toString('hex')
  const setup: WorkerSetup = {
    store: options.postgres ?? `sqlite:${join(folder, 'keyturn.db')}`,
    stateFolder: join(folder, 'state'),
    clockFile,
    limits,
  }
  const output: string[] = []
  const workers = new Set<Worker>()
  const childEnvironment = (more: Readonly<Record<string, unknown>> = {}): NodeJS.ProcessEnv => ({
    PATH: process.env.PATH ?? '',
    SURVIVAL_SETUP: JSON.stringify({ ...setup, ...more }),
    SURVIVAL_KEY: key,
  })
  const worker = async (): Promise<Worker> => {
    const child = fork(join(import.meta.dirname, 'worker.ts'), [], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: childEnvironment(),
    })
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (bytes: Buffer) => output.push(bytes.toString()))
    const gone = once(child, 'exit')
    const events = new Map<string, number>()
    const waiting = new Map<number, (results: Readonly<Record<string, readonly string[]>> | null) => void>()
    const ready = Promise.withResolvers<void>()
    child.on('message', (message: FromWorker) => {
      if (message.type === 'ready') ready.resolve()
      else if (message.type === 'event') events.set(message.event, (events.get(message.event) ?? 0) + 1)
      else if (message.type === 'note') output.push(message.text)
      else waiting.get(message.round)?.(message.results)
    })
    child.on('exit', () => {
      ready.reject(new Error(`A worker ended before it was ready:\n${output.join('')}`))
      for (const settle of waiting.values()) settle(null)
    })
    ready.promise.catch(() => undefined)
    await ready.promise
    const made: Worker = {
      process: child,
      events,
      ask: (message) => {
        if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(null)
        const { promise, resolve } = Promise.withResolvers<Readonly<Record<string, readonly string[]>> | null>()
        waiting.set(message.round, resolve)
        child.send(message, (error) => (error === null ? undefined : resolve(null)))
        return promise
      },
      kill: async () => {
        child.kill('SIGKILL')
        await gone
        workers.delete(made)
      },
      stop: async () => {
        if (child.connected) child.send({ type: 'stop' } satisfies ToWorker)
        await gone
        workers.delete(made)
      },
    }
    workers.add(made)
    return made
  }
  return {
    sim,
    setup,
    folder,
    output,
    open: () =>
      openKeyturn({
        store: setup.store,
        masterKey: Buffer.from(key, 'hex'),
        stateFolder: setup.stateFolder,
        clock: followClock(clockFile),
        limits,
        migrate: true,
      }),
    worker,
    childEnvironment,
    add: async (keyturn, name, { user, app, fallback }) => {
      const ready = sim.control.grant({ user, app })
      await keyturn.grants.add({
        name,
        loginUrl: ready.instanceUrl,
        clientId: ready.clientId,
        clientSecret: ready.clientSecret,
        refreshToken: ready.refreshToken,
        username: user,
        flow: 'refresh_token',
        policy: { drain: 20_000, replayBackoff: 5_000, replayBackoffMax: 60_000 },
        ...(fallback === undefined ? {} : { fallback }),
      })
      return ready.grant
    },
    leaks: () => {
      const places = [output.join(''), ...filesIn(folder).map((file) => readFileSync(file, 'latin1'))]
      return [...sim.control.secrets(), key].filter((secret) => places.some((place) => place.includes(secret)))
    },
    close: async () => {
      await Promise.all([...workers].map((one) => one.kill()))
      await sim.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const defaultUsers = [
  { username: 'admin@acme.example' },
  { username: 'integration@acme.example' },
  { username: 'api@acme.example' },
]

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesIn(path) : [path]
  })
