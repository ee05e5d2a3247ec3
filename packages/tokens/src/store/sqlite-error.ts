/** What SQLite's result codes mean to a person (https://www.sqlite.org/rescode.html). */
import { statfsSync } from 'node:fs'
import { KeyturnError } from '../errors.ts'

interface SqliteFailure {
  readonly errcode: number
  readonly errstr: string
}

const failureOf = (error: unknown): SqliteFailure | null => {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null
  return { errcode: error.errcode, errstr: 'errstr' in error ? String(error.errstr) : '' }
}

/** SQLITE_BUSY, SQLITE_LOCKED: somebody else writes; try again. */
export const isBusy = (error: unknown): boolean => {
  const code = (failureOf(error)?.errcode ?? 0) & 0xff
  return code === 5 || code === 6
}

const noSpaceLeft = (folder: string): boolean => {
  try {
    return statfsSync(folder).bavail === 0
  } catch {
    return false
  }
}

/** Turns an error of SQLite into ours; leaves any other as it is. `path` is the database file. */
export const sqliteError = (error: unknown, path: string, folder: string): unknown => {
  const failure = failureOf(error)
  if (failure === null) return error
  const { errcode, errstr } = failure
  const data = { path, sqlite: errcode }
  const made = (...[code, message, fix]: [ConstructorParameters<typeof KeyturnError>[0], string, string?]) =>
    new KeyturnError(code, `${path}: ${message} (${errstr}, SQLite ${errcode})`, {
      data,
      cause: error,
      ...(fix === undefined ? {} : { fix }),
    })
  const full = () => made('STORE_FULL', 'the disk or the quota is full')
  switch (errcode & 0xff) {
    case 13:
      return full()
    case 8:
      return made('STORE_READ_ONLY', 'the file or its folder can only be read')
    case 3:
    case 23:
      return made('STORE_READ_ONLY', 'access was refused')
    case 14:
      return made(
        'STORE_UNAVAILABLE',
        'the file can’t be opened',
        'Check that the folder exists and is writable for this user.',
      )
    case 10:
      return noSpaceLeft(folder) ? full() : made('STORE_UNAVAILABLE', 'the disk failed to read or write')
    case 11:
      return made(
        'STORE_TAMPERED',
        'the file is damaged',
        'Keep the file as evidence and restore a backup: `keyturn store restore`.',
      )
    case 26:
      return made(
        'STORE_UNSUPPORTED',
        'this file is no SQLite database',
        'Name a Keyturn store, or a path where none is yet.',
      )
    case 5:
    case 6:
      return made('STORE_UNAVAILABLE', 'another process kept it locked')
    default:
      return made('STORE_UNAVAILABLE', 'the database refused')
  }
}
