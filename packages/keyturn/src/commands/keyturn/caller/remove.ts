import { randomBytes } from 'node:crypto'
import { string as argument } from '@oclif/core/args'
import { boolean } from '@oclif/core/flags'
import { systemClock } from '@keyturn/tokens'
import { manageCallers } from '../../../broker/callers/manage-callers.ts'
import { quietLog } from '../../../caller/quiet-log.ts'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { confirm } from '../../../output/confirm.ts'

export default class CallerRemoveCommand extends KeyturnCommand {
  static override summary = 'End a caller at once'
  static override description =
    'Its secrets, stable refresh tokens and sessions are refused from now on, by every replica within a second. The grants are not touched.'
  static override examples = [
    { description: 'After a question', command: '<%= config.bin %> <%= command.id %> etl' },
    { description: 'In a script', command: '<%= config.bin %> <%= command.id %> etl --yes' },
  ]
  static override args = { caller: argument({ required: true, description: 'Name or id of the caller' }) }
  static override flags = { yes: boolean({ char: 'y', description: 'Do not ask' }) }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(CallerRemoveCommand)
    return this.withKeyturn(flags, async (keyturn) => {
      const manage = manageCallers({ keyturn, clock: systemClock, random: randomBytes, log: quietLog })
      const { doc } = await manage.find(args.caller)
      await confirm(`End the caller ${doc.name}? Whatever runs with it is refused.`, flags.yes)
      const { id } = await manage.remove(args.caller)
      this.log(`${doc.name} is ended.`)
      return { id, name: doc.name, removed: true }
    })
  }
}
