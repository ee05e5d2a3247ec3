/** The files a check looks at: what git tracks or would track, so that a new file is seen before its first commit. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '..')

/** Paths relative to the root, with forward slashes, sorted; all, or those that match. */
export function repositoryFiles(matching: RegExp = /./): readonly string[] {
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  return [...new Set(list.split('\0'))]
    .filter((file) => file !== '' && matching.test(file) && existsSync(join(root, file)))
    .sort()
}
