/**
 * `npm run test:sf`: installs the sf CLI beside the project, exactly this version and without install scripts, and
 * runs `test/sf/**` against it on the pinned Node. The tests find it as KEYTURN_SF (its JavaScript entry, to be run
 * with `process.execPath`); each gives it a home folder of its own.
 */
import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import { installBeside } from './install-beside.ts'
import { root } from './repository-files.ts'
import { printTotals, runTestFiles } from './test-run.ts'

const cli = '@salesforce/cli@2.150.6'

process.stdout.write(`${cli}: installing into .cache/sf unless it is there…\n`)
const folder = installBeside('sf', [cli])
process.env['KEYTURN_SF'] = join(folder, 'node_modules', '@salesforce', 'cli', 'bin', 'run.js')
// Neither telemetry nor its own updates: a test sends nothing out.
Object.assign(process.env, {
  SF_DISABLE_TELEMETRY: 'true',
  SF_AUTOUPDATE_DISABLE: 'true',
  SF_SKIP_NEW_VERSION_CHECK: 'true',
})

const asked = process.argv.slice(2)
const files: string[] = []
for await (const file of glob('test/sf/**/*.test.ts', { cwd: root })) {
  if (asked.length === 0 || asked.some((part) => file.includes(part))) files.push(join(root, file))
}
process.exitCode = printTotals(await runTestFiles(files.sort(), { root, concurrency: 1, fileTimeout: 600_000 }))
