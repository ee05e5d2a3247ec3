/**
 * References to secrets that are kept elsewhere: `env:NAME`, `file:PATH`, `command:PROGRAM ARGUMENTS`. Resolved each
 * time they are used and kept nowhere; an error names the reference, never what it held.
 */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { KeyturnError } from '../errors.ts'
import { Secret } from '../secret.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export const isReference = (text: string): boolean => /^(env|file|command):./s.test(text)

const unresolved = (reference: string, why: string) =>
  new KeyturnError('REFERENCE_UNRESOLVED', `${reference}: ${why}`, { data: { reference } })

/** Words of a command line: blanks divide, quotes hold together, a backslash keeps the next character. No shell. */
export const words = (line: string): readonly string[] => {
  const found: string[] = []
  for (const match of line.matchAll(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/gs)) {
    found.push(
      match[0].replaceAll(
        /\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/gs,
        (_all, escaped?: string, double?: string, single?: string) =>
          escaped ?? double?.replaceAll(/\\(.)/gs, '$1') ?? single ?? '',
      ),
    )
  }
  return found
}

/** Runs a program without a shell; `input` goes to its standard input, where no process list shows it. */
export const runProgram = (reference: string, argv: readonly string[], input = ''): Promise<string> =>
  new Promise((resolve, reject) => {
    const [program, ...args] = argv
    if (program === undefined) return reject(unresolved(reference, 'names no program'))
    const options = { timeout: 30_000, maxBuffer: 1 << 20, encoding: 'utf8' } as const
    const child = execFile(program, args, options, (error, stdout) => {
      if (error === null) return resolve(stdout)
      // What the program printed may hold the secret: only how it ended is told.
      const how = error.killed === true ? 'took longer than 30 s' : `ended with ${String(error.code ?? error.signal)}`
      reject(unresolved(reference, error.code === 'ENOENT' ? `${program} is not installed` : how))
    })
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(input)
    return undefined
  })

/** The text behind a reference, without the line end that editors and programs add. */
export const resolveReference = async (reference: string, env: Environment = process.env): Promise<Secret> => {
  const [kind, ...rest] = reference.split(':')
  const value = await readBehind(reference, kind ?? '', rest.join(':'), env)
  const text = value.replace(/\r?\n$/, '')
  if (text === '') throw unresolved(reference, 'is empty')
  return new Secret(text)
}

const readBehind = async (reference: string, kind: string, what: string, env: Environment): Promise<string> => {
  if (kind === 'env') {
    const value = env[what]
    if (value === undefined) throw unresolved(reference, 'this environment variable is not set')
    return value
  }
  if (kind === 'file') {
    return readFile(what, 'utf8').catch((error: unknown) => {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
      throw unresolved(reference, `the file can’t be read (${code})`)
    })
  }
  if (kind === 'command') return runProgram(reference, words(what))
  throw unresolved(reference, 'a reference starts with env:, file: or command:')
}
