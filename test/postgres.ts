/**
 * A real PostgreSQL for tests.
 *
 *   test('…', { skip: whyNoPostgres() }, async (t) => {
 *     const url = await freshDatabase(t)        // an empty database on the server that the whole test run shares
 *     const server = await startPostgres(t)     // a server of one's own: kill it, start it again, look into its files
 *   })
 *
 * Every server listens on loopback and in its own temporary folder only, with a password made for it.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { freePort } from './free-port.ts'
import { postgresBinaries } from './postgres-binaries.ts'

export interface PostgresOptions {
  /** Called with what stops the server; a test context has it. */
  readonly after?: (stop: () => Promise<void>) => void
  /** Whether a commit waits for the disk, as in production (true). Off is faster. */
  readonly fsync?: boolean
  /** Further settings of postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>
}

export interface Postgres {
  /** postgres://…@127.0.0.1:PORT/postgres */
  readonly url: string
  readonly port: number
  readonly dataDirectory: string
  /** The URL of a new, empty database. */
  newDatabase(): Promise<string>
  /** SIGKILL to the postmaster, as a crash would: nothing is flushed, connections break. */
  kill(): Promise<void>
  /** Starts it again after `kill` or `halt`, same port and data. */
  start(): Promise<void>
  /** Ends it in order; the data stays. */
  halt(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

/** For a test's `skip`: false, or the reason why there is no PostgreSQL. */
export function whyNoPostgres(): string | false {
  const binaries = postgresBinaries()
  return typeof binaries === 'string' ? binaries : false
}

const ended = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

/** Waits for the line with which a server says it is up; throws what it wrote when it ends instead. */
function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      if (log.length > 100_000) return
      log += chunk.toString()
      if (log.includes('database system is ready to accept connections')) resolve()
    })
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`PostgreSQL ended before it was ready:\n${log}`)))
  })
}

/** Creates a database with a name of its own beside the one `url` names. */
export async function createDatabase(url: string): Promise<string> {
  const name = `t_${randomBytes(6).toString('hex')}`
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    // template0: nobody else can be connected to it, so that several may create at once.
    await client.query(`create database ${name} template template0`)
  } finally {
    await client.end()
  }
  const created = new URL(url)
  created.pathname = `/${name}`
  return created.href
}

/** Starts a server of one's own. */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const binaries = postgresBinaries()
  if (typeof binaries === 'string') throw new Error(`${binaries}; skip such tests with { skip: whyNoPostgres() }`)
  const { folder, user } = binaries
  const home = mkdtempSync(join(tmpdir(), 'pg-'))
  const dataDirectory = join(home, 'data')
  const password = randomBytes(12).toString('hex')
  const passwordFile = join(home, 'password')
  mkdirSync(dataDirectory, { mode: 0o700 })
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (user !== undefined) for (const path of [home, dataDirectory, passwordFile]) chownSync(path, user.uid, user.gid)

  const launch = (name: string, args: readonly string[]): ChildProcess =>
    spawn(join(folder, name), [...args], {
      ...user,
      cwd: home,
      env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'ignore', 'pipe'],
    })

  const initialise = launch('initdb', [
    ...['-D', dataDirectory, '-U', 'keyturn', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
    ...['--encoding=UTF8', '--locale=C', '--no-sync'],
  ])
  let complaint = ''
  initialise.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
  const [code] = await once(initialise, 'exit')
  rmSync(passwordFile)
  if (code !== 0) {
    rmSync(home, { recursive: true, force: true })
    throw new Error(`initdb of ${folder} ended with ${String(code)}:\n${complaint}`)
  }

  const port = await freePort()
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: process.platform === 'win32' ? '' : home,
    max_connections: '200',
    fsync: options.fsync === false ? 'off' : 'on',
    synchronous_commit: options.fsync === false ? 'off' : 'on',
    ...options.settings,
  }
  let server: ChildProcess | undefined
  const start = async (): Promise<void> => {
    if (server !== undefined && !ended(server)) return
    // After a kill the backends of the dead server may hold its shared memory for a moment; it then refuses to start.
    for (let attempt = 1; ; attempt++) {
      const child = launch('postgres', [
        '-D',
        dataDirectory,
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ])
      server = child
      try {
        return await ready(child)
      } catch (error) {
        if (attempt === 20) throw error
        await new Promise((wake) => setTimeout(wake, 100))
      }
    }
  }
  const end = async (signal: 'SIGKILL' | 'SIGINT'): Promise<void> => {
    if (server === undefined || ended(server)) return
    const gone = once(server, 'exit')
    server.kill(signal)
    await gone
  }
  const lastResort = (): void => void server?.kill('SIGKILL')
  process.on('exit', lastResort)
  const stop = async (): Promise<void> => {
    await end('SIGINT') // PostgreSQL's fast shutdown: breaks connections off instead of waiting for them
    process.off('exit', lastResort)
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
  try {
    await start()
  } catch (error) {
    await stop()
    throw error
  }
  options.after?.(stop)
  const url = `postgres://keyturn:${password}@127.0.0.1:${port}/postgres`
  return {
    url,
    port,
    dataDirectory,
    newDatabase: () => createDatabase(url),
    kill: () => end('SIGKILL'),
    start,
    halt: () => end('SIGINT'),
    stop,
  }
}

/** The URL of an empty database on the server of this test run; outside of `npm test` a server is started for `context`. */
export async function freshDatabase(context: Required<Pick<PostgresOptions, 'after'>>): Promise<string> {
  const offer = process.env['KEYTURN_TEST_POSTGRES_FROM']
  if (offer === undefined)
    return (await startPostgres({ after: (stop) => context.after(stop), fsync: false })).newDatabase()
  const answer = await fetch(offer, { method: 'POST' })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`the test run's PostgreSQL is not to be had: ${text}`)
  return createDatabase(text)
}
