/**
 * Keeps what a long test counted, so that the numbers in the README can be traced: `test/results/NAME.json` with the
 * commit, whether the tree differed from it, and the seed. Only `npm run test:long` writes; a short run leaves the
 * committed results alone.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')

const git = (...args: readonly string[]): string | undefined => {
  try {
    return execFileSync('git', [...args], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined // a tarball without git: the counts still say so
  }
}

export interface Counts {
  readonly seed?: number | string
  readonly [name: string]: unknown
}

/** Writes the counts of one suite; `name` is the file's name without `.json`. */
export function recordCounts(name: string, counts: Counts): void {
  if (process.env['KEYTURN_LONG'] !== '1') return
  const { seed = null, ...rest } = counts
  const changes = git('status', '--porcelain', '--untracked-files=no', '--', ':!test/results', ':!bench/results')
  const record = {
    commit: git('rev-parse', 'HEAD') ?? null,
    treeChanged: changes === undefined ? null : changes !== '',
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    seed,
    counts: rest,
  }
  const folder = join(root, 'test', 'results')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(record, null, 2)}\n`)
}
