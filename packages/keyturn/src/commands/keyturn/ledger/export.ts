import { createWriteStream, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { integer, string } from '@oclif/core/flags'
import { KeyturnError } from '@keyturn/tokens'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'

const unwritable = (path: string, error: unknown): KeyturnError => {
  const code = (error as NodeJS.ErrnoException).code
  return new KeyturnError('BAD_ARGUMENT', `${path} cannot be written (${code ?? 'unknown'})`, {
    fix: code === 'EEXIST' ? 'Choose a new name: nothing is overwritten.' : 'Choose a writable place.',
  })
}

const writeNew = (path: string, text: string): void => {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    throw unwritable(path, error)
  }
}

export default class LedgerExportCommand extends KeyturnCommand {
  static override summary = 'Write the ledger as lines of canonical JSON'
  static override description =
    'One entry a line, byte for byte the same whoever exports it (docs/formats/ledger.md). An existing file is not overwritten. `ledger verify --file` checks it anywhere.'
  static override examples = [
    { description: 'Into a file', command: '<%= config.bin %> <%= command.id %> --output ledger.jsonl' },
    {
      description: 'For an auditor, with the signed head',
      command: '<%= config.bin %> <%= command.id %> --output ledger.jsonl --checkpoint november.note',
    },
    {
      description: 'From entry 1000 on, through a pipe',
      command: '<%= config.bin %> <%= command.id %> --from 1000 | gzip > ledger.jsonl.gz',
    },
  ]
  static override flags = {
    output: string({ char: 'o', helpValue: 'FILE', description: 'Default: stdout' }),
    checkpoint: string({
      helpValue: 'FILE',
      description: 'Also write the signed head, to be kept where whoever writes the store cannot',
    }),
    from: integer({ default: 1, min: 1, helpValue: 'SEQ', description: 'First entry' }),
  }

  async run(): Promise<Json> {
    const { flags } = await this.parse(LedgerExportCommand)
    const { exportLedger } = await import('@keyturn/tokens/ledger')
    return this.withKeyturn(flags, async (keyturn) => {
      const signed = flags.checkpoint === undefined ? null : await keyturn.store.checkpoint()
      if (signed !== null && flags.checkpoint !== undefined) writeNew(flags.checkpoint, signed.note)
      const verifyingKey = signed?.verifyingKey ?? null
      const lines = exportLedger(keyturn.store, flags.from)
      let entries = 0
      if (flags.output === undefined) {
        // With --json stdout belongs to the summary: the lines need a file then.
        if (this.jsonEnabled())
          throw new KeyturnError('BAD_ARGUMENT', '--json and lines on stdout exclude each other', {
            fix: 'Add --output FILE.',
          })
        for await (const line of lines) {
          entries++
          if (!process.stdout.write(line)) await once(process.stdout, 'drain')
        }
        if (verifyingKey !== null) process.stderr.write(`Verifying key: ${verifyingKey}\n`)
        return { file: null, entries, checkpoint: flags.checkpoint ?? null, verifyingKey }
      }
      try {
        const file = createWriteStream(flags.output, { flags: 'wx', mode: 0o600 })
        // `once` rejects when the stream fails.
        await once(file, 'open')
        for await (const line of lines) {
          entries++
          if (!file.write(line)) await once(file, 'drain')
        }
        file.end()
        await once(file, 'close')
      } catch (error) {
        throw error instanceof KeyturnError ? error : unwritable(flags.output, error)
      }
      this.log(`${entries} entries in ${flags.output}`)
      if (verifyingKey !== null) {
        this.log(`Verifying key: ${verifyingKey}`)
        this.log('Who gets both files and the key checks them without this store:')
        this.log(
          `  ${this.bin} ledger verify --file ${flags.output} --checkpoint ${flags.checkpoint ?? ''} --public-key ${verifyingKey}`,
        )
      }
      return { file: flags.output, entries, checkpoint: flags.checkpoint ?? null, verifyingKey }
    })
  }
}
