import { randomBytes } from 'node:crypto'
import { string as argument } from '@oclif/core/args'
import { boolean, string } from '@oclif/core/flags'
import { KeyturnError, systemClock } from '@keyturn/tokens'
import { callerTold, issuedTold } from '../../../broker/api/told.ts'
import { manageCallers } from '../../../broker/callers/manage-callers.ts'
import { readPublicKeyFile } from '../../../caller/public-key-file.ts'
import { quietLog } from '../../../caller/quiet-log.ts'
import { issuedLines, mayShowSecrets } from '../../../caller/show-issued.ts'
import { readDuration } from '../../../config/duration.ts'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'

export default class CallerRotateCommand extends KeyturnCommand {
  static override summary = 'Give a caller new secrets, or another public key'
  static override description =
    'A new secret, password and stable refresh tokens, shown once: on a terminal, or with --json. The old ones stay good for the overlap, so that the program can be changed without an outage. Virtual sessions live on over a rotation with an overlap, and end at once with --overlap 0s (whoever had the secret may have opened some); --end-sessions and --no-end-sessions say otherwise. With --public-key only the key changes. Real tokens that were handed out are not in reach of this.'
  static override examples = [
    { description: 'The old ones for another day', command: '<%= config.bin %> <%= command.id %> etl' },
    {
      description: 'The next key pair of a program that logs in by the JWT bearer flow',
      command: '<%= config.bin %> <%= command.id %> ci --public-key next.crt --overlap 7d',
    },
    {
      description: 'In good time, but whoever is logged in must log in again',
      command: '<%= config.bin %> <%= command.id %> etl --end-sessions',
    },
    { description: 'The old secret leaked', command: '<%= config.bin %> <%= command.id %> etl --overlap 0s' },
  ]
  static override args = { caller: argument({ required: true, description: 'Name or id of the caller' }) }
  static override flags = {
    overlap: string({
      default: '1d',
      helpValue: 'SPAN',
      description: 'How long the old ones stay good (0s: not at all)',
    }),
    'end-sessions': boolean({
      allowNo: true,
      description: 'End its virtual sessions; default: only with --overlap 0s',
    }),
    'public-key': string({ helpValue: 'FILE', description: 'PEM of its new public key or certificate' }),
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(CallerRotateCommand)
    const publicKey = flags['public-key'] === undefined ? null : readPublicKeyFile(flags['public-key'])
    if (publicKey === null) mayShowSecrets(this.jsonEnabled())
    const overlap = readDuration(flags.overlap)
    if (overlap === null || overlap > 90 * 86_400_000)
      throw new KeyturnError('BAD_ARGUMENT', '--overlap is no span up to 90 days', { fix: 'Write 0s, 12h or 7d.' })
    return this.withKeyturn(flags, async (keyturn) => {
      const manage = manageCallers({ keyturn, clock: systemClock, random: randomBytes, log: quietLog })
      const endSessions = flags['end-sessions']
      if (publicKey !== null) {
        const caller = await manage.rotateKey(args.caller, publicKey, overlap, endSessions)
        const until = overlap === 0 ? 'The old one is refused from now on.' : 'The old one stays good for the overlap.'
        this.log(`${caller.doc.name} has another public key. ${until}`)
        return { caller: callerTold(caller) }
      }
      const told = issuedTold(await manage.rotate(args.caller, overlap, endSessions))
      this.log(issuedLines(told, systemClock.wall()))
      return told
    })
  }
}
