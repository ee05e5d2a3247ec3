/** An asynchronous standby of a test's PostgreSQL, made by copying the halted primary's files. */
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync, chownSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { freePort } from '../../../../test/free-port.ts'
import { postgresBinaries } from '../../../../test/postgres-binaries.ts'
import type { Postgres } from '../../../../test/postgres.ts'

export interface Standby {
  readonly port: number
  /** The URL of the same database on the standby. */
  urlOf(url: string): string
  start(): Promise<void>
  halt(): Promise<void>
  /** Makes it the primary of a new timeline. */
  promote(): Promise<void>
  stop(): Promise<void>
}

const answers = async (url: string): Promise<boolean> => {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('SELECT 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Halts the primary for the copy and starts it again. */
export const makeStandby = async (primary: Postgres): Promise<Standby> => {
  const binaries = postgresBinaries()
  if (typeof binaries === 'string') throw new Error(binaries)
  const home = mkdtempSync(join(tmpdir(), 'pg-standby-'))
  const data = join(home, 'data')
  await primary.halt()
  const copied = spawnSync('cp', ['-a', primary.dataDirectory, data])
  if (copied.status !== 0) throw new Error(`cp ended with ${String(copied.status)}`)
  writeFileSync(join(data, 'standby.signal'), '')
  const { user } = binaries
  if (user !== undefined) for (const path of [home, join(data, 'standby.signal')]) chownSync(path, user.uid, user.gid)
  await primary.start()
  const port = await freePort()
  const { username, password } = new URL(primary.url)
  const conninfo = `host=127.0.0.1 port=${primary.port} user=${username} password=${password}`
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: home,
    max_connections: '200',
    hot_standby: 'on',
    primary_conninfo: conninfo,
  }
  const urlOf = (url: string): string => {
    const made = new URL(url)
    made.port = String(port)
    return made.href
  }
  let server: ChildProcess | null = null
  const halt = async (): Promise<void> => {
    if (server === null || server.exitCode !== null || server.signalCode !== null) return
    const gone = once(server, 'exit')
    server.kill('SIGINT')
    await gone
  }
  const start = async (): Promise<void> => {
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const child = spawn(join(binaries.folder, 'postgres'), ['-D', data, ...args], {
      ...user,
      cwd: home,
      stdio: 'ignore',
    })
    server = child
    for (let attempt = 0; !(await answers(urlOf(primary.url))); attempt++) {
      if (child.exitCode !== null || attempt === 300) throw new Error('the standby did not start')
      await new Promise((wake) => setTimeout(wake, 50))
    }
  }
  await start()
  return {
    port,
    urlOf,
    start,
    halt,
    promote: async () => {
      const client = new pg.Client({ connectionString: urlOf(primary.url) })
      await client.connect()
      await client.query('SELECT pg_promote()')
      await client.end()
    },
    stop: async () => {
      await halt()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
