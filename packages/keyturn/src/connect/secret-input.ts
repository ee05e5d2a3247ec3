/** Secrets come from a pipe, from a hidden prompt or from a reference; never from the command line. */
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { KeyturnError, Secret } from '@keyturn/tokens'
import { keyReference, secretForms } from '../reference.ts'

const longest = 100_000

/** Everything on stdin, without the line break at its end. */
export const readSecret = async (what: string): Promise<Secret> => {
  if (process.stdin.isTTY) return promptSecret(what)
  const parts: Buffer[] = []
  let size = 0
  for await (const part of process.stdin) {
    const bytes = Buffer.from(part as Uint8Array)
    size += bytes.length
    if (size > longest) throw new KeyturnError('BAD_ARGUMENT', `stdin holds more than a ${what}`)
    parts.push(bytes)
  }
  return checked(Buffer.concat(parts).toString('utf8'), what)
}

const checked = (text: string, what: string): Secret => {
  const trimmed = text.replace(/\r?\n$/, '').trim()
  if (trimmed === '') {
    throw new KeyturnError('BAD_ARGUMENT', `stdin held no ${what}`, {
      fix: 'Pipe it in, for example: command-that-prints-it | keyturn connect …',
    })
  }
  if (/\s/.test(trimmed))
    throw new KeyturnError('BAD_ARGUMENT', `stdin held more than one word where a ${what} was expected`)
  return new Secret(trimmed)
}

const promptSecret = (what: string): Promise<Secret> =>
  new Promise((resolve, reject) => {
    process.stderr.write(`${what} (hidden): `)
    const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
    const lines = createInterface({ input: process.stdin, output: silent, terminal: true })
    let answered = false
    lines.once('line', (line) => {
      answered = true
      lines.close()
      try {
        resolve(checked(line, what))
      } catch (error) {
        reject(error as Error)
      }
    })
    lines.once('close', () => {
      process.stderr.write('\n')
      if (!answered) reject(new KeyturnError('BAD_ARGUMENT', `No ${what} was given`))
    })
  })

export const isReference = (text: string): boolean => keyReference.test(text)

/** A `--…-ref` flag: a place, not a value. The value is not repeated: it may be the secret itself. */
export const referenceOf = (flag: string, text: string): { readonly reference: string } => {
  if (isReference(text)) return { reference: text }
  throw new KeyturnError('BAD_ARGUMENT', `--${flag} is no reference`, {
    fix: `Write ${secretForms}. If you typed the secret itself it may be in your shell history: change it.`,
  })
}

/** The consumer secret as the flags name it; undefined when they don't. */
export const clientSecretOf = async (flags: {
  readonly 'client-secret-ref'?: string | undefined
  readonly 'client-secret-stdin': boolean
}): Promise<Secret | { readonly reference: string } | undefined> => {
  if (flags['client-secret-ref'] !== undefined) return referenceOf('client-secret-ref', flags['client-secret-ref'])
  return flags['client-secret-stdin'] ? readSecret('consumer secret') : undefined
}
