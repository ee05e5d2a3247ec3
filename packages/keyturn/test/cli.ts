/** Runs the CLI as people do: a process of its own, in a folder of its own. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const bin = fileURLToPath(new URL('../bin/keyturn.js', import.meta.url))

export interface Ran {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Folder {
  readonly path: string
  readonly env: NodeJS.ProcessEnv
  run(args: readonly string[], options?: RunOptions): Promise<Ran>
  start(args: readonly string[], options?: RunOptions): Running
  /** Runs with --json and reads what was printed. */
  json(args: readonly string[], options?: RunOptions): Promise<{ readonly code: number | null; readonly value: any }> // oxlint-disable-line typescript/no-explicit-any -- what a test expects of the shape is what it asserts
}

export interface RunOptions {
  readonly stdin?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
}

export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ran>
  /** Resolves once stdout and stderr together match. */
  said(pattern: RegExp): Promise<RegExpExecArray>
}

/** What Node compiled is the same for every folder: a HOME of its own would compile everything again for each test. */
const compiled = fileURLToPath(new URL('../../../node_modules/.cache/keyturn-tests', import.meta.url))

const kept = ['PATH', 'SystemRoot', 'TEMP', 'TMP', 'LANG'] as const

/** A test, or a file of tests that share one folder. */
export interface Lasting {
  after(end: () => unknown): void
}

export const makeFolder = (t: Lasting): Folder => {
  const path = mkdtempSync(join(tmpdir(), 'keyturn-cli-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  const base = Object.fromEntries(
    kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )
  const env: NodeJS.ProcessEnv = { ...base, HOME: join(path, 'home'), XDG_CACHE_HOME: compiled, NO_COLOR: '1' }
  const start = (args: readonly string[], options: RunOptions = {}): Running => {
    const child = spawn(process.execPath, [bin, ...args], {
      cwd: options.cwd ?? path,
      env: { ...env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    t.after(() => void child.kill('SIGKILL'))
    let stdout = ''
    let stderr = ''
    const watchers = new Set<() => void>()
    const heard = (): void => {
      for (const watcher of watchers) watcher()
    }
    child.stdout.setEncoding('utf8').on('data', (text: string) => ((stdout += text), heard()))
    child.stderr.setEncoding('utf8').on('data', (text: string) => ((stderr += text), heard()))
    child.stdin.on('error', () => undefined)
    child.stdin.end(options.stdin ?? '')
    const ended = new Promise<Ran>((resolve) =>
      child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr })),
    )
    return {
      child,
      ended,
      said: (pattern) =>
        new Promise((resolve, reject) => {
          const look = (): void => {
            const found = pattern.exec(stdout + stderr)
            if (found !== null) resolve(found)
          }
          watchers.add(look)
          look()
          void ended.then((ran) =>
            reject(new Error(`ended with ${ran.code} before it said ${String(pattern)}:\n${ran.stdout}${ran.stderr}`)),
          )
        }),
    }
  }
  return {
    path,
    env,
    start,
    run: (args, options) => start(args, options).ended,
    json: async (args, options) => {
      const { code, stdout, stderr } = await start([...args, '--json'], options).ended
      try {
        return { code, value: JSON.parse(stdout) }
      } catch {
        throw new Error(`no JSON on stdout of ${args.join(' ')}:\n${stdout}${stderr}`)
      }
    },
  }
}
