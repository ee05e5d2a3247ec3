import { string as argument } from '@oclif/core/args'
import { existsSync } from 'node:fs'
import { KeyturnError } from '@keyturn/tokens'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { operatorOptions } from '../../../maintenance/operator.ts'
import { shownStore, sqliteFile } from '../../../settings.ts'

export default class StoreRestoreCommand extends KeyturnCommand {
  static override summary = 'Restore a backup into an empty place'
  static override description =
    'Verifies the backup, then puts it where --store (or keyturn.yaml) says; nothing may be there yet. Every refresh token in it may have been spent since the backup: such grants are in doubt (restored) until every known host has started once and told what it did; nothing is sent before.'
  static override examples = [
    {
      description: 'Into the store of keyturn.yaml, after the damaged one was moved away',
      command: '<%= config.bin %> <%= command.id %> backups/keyturn-2026-11-21.db',
    },
    {
      description: 'Into an empty database',
      command: '<%= config.bin %> <%= command.id %> keyturn.backup --store postgres://keyturn@db/keyturn',
    },
  ]
  static override args = { file: argument({ required: true, description: 'A backup made by `store backup`' }) }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(StoreRestoreCommand)
    const settings = await this.settings(flags)
    if (!existsSync(args.file)) throw new KeyturnError('BAD_ARGUMENT', `There is no file ${args.file}`)
    const target = sqliteFile(settings.store.value)
    if (target !== null && existsSync(target)) {
      throw new KeyturnError('BAD_ARGUMENT', `${target} exists`, {
        fix: 'Move it away first (with its -wal and -shm files, while nothing uses it): it is evidence of what was spent.',
      })
    }
    const { restoreStore } = await import('@keyturn/tokens/maintenance')
    const options = await operatorOptions(settings)
    const progress = this.progress()
    progress.say('Copying and verifying…')
    await restoreStore(args.file, settings.store.value, options).finally(() => progress.done())
    const store = shownStore(settings.store.value)
    this.log(
      `${store} holds the backup. Start Keyturn once on every host that used the store: each tells what it did since.\nNext: ${this.bin} doctor`,
    )
    return { store, from: args.file }
  }
}
