/** Zip files in and out, within Salesforce's limits: 39 MB packed, 10,000 files, 600 MB unpacked. */
import { unzipSync, zipSync } from 'fflate'
import { ComponentProblem } from './elements.ts'

const limits = { packed: 39 * 1024 * 1024, files: 10_000, unpacked: 600 * 1024 * 1024 } as const

const limit = (message: string): ComponentProblem => new ComponentProblem(message, { statusCode: 'LIMIT_EXCEEDED' })

/** Files by path. Sizes are looked at before anything is unpacked. */
export function unzip(bytes: Uint8Array): ReadonlyMap<string, Buffer> {
  if (bytes.length > limits.packed) throw limit('Maximum size of request reached. Maximum size of request is 39MB')
  let files = 0
  let size = 0
  let entries: Record<string, Uint8Array>
  try {
    entries = unzipSync(bytes, {
      filter: (file) => {
        if (file.name.endsWith('/')) return false
        files += 1
        size += file.originalSize
        if (files > limits.files) throw limit(`The zip file contains more than ${limits.files} files`)
        if (size > limits.unpacked) throw limit('The zip file is larger than 600 MB when it is unpacked')
        return true
      },
    })
  } catch (error) {
    if (error instanceof ComponentProblem) throw error
    throw new ComponentProblem('The zip file can’t be read', { statusCode: 'INVALID_OPERATION' })
  }
  return new Map(Object.entries(entries).map(([name, content]) => [name, Buffer.from(content)]))
}

export const zip = (files: ReadonlyMap<string, string | Uint8Array>): Buffer =>
  Buffer.from(
    zipSync(
      Object.fromEntries([...files].map(([name, body]) => [name, typeof body === 'string' ? Buffer.from(body) : body])),
      // The format has no year before 1980, and the machine's time has no place in a reproducible answer.
      { mtime: '1980-01-02T00:00:00' },
    ),
  )
