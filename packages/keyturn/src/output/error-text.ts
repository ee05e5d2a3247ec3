/**
 * Every failure as `code: message` and `→ what to do`, and the exit code that belongs to its kind.
 *
 * What oclif's parser refuses is told without repeating values: somebody who pastes a secret behind a wrong flag must
 * not find it in a log. An error nobody expected is told by its message, without a stack (KEYTURN_DEBUG=1 shows it).
 */
import { stripVTControlCharacters } from 'node:util'
import { errorTable, exitCodes, KeyturnError } from '@keyturn/tokens'
import { explainAny } from '../explain/explain.ts'
import type { Paint } from './colour.ts'
import { ownCommands } from './own-commands.ts'
import { terminalLines, wrapText } from './terminal-text.ts'

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
      { fix: 'Leave it out; a text with blanks needs quotes. `--help` shows examples.' },
    )
  }
  if (name === 'RequiredArgsError') {
    const names = (error.args ?? []).map((arg) => String((arg as { readonly name?: unknown }).name ?? '').toUpperCase())
    return new KeyturnError('BAD_ARGUMENT', `Missing: ${names.join(', ')}`, {
      fix: `Write it behind the command; \`--help\` shows examples${names.includes('NAME') ? ', `keyturn grants` lists names' : ''}.`,
    })
  }
  const text = stripVTControlCharacters(error.message)
    .replace(/^The following errors? occurred:\s*/, '')
    .replace(/\s*See more help with --help\s*$/, '')
    .replace(/\s*\n\s*/g, '; ')
    .replaceAll('=true', '')
  return new KeyturnError('BAD_ARGUMENT', text)
}

/** Whatever was thrown, as one of ours. */
export const asKeyturnError = (thrown: unknown): KeyturnError => {
  if (thrown instanceof KeyturnError) return explained(thrown)
  if (!(thrown instanceof Error))
    return new KeyturnError('DEFECT', `Something that is no error was thrown (${typeof thrown})`)
  // Of what its parser finds first, such as a flag that comes twice, oclif throws no error of a class of its own.
  const ofParser = 'parse' in thrown || /^(?:Flag|Unexpected flag) --/.test(thrown.message)
  if ('oclif' in thrown && ofParser) return fromParser(thrown)
  const flag = /^Parsing (--[\w-]+)\s+(.+?)(?: but received:.*)?(?:\n|$)/s.exec(thrown.message)
  if (flag !== null) return new KeyturnError('BAD_ARGUMENT', `${flag[1]}: ${flag[2]}`)
  return new KeyturnError('DEFECT', `${thrown.name}: ${thrown.message}`, { cause: thrown })
}

const vague = new Set(['GRANT_REFUSED', 'GRANT_BLOCKED'])

/** What Salesforce said is known to mean something: the cause and the next step instead of "see the description". */
const explained = (error: KeyturnError): KeyturnError => {
  if (!vague.has(error.code) || error.fix !== errorTable[error.code].fix) return error
  const [known] = explainAny(error.message)
  if (known === undefined) return error
  return new KeyturnError(error.code, `${error.message}. ${known.cause}`, {
    data: error.data,
    cause: error.cause,
    fix: known.next,
  })
}

export const exitCodeOf = (error: KeyturnError): number => exitCodes[error.kind]

/** Two lines. `bin` is how the reader starts Keyturn: `keyturn`, or `sf keyturn` inside the Salesforce CLI. */
export const errorText = (error: KeyturnError, bin: string, paint: Paint, width?: number): string => {
  const grant = error.data['grant']
  const fix = ownCommands(error.fix, bin, typeof grant === 'string' ? grant : undefined)
  const message = wrapText(`${error.code}: ${terminalLines(error.message)}`, width)
  const next = wrapText(`→ ${terminalLines(fix)}`, width, '  ')
  return `${paint('red', message.slice(0, error.code.length + 1))}${message.slice(error.code.length + 1)}\n${paint('bold', '→')}${next.slice(1)}`
}
