/**
 * References to secrets that are kept elsewhere: `env:NAME`, `file:PATH`, `command:PROGRAM ARGUMENTS`, and those of
 * resolvers that are passed in (`vault:…`, `aws:…`; the library itself speaks to no secret manager). Resolved each time
 * they are used and kept nowhere; an error names the reference, never what it held.
 */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { KeyturnError } from '../errors.ts'
import { Secret, secret } from '../secret.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** What `vault:REST` stands for, given REST. May throw anything: only a KeyturnError's message is told. */
export type Resolver = (rest: string) => Promise<Secret | string>

/** By scheme. `vault` and `aws` are names every Keyturn knows, also where nobody passed a resolver for them. */
export type Resolvers = Readonly<Record<string, Resolver>>

const own = ['env', 'file', 'command']
const known = [...own, 'vault', 'aws']

/** `vault:secret/data/app#key` → `vault`; null: no reference. */
const schemeOf = (text: string, resolvers: Resolvers): string | null => {
  const scheme = /^([a-z][a-z0-9+.-]*):./s.exec(text)?.[1]
  return scheme !== undefined && (known.includes(scheme) || Object.hasOwn(resolvers, scheme)) ? scheme : null
}

export const isReference = (text: string, resolvers: Resolvers = {}): boolean => schemeOf(text, resolvers) !== null

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
export const resolveReference = async (
  reference: string,
  env: Environment = process.env,
  resolvers: Resolvers = {},
): Promise<Secret> => {
  const [kind = '', ...rest] = reference.split(':')
  const what = rest.join(':')
  const resolver = !own.includes(kind) && Object.hasOwn(resolvers, kind) ? resolvers[kind] : undefined
  const value =
    resolver === undefined
      ? new Secret(await readBehind(reference, kind, what, env))
      : await resolveBy(resolver, reference, what)
  const text = value.reveal().replace(/\r?\n$/, '')
  if (text === '') throw unresolved(reference, 'is empty')
  return new Secret(text)
}

const resolveBy = async (resolver: Resolver, reference: string, what: string): Promise<Secret> => {
  try {
    return secret(await resolver(what))
  } catch (error) {
    // A stranger's error may quote what it read.
    if (!(error instanceof KeyturnError)) throw unresolved(reference, 'its resolver failed')
    const why = error.message.startsWith(`${reference}: `) ? error.message.slice(reference.length + 2) : error.message
    throw new KeyturnError('REFERENCE_UNRESOLVED', `${reference}: ${why}`, {
      data: { reference },
      fix: error.fix,
    })
  }
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
  if (known.includes(kind)) {
    throw new KeyturnError('REFERENCE_UNRESOLVED', `${reference}: nothing here resolves ${kind}: references`, {
      data: { reference },
      fix: `Pass a resolver: openKeyturn({ resolvers: { ${kind}: async (rest) => … } }). The keyturn command has one built in.`,
    })
  }
  throw unresolved(reference, 'a reference starts with env:, file:, command:, vault: or aws:')
}
