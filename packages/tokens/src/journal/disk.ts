/**
 * What a disk says, in our words. The journal's folder is prepared here, and the errors of the file system become the
 * codes that callers act on: nothing is spent while its answer could not be kept.
 */
import { chmod, mkdir, open } from 'node:fs/promises'
import { KeyturnError } from '../errors.ts'

const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const readOnly = new Set(['EROFS', 'EACCES', 'EPERM'])

export function diskError(path: string, cause: unknown): KeyturnError {
  if (cause instanceof KeyturnError) return cause
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error'
  if (full.has(code)) return new KeyturnError('STORE_FULL', `No space for the journal in ${path} (${code}).`, { cause })
  if (readOnly.has(code)) {
    return new KeyturnError('STORE_READ_ONLY', `The journal in ${path} can't be written (${code}).`, { cause })
  }
  return new KeyturnError('STORE_UNAVAILABLE', `The journal in ${path} can't be used (${code}).`, { cause })
}

/** Makes the folder, for its owner only. */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await chmod(folder, 0o700)
  } catch (error) {
    throw diskError(folder, error)
  }
}

/** A file's name is durable only once its folder is. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows can't open a folder; NTFS journals the name itself.
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
