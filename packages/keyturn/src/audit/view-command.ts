/** What the commands share that show one view over an org’s facts: where the facts come from, and in which form. */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { string as argument } from '@oclif/core/args'
import { option, string } from '@oclif/core/flags'
import { KeyturnError, systemClock } from '@keyturn/tokens'
import { KeyturnCommand } from '../keyturn-command.ts'
import type { Family } from '../posture/facts.ts'
import type { Listing } from '../posture/people/listing.ts'
import type { Snapshot } from '../posture/snapshot.ts'
import type { SettingFlags } from '../settings.ts'

export const viewArgs = {
  name: argument({ description: 'Name of the grant whose user looks; not with --snapshot' }),
}

export const viewFlags = {
  snapshot: string({ helpValue: 'FILE', description: 'Judge what `keyturn audit --save` kept instead of an org' }),
  format: option({ options: ['table', 'markdown', 'csv'] as const })({
    default: 'table',
    helpValue: 'FORMAT',
    description: 'table, markdown or csv',
  }),
  output: string({ char: 'o', helpValue: 'FILE', description: 'Where it goes, readable by you only' }),
}

interface Flags extends SettingFlags {
  readonly snapshot?: string | undefined
  readonly format: 'table' | 'markdown' | 'csv'
  readonly output?: string | undefined
}

export abstract class ViewCommand extends KeyturnCommand {
  protected async seen(
    name: string | undefined,
    flags: Flags,
    families: readonly Family[],
    settings: readonly string[],
  ): Promise<Snapshot> {
    if ((name === undefined) === (flags.snapshot === undefined))
      throw new KeyturnError(
        'BAD_ARGUMENT',
        name === undefined ? 'Which org?' : 'A grant and --snapshot exclude each other',
        { fix: 'Name a grant (`keyturn grants`), or a file with --snapshot.' },
      )
    const { observed } = await import('./observed.ts')
    const progress = this.progress()
    try {
      return await observed({
        from: name === undefined ? { file: flags.snapshot ?? '' } : { grant: name },
        families,
        settings,
        clock: systemClock,
        tell: (text) => progress.say(text),
        withKeyturn: (work) => this.withKeyturn(flags, work),
      })
    } finally {
      progress.done()
    }
  }

  protected async print(listing: Listing, { format, output }: Flags): Promise<void> {
    if (this.jsonEnabled() && output === undefined) return
    const text = await this.rendered(listing, format, output !== undefined)
    if (output === undefined) process.stdout.write(text)
    else {
      const path = resolve(output)
      try {
        writeFileSync(path, text, { mode: 0o600 })
      } catch (error) {
        throw new KeyturnError(
          'BAD_ARGUMENT',
          `${path} can’t be written: ${(error as NodeJS.ErrnoException).code ?? 'it failed'}`,
        )
      }
      this.log(`${format}: ${path}`)
    }
  }

  private async rendered(listing: Listing, format: Flags['format'], plain: boolean): Promise<string> {
    if (format === 'table') {
      const { listingTable } = await import('../posture/people/listing-table.ts')
      return listingTable(
        listing,
        plain ? { paint: (_, text) => text, width: undefined } : { paint: this.paint, width: this.width },
      )
    }
    const { listingCsv, listingMarkdown } = await import('../posture/people/listing-files.ts')
    return format === 'csv' ? listingCsv(listing) : listingMarkdown(listing)
  }
}
