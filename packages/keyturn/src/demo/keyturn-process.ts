/** `keyturn`, as somebody types it: a process of its own in a folder, with `--json`. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { mind, plainEnvironment } from './children.ts'

/** The same from sources and when it is published. */
const bin = fileURLToPath(new URL('../../bin/keyturn.js', import.meta.url))

/** Throws where it ends with another code than one of `codes`, and with what it said. */
export const keyturnSays = async <T>(
  { folder, environment }: { readonly folder: string; readonly environment: NodeJS.ProcessEnv },
  args: readonly string[],
  codes: readonly number[] = [0],
): Promise<T> => {
  const child = spawn(process.execPath, [bin, ...args, '--json'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...plainEnvironment(), ...environment, HOME: folder, NO_COLOR: '1' },
  })
  mind(child)
  const said = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code === null || !codes.includes(code))
    throw new Error(`keyturn ${args.join(' ')} ended with ${code}: ${said.stderr}${said.stdout}`)
  return JSON.parse(said.stdout) as T
}
