import { createReadStream, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { boolean, string } from '@oclif/core/flags'
import { KeyturnError } from '@keyturn/tokens'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'

const linesOf = (path: string): AsyncIterable<string> =>
  createInterface({ input: path === '-' ? process.stdin : createReadStream(path, 'utf8'), crlfDelay: Infinity })

const noteOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new KeyturnError(
      'BAD_ARGUMENT',
      `${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
    )
  }
}

/** `SEQ:HASH`, as `ledger verify` prints it. */
const headOf = (text: string): { readonly epoch: number; readonly seq: number; readonly hash: string } => {
  const match = /^(\d+):([0-9a-f]{64})$/.exec(text)
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new KeyturnError('BAD_ARGUMENT', '--contains is no checkpoint', {
      fix: 'Write SEQ:HASH as an earlier `keyturn ledger verify` printed it.',
    })
  }
  return { epoch: 1, seq: Number(match[1]), hash: match[2] }
}

export default class LedgerVerifyCommand extends KeyturnCommand {
  static override summary = 'Prove that the ledger is whole'
  static override description =
    'Recomputes the hash of every entry and checks that each follows the one before it. With --file an export is checked, without store, key or network. A tail that was cut off shows against a checkpoint you kept: a signed one, or SEQ:HASH. Exits with 8 when the chain is broken.'
  static override examples = [
    { description: 'The ledger of this store', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'An export, by whoever got it: against the signed checkpoint of last month',
      command:
        '<%= config.bin %> <%= command.id %> --file ledger.jsonl --checkpoint october.note --public-key keyturn-ledger/8f55…+92f1611a+AUpe…',
    },
    {
      description: 'Against what `ledger verify` showed last month',
      command: '<%= config.bin %> <%= command.id %> --contains 4711:9f2c…',
    },
  ]
  static override flags = {
    file: string({ helpValue: 'FILE', description: 'An exported ledger; - is stdin' }),
    checkpoint: string({
      dependsOn: ['public-key'],
      exclusive: ['contains'],
      helpValue: 'FILE',
      description: 'A signed checkpoint (`ledger export --checkpoint`) the ledger must hold',
    }),
    'public-key': string({
      dependsOn: ['checkpoint'],
      helpValue: 'KEY',
      description: 'The verifying key that was shown with the checkpoint',
    }),
    contains: string({ helpValue: 'SEQ:HASH', description: 'A checkpoint the ledger must hold' }),
    quiet: boolean({ char: 'q', description: 'Only the exit code' }),
  }

  async run(): Promise<Json> {
    const { flags } = await this.parse(LedgerVerifyCommand)
    const { verifyCheckpoint, verifyLedger, verifyStoreLedger } = await import('@keyturn/tokens/ledger')
    const signed =
      flags.checkpoint === undefined ? undefined : verifyCheckpoint(noteOf(flags.checkpoint), flags['public-key'] ?? '')
    const contains = signed ?? (flags.contains === undefined ? undefined : headOf(flags.contains))
    const options = contains === undefined ? {} : { contains }
    const verdict =
      flags.file === undefined
        ? await this.withKeyturn(flags, (keyturn) => verifyStoreLedger(keyturn.store, options))
        : await verifyLedger(linesOf(flags.file), options).catch((error: unknown) => {
            const code = (error as NodeJS.ErrnoException).code ?? 'unreadable'
            throw new KeyturnError('BAD_ARGUMENT', `${flags.file} cannot be read (${code})`)
          })
    if (!verdict.ok)
      throw new KeyturnError('LEDGER_BROKEN', `Entry ${verdict.at}: ${verdict.why}`, {
        data: { at: verdict.at, why: verdict.why },
      })
    const checkpoint = verdict.head === null ? null : `${verdict.head.seq}:${verdict.head.hash}`
    if (!flags.quiet) {
      this.log(`${verdict.entries} entries, each follows the one before it.`)
      if (contains !== undefined)
        this.log(`Entry ${contains.seq} is the one that the ${signed === undefined ? '' : 'signed '}checkpoint names.`)
      this.log(`Checkpoint: ${checkpoint ?? 'none, the ledger is empty'}`)
    }
    return { ok: true, entries: verdict.entries, head: verdict.head, checkpoint }
  }
}
