import { string } from '@oclif/core/flags'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { operatorOptions, otherStore, stateFolderOf } from '../../../maintenance/operator.ts'
import { requireStore, shownStore } from '../../../settings.ts'

export default class StoreMoveCommand extends KeyturnCommand {
  static override summary = 'Move the store to another place, e.g. from SQLite to PostgreSQL'
  static override description =
    'Retires the old store first, so that nobody can spend from two. If it breaks off, repeat it. The master key stays the same; each host keeps the journal it has.'
  static override examples = [
    { description: 'A fleet grows', command: '<%= config.bin %> <%= command.id %> --to postgres://keyturn@db/keyturn' },
    {
      description: 'The new address is in a variable, because it holds a password',
      command: '<%= config.bin %> <%= command.id %> --to env:DATABASE_URL',
    },
  ]
  static override flags = {
    to: string({
      required: true,
      helpValue: 'URL',
      description: 'The new place, empty: sqlite:PATH, postgres://USER@HOST/DATABASE or env:NAME',
    }),
  }

  async run(): Promise<Json> {
    const { flags } = await this.parse(StoreMoveCommand)
    const settings = await this.settings(flags)
    requireStore(settings)
    const to = otherStore('to', flags.to, settings)
    const { moveStore } = await import('@keyturn/tokens/maintenance')
    const options = await operatorOptions(settings)
    const progress = this.progress()
    progress.say('Copying and verifying…')
    const moved = await moveStore(settings.store.value, to, options).finally(() => progress.done())
    const named = flags.to.startsWith('env:') ? flags.to : shownStore(to)
    const stateFolder = stateFolderOf(settings)
    this.log(
      `${moved.grants} grants (with removed ones), ${moved.secrets} secrets and ${moved.entries} ledger entries are in ${shownStore(to)}; the old store is retired.`,
    )
    this.log(
      `Next: write into keyturn.yaml:\n  store: ${named}\n  stateFolder: ${stateFolder}    # this host's journal stays where it is`,
    )
    return { from: shownStore(settings.store.value), to: named, stateFolder, ...moved }
  }
}
