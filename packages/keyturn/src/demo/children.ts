/** The processes the demo starts: what they get of this one's environment, and that none of them outlives it. */
import type { ChildProcess } from 'node:child_process'
import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'

/** What a process needs of this one's environment; nothing else of it can change what the demo shows. */
const inherited = ['PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR', 'NODE_EXTRA_CA_CERTS'] as const

/** Compiled code of the last run starts faster. Node adds the folder of its version by itself. */
const compileCache = (): NodeJS.ProcessEnv => {
  const folder = getCompileCacheDir()
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) }
}

export const plainEnvironment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    inherited.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  ),
  ...compileCache(),
})

const running = new Set<ChildProcess>()
let over = false

/** From here on the child ends with the demo. */
export const mind = (child: ChildProcess): void => {
  running.add(child)
  child.on('exit', () => running.delete(child))
  if (over) child.kill('SIGKILL')
}

/** At once, without waiting, those that are just starting too, and those that are started after this. */
export const killAllChildren = (): void => {
  over = true
  for (const child of running) child.kill('SIGKILL')
}
