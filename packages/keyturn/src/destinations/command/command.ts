/**
 * A program that puts the value where it belongs. The value goes to its standard input, as JSON or as the bare text: no
 * argument list, no environment, no shell. Exit code 0 means that it is there; `unchanged` as the first line of its
 * output, that it was there before.
 */
import { execFile } from 'node:child_process'
import { timingSafeEqual } from 'node:crypto'
import * as z from 'zod'
import { duration } from '../../config/duration.ts'
import { notReady, refused, unreachable } from '../../secret-managers/refusals.ts'
import { defineKind } from '../destination.ts'
import type { DestinationParts, DestinationValue } from '../destination.ts'
import { fieldMap, joinFields, placed } from '../field-map.ts'
import { problemsOf } from '../problems.ts'

const program = z.array(z.string().min(1)).min(1)

interface Run {
  readonly argv: readonly string[]
  readonly input: string
  readonly timeout: number
}

const run = ({ argv, input, timeout }: Run, { folder, env }: DestinationParts): Promise<string> =>
  new Promise((resolve, reject) => {
    const [file = '', ...args] = argv
    const options = { cwd: folder, env, timeout, maxBuffer: 1 << 20, killSignal: 'SIGKILL' } as const
    const child = execFile(file, args, options, (error, stdout) => {
      if (error === null) return resolve(stdout)
      // What it printed may hold the value: only how it ended is told.
      if (error.code === 'ENOENT') return reject(notReady(`${file} is not there`, 'Install it, or correct `run`.'))
      if (error.code === 'EACCES') return reject(refused(`${file} may not be run by this user`))
      if (error.killed === true) return reject(unreachable(`${file} took longer than ${timeout} ms and was ended`))
      return reject(refused(`${file} ended with ${String(error.code ?? error.signal)}`, 'Run it by hand to see why.'))
    })
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(input)
  })

const equal = (a: string, b: string): boolean => {
  const [one, other] = [Buffer.from(a), Buffer.from(b)]
  return one.length === other.length && timingSafeEqual(one, other)
}

export const command = defineKind({
  kind: 'command',
  settings: z.strictObject({
    kind: z.literal('command'),
    run: program.describe('Program and its arguments; the value comes on its standard input'),
    readBack: program.optional().describe('Program that prints what is there, in the same format'),
    check: program.optional().describe('Program of the preflight: exit code 0 means ready'),
    format: z
      .union([z.literal('json'), z.string().regex(/^plain:[A-Za-z]\w*(\+[A-Za-z]\w*)*$/)], {
        error: 'must be json, or plain:FIELD such as plain:password+securityToken',
      })
      .optional()
      .describe('json (default): {"version", "fields"}; plain:FIELD: that field alone'),
    fields: fieldMap(/^.+$/, 'must be a name')
      .optional()
      .describe('For json: name: field of the credential; default: all'),
    timeout: duration.optional().describe('After this it is ended; default 30s'),
  }),
  describe: ({ run: argv }) => argv[0] ?? '',
  open: ({ run: argv, readBack, check, format = 'json', fields, timeout = 30_000 }, parts) => {
    const fieldsOf = (value: DestinationValue): Readonly<Record<string, string>> =>
      Object.fromEntries([...placed(value, fields, (field) => field)].map(([name, secret]) => [name, secret.reveal()]))
    const inputOf = (value: DestinationValue): string =>
      format === 'json'
        ? `${JSON.stringify({ version: value.version, fields: fieldsOf(value) })}\n`
        : joinFields(value, format.slice('plain:'.length)).reveal()
    const same = (value: DestinationValue, printed: string): boolean => {
      if (format !== 'json') return equal(printed.replace(/\r?\n$/, ''), inputOf(value))
      let told: unknown
      try {
        told = JSON.parse(printed)
      } catch {
        return false
      }
      const found = (told as { readonly fields?: Readonly<Record<string, unknown>> } | null)?.fields ?? {}
      return Object.entries(fieldsOf(value)).every(([name, text]) => {
        const there = found[name]
        return typeof there === 'string' && equal(there, text)
      })
    }
    const readNow = async (value: DestinationValue) => {
      if (readBack === undefined) return 'not-readable'
      return same(value, await run({ argv: readBack, input: '', timeout }, parts)) ? 'same' : 'different'
    }
    return {
      kind: 'command',
      name: parts.name,
      preflight: () =>
        problemsOf(async () => {
          if (check !== undefined) await run({ argv: check, input: '', timeout }, parts)
        }),
      write: async (value) => {
        const at = `command:${argv[0] ?? ''}`
        if ((await readNow(value)) === 'same') return { changed: false, at }
        const said = await run({ argv, input: inputOf(value), timeout }, parts)
        return { changed: !/^unchanged\s*$/m.test(said.split('\n', 1)[0] ?? ''), at }
      },
      readBack: readNow,
    }
  },
})
