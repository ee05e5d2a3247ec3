/**
 * Every failure as `code: message` and `→ what to do`, and the exit code that belongs to its kind.
 *
 * What oclif's parser refuses is told without repeating values: somebody who pastes a secret behind a wrong flag must
 * not find it in a log. An error nobody expected is told by its message, without a stack (KEYTURN_DEBUG=1 shows it).
 */
import { stripVTControlCharacters } from 'node:util'
import { exitCodes, KeyturnError } from '@keyturn/tokens'
import type { Paint } from './colour.ts'
import { terminalLines } from './terminal-text.ts'

const secretFlag = /secret|token|password|passphrase|private|assertion/i

interface ParserError extends Error {
  readonly args?: readonly unknown[]
  readonly flags?: readonly string[]
}

const nameOnly = (flag: string): string => flag.replace(/=.*$/s, '')

const unknownFlags = (flags: readonly string[]): KeyturnError => {
  const names = flags.map(nameOnly)
  const secret = names.find((name) => secretFlag.test(name))
  if (secret !== undefined) {
    return new KeyturnError('BAD_ARGUMENT', `${secret} does not exist: a secret never goes on the command line`, {
      fix: 'Pipe it in (--refresh-token-stdin, --client-secret-stdin) or name where it is (--client-secret-ref file:PATH). A secret typed here may be in your shell history: change it.',
    })
  }
  return new KeyturnError('BAD_ARGUMENT', `There is no flag ${names.join(', ')}`)
}

const fromParser = (error: ParserError): KeyturnError => {
  const name = error.constructor.name
  if (name === 'NonExistentFlagsError') return unknownFlags(error.flags ?? [])
  if (name === 'UnexpectedArgsError') {
    const count = error.args?.length ?? 1
    return new KeyturnError(
      'BAD_ARGUMENT',
      `${count === 1 ? 'One argument' : `${count} arguments`} too many (not repeated here, in case of a secret)`,
    )
  }
  if (name === 'RequiredArgsError') {
    const names = (error.args ?? []).map((arg) => String((arg as { readonly name?: unknown }).name ?? '').toUpperCase())
    return new KeyturnError('BAD_ARGUMENT', `Missing: ${names.join(', ')}`)
  }
  const text = stripVTControlCharacters(error.message)
    .replace(/^The following errors? occurred:\s*/, '')
    .replace(/\s*See more help with --help\s*$/, '')
    .replace(/\s*\n\s*/g, '; ')
  return new KeyturnError('BAD_ARGUMENT', text)
}

/** Whatever was thrown, as one of ours. */
export const asKeyturnError = (thrown: unknown): KeyturnError => {
  if (thrown instanceof KeyturnError) return thrown
  if (!(thrown instanceof Error))
    return new KeyturnError('DEFECT', `Something that is no error was thrown (${typeof thrown})`)
  if ('parse' in thrown && 'oclif' in thrown) return fromParser(thrown)
  const flag = /^Parsing (--[\w-]+)\s+(.+?)(?: but received:.*)?(?:\n|$)/s.exec(thrown.message)
  if (flag !== null) return new KeyturnError('BAD_ARGUMENT', `${flag[1]}: ${flag[2]}`)
  return new KeyturnError('DEFECT', `${thrown.name}: ${thrown.message}`, { cause: thrown })
}

export const exitCodeOf = (error: KeyturnError): number => exitCodes[error.kind]

/** Two lines. `bin` is how the reader starts Keyturn: `keyturn`, or `sf keyturn` inside the Salesforce CLI. */
export const errorText = (error: KeyturnError, bin: string, paint: Paint): string => {
  const fix = bin === 'keyturn' ? error.fix : error.fix.replaceAll('`keyturn ', `\`${bin} `)
  return `${paint('red', `${error.code}:`)} ${terminalLines(error.message)}\n${paint('bold', '→')} ${terminalLines(fix)}`
}
