import { existsSync } from 'node:fs'
import { string as argument } from '@oclif/core/args'
import { KeyturnError, systemClock } from '@keyturn/tokens'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { requireStore } from '../../../settings.ts'

export default class StoreBackupCommand extends KeyturnCommand {
  static override summary = 'Write a backup of the store to a new file'
  static override description =
    'Works while others use the store. Secrets stay sealed: keep the master key too, elsewhere. A restored backup is an older copy: its grants are in doubt until the hosts have told what they did since.'
  static override examples = [
    { description: 'Every night', command: '<%= config.bin %> <%= command.id %> backups/keyturn-$(date +%F).db' },
    {
      description: 'Another store',
      command: '<%= config.bin %> <%= command.id %> keyturn.backup --store postgres://keyturn@db/keyturn --json',
    },
  ]
  static override args = { file: argument({ required: true, description: 'The file to make; it must not exist' }) }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(StoreBackupCommand)
    const settings = await this.settings(flags)
    requireStore(settings)
    if (existsSync(args.file))
      throw new KeyturnError('BAD_ARGUMENT', `${args.file} exists`, {
        fix: 'Choose a new name: nothing is overwritten.',
      })
    const { backupStore } = await import('@keyturn/tokens/maintenance')
    const progress = this.progress()
    progress.say('Copying…')
    const done = await backupStore(settings.store.value, args.file, {
      clock: systemClock,
      force: settings.config.forceNetworkFileSystem ?? false,
    }).finally(() => progress.done())
    await this.withKeyturn(flags, (keyturn) =>
      keyturn.store.note('backed-up', null, { epoch: done.mark.epoch, seq: done.mark.seq }),
    )
    this.log(
      `${done.file}: up to entry ${done.mark.seq} of the ledger.\nThe master key is not in it: keep it, too, in another place.`,
    )
    return { ...done }
  }
}
