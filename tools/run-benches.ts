/**
 * `npm run bench`: runs `bench/*.bench.ts` one after the other, each in a process of its own so that none warms up or
 * disturbs another. `npm run bench -- NAME…` runs those whose name contains one of these. Each writes its own
 * `bench/results/NAME.json`; the exit code is non-zero when one failed or none ran.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './repository-files.ts'

const folder = join(root, 'bench')
const asked = process.argv.slice(2)
const benches = readdirSync(folder)
  .filter((file) => file.endsWith('.bench.ts') && (asked.length === 0 || asked.some((part) => file.includes(part))))
  .sort()
const failed: string[] = []
for (const [index, file] of benches.entries()) {
  process.stderr.write(`[${index + 1}/${benches.length}] ${file}\n`)
  const child = spawn(process.execPath, [join(folder, file)], { cwd: root, stdio: 'inherit' })
  const [code, signal] = await once(child, 'exit')
  if (code !== 0) failed.push(`${file} (${String(signal ?? code)})`)
}
if (benches.length === 0)
  process.stderr.write(`no bench/*.bench.ts${asked.length > 0 ? ` matches ${asked.join(', ')}` : ''}\n`)
if (failed.length > 0) process.stderr.write(`failed: ${failed.join(', ')}\n`)
process.exitCode = benches.length === 0 || failed.length > 0 ? 1 : 0
