/**
 * `keyturn token NAME` on a warm store, as installed from the packed tarballs, beside `node -e 0` and beside a command
 * of @oclif/core that does nothing.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installPacked } from '../test/pack/packed.ts'
import { inTurns, report } from './measure.ts'
import { startBenchOrg } from './org.ts'

const ROUNDS = 15
const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-'))
const installation = await installPacked(join(folder, 'installed'))
const bin = join(installation.folder, 'node_modules', 'keyturn', 'bin', 'keyturn.js')

const empty = join(installation.folder, 'node_modules', 'empty-command')
mkdirSync(join(empty, 'commands'), { recursive: true })
writeFileSync(
  join(empty, 'package.json'),
  JSON.stringify({
    name: 'empty-command',
    version: '1.0.0',
    type: 'module',
    oclif: { bin: 'empty', commands: './commands', topicSeparator: ' ' },
  }),
)
writeFileSync(join(empty, 'run.js'), "import { execute } from '@oclif/core'\nawait execute({ dir: import.meta.url })\n")
writeFileSync(
  join(empty, 'commands', 'nothing.js'),
  "import { Command } from '@oclif/core'\nexport default class Nothing extends Command {\n  async run() {}\n}\n",
)

const org = await startBenchOrg()
const ready = await org.grant()
const env = {
  PATH: process.env.PATH ?? '',
  HOME: folder,
  KEYTURN_STORE: `sqlite:${join(folder, 'keyturn.db')}`,
  KEYTURN_MASTER_KEY: 'env:BENCH_KEY',
  BENCH_KEY: 'a'.repeat(64),
  SECRET: ready.clientSecret,
}
const run = (args: readonly string[], input = ''): number => {
  const started = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, { env, input, encoding: 'utf8', cwd: folder })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`)
  return performance.now() - started
}
run([bin, 'init', '--store', env.KEYTURN_STORE, '--key', 'env:BENCH_KEY'])
run(
  [
    bin,
    'connect',
    'acme',
    '--login-url',
    ready.instanceUrl,
    '--client-id',
    ready.clientId,
    '--client-secret-ref',
    'env:SECRET',
    '--refresh-token-stdin',
  ],
  ready.refreshToken,
)
run([bin, 'token', 'acme'])

const results = await inTurns(ROUNDS, {
  'node -e 0': async () => run(['-e', '0']),
  'an empty oclif command': async () => run([join(empty, 'run.js'), 'nothing']),
  'keyturn token NAME, warm store': async () => run([bin, 'token', 'acme']),
})
const [floor, ours] = [results['node -e 0']?.median ?? 0, results['keyturn token NAME, warm store']?.median ?? 0]
report('cli', 'ms', results, [
  {
    what: '`keyturn token` on a warm store',
    wanted: '≤ 5 × `node -e 0`',
    found: `${(ours / floor).toFixed(1)} ×`,
    met: ours <= 5 * floor,
  },
])
await org.close()
rmSync(folder, { recursive: true })
