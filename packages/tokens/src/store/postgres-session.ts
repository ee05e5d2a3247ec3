/** One connection to PostgreSQL, with what has to be known about the server at its other end. */
import { KeyturnError } from '../errors.ts'
import type { Client, QueryConfig, QueryResult } from 'pg'
import { passwordFromFile } from './password-file.ts'
import { pause } from './patience.ts'
import type { Row, Sql, Value } from './sql.ts'

export interface Session {
  readonly client: Client
  /** System identifier and timeline; a connection never outlives a change of either. null: not permitted to know. */
  readonly origin: string | null
  /** What `synchronous_commit` must be for a claim: never less than `on`. */
  readonly synchronousCommit: string
  readonly processId: number | null
  lost(): boolean
  /** Breaks the connection off, without waiting for the server. */
  destroy(): void
}

const loadDriver = async () => {
  try {
    return (await import('pg')).default
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new KeyturnError('DRIVER_MISSING', 'a PostgreSQL store needs the package pg', {
      fix: 'Run: npm install pg',
      data: { package: 'pg' },
    })
  }
}

/** A query that gets no answer for this long ends its connection, ms: the network may be a black hole. */
const silence = 20_000

export const connectSession = async (url: string, describe: string): Promise<Session> => {
  const { Client } = await loadDriver()
  const client = new Client({
    connectionString: url,
    application_name: 'keyturn',
    connectionTimeoutMillis: 5_000,
    query_timeout: silence,
    keepAlive: true,
  })
  // Not the option `password`: that an address has none would count for more.
  const login = client as unknown as { password: string | (() => Promise<string | undefined>) | null }
  login.password ??= () => passwordFromFile(client)
  let lost = false
  // Without a listener a connection that breaks while idle would end the process.
  client.on('error', () => {
    lost = true
  })
  client.on('end', () => {
    lost = true
  })
  const destroy = (): void => {
    lost = true
    const { connection } = client as unknown as { connection: { stream: { destroy(): void } } }
    connection.stream.destroy()
  }
  try {
    await client.connect()
    const facts = await client.query<{ standby: boolean; sync: string; pid: number; version: string }>(
      `SELECT pg_is_in_recovery() AS standby, current_setting('synchronous_commit') AS sync,
         pg_backend_pid() AS pid, current_setting('server_version_num') AS version`,
    )
    const [fact] = facts.rows
    if (fact === undefined) throw new KeyturnError('STORE_UNAVAILABLE', `${describe} answered nothing`)
    if (Number(fact.version) < 130_000) {
      throw new KeyturnError('STORE_UNSUPPORTED', `${describe} is older than PostgreSQL 13`, {
        fix: 'Upgrade PostgreSQL.',
      })
    }
    // A session on a standby would go on after a promotion with what it knew before.
    if (fact.standby) {
      throw new KeyturnError('STORE_READ_ONLY', `${describe} is a standby`, {
        fix: 'Name the primary in the store address.',
      })
    }
    return {
      client,
      origin: await originOf(client),
      synchronousCommit: fact.sync === 'remote_apply' ? 'remote_apply' : 'on',
      processId: fact.pid,
      lost: () => lost,
      destroy,
    }
  } catch (error) {
    destroy()
    throw error
  }
}

interface KeptSession {
  get(): Promise<Session>
  end(): Promise<void>
}

/**
 * A connection that is made when it is needed and replaced when it broke: one, however many ask at once. `prepare` runs
 * on each before anybody gets it.
 */
export const keepSession = (
  url: string,
  describe: string,
  prepare: (session: Session) => Promise<void> = () => Promise.resolve(),
): KeptSession => {
  let current: Session | null = null
  let connecting: Promise<Session> | null = null
  let ended = false
  const connect = async (): Promise<Session> => {
    const session = await connectSession(url, describe)
    try {
      await prepare(session)
    } catch (error) {
      session.destroy()
      throw error
    }
    current = session
    return session
  }
  return {
    get: () => {
      // One that were made now would never be ended, and would keep the process alive.
      if (ended) return Promise.reject(new KeyturnError('STORE_UNAVAILABLE', `${describe} was closed`))
      if (connecting !== null) return connecting
      if (current !== null && !current.lost()) return Promise.resolve(current)
      connecting = connect().finally(() => {
        connecting = null
      })
      return connecting
    },
    end: async () => {
      ended = true
      await connecting?.catch(() => undefined)
      const session = current
      if (session === null) return
      await Promise.race([session.client.end().catch(() => undefined), pause(1_000)])
      session.destroy()
    },
  }
}

/**
 * The WAL file's name carries the timeline at once after a promotion; pg_control_checkpoint() lags until the next
 * checkpoint.
 */
const originOf = async (client: Client): Promise<string | null> => {
  try {
    const { rows } = await client.query<{ system: string; timeline: string }>(
      `SELECT system_identifier::text AS system, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) AS timeline
       FROM pg_control_system()`,
    )
    return rows[0] === undefined ? null : `${rows[0].system}/${rows[0].timeline}`
  } catch (error) {
    // Managed services may withhold these functions: then the marks kept outside of the store have to do.
    if (error instanceof Error && 'code' in error && (error.code === '42501' || error.code === '42883')) return null
    throw error
  }
}

const translated = new Map<string, { readonly text: string; readonly name: string }>()

/** `?` to `$1`, `$2`, …; one name per statement, so that the server parses it once per connection. */
const translate = (text: string): { readonly text: string; readonly name: string } => {
  const known = translated.get(text)
  if (known !== undefined) return known
  let count = 0
  const made = { text: text.replaceAll('?', () => `$${++count}`), name: `keyturn_${translated.size}` }
  translated.set(text, made)
  return made
}

const query = ({ client }: Session, text: string, params: readonly Value[]): Promise<QueryResult<Row>> =>
  params.length === 0 ? client.query<Row>(text) : client.query<Row>({ ...translate(text), values: [...params] })

export const sessionSql = (session: Session): Sql => ({
  all: async (text, params = []) => (await query(session, text, params)).rows,
  run: async (text, params = []) => void (await query(session, text, params)),
})

/** Several statements in one round trip; the results in their order. `limit` in place of the usual silence, ms. */
export const script = async (
  { client }: Session,
  statements: readonly string[],
  limit = silence,
): Promise<readonly QueryResult<Row>[]> => {
  const results: unknown = await client.query({ text: statements.join('; '), query_timeout: limit } as QueryConfig)
  return (Array.isArray(results) ? results : [results]) as readonly QueryResult<Row>[]
}
