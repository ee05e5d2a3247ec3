import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { openOptions, requireStore, shownStore } from '../../../settings.ts'

export default class StoreMigrateCommand extends KeyturnCommand {
  static override summary = 'Bring the store to the schema of this version'
  static override description =
    'Make a backup first. A SQLite store is brought up by itself when it is opened; a shared PostgreSQL store only here, because older processes may still be using it. Also makes the tables in an empty database.'
  static override examples = [
    { description: 'The store of this folder', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'A database of the fleet',
      command: '<%= config.bin %> <%= command.id %> --store postgres://keyturn@db/keyturn',
    },
  ]

  async run(): Promise<Json> {
    const { flags } = await this.parse(StoreMigrateCommand)
    const settings = await this.settings(flags)
    requireStore(settings)
    const { openKeyturn } = await import('@keyturn/tokens')
    const keyturn = await openKeyturn({ ...openOptions(settings), migrate: true })
    await keyturn.close()
    const store = shownStore(settings.store.value)
    this.log(`${store} has the schema of this version.`)
    return { store, migrated: true }
  }
}
