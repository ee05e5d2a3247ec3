/**
 * Who holds a claim: a host and one life of one process on it, and how to tell that this life is over.
 *
 * A claim may be taken over only when its holder *certainly* neither sends nor hears any more (rule 6). So `provedDead`
 * says true only on proof, and `'unknown'` where there is none: another host, another pid namespace (a container whose
 * processes can't be seen from here), or an operating system that doesn't tell.
 */
import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { chmod, link, mkdir, open, readFile, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { KeyturnError } from './errors.ts'
import type { Holder } from './protocol/state.ts'

/** Linux numbers the first pid namespace so (PROC_PID_INIT_INO): elsewhere we are in a container. */
const firstPidNamespace = 'pid:[4026531836]'
/** Stands for a part that this operating system doesn't tell. It never proves anything. */
const untold = '-'

/** `bootId/pidNamespace/pid/startTime`. */
interface Life {
  readonly boot: string
  readonly namespace: string
  readonly pid: number
  readonly start: string
}

/**
 * The holder that this process is. The host's id is random and lives in `stateFolder`, in a file named after the
 * machine: a folder that was copied to another machine holds no file of that machine, so a new id is made there, and
 * two hosts never speak with one name.
 */
export async function thisHolder(stateFolder: string): Promise<Holder> {
  const [machine, life] = await Promise.all([machineFingerprint(), ownLife()])
  const file = join(stateFolder, `host-${machine}.json`)
  const host = (await readHost(file)) ?? (await makeHost(stateFolder, file))
  return { host, process: `${life.boot}/${life.namespace}/${life.pid}/${life.start}` }
}

/**
 * Is that holder's process certainly over? `false`: it is alive. `'unknown'`: it can't be told from here.
 * The caller's own host must be `own.host`, made by `thisHolder` in this process.
 */
export function provedDead(holder: Holder, own: Holder): boolean | 'unknown' {
  if (holder.host !== own.host) return 'unknown'
  if (holder.process === own.process) return false
  const [theirs, ours] = [parseLife(holder.process), parseLife(own.process)]
  if (!theirs || !ours) return 'unknown'
  if (theirs.boot !== untold && ours.boot !== untold && theirs.boot !== ours.boot) return true
  if (theirs.namespace !== ours.namespace) return 'unknown'
  // Without namespaces told, a pid is meaningful only where the system has none.
  if (ours.namespace === untold && process.platform !== 'darwin' && process.platform !== 'win32') return 'unknown'
  try {
    process.kill(theirs.pid, 0)
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true
  }
  const now = linuxProcess(theirs.pid)
  if (now === 'gone') return true
  // Mounted with hidepid, /proc hides what kill() still sees.
  if (now === 'untold' || theirs.start === untold) return 'unknown'
  if (now.start !== theirs.start) return true
  // A zombie's last thread is gone and can't send; while others remain, it is still dying.
  if (now.state === 'Z' || now.state === 'X') return now.threads <= 1 ? true : 'unknown'
  return false
}

function parseLife(text: string): Life | null {
  const [boot, namespace, pid, start, ...rest] = text.split('/')
  if (!boot || !namespace || !pid || !start || rest.length > 0 || !/^[1-9]\d*$/.test(pid)) return null
  return { boot, namespace, pid: Number(pid), start }
}

interface LinuxProcess {
  readonly state: string
  readonly threads: number
  readonly start: string
}

function linuxProcess(pid: number): LinuxProcess | 'gone' | 'untold' {
  if (process.platform !== 'linux') return 'untold'
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // proc(5): field 2 is the command in brackets and may itself hold blanks and brackets; count behind the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, threads, start] = [fields[0], fields[17], fields[19]]
    return state && threads && start ? { state, threads: Number(threads), start } : 'untold'
  } catch (error) {
    // ESRCH: it went while we were reading. ENOENT may also mean that it is hidden from us.
    return (error as NodeJS.ErrnoException).code === 'ESRCH' ? 'gone' : 'untold'
  }
}

