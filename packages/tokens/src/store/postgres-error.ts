/** What PostgreSQL's SQLSTATEs and a broken connection mean to a person. */
import { KeyturnError } from '../errors.ts'
import type { ErrorCode } from '../errors.ts'

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** Class 53: too many connections · 57P0x: going down or starting · 25P03: idle in a transaction for too long. */
const passing = new Set(['53300', '57P01', '57P02', '57P03', '25P03', '40001', '40P01'])
const network = /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN)$/

/** The connection is gone or not to be had now; the same transaction may run again on another one. */
export const isPassing = (error: unknown): boolean => {
  if (error instanceof KeyturnError || !(error instanceof Error)) return false
  const code = codeOf(error)
  if (passing.has(code) || network.test(code) || code.startsWith('08')) return true
  // What `pg` itself says when a connection ended under it has no code.
  return code === '' && /connection|terminated|timeout/i.test(error.message)
}

interface Meaning {
  readonly code: ErrorCode
  readonly message: string
  readonly fix?: string
}

const meaningOf = (sqlstate: string, told: string): Meaning => {
  switch (sqlstate) {
    case '28P01':
    case '28000':
      return {
        code: 'STORE_UNAVAILABLE',
        message: 'the server refused the user or the password',
        fix: 'Correct user and password of the store address, or pg_hba.conf of the server.',
      }
    case '3D000':
      return {
        code: 'STORE_MISSING',
        message: 'this database does not exist',
        fix: 'Create it with createdb, or name another in the store address.',
      }
    case '25006':
      return {
        code: 'STORE_READ_ONLY',
        message: 'the server is a standby or set to read only',
        fix: 'Name the primary in the store address.',
      }
    case '53100':
    case '53200':
      return { code: 'STORE_FULL', message: 'the server has no space left' }
    case '53300':
      return {
        code: 'STORE_UNAVAILABLE',
        message: 'the server has too many connections',
        fix: 'Raise max_connections or use fewer processes: each holds up to three connections.',
      }
    case '57P03':
      return { code: 'STORE_UNAVAILABLE', message: 'the server is starting or stopping' }
    case '55P03':
      return { code: 'STORE_UNAVAILABLE', message: 'another process kept the store locked' }
    case '57014':
      return { code: 'STORE_UNAVAILABLE', message: 'the server took too long' }
    case '42501':
      return {
        code: 'STORE_UNAVAILABLE',
        message: 'the user may not use Keyturn’s tables',
        fix: 'Grant the user select, insert, update and delete on the keyturn_* tables.',
      }
    case '42P01':
      return { code: 'STORE_NOT_MIGRATED', message: 'a table of the store is missing' }
    case 'XX001':
    case 'XX002':
      return { code: 'STORE_TAMPERED', message: 'the server found damaged data' }
    case 'ECONNREFUSED':
      return { code: 'STORE_UNAVAILABLE', message: 'nothing listens there' }
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { code: 'STORE_UNAVAILABLE', message: 'the host name is not known' }
    default:
      return { code: 'STORE_UNAVAILABLE', message: told }
  }
}

/** Turns an error of PostgreSQL or its connection into ours; leaves any other as it is. */
export const postgresError = (error: unknown, describe: string): unknown => {
  if (error instanceof KeyturnError || !(error instanceof Error)) return error
  // `pg` itself, when the server asks for a password and the address has none (or not a usable one).
  if (/\bSASL\b/.test(error.message)) {
    return new KeyturnError('STORE_UNAVAILABLE', `${describe}: the server wants a password and the address has none`, {
      data: { store: describe },
      fix: 'Put the password into the store address by a reference (env:, file:, command:), into PGPASSWORD or into ~/.pgpass.',
    })
  }
  const sqlstate = codeOf(error)
  const fromServer = 'severity' in error
  if (!fromServer && !isPassing(error) && !/^[A-Z_]{4,}$/.test(sqlstate)) return error
  // The server's own text names tables and settings, never parameters; `detail` may hold values and is left out.
  const { code, message, fix } = meaningOf(sqlstate, error.message)
  const suffix = sqlstate === '' ? '' : ` (${sqlstate})`
  return new KeyturnError(code, `${describe}: ${message}${suffix}`, {
    data: { store: describe, sqlstate },
    ...(fix === undefined ? {} : { fix }),
  })
}
