/**
 * PostgreSQL as a driver: what differs from SQLite.
 *
 * - Every writing transaction begins by locking the head row, for all processes of the fleet, and reads after that.
 * - A commit that got no answer is neither done nor undone until it was looked up: `pg_xact_status`, and then whether
 *   the ledger holds what the transaction wrote (a crash can hand its transaction id to somebody else).
 * - A session knows the server's system identifier and timeline; a fail-over or a restore needs a new session, which
 *   finds another one (rule 12).
 * - At most three connections a process: one writes, one reads, one listens.
 */
import type { Clock } from '../clock.ts'
import { KeyturnError } from '../errors.ts'
import { backOff, countdown, pause } from './patience.ts'
import { isPassing, postgresError } from './postgres-error.ts'
import { channel, createListener } from './postgres-listener.ts'
import { connectSession, keepSession, script, sessionSql } from './postgres-session.ts'
import type { Session } from './postgres-session.ts'
import { createQueue } from './queue.ts'
import { integer, text, textOrNull } from './sql.ts'
import type { Begun, Driver, Sql, Work } from './sql.ts'

export interface PostgresOptions {
  readonly clock: Clock
  /** How long an absent or busy server is asked again, ms. */
  readonly patience?: number
}

const defaultPatience = 10_000
const statementTimeout = 15_000
const lockTimeout = 10_000
/** Between two statements of a transaction a writer only computes. Well below what others wait for the lock. */
const idleTimeout = 2_000
/** `keyturn` in ASCII, as a number: who migrates locks everybody else out. */
const migrationLock = '30228472137905774'

const milliseconds = 'floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint'

/** A commit was sent and its answer never came. */
class CommitUnknown extends Error {}

/** Host and database of an address, without user, password and options. */
const describeUrl = (url: string): string => {
  try {
    const { hostname, port, pathname } = new URL(url)
    return `postgres://${hostname === '' ? 'localhost' : hostname}${port === '' ? '' : `:${port}`}${pathname}`
  } catch {
    throw new KeyturnError('STORE_UNSUPPORTED', 'the postgres:// address can’t be read', {
      fix: 'Write postgres://user@host:5432/database; characters like @ in a password as %40.',
    })
  }
}

