/** One host that runs `keyturn serve`: a folder of its own, its way to PostgreSQL and its way to Salesforce. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bin } from '../../cli.ts'
import type { Relay } from './relay.ts'

export interface ReplicaOptions {
  readonly name: string
  readonly folder: string
  readonly store: string
  readonly masterKey: string
  readonly authority: string
  readonly toSalesforce: Relay
  readonly toPostgres: Relay
}

export interface Replica {
  readonly name: string
  readonly toSalesforce: Relay
  readonly toPostgres: Relay
  readonly stateFolder: string
  /** Null: it does not run. */
  readonly url: string | null
  readonly pid: number | null
  /** What it wrote to its log, over all its lives. */
  readonly log: readonly string[]
  start(): Promise<void>
  kill(): Promise<void>
  stop(): Promise<void>
}

/** The limits are the default ones. Swept often, since the fleet has seconds where a company has days. */
const configOf = (): string =>
  [
    'version: 1',
    'stateFolder: ./state',
    'caFile: ./authority.pem',
    'broker:',
    '  listen: [{ port: 0 }]',
    '  sweepEvery: 2s',
    '  log: info',
    '',
  ].join('\n')

export const makeReplica = (options: ReplicaOptions): Replica => {
  const { name, folder, store, masterKey, authority, toSalesforce, toPostgres } = options
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(join(folder, 'keyturn.yaml'), configOf())
  writeFileSync(join(folder, 'authority.pem'), authority)
  const address = new URL(store)
  address.port = String(toPostgres.port)
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    NO_COLOR: '1',
    KEYTURN_STORE: address.href,
    KEYTURN_MASTER_KEY: masterKey,
    HTTPS_PROXY: `http://127.0.0.1:${toSalesforce.port}`,
  }
  const log: string[] = []
  let running: { readonly child: ChildProcess; readonly url: string; readonly gone: Promise<unknown> } | null = null

  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    if (running === null) return
    const { child, gone } = running
    child.kill(signal)
    await gone
    running = null
  }
  return {
    name,
    toSalesforce,
    toPostgres,
    stateFolder: join(folder, 'state'),
    get url() {
      return running?.url ?? null
    },
    get pid() {
      return running?.child.pid ?? null
    },
    log,
    start: async () => {
      if (running !== null) return
      const child = spawn(process.execPath, [bin, 'serve', '--json'], {
        cwd: folder,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const gone = once(child, 'exit')
      child.stderr.setEncoding('utf8').on('data', (text: string) => void log.push(text))
      const url = await new Promise<string>((resolve, reject) => {
        let said = ''
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
          said += text
          const found = /"(http:\/\/127\.0\.0\.1:\d+)"/.exec(said)?.[1]
          if (found !== undefined) resolve(found)
        })
        void gone.then(() => reject(new Error(`${name} ended before it listened:\n${said}${log.join('')}`)))
      })
      running = { child, url, gone }
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  }
}
