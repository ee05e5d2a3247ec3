/**
 * Whether `npm ci` will accept package-lock.json anywhere: every dependency that an entry names has an entry, also those
 * of other platforms, and each comes with its hash. (npm leaves entries out when a registry lacks a platform's package
 * at the moment of locking, and then refuses the lock file on every machine but the one that has node_modules.)
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './repository-files.ts'

interface Entry {
  readonly link?: boolean
  readonly integrity?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** Where Node would find `name` from `path`: in its own node_modules or in those above. */
function resolveEntry(packages: Readonly<Record<string, Entry>>, path: string, name: string): Entry | undefined {
  for (let from = path; ; from = from.slice(0, Math.max(0, from.lastIndexOf('/')))) {
    const found = packages[`${from === '' ? '' : `${from}/`}node_modules/${name}`]
    if (found !== undefined || from === '') return found
  }
}

export function checkLockFile(text: string = readFileSync(join(root, 'package-lock.json'), 'utf8')): readonly string[] {
  const { packages }: { readonly packages: Readonly<Record<string, Entry>> } = JSON.parse(text)
  return Object.entries(packages).flatMap(([path, entry]) => {
    const names = Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
    const missing = names.filter((name) => resolveEntry(packages, path, name) === undefined)
    const problems = missing.map(
      (name) => `package-lock.json has no entry for ${name}, which ${path || 'the root'} names`,
    )
    if (path.includes('node_modules/') && entry.link !== true && entry.integrity === undefined) {
      problems.push(`package-lock.json has no hash for ${path}`)
    }
    return problems
  })
}