export const openPostgres = async (url: string, options: PostgresOptions): Promise<Driver> => {
  const { clock, patience = defaultPatience } = options
  const describe = describeUrl(url)
  const explain = (error: unknown) => postgresError(error, describe)
  const queue = createQueue()
  let closed = false
  let attend: (() => Promise<void>) | null = null

  /** Runs again what failed because of the connection, in real time: the server is down in real time. */
  const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
    const left = countdown(patience)
    const waitLonger = backOff(20, 1_000)
    for (;;) {
      if (closed) throw new KeyturnError('STORE_UNAVAILABLE', `${describe} was closed`)
      try {
        return await work()
      } catch (error) {
        if (!isPassing(error) || left() === 0) throw explain(error)
      }
      await waitLonger()
    }
  }

  const writer = keepSession(url, describe)
  const reader = keepSession(url, describe)

  let judged: Session | null = null
  /** A new session is compared with the store once, so that nobody reads a store that went back as if it were new. */
  const readingSession = async (): Promise<Session> => {
    const session = await reader.get()
    if (session === judged || attend === null) return session
    const [row] = await sessionSql(session).all('SELECT origin FROM keyturn_meta')
    const known = row === undefined ? null : textOrNull(row, 'origin')
    if (known !== null && session.origin !== null && known !== session.origin) await attend()
    judged = session
    return session
  }
  const readQueue = createQueue()
  const onReader = <T>(work: (session: Session) => Promise<T>): Promise<T> =>
    patiently(() =>
      readQueue(async () => {
        const session = await readingSession()
        try {
          return await work(session)
        } catch (error) {
          if (isPassing(error)) session.destroy()
          throw error
        }
      }),
    )
  const read: Sql = {
    all: (statement, params) => onReader((session) => sessionSql(session).all(statement, params)),
    run: (statement, params) => onReader((session) => sessionSql(session).run(statement, params)),
  }

  const begin = async (session: Session, lock: string): Promise<Begun & { readonly xid: string }> => {
    const results = await script(session, [
      'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE',
      `SET LOCAL synchronous_commit = ${session.synchronousCommit}`,
      `SET LOCAL statement_timeout = ${statementTimeout}`,
      `SET LOCAL lock_timeout = ${lockTimeout}`,
      // A writer that was suspended or cut off in mid-transaction holds the lock that the whole fleet needs.
      `SET LOCAL idle_in_transaction_session_timeout = ${idleTimeout}`,
      lock,
      // A statement of its own: in the locking one the clock would be read before the wait.
      `SELECT ${milliseconds} AS now, pg_current_xact_id()::text AS xid`,
    ])
    const row = results.at(-1)?.rows[0] ?? {}
    return {
      sql: sessionSql(session),
      now: integer(row, 'now') + clock.offset(),
      origin: session.origin,
      xid: text(row, 'xid'),
    }
  }

  const commit = async (session: Session): Promise<void> => {
    const warnings: string[] = []
    const onNotice = ({ severity, message }: { severity?: string | undefined; message?: string | undefined }) => {
      if (severity === 'WARNING') warnings.push(message ?? '')
    }
    session.client.on('notice', onNotice)
    let tag: string | undefined
    try {
      // No time-out while waiting for a standby: cancelled, the wait would end in a commit that is only local.
      const statements = ['SET LOCAL statement_timeout = 0', `NOTIFY ${channel}`, 'COMMIT']
      tag = (await script(session, statements, patience)).at(-1)?.command
    } catch (cause) {
      throw new CommitUnknown('no answer to COMMIT', { cause })
    } finally {
      session.client.off('notice', onNotice)
    }
    if (tag !== 'COMMIT') throw new KeyturnError('STORE_UNAVAILABLE', `${describe} rolled the transaction back`)
    if (warnings.length > 0) {
      throw new KeyturnError(
        'STORE_UNAVAILABLE',
        `${describe} committed, but no standby confirmed it: ${warnings.join('; ')}`,
      )
    }
  }

  /** After an unknown COMMIT: whether it happened. A store of another time line is asked anew from the start. */
  const landed = (before: Session, xid: string, look: (sql: Sql) => Promise<boolean>): Promise<boolean> => {
    const left = countdown(patience)
    return patiently(async () => {
      for (;;) {
        const session = await writer.get()
        if (session.origin !== before.origin) return false
        const { rows } = await session.client
          .query<{ status: string | null }>('SELECT pg_xact_status($1::text::xid8) AS status', [xid])
          // 22023: this transaction id lies in the future, so the server forgot it.
          .catch((error: unknown) => {
            if (error instanceof Error && 'code' in error && error.code === '22023') return { rows: [] }
            throw error
          })
        const status = rows[0]?.status ?? 'aborted'
        if (status === 'committed') return look(sessionSql(session))
        if (status !== 'in progress') return false
        if (left() === 0) {
          throw new KeyturnError('STORE_UNAVAILABLE', `${describe} has not said whether a commit happened`, {
            data: { xid },
          })
        }
        await pause(50)
      }
    })
  }

  const attempt = async <T>(lock: string, work: Work<T>): Promise<T> => {
    const session = await writer.get()
    try {
      const begun = await begin(session, lock)
      const { keep, value, landed: look } = await work(begun)
      if (!keep) {
        await session.client.query('ROLLBACK')
        return value
      }
      try {
        await commit(session)
        return value
      } catch (error) {
        if (!(error instanceof CommitUnknown)) throw error
        session.destroy()
        if (await landed(session, begun.xid, look ?? (() => Promise.resolve(true)))) return value
      }
    } catch (error) {
      if (isPassing(error)) session.destroy()
      else if (!session.lost()) await session.client.query('ROLLBACK').catch(() => session.destroy())
      throw error
    }
    return attempt(lock, work)
  }

  const lockHead = 'SELECT 1 FROM keyturn_meta FOR UPDATE'
  const lockMigration = `SELECT pg_advisory_xact_lock(${migrationLock})`

  const version = async (): Promise<string> => {
    const [row] = await read.all('SELECT epoch, commits FROM keyturn_meta')
    return row === undefined ? '' : `${integer(row, 'epoch')}.${integer(row, 'commits')}`
  }

  const listener = createListener({ url, describe, own: writer.get, version })

  return {
    kind: 'postgres',
    dialect: { bytes: 'BYTEA', integer: 'BIGINT', tableSuffix: '' },
    describe,
    read,
    write: (work) => patiently(() => queue(() => attempt(lockHead, work))),
    migrate: (work) =>
      patiently(() => queue(() => attempt(lockMigration, async (begun) => ({ keep: true, value: await work(begun) })))),
    whenStrange: (handler) => {
      attend = handler
    },
    startClock: () => Promise.resolve(),
    snapshot: (work) =>
      patiently(async () => {
        const session = await connectSession(url, describe)
        try {
          await session.client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
          return await work(sessionSql(session))
        } finally {
          await session.client.end().catch(() => session.destroy())
        }
      }),
    now: async () => {
      const [row] = await read.all(`SELECT ${milliseconds} AS now`)
      return integer(row ?? {}, 'now') + clock.offset()
    },
    version,
    changed: listener.changed,
    close: async () => {
      closed = true
      await listener.end()
      await queue(() => Promise.resolve())
      await Promise.all([writer.end(), reader.end()])
    },
  }
}
