/**
 * Reads a repository for what becomes of its Salesforce clients when refresh tokens are rotated. Nothing of it is run,
 * not even git; nothing is written; no value that stands in it is ever in the report.
 */
import { readFile, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { KeyturnError } from '@keyturn/tokens'
import { environmentHabits } from './habits/environment.ts'
import { jsforceHabits } from './habits/jsforce.ts'
import { otherClientHabits } from './habits/other-clients.ts'
import { isWorthReading, sourceOf } from './habits/source.ts'
import { tokenEndpointHabits } from './habits/token-endpoint.ts'
import { fateOf, libraryOf, packageKey } from './judge-library.ts'
import { jsonManifest } from './manifests/json-manifests.ts'
import type { Dependency, ManifestKind } from './manifests/manifest.ts'
import { textManifest } from './manifests/text-manifests.ts'
import type { HabitFinding, LibraryFinding, ScanReport, SkipReason } from './scan-report.ts'
import { filesOf, scanLimits, textOf } from './tree.ts'
import type { ScanLimits } from './tree.ts'
import { verdictOf } from './scan-verdict.ts'

interface ScanOptions {
  readonly tell?: (text: string) => void
  readonly limits?: Partial<ScanLimits>
}

/** More than anybody reads; the rest is counted in `cut`. */
const mostFindings = 2_000

const rules = [jsforceHabits, tokenEndpointHabits, environmentHabits, otherClientHabits]

interface Listed {
  readonly path: string
  readonly locks: boolean
  readonly dependency: Dependency
}

export const scanRepository = async (path: string, options: ScanOptions = {}): Promise<ScanReport> => {
  const root = await folderAt(path)
  const limits = { ...scanLimits, ...options.limits }
  const skipped: Partial<Record<SkipReason, number>> = {}
  const skip = (why: SkipReason): void => {
    skipped[why] = (skipped[why] ?? 0) + 1
  }
  const problems: { readonly path: string; readonly why: string }[] = []
  const listed: Listed[] = []
  const habits: HabitFinding[] = []
  let seen = 0
  let read = 0
  let salesforce = false

  for await (const file of filesOf({ root, limits, skip })) {
    if (++seen % 500 === 0) options.tell?.(`${seen} files looked at, ${habits.length} findings`)
    const text = await textOf(file, skip)
    if (text === null) continue
    if ('manifest' in file.kind) {
      read++
      try {
        for (const dependency of dependenciesIn(file.kind.manifest, text))
          if (libraryOf(dependency) !== null)
            listed.push({ path: file.path, locks: file.kind.manifest.locks, dependency })
      } catch (error) {
        problems.push({ path: file.path, why: error instanceof SyntaxError ? 'it is no JSON' : 'it has another form' })
      }
      continue
    }
    if (!isWorthReading(text)) continue
    read++
    const source = sourceOf(file.path, file.kind.language, text)
    salesforce ||= source.salesforce
    habits.push(...once(rules.flatMap((rule) => rule(source))))
  }
  const libraries = judged(listed, salesforce || habits.length > 0)
  const findings = { libraries: libraries.slice(0, mostFindings), habits: habits.slice(0, mostFindings) }
  return {
    path: root,
    git: await gitOf(root),
    ...verdictOf(libraries, habits, skipped, problems.length),
    ...findings,
    files: { seen, read },
    skipped,
    problems: problems.slice(0, mostFindings),
    cut: libraries.length > mostFindings || habits.length > mostFindings,
  }
}

const folderAt = async (path: string): Promise<string> => {
  try {
    const root = await realpath(path)
    if ((await stat(root)).isDirectory()) return root
  } catch {
    throw new KeyturnError('BAD_ARGUMENT', `There is no folder ${path}`, { fix: 'Name a folder that can be read.' })
  }
  throw new KeyturnError('BAD_ARGUMENT', `${path} is no folder`, { fix: 'Name the folder of the repository.' })
}

const dependenciesIn = ({ format, ecosystem }: ManifestKind, text: string): readonly Dependency[] =>
  /json|package-lock|pipfile-lock|composer/.test(format)
    ? jsonManifest(format, text)
    : textManifest(format, text).filter((one) => one.ecosystem === ecosystem)

/** One finding a line and kind: two rules may see the same thing. */
const once = (findings: readonly HabitFinding[]): readonly HabitFinding[] =>
  [...new Map(findings.map((one) => [`${one.line} ${one.kind}`, one])).values()].sort((a, b) => a.line - b.line)

/** A manifest's range counts where no lock file in its folder or above says what is installed. */
const judged = (listed: readonly Listed[], salesforce: boolean): readonly LibraryFinding[] => {
  const locked = new Map<string, Set<string>>()
  for (const { path, locks, dependency } of listed)
    if (locks) {
      const key = packageKey(dependency)
      locked.set(key, (locked.get(key) ?? new Set()).add(dirname(path)))
    }
  const isLocked = ({ path, locks, dependency }: Listed): boolean => {
    const folders = locked.get(packageKey(dependency))
    if (locks || folders === undefined) return false
    for (let folder = dirname(path); ; folder = dirname(folder)) {
      if (folders.has(folder)) return true
      if (folder === '.') return false
    }
  }
  // Of the Salesforce libraries' own: what @salesforce/core brings along is its to refresh.
  const named = new Set(listed.filter(({ locks }) => !locks).map(({ dependency }) => packageKey(dependency)))
  const brought = ({ locks, dependency }: Listed): boolean =>
    locks &&
    ['npm:jsforce', 'npm:@jsforce/jsforce-node'].includes(packageKey(dependency)) &&
    !named.has(packageKey(dependency)) &&
    locked.has('npm:@salesforce/core')
  const specific = listed.some(({ dependency }) => libraryOf(dependency)?.general !== true)
  const rows = listed.flatMap((one) => {
    const { path, dependency } = one
    const library = libraryOf(dependency)
    if (library === null || isLocked(one) || brought(one)) return []
    if (library.general === true && !specific && !salesforce) return []
    const { ecosystem, name, version, range, line } = dependency
    const { effect, basis, why, next } = fateOf(library, dependency)
    return [{ path, line, ecosystem, name, version, range, effect, basis, why, next }]
  })
  // A lock file lists the same version of one package many times.
  return [...new Map(rows.map((one) => [`${one.path} ${one.name} ${one.version} ${one.range}`, one])).values()]
}

/** By reading files: git itself would obey the repository's own configuration. */
const gitOf = async (root: string): Promise<ScanReport['git']> => {
  const small = async (path: string): Promise<string> => {
    const stats = await stat(path)
    if (!stats.isFile() || stats.size > 1_000_000) throw new Error(`${basename(path)} is no such file`)
    return (await readFile(path, 'utf8')).trim()
  }
  const git = join(root, '.git')
  const commit = (text: string | undefined): string | null =>
    /^[0-9a-f]{40,64}$/.test(text ?? '') ? (text ?? null) : null
  try {
    const head = await small(join(git, 'HEAD'))
    const [, branch] = /^ref: (refs\/[\w./-]+)$/.exec(head) ?? []
    if (branch === undefined || branch.includes('..')) return { commit: commit(head) }
    const loose = await small(join(git, branch)).catch(() => undefined)
    if (loose !== undefined) return { commit: commit(loose) }
    const packed = await small(join(git, 'packed-refs')).catch(() => '')
    return {
      commit: commit(
        packed
          .split('\n')
          .find((line) => line.endsWith(` ${branch}`))
          ?.split(' ')[0],
      ),
    }
  } catch {
    // A work tree of `git worktree` has a file there; either way it is a repository without a known commit, or none.
    return (await stat(git).then(
      () => true,
      () => false,
    ))
      ? { commit: null }
      : null
  }
}
