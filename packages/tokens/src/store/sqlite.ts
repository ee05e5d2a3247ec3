/**
 * SQLite as a driver: what differs from PostgreSQL.
 *
 * - BEGIN IMMEDIATE always: a deferred transaction that starts by reading can't be upgraded once another one wrote.
 * - No busy time-out on the writing connection: SQLite would sleep in the event loop, and with it every time limit. A
 *   busy database is asked again from a timer.
 * - Two connections: the second one sees committed data only, also while this process is inside a transaction, and its
 *   `data_version` moves with every commit of anybody, our own included.
 * - Nobody reads the file, its -wal or -shm through `fs` while it is open: closing any descriptor of a file drops all
 *   POSIX locks of the process on it (https://www.sqlite.org/howtocorrupt.html §2.2). `stat` by name is harmless.
 */
import { closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { StatementSync } from 'node:sqlite'
import type { Clock } from '../clock.ts'
import { KeyturnError } from '../errors.ts'
import { bootId } from './boot.ts'
import { networkFileSystem } from './network-file-system.ts'
import { backOff, countdown, pause } from './patience.ts'
import { createQueue } from './queue.ts'
import { integer } from './sql.ts'
import type { Driver, Row, Sql, Value, Work } from './sql.ts'
import { isBusy, sqliteError } from './sqlite-error.ts'

export interface SqliteOptions {
  readonly clock: Clock
  /** Use a network file system all the same. */
  readonly force?: boolean
  /** Make the file when there is none (default); otherwise STORE_MISSING. */
  readonly create?: boolean
  /** How long a busy database is asked again, ms. */
  readonly patience?: number
}

export interface SqliteDriver extends Driver {
  readonly path: string
  /** The connection, for SQLite's own backup. */
  readonly database: DatabaseSync
}

const defaultPatience = 10_000
/** Between two looks for somebody else's commit, ms. */
const pollEvery = 20

/** Makes folder and file for their owner alone, or insists that they are there. Refuses network file systems. */
const prepareFile = (path: string, create: boolean, force: boolean): void => {
  const folder = dirname(path)
  try {
    if (create) mkdirSync(folder, { recursive: true, mode: 0o700 })
    else statSync(path)
    const network = force ? null : networkFileSystem(folder)
    if (network !== null) {
      throw new KeyturnError('STORE_UNSUPPORTED', `${folder} lies on ${network}, where SQLite’s locks don’t hold`, {
        data: { path, network },
        fix: 'Use a local disk or PostgreSQL; the force option is for those who know that one process uses it.',
      })
    }
    // Ours alone, and nobody has it open yet: closing it drops no locks.
    if (create) closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (error instanceof KeyturnError) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    if (code === 'EEXIST') return
    if (code === 'ENOENT') throw new KeyturnError('STORE_MISSING', `there is no store at ${path}`, { cause: error })
    const full = code === 'ENOSPC' || code === 'EDQUOT'
    const refused = code === 'EACCES' || code === 'EROFS' || code === 'EPERM'
    const kind = full ? 'STORE_FULL' : refused ? 'STORE_READ_ONLY' : 'STORE_UNAVAILABLE'
    throw new KeyturnError(kind, `${path} can’t be made (${code})`, { cause: error, data: { path } })
  }
}

const statements = (database: DatabaseSync, explain: (error: unknown) => unknown): Sql => {
  const prepared = new Map<string, StatementSync>()
  const prepare = (text: string): StatementSync => {
    const known = prepared.get(text)
    if (known !== undefined) return known
    const statement = database.prepare(text)
    prepared.set(text, statement)
    return statement
  }
  const attempt = async <T>(work: () => T): Promise<T> => {
    try {
      return work()
    } catch (error) {
      throw explain(error)
    }
  }
  return {
    all: (text, params = []) => attempt<readonly Row[]>(() => prepare(text).all(...(params as Value[]))),
    run: (text, params = []) => attempt(() => void prepare(text).run(...(params as Value[]))),
  }
}

export const openSqlite = async (file: string, options: SqliteOptions): Promise<SqliteDriver> => {
  const { clock, force = false, create = true, patience = defaultPatience } = options
  if (file === '' || file === ':memory:') {
    throw new KeyturnError('STORE_UNSUPPORTED', 'a store in memory would forget what was spent: name a file')
  }
  const path = resolve(file)
  const folder = dirname(path)
  prepareFile(path, create, force)
  const explain = (error: unknown) => sqliteError(error, path, folder)

  /** Asks a busy database again from a timer. */
  const patiently = async <T>(work: () => T, left = countdown(patience)): Promise<T> => {
    const waitLonger = backOff(1, 25)
    for (;;) {
      try {
        return work()
      } catch (error) {
        if (!isBusy(error) || left() === 0) throw explain(error)
      }
      await waitLonger()
    }
  }

  const connect = (timeout: number, setup: string): Promise<DatabaseSync> =>
    patiently(() => {
      const database = new DatabaseSync(path, { timeout, enableForeignKeyConstraints: true })
      try {
        database.exec(`PRAGMA trusted_schema = OFF; ${setup}`)
        return database
      } catch (error) {
        database.close()
        throw error
      }
    })
  // FULL: the log is synced at every commit. fullfsync: macOS’s fsync leaves the data in the drive’s cache.
  const durable =
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA secure_delete = ON'
  const writing = await connect(0, durable)
  const reading = await connect(50, 'PRAGMA query_only = ON').catch((error: unknown) => {
    writing.close()
    throw error
  })
  const inode = statSync(path).ino
  const writeSql = statements(writing, explain)
  const readSql = statements(reading, explain)
  const seenByReader = reading.prepare('PRAGMA data_version')
  const seenByWriter = writing.prepare('PRAGMA data_version')
  const queue = createQueue()
  let base: number | null = null
  let unreadable = 0
  let closed = false

  const now = (): number => Math.floor((base ?? clock.wall() - clock.boot()) + clock.boot())

  /** A file that was replaced under an open store swallows commits: everybody else uses the new one. */
  const refuseReplaced = (): void => {
    const found = statSync(path, { throwIfNoEntry: false })?.ino
    if (found === inode) return
    throw new KeyturnError(
      'STORE_UNAVAILABLE',
      `${path} was ${found === undefined ? 'removed' : 'replaced'} while it was open`,
      {
        fix: 'Start again; to put back a backup use `keyturn store restore` while nothing runs.',
      },
    )
  }

  const transaction = <T>(work: Work<T>): Promise<T> => {
    // The wait in the queue counts: everybody who asked at the same time gives up at the same time.
    const left = countdown(patience)
    return queue(async () => {
      if (closed) throw new KeyturnError('STORE_UNAVAILABLE', `${path} was closed`)
      refuseReplaced()
      await patiently(() => writing.exec('BEGIN IMMEDIATE'), left)
      try {
        const { keep, value } = await work({ sql: writeSql, now: now(), origin: null })
        writing.exec(keep ? 'COMMIT' : 'ROLLBACK')
        return value
      } catch (error) {
        // A full disk may have rolled back already.
        if (writing.isTransaction) writing.exec('ROLLBACK')
        throw explain(error)
      }
    })
  }

  const version = (): number => {
    try {
      return integer(seenByReader.get() ?? {}, 'data_version')
    } catch {
      // Whoever can't ask must not believe that nothing changed.
      unreadable -= 1
      return unreadable
    }
  }

  return {
    kind: 'sqlite',
    dialect: { bytes: 'BLOB', integer: 'INTEGER', tableSuffix: ' STRICT' },
    describe: path,
    path,
    database: writing,
    read: readSql,
    write: transaction,
    migrate: (work) => transaction(async (begun) => ({ keep: true, value: await work(begun) })),
    whenStrange: () => undefined,
    now: () => Promise.resolve(now()),
    version,
    changed: async (ms) => {
      const before = integer(seenByWriter.get() ?? {}, 'data_version')
      const left = countdown(ms)
      while (!closed && left() > 0) {
        await pause(Math.min(pollEvery, left()))
        if (!closed && integer(seenByWriter.get() ?? {}, 'data_version') !== before) return
      }
    },
    snapshot: async (work) => {
      const connection = await connect(50, 'PRAGMA query_only = ON; BEGIN')
      try {
        return await work(statements(connection, explain))
      } finally {
        connection.close()
      }
    },
    startClock: async () => {
      const boot = bootId(clock)
      const find = async (sql: Sql): Promise<number | null> => {
        const [row] = await sql.all('SELECT base FROM keyturn_boots WHERE boot = ?', [boot])
        return row === undefined ? null : integer(row, 'base')
      }
      base = await find(readSql)
      if (base !== null) return
      base = await transaction(async ({ sql }) => {
        const found = await find(sql)
        if (found !== null) return { keep: false, value: found }
        const [meta] = await sql.all('SELECT latest FROM keyturn_meta')
        const latest = meta === undefined ? 0 : integer(meta, 'latest')
        const fresh = Math.ceil(Math.max(clock.wall(), latest) - clock.boot())
        await sql.run('DELETE FROM keyturn_boots WHERE base < ?', [fresh - 30 * 86_400_000])
        await sql.run('INSERT INTO keyturn_boots (boot, base) VALUES (?, ?)', [boot, fresh])
        return { keep: true, value: fresh }
      })
    },
    close: () =>
      queue(async () => {
        if (closed) return
        closed = true
        reading.close()
        writing.close()
      }),
  }
}
