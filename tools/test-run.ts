/**
 * Runs test files, each in a process of its own, and counts what happened.
 *
 * Built on node:test's `run()`, one call a file, because a run's own time limit does not reach a file that hangs while
 * an abort signal does. Harder than node:test in three ways: a skip or a todo without a reason fails, a file without
 * a single test fails, and so does a run in which nothing ran.
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { run } from 'node:test'
import { inspect } from 'node:util'
import { offerSharedPostgres } from '../test/shared-postgres.ts'

export interface TestRunOptions {
  readonly root: string
  readonly concurrency: number
  /** After so many milliseconds a file is stopped and counts as failed. */
  readonly fileTimeout: number
  /** Only tests whose name matches. */
  readonly name?: RegExp
}

export interface Totals {
  passed: number
  failed: number
  skipped: number
  /** Names of skipped tests by reason. */
  readonly skips: Map<string, string[]>
  readonly failedFiles: Set<string>
}

interface FileResult {
  passed: number
  failed: number
  skipped: number
  /** Tests that the file itself declared; the event node:test makes up for the file is not one. */
  declared: number
  readonly problems: string[]
}

const say = (text: string): void => void process.stdout.write(`${text}\n`)
const indent = (text: string): string => text.replace(/^(?=.)/gm, '      ')

/** The cause a test died of: the assertion inside node:test's wrapper, with as much of its stack as is ours. */
function describeError(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause)
  return text
    .split('\n')
    .filter((line) => !/^\s+at .*\(?node:/.test(line))
    .join('\n')
}

async function runFile(
  file: string,
  title: string,
  totals: Totals,
  stop: AbortSignal,
  options: TestRunOptions,
): Promise<FileResult> {
  const result: FileResult = { passed: 0, failed: 0, skipped: 0, declared: 0, problems: [] }
  const output: string[] = []
  const path: string[] = []
  const fail = (problem: string): void => {
    result.failed++
    result.problems.push(problem)
  }
  const timeout = AbortSignal.timeout(options.fileTimeout)
  const stream = run({
    files: [file],
    signal: AbortSignal.any([timeout, stop]),
    ...(options.name === undefined ? {} : { testNamePatterns: [options.name] }),
  })
  for await (const event of stream) {
    if (event.type === 'test:stderr' || event.type === 'test:stdout') {
      output.push(event.data.message)
      continue
    }
    if (event.type === 'test:start') {
      path[event.data.nesting] = event.data.name
      path.length = event.data.nesting + 1
      continue
    }
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue
    const { data } = event
    const ofFile = data.nesting === 0 && data.name === file
    const suite = data.details.type === 'suite'
    const name = [...path.slice(0, data.nesting), data.name].join(' › ')
    if (!ofFile) result.declared++
    if (event.type === 'test:fail') {
      const error = event.data.details.error
      const type = 'failureType' in error ? error.failureType : undefined
      if (type === 'subtestsFailed') {
        // Its failing parts have been reported; a suite is not a test of its own.
        if (!suite) result.failed++
      } else if (ofFile && timeout.aborted) fail(`not finished after ${options.fileTimeout / 1000} s: stopped`)
      else if (ofFile && stop.aborted) fail('interrupted')
      else if (ofFile) fail('the file ended with an error outside its tests; its output follows')
      else fail(`${name}\n${indent(describeError(error))}`)
    } else if (data.todo !== undefined && data.todo !== false) {
      fail(`${name}\n      marked todo: finish it, or skip it with a reason`)
    } else if (data.skip === true || data.skip === '') {
      fail(`${name}\n      skipped without a reason`)
    } else if (typeof data.skip === 'string') {
      result.skipped++
      const names = totals.skips.get(data.skip) ?? []
      totals.skips.set(data.skip, [...names, `${title}: ${name}`])
    } else if (!ofFile && !suite) result.passed++
  }
  if (result.declared === 0 && result.failed === 0 && options.name === undefined) fail('no test in this file')
  if (result.failed > 0 && output.length > 0)
    result.problems.push(`output of ${title}:\n${indent(output.join('').trimEnd())}`)
  return result
}

/** PostgreSQL servers that killed tests left behind, by the file each keeps in its data folder. */
async function endLeftovers(folder: string): Promise<void> {
  for await (const file of glob('**/postmaster.pid', { cwd: folder })) {
    const pid = Number(readFileSync(join(folder, file), 'utf8').split('\n')[0])
    try {
      if (pid > 0) process.kill(pid, 'SIGKILL')
    } catch {
      // gone already
    }
  }
}

export async function runTestFiles(files: readonly string[], options: TestRunOptions): Promise<Totals> {
  const totals: Totals = { passed: 0, failed: 0, skipped: 0, skips: new Map(), failedFiles: new Set() }
  const stop = new AbortController()
  const interrupt = (): void => stop.abort()
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  // One temporary folder for the run: what a killed test leaves behind goes with it. Others than root must be able to
  // pass through, because PostgreSQL refuses to run as root.
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-test-'))
  chmodSync(folder, 0o711)
  process.env['TMPDIR'] = folder
  const postgres = await offerSharedPostgres()
  process.env['KEYTURN_TEST_POSTGRES_FROM'] = postgres.address
  try {
    const queue = [...files]
    const work = async (): Promise<void> => {
      for (let file = queue.shift(); file !== undefined && !stop.signal.aborted; file = queue.shift()) {
        const title = relative(options.root, file)
        const started = performance.now()
        const result = await runFile(file, title, totals, stop.signal, options)
        totals.passed += result.passed
        totals.failed += result.failed
        totals.skipped += result.skipped
        const took = `${((performance.now() - started) / 1000).toFixed(1)} s`
        const counts = [
          `${result.passed} passed`,
          result.failed > 0 ? `${result.failed} FAILED` : '',
          result.skipped > 0 ? `${result.skipped} skipped` : '',
        ]
        say(`${result.failed > 0 ? 'FAIL' : 'ok  '}  ${title}  ${counts.filter(Boolean).join(', ')}  ${took}`)
        for (const problem of result.problems) say(`   ✖  ${problem}`)
        if (result.failed > 0) totals.failedFiles.add(title)
      }
    }
    await Promise.all(Array.from({ length: options.concurrency }, work))
    if (stop.signal.aborted) totals.failed++
  } finally {
    await postgres.close()
    await endLeftovers(folder)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
  return totals
}

/** Prints skips by reason, the files that failed and, last, the line of counts. Returns the exit code. */
export function printTotals(totals: Totals): number {
  say('')
  if (totals.skipped > 0) {
    say(`skipped ${totals.skipped}:`)
    for (const [reason, names] of totals.skips) {
      say(`  ${names.length} × ${reason}`)
      for (const name of names) say(`      ${name}`)
    }
  }
  if (totals.failedFiles.size > 0)
    say(`failed files:\n${[...totals.failedFiles].map((file) => `  ${file}`).join('\n')}`)
  if (totals.passed + totals.failed === 0) say('no test ran')
  say(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
  return totals.failed > 0 || totals.passed === 0 ? 1 : 0
}
