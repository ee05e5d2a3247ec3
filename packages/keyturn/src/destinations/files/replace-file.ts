/**
 * Changes a file that others read: they see the old content or the new one, never half, also after SIGKILL or a power
 * cut (temporary file beside it, fsync, rename, fsync of the folder). Mode, owner and group stay; a symbolic link stays
 * and the file it names is replaced. What can't be kept (a second name of the same file, another owner) is refused.
 */
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import type { BigIntStats } from 'node:fs'
import { access, open, readFile, readdir, realpath, rename, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { changed, notReady, refused } from '../../secret-managers/refusals.ts'

export interface FileRules {
  /** Make it when it is not there. */
  readonly create: boolean
  /** Of a file that is made. */
  readonly mode: number
}

interface Target {
  /** Links followed. */
  readonly path: string
  /** Null: to be made. */
  readonly stat: BigIntStats | null
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'

/** Finds what would be replaced and refuses what must not be. Touches nothing. */
const examineFile = async (path: string, { create }: FileRules): Promise<Target> => {
  const real = await realpath(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null
    throw refused(`${path} can’t be reached (${codeOf(error)})`, 'Give this user the folders above it.')
  })
  if (real === null) {
    if (!create) throw notReady(`${path} does not exist`, 'Make it, or set `create: true` for this destination.')
    const folder = await realpath(dirname(path)).catch(() => null)
    if (folder === null) throw notReady(`the folder of ${path} does not exist`, 'Make the folder.')
    await writableFolder(folder)
    return { path: join(folder, basename(path)), stat: null }
  }
  const found = await stat(real, { bigint: true })
  if (!found.isFile()) throw notReady(`${path} is no regular file`)
  if (found.nlink > 1n)
    throw notReady(
      `${path} has ${found.nlink} names (hard links)`,
      'Copy it to a file of its own: replacing parts them.',
    )
  if (await isMount(real))
    throw notReady(`${path} is a mount of its own, which can’t be replaced`, 'Mount the folder it is in instead of it.')
  const me = process.geteuid?.()
  if (me !== undefined && me !== 0 && found.uid !== BigInt(me))
    throw refused(`${path} belongs to another user (${found.uid})`, 'Run as its owner: replacing it would change that.')
  await access(real, constants.R_OK).catch(() => {
    throw refused(`${path} can’t be read by this user`)
  })
  await writableFolder(dirname(real))
  return { path: real, stat: found }
}

/** A single file that was mounted into a container. Only Linux tells (proc_pid_mountinfo(5)); elsewhere the rename fails. */
const isMount = async (path: string): Promise<boolean> => {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '')
  const octal = path.replaceAll(/[ \t\n\\]/g, (one) => `\\${one.charCodeAt(0).toString(8).padStart(3, '0')}`)
  return mounts.split('\n').some((line) => line.split(' ')[4] === octal)
}

const writableFolder = (folder: string): Promise<void> =>
  access(folder, constants.W_OK | constants.X_OK).catch(() => {
    throw refused(`the folder ${folder} can’t be written by this user`, 'A file is replaced by a new one beside it.')
  })

const temporary = (target: string): string =>
  join(dirname(target), `.${basename(target)}.keyturn-${process.pid}-${randomBytes(6).toString('hex')}`)

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** What a process left that was killed while it wrote: it holds a secret. */
const sweepLeftovers = async (target: string): Promise<void> => {
  const start = `.${basename(target)}.keyturn-`
  for (const name of await readdir(dirname(target))) {
    const pid = name.startsWith(start) ? /^(\d+)-[0-9a-f]{12}$/.exec(name.slice(start.length))?.[1] : undefined
    if (pid !== undefined && !lives(Number(pid))) await unlink(join(dirname(target), name)).catch(() => undefined)
  }
}

const untouched = (before: BigIntStats | null, after: BigIntStats | null): boolean =>
  before === null || after === null
    ? before === after
    : before.ino === after.ino &&
      before.dev === after.dev &&
      before.size === after.size &&
      before.mtimeNs === after.mtimeNs &&
      before.ctimeNs === after.ctimeNs

export const readTarget = async (path: string, rules: FileRules): Promise<string | null> => {
  const { stat: found, path: real } = await examineFile(path, rules)
  if (found === null) return null
  const bytes = await readFile(real)
  const text = bytes.toString('utf8')
  if (!Buffer.from(text, 'utf8').equals(bytes)) throw notReady(`${path} is not UTF-8`)
  return text
}

/** Writes of this process to one file, one after the other: several credentials may live in one .env file. */
const turns = new Map<string, Promise<unknown>>()

const inTurn = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
  const mine = (turns.get(path) ?? Promise.resolve()).then(work, work)
  turns.set(path, mine)
  try {
    return await mine
  } finally {
    if (turns.get(path) === mine) turns.delete(path)
  }
}

/** False when `change` gave back what was there. Throws DESTINATION_CHANGED when somebody wrote in between. */
export const replaceFile = async (
  path: string,
  rules: FileRules,
  change: (text: string | null) => string | Promise<string>,
): Promise<boolean> => {
  const { path: real } = await examineFile(path, rules)
  return inTurn(real, () => replaceNow(path, rules, change))
}

const replaceNow: typeof replaceFile = async (path, rules, change) => {
  const target = await examineFile(path, rules)
  await sweepLeftovers(target.path)
  const text = await readTarget(path, rules)
  const next = await change(text)
  if (next === text) return false
  const fresh = temporary(target.path)
  try {
    const file = await open(fresh, 'wx', 0o600)
    try {
      await file.writeFile(next, 'utf8')
      if (target.stat !== null) await keepOwner(file, target.stat, path)
      // After the owner: chown takes set-id bits off. Never wider than it was, at no moment.
      await file.chmod(target.stat === null ? rules.mode : Number(target.stat.mode & 0o7777n))
      await file.sync()
    } finally {
      await file.close()
    }
    const now = await stat(target.path, { bigint: true }).catch(() => null)
    if (!untouched(target.stat, now)) throw changed(`${path} was changed by somebody else at the same moment`)
    await rename(fresh, target.path)
  } catch (error) {
    await unlink(fresh).catch(() => undefined)
    if (error instanceof Error && !('fix' in error))
      throw refused(
        `${path} could not be written (${codeOf(error)})`,
        'Check free space and rights; the old file is whole.',
      )
    throw error
  }
  await syncFolder(dirname(target.path))
  return true
}

const keepOwner = async (
  file: Awaited<ReturnType<typeof open>>,
  { uid, gid }: BigIntStats,
  path: string,
): Promise<void> => {
  const made = await file.stat({ bigint: true })
  if (made.uid === uid && made.gid === gid) return
  await file.chown(Number(uid), Number(gid)).catch(() => {
    throw refused(`${path} belongs to group ${gid}, which this user can’t give a new file`, 'Join that group.')
  })
}

/** The rename itself is durable only then; Windows can't and needn't. */
const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