async function ownLife(): Promise<Life> {
  const pid = process.pid
  if (process.platform === 'linux') {
    const own = linuxProcess(pid)
    return {
      boot: readOr('/proc/sys/kernel/random/boot_id'),
      namespace: namespaceOf(),
      pid,
      start: typeof own === 'string' ? untold : own.start,
    }
  }
  if (process.platform === 'darwin') {
    const [boot, start] = await Promise.all([
      output('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid']),
      output('/bin/ps', ['-o', 'lstart=', '-p', String(pid)]),
    ])
    return { boot: boot || untold, namespace: untold, pid, start: start.replaceAll(/[\s/]+/g, '_') || untold }
  }
  return { boot: untold, namespace: untold, pid, start: untold }
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'latin1').trim() || untold
  } catch {
    return untold
  }
}

function namespaceOf(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return untold
  }
}

/**
 * Names the machine without telling its id. Containers often share an image's machine-id (or have none), and two of
 * them on two nodes may share a volume: there the host name (the pod's, the container's) makes the difference.
 */
async function machineFingerprint(): Promise<string> {
  const parts = [await machineId()]
  if (parts[0] === '' || (process.platform === 'linux' && namespaceOf() !== firstPidNamespace)) parts.push(hostname())
  return createHash('sha256')
    .update(`keyturn host\0${parts.join('\0')}`)
    .digest('hex')
    .slice(0, 16)
}

async function machineId(): Promise<string> {
  if (process.platform === 'darwin') {
    const text = await output('/usr/sbin/ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice'])
    return /"IOPlatformUUID" = "([^"]+)"/.exec(text)?.[1] ?? ''
  }
  if (process.platform === 'win32') {
    const text = await output('reg', ['query', 'HKLM\\SOFTWARE\\Microsoft\\Cryptography', '/v', 'MachineGuid'])
    return /MachineGuid\s+REG_SZ\s+(\S+)/.exec(text)?.[1] ?? ''
  }
  const id = ['/etc/machine-id', '/var/lib/dbus/machine-id'].map(readOr).find((text) => /^[0-9a-f]{32}$/.test(text))
  return id ?? ''
}

const output = (command: string, args: readonly string[]): Promise<string> =>
  new Promise((done) => {
    execFile(command, [...args], { timeout: 5_000, windowsHide: true }, (error, stdout) =>
      done(error ? '' : stdout.trim()),
    )
  })

async function readHost(file: string): Promise<string | null> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw unwritable(file, error)
  }
  const host = hostOf(text)
  if (host) return host
  throw new KeyturnError('STORE_UNAVAILABLE', `The host file ${file} is not one of ours: it holds no host id.`, {
    fix: `Restore ${file}, or remove it to make this machine a new host (its old claims then wait for lostHostAfter).`,
  })
}

function hostOf(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('host' in value)) return null
    return typeof value.host === 'string' && /^[0-9a-f-]{36}$/.test(value.host) ? value.host : null
  } catch {
    return null
  }
}

/** Written beside and linked into place: two processes that start at once agree on one id, and none reads half a file. */
async function makeHost(stateFolder: string, file: string): Promise<string> {
  const beside = `${file}.${randomUUID()}`
  try {
    await mkdir(stateFolder, { recursive: true, mode: 0o700 })
    await chmod(stateFolder, 0o700)
    const handle = await open(beside, 'wx', 0o600)
    try {
      await handle.writeFile(`${JSON.stringify({ format: 1, host: randomUUID() })}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await link(beside, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    await unlink(beside)
    await syncFolder(dirname(file))
  } catch (error) {
    throw unwritable(stateFolder, error)
  }
  const host = await readHost(file)
  if (host) return host
  throw new KeyturnError('STORE_UNAVAILABLE', `The host file ${file} vanished while it was made.`)
}

async function syncFolder(folder: string): Promise<void> {
  // Windows can't open a folder; it needs no such step either.
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function unwritable(path: string, cause: unknown): KeyturnError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error'
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new KeyturnError('STORE_FULL', `No space for the host's state in ${path} (${code}).`, { cause })
  }
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    return new KeyturnError('STORE_READ_ONLY', `The host's state in ${path} can't be written (${code}).`, { cause })
  }
  return new KeyturnError('STORE_UNAVAILABLE', `The host's state in ${path} can't be used (${code}).`, { cause })
}
