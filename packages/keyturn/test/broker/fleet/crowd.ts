/** All callers, in a handful of processes: sets them going, asks who got through, collects what they saw. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '@keyturn/tokens'
import type { ClientSetup } from './client-kinds.ts'
import type { Program } from './stage.ts'

export interface WorkerSetup {
  readonly clients: readonly ClientSetup[]
  /** Between two calls of one caller, ms. */
  readonly pause: number
}

export type ToWorker = { readonly n: number } & (
  | { readonly type: 'phase'; readonly phase: number }
  | { readonly type: 'look' }
  | { readonly type: 'collect' }
  | { readonly type: 'end' }
)

export interface FromWorker {
  readonly n: number
  readonly through: readonly string[]
  readonly calls: number
  readonly slowest: number
  /** By caller. */
  readonly errors: Readonly<Record<string, readonly string[]>>
  /** By caller: how long its call is under way, ms. */
  readonly calling: Readonly<Record<string, number>>
}

export interface Seen {
  readonly calls: number
  readonly slowest: number
  readonly errors: Readonly<Record<string, readonly string[]>>
}

export interface Crowd {
  /** Resolves when every caller, those of `except` apart (grants), has had an answer to a call that it began after now. */
  everybodyThrough(what: string, except?: readonly string[]): Promise<void>
  /** What was seen since the last collection. */
  collect(): Promise<Seen>
  end(): Promise<void>
}

/**
 * For what never comes. The logins of @salesforce/core wait for each other: a machine that does ten other things needed
 * more than a minute for ten of them.
 */
const PATIENCE_MS = 180_000

export const gather = async (clients: readonly Program[], folder: string, processes: number): Promise<Crowd> => {
  let asked = 0
  let phase = 0
  const workers = Array.from({ length: processes }, (_, index) => {
    const home = join(folder, `worker-${index}`)
    mkdirSync(home, { recursive: true })
    // About a hundred calls a second for the whole crowd: what two cores can carry beside three replicas.
    const setup: WorkerSetup = {
      clients: clients.filter((_client, n) => n % processes === index),
      pause: Math.max(1_000, clients.length * 10),
    }
    const child = fork(join(import.meta.dirname, 'worker.ts'), [], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        // @salesforce/core warns of every address on loopback.
        NODE_NO_WARNINGS: '1',
        SF_DISABLE_TELEMETRY: 'true',
        SF_DISABLE_LOG_FILE: 'true',
        SF_DOMAIN_RETRY: '0',
        SF_USE_GENERIC_UNIX_KEYCHAIN: 'true',
        SF_SKIP_SCRATCH_ORG_CHECK: 'true',
        FLEET_WORKER: JSON.stringify(setup),
      },
    })
    const gone = once(child, 'exit')
    const waiting = new Map<
      number,
      { readonly resolve: (report: FromWorker) => void; readonly reject: (error: Error) => void }
    >()
    child.on('message', (report: FromWorker) => waiting.get(report.n)?.resolve(report))
    child.on('exit', () => {
      for (const { reject } of waiting.values()) reject(new Error('A process of callers ended'))
    })
    return {
      gone,
      kill: () => child.kill('SIGKILL'),
      ask: (message: ToWorker) => {
        const { promise, resolve, reject } = Promise.withResolvers<FromWorker>()
        waiting.set(message.n, { resolve, reject })
        child.send(message, (error) => (error === null ? undefined : reject(error)))
        return promise.finally(() => waiting.delete(message.n))
      },
    }
  })
  const ask = (message: { readonly type: 'look' | 'collect' } | { readonly type: 'phase'; readonly phase: number }) =>
    Promise.all(workers.map((worker) => worker.ask({ ...message, n: ++asked })))

  return {
    everybodyThrough: async (what, except = []) => {
      const awaited = clients.filter(({ grant }) => !except.includes(grant))
      await ask({ type: 'phase', phase: ++phase })
      const until = systemClock.boot() + PATIENCE_MS
      for (;;) {
        const reports = await ask({ type: 'look' })
        const through = new Set(reports.flatMap((report) => report.through))
        if (awaited.every(({ name }) => through.has(name))) return
        if (systemClock.boot() > until) {
          const out = awaited.filter(({ name }) => !through.has(name)).map(({ name }) => name)
          const stuck = out.map((name) => {
            const last = reports.map(({ errors }) => errors[name]?.at(-1)).find(Boolean) ?? 'no error'
            const calling = reports.map((report) => report.calling[name]).find((ms) => ms !== undefined)
            return `${name} (${calling === undefined ? 'pauses' : `calling for ${calling} ms`}; ${last})`
          })
          throw new Error(`${what}: ${out.length} callers never got through: ${stuck.slice(0, 12).join(', ')}`)
        }
        await systemClock.sleep(50)
      }
    },
    collect: async () => {
      const reports = await ask({ type: 'collect' })
      return {
        calls: reports.reduce((sum, { calls }) => sum + calls, 0),
        slowest: Math.round(Math.max(...reports.map(({ slowest }) => slowest))),
        errors: Object.assign({}, ...reports.map(({ errors }) => errors)) as Seen['errors'],
      }
    },
    end: async () => {
      for (const { kill } of workers) kill()
      await Promise.all(workers.map(({ gone }) => gone))
    },
  }
}
