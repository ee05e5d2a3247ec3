import { randomBytes } from 'node:crypto'
import { string as argument } from '@oclif/core/args'
import { string } from '@oclif/core/flags'
import { KeyturnError, systemClock } from '@keyturn/tokens'
import { issuedTold } from '../../../broker/api/told.ts'
import { manageCallers } from '../../../broker/callers/manage-callers.ts'
import { quietLog } from '../../../caller/quiet-log.ts'
import { issuedLines, mayShowSecrets } from '../../../caller/show-issued.ts'
import { readDuration } from '../../../config/duration.ts'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'

export default class CallerRotateCommand extends KeyturnCommand {
  static override summary = 'Give a caller new secrets'
  static override description =
    'A new secret, password and stable refresh tokens, shown once: on a terminal, or with --json. The old ones stay good for the overlap, so that the program can be changed without an outage.'
  static override examples = [
    { description: 'The old ones for another day', command: '<%= config.bin %> <%= command.id %> etl' },
    { description: 'The old secret leaked', command: '<%= config.bin %> <%= command.id %> etl --overlap 0s' },
  ]
  static override args = { caller: argument({ required: true, description: 'Name or id of the caller' }) }
  static override flags = {
    overlap: string({
      default: '1d',
      helpValue: 'SPAN',
      description: 'How long the old ones stay good (0s: not at all)',
    }),
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(CallerRotateCommand)
    mayShowSecrets(this.jsonEnabled())
    const overlap = readDuration(flags.overlap)
    if (overlap === null || overlap > 90 * 86_400_000)
      throw new KeyturnError('BAD_ARGUMENT', '--overlap is no span up to 90 days', { fix: 'Write 0s, 12h or 7d.' })
    return this.withKeyturn(flags, async (keyturn) => {
      const manage = manageCallers({ keyturn, clock: systemClock, random: randomBytes, log: quietLog })
      const told = issuedTold(await manage.rotate(args.caller, overlap))
      this.log(issuedLines(told, systemClock.wall()))
      return told
    })
  }
}
