/**
 * The password that libpq would find: PGPASSFILE or ~/.pgpass, read when the server asks for a password and the address
 * and PGPASSWORD have none. `pg` still does it by itself, with a deprecation warning on stderr, until its next major
 * version. https://www.postgresql.org/docs/current/libpq-pgpass.html
 */
import { readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { KeyturnError } from '../errors.ts'

interface PasswordFor {
  readonly host: string
  readonly port: number
  readonly database?: string | undefined
  readonly user?: string | undefined
}

const fileName = (env: Readonly<Record<string, string | undefined>>): string => {
  if (env['PGPASSFILE']) return env['PGPASSFILE']
  return process.platform === 'win32'
    ? join(env['APPDATA'] ?? homedir(), 'postgresql', 'pgpass.conf')
    : join(env['HOME'] || homedir(), '.pgpass')
}

interface Field {
  /** An asterisk alone, not escaped: fits everything. */
  readonly any: boolean
  readonly text: string
}

/** A colon ends a field, a backslash takes the next character as it is. */
const fieldsOf = (line: string): readonly Field[] =>
  [...line.matchAll(/((?:\\.|[^:\\]|\\$)*)(?::|$)/g)].map(([, raw = '']) => ({
    any: raw === '*',
    text: raw.replaceAll(/\\(.)/g, '$1'),
  }))

/** A socket in one of these has the name `localhost` in the file, as the folder that libpq was built with has. */
const usualSocketFolders = new Set(['/var/run/postgresql', '/tmp'])

/** The password of the first line that fits; null where none does. */
export const passwordIn = (content: string, { host, port, database, user }: PasswordFor): string | null => {
  const wanted = [usualSocketFolders.has(host) ? 'localhost' : host, String(port), database ?? user ?? '', user ?? '']
  for (const line of content.split(/\r?\n/)) {
    if (line === '' || line.startsWith('#')) continue
    const fields = fieldsOf(line)
    const password = fields[4]?.text ?? ''
    if (password !== '' && wanted.every((value, at) => fields[at]?.any || fields[at]?.text === value)) return password
  }
  return null
}

/** Undefined where no file says. Throws where others may read the file: libpq ignores it then, with a word on stderr. */
export const passwordFromFile = async (wanted: PasswordFor): Promise<string | undefined> => {
  const file = fileName(process.env)
  const facts = await stat(file).catch(() => null)
  if (facts === null) return undefined
  if (!facts.isFile()) throw unusable(`${file} is no plain file`)
  if (process.platform !== 'win32' && (facts.mode & 0o077) !== 0)
    throw unusable(`others than its owner may read the password file ${file}`, `Run: chmod 600 ${file}`)
  const content = await readFile(file, 'utf8').catch((error: unknown) => {
    throw unusable(`the password file ${file} can’t be read (${codeOf(error)})`)
  })
  return passwordIn(content, wanted) ?? undefined
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown'

const unusable = (message: string, fix?: string): KeyturnError =>
  new KeyturnError('STORE_UNAVAILABLE', message, fix === undefined ? {} : { fix })
