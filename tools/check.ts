/**
 * `npm run check`: everything that can be judged without running the code. All checks run even if one fails, so that
 * one look shows everything. `npm run check -- NAME…` runs only the named ones.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { checkAbsences } from './check-absences.ts'
import { checkBoundaries } from './check-boundaries.ts'
import { checkExports } from './check-exports.ts'
import { checkFileSizes } from './check-file-sizes.ts'
import { checkLockFile } from './check-lock-file.ts'
import { root } from './repository-files.ts'

/** Runs a tool of node_modules with this Node; its output goes straight through. */
const tool =
  (script: string, ...args: readonly string[]) =>
  (): readonly string[] => {
    const { status, error } = spawnSync(process.execPath, [join(root, 'node_modules', script), ...args], {
      cwd: root,
      stdio: 'inherit',
    })
    return status === 0 ? [] : [error?.message ?? `ended with ${status}`]
  }

const checks: Readonly<Record<string, () => readonly string[]>> = {
  types: tool('typescript/bin/tsc', '-p', 'tsconfig.json'),
  lint: tool('oxlint/bin/oxlint', '--type-aware', '--deny-warnings'),
  format: tool('prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
  boundaries: checkBoundaries,
  exports: checkExports,
  absences: checkAbsences,
  sizes: checkFileSizes,
  lock: checkLockFile,
}

const asked = process.argv.slice(2)
const unknown = asked.find((name) => !(name in checks))
if (unknown !== undefined) {
  process.stderr.write(
    `error BAD_ARGUMENT: no check named ${unknown}\n  next: choose from ${Object.keys(checks).join(', ')}\n`,
  )
  process.exit(2)
}
const failed: string[] = []
for (const [name, check] of Object.entries(checks)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  const problems = check()
  for (const problem of problems) process.stdout.write(`   ✖  ${problem}\n`)
  process.stdout.write(`${problems.length === 0 ? 'ok  ' : 'FAIL'}  ${name}\n`)
  if (problems.length > 0) failed.push(name)
}
process.stdout.write(failed.length === 0 ? 'all checks passed\n' : `failed: ${failed.join(', ')}\n`)
process.exitCode = failed.length === 0 ? 0 : 1
