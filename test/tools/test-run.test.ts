/** The test runner can fail: each way in which a run is not good ends it with a non-zero code and says why. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import test from 'node:test'
import { pathToFileURL } from 'node:url'

const runner = pathToFileURL(resolve(import.meta.dirname, '../../tools/test-run.ts')).href

/** Runs one file of this content in a runner of its own. */
async function runOf(
  content: string,
  fileTimeout = 60_000,
): Promise<{ readonly code: number; readonly output: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'runner-'))
  try {
    const file = join(folder, 'a.test.mjs')
    writeFileSync(file, content)
    const options = { root: folder, concurrency: 1, fileTimeout }
    const program = `import { printTotals, runTestFiles } from ${JSON.stringify(runner)}
      process.exitCode = printTotals(await runTestFiles([${JSON.stringify(file)}], ${JSON.stringify(options)}))`
    // node:test refuses to run inside a test process unless it is not told that it is in one.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const main = join(folder, 'main.mjs')
    writeFileSync(main, program)
    const child = spawn(process.execPath, [main], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
    return { code: Number(code), output }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const last = (output: string): string | undefined => output.trimEnd().split('\n').at(-1)
const head = "import test, { describe, it } from 'node:test'\n"

test('passes and reasoned skips are counted, and the last line says so', async () => {
  const { code, output } = await runOf(`${head}
    test('a', () => {}); describe('s', () => { it('b', () => {}) })
    test('c', { skip: 'no moon tonight' }, () => {}); test('d', (t) => t.skip('no moon tonight'))`)
  assert.equal(last(output), '2 passed, 0 failed, 2 skipped')
  assert.match(output, /skipped 2:\n {2}2 × no moon tonight\n/)
  assert.equal(code, 0)
})

const failures: readonly (readonly [what: string, content: string, said: RegExp, timeout?: number])[] = [
  [
    'a failing assertion',
    `${head} describe('s', () => { it('b', () => { throw new Error('boom') }) })`,
    /s › b\n\s+Error: boom/,
  ],
  [
    'a skip without a reason',
    `${head} test('a', () => {}); test('b', { skip: true }, () => {})`,
    /skipped without a reason/,
  ],
  ['a todo', `${head} test('a', { todo: 'later' }, () => {})`, /marked todo/],
  ['a file without tests', '', /no test in this file/],
  ['a file that cannot be loaded', 'throw new Error("on load")', /Error: on load/],
  [
    'a file that does not end',
    `${head} test('a', () => {}); setInterval(() => {}, 1000)`,
    /not finished after 3 s/,
    3000,
  ],
  ['nothing but skips', `${head} test('a', { skip: 'a reason' }, () => {})`, /no test ran/],
]

for (const [what, content, said, timeout] of failures) {
  test(`${what} fails the run`, async () => {
    const { code, output } = await runOf(content, timeout)
    assert.match(output, said)
    assert.equal(code, 1)
  })
}
