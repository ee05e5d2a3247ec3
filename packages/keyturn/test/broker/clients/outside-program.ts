/** A program nobody here wrote, in a process of its own; and the loud reason where it isn't installed. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly stdin?: string
  readonly env?: Readonly<Record<string, string>>
}

const environment = (more: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  ...kept('PYTHONPATH', 'RUBYLIB'),
  ...more,
})

/** Where a developer keeps what no registry of this machine has. */
const kept = (...names: readonly string[]): NodeJS.ProcessEnv =>
  Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))

export const run = (command: string, args: readonly string[], { stdin = '', env = {} }: Running = {}): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: environment(env), timeout: 60_000 })
    const said = { stdout: '', stderr: '' }
    child.stdout.on('data', (bytes: Buffer) => (said.stdout += bytes.toString()))
    child.stderr.on('data', (bytes: Buffer) => (said.stderr += bytes.toString()))
    child.stdin.on('error', () => undefined)
    child.stdin.end(stdin)
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...said }))
  })

export interface Dialogue {
  /** A line in, a line out: so that something may happen between two calls of the program. */
  say(line: string): Promise<string>
  end(): Promise<void>
}

export const converse = (command: string, args: readonly string[], { env = {} }: Running = {}): Dialogue => {
  const child = spawn(command, args, { env: environment(env), timeout: 60_000 })
  let complaint = ''
  child.stderr.on('data', (bytes: Buffer) => (complaint += bytes.toString()))
  child.stdin.on('error', () => undefined)
  const gone = once(child, 'close')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    say: async (line) => {
      child.stdin.write(`${line}\n`)
      const { value, done } = await lines.next()
      if (done === true) throw new Error(`${command} ended: ${complaint}`)
      return value
    },
    end: async () => {
      child.stdin.end()
      await gone
    },
  }
}

/** False, or why a test is skipped. `advice`: how to get it. */
export const absent = (command: string, args: readonly string[], advice: string): string | false => {
  const { status } = spawnSync(command, args, { env: environment({}), stdio: 'ignore', timeout: 30_000 })
  return status === 0 ? false : `NOT RUN: ${command} ${args.join(' ')} does not work here; ${advice}`
}
