/**
 * `npm test`: finds the test files and runs them. Options after `--`:
 *
 *   PATTERN…            only files whose path contains one of these
 *   --name=REGEX        only tests whose name matches
 *   --long              with the *.long.test.ts files (`npm run test:long`; sets KEYTURN_LONG=1 for every test)
 *   --concurrency=N     files at once (2)
 *   --timeout=SECONDS   for one file (180, long 2400)
 */
import { glob } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { parseArgs } from 'node:util'
import { printTotals, runTestFiles } from './test-run.ts'

const root = resolve(import.meta.dirname, '..')
const patterns = ['packages/*/test/**/*.test.ts', 'packages/*/src/**/*.test.ts', 'test/**/*.test.ts']
/** Has its own runner, because it installs the sf CLI first: `npm run test:sf`. */
const elsewhere = ['test', 'sf', ''].join(sep)

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        long: { type: 'boolean', default: process.env['KEYTURN_LONG'] === '1' },
        concurrency: { type: 'string', default: '2' },
        timeout: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    process.stderr.write(
      `error BAD_ARGUMENT: ${error instanceof Error ? error.message : String(error)}\n  next: npm test -- --help\n`,
    )
    process.exit(2)
  }
}

const { values, positionals } = readArguments()
if (values.help) {
  process.stdout.write('npm test -- [PATTERN…] [--name=REGEX] [--long] [--concurrency=N] [--timeout=SECONDS]\n')
  process.exit(0)
}
const positive = (name: string, text: string): number => {
  const value = Number(text)
  if (value > 0) return value
  process.stderr.write(
    `error BAD_ARGUMENT: --${name} must be a number above 0, not ${text}\n  next: npm test -- --help\n`,
  )
  process.exit(2)
}

if (values.long) process.env['KEYTURN_LONG'] = '1'
const wanted = (file: string): boolean =>
  !file.includes(`node_modules${sep}`) &&
  !file.startsWith(elsewhere) &&
  (values.long || !file.endsWith('.long.test.ts')) &&
  (positionals.length === 0 || positionals.some((part) => file.includes(part)))
const found = new Set<string>()
for await (const file of glob(patterns, { cwd: root })) if (wanted(file)) found.add(file)

const totals = await runTestFiles(
  [...found].sort().map((file) => join(root, file)),
  {
    root,
    concurrency: positive('concurrency', values.concurrency),
    fileTimeout: positive('timeout', values.timeout ?? (values.long ? '2400' : '180')) * 1000,
    ...(values.name === undefined ? {} : { name: new RegExp(values.name) }),
  },
)
process.exitCode = printTotals(totals)
