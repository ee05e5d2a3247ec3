/**
 * Runs the CLI in the process of the test: the same lines, the same exit codes, without a process to start for each. What
 * is killed, or has a terminal or an input, takes `start` of the folder, which is a process of its own.
 */
import { main } from '../src/main.ts'
import type { Folder, Ran, RunOptions } from './cli.ts'

type Write = typeof process.stdout.write

/** Texts are the command's; what the test runner reports of itself goes by as bytes. */
const caught = (stream: NodeJS.WriteStream): { readonly text: () => string; readonly end: () => void } => {
  const own = stream.write
  let text = ''
  stream.write = ((part: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    if (typeof part !== 'string') return Reflect.apply(own, stream, [part, ...rest]) as boolean
    text += part
    const done = rest.at(-1)
    if (typeof done === 'function') (done as () => void)()
    return true
  }) as Write
  return {
    text: () => text,
    end: () => {
      stream.write = own
    },
  }
}

const withEnvironment = (env: NodeJS.ProcessEnv): (() => void) => {
  const before = { ...process.env }
  const become = (wanted: NodeJS.ProcessEnv): void => {
    for (const name of Object.keys(process.env)) if (!(name in wanted)) delete process.env[name]
    for (const [name, value] of Object.entries(wanted)) if (value !== undefined) process.env[name] = value
  }
  become(env)
  return () => become(before)
}

const here = async (folder: Folder, args: readonly string[], options: RunOptions): Promise<Ran> => {
  if (options.stdin !== undefined) return folder.run(args, options)
  const place = process.cwd()
  const leave = withEnvironment({ ...folder.env, ...options.env })
  const [stdout, stderr] = [caught(process.stdout), caught(process.stderr)]
  const listeners = process.stdout.listeners('error')
  const codeBefore = process.exitCode
  process.exitCode = undefined
  try {
    process.chdir(options.cwd ?? folder.path)
    await main(args)
    return { code: Number(process.exitCode ?? 0), signal: null, stdout: stdout.text(), stderr: stderr.text() }
  } finally {
    process.exitCode = codeBefore
    for (const one of process.stdout.listeners('error'))
      if (!listeners.includes(one)) process.stdout.off('error', one as (error: Error) => void)
    for (const stream of [stdout, stderr]) stream.end()
    process.chdir(place)
    leave()
  }
}

/** The folder, whose commands run here, one after the other. */
export const runningHere = (folder: Folder): Folder => ({
  ...folder,
  run: (args, options = {}) => here(folder, args, options),
  json: async (args, options = {}) => {
    const { code, stdout, stderr } = await here(folder, [...args, '--json'], options)
    try {
      return { code, value: JSON.parse(stdout) }
    } catch {
      throw new Error(`no JSON on stdout of ${args.join(' ')}:\n${stdout}${stderr}`)
    }
  },
})
