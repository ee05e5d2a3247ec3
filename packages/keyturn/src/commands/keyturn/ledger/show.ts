import { integer, string } from '@oclif/core/flags'
import { systemClock } from '@keyturn/tokens'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { moment, stamp } from '../../../output/moment.ts'
import { table } from '../../../output/table.ts'

/** Ids and fingerprints by their beginning, which is what people compare; a pipe and --json have them whole. */
const short = (value: string): string => (/^(rt_)?[\w.-]{24,}$/.test(value) ? `${value.slice(0, 9)}…` : value)

export default class LedgerShowCommand extends KeyturnCommand {
  static override summary = 'Show what happened to the grants of this store'
  static override description =
    'The newest entries last. Tokens appear as keyed fingerprints only. On a terminal long ids are cut; a pipe and --json have them whole.'
  static override examples = [
    { description: 'The last 20 entries', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Everything about one grant',
      command: '<%= config.bin %> <%= command.id %> --grant acme --last 1000',
    },
  ]
  static override flags = {
    last: integer({ default: 20, min: 1, max: 100_000, description: 'How many of the newest entries to look at' }),
    from: integer({ min: 1, exclusive: ['last'], helpValue: 'SEQ', description: 'Start here instead' }),
    grant: string({ helpValue: 'NAME', description: 'Only this grant' }),
  }

  async run(): Promise<Json> {
    const { flags } = await this.parse(LedgerShowCommand)
    return this.withKeyturn(flags, async (keyturn) => {
      const { seq } = await keyturn.store.mark()
      const from = flags.from ?? Math.max(1, seq - flags.last + 1)
      const only = flags.grant === undefined ? null : (await keyturn.grants.show(flags.grant)).id
      const found = await keyturn.store.ledger(from, seq - from + 1)
      const entries = only === null ? found : found.filter((entry) => entry.grant === only)
      const names = new Map((await keyturn.grants.list({ removed: true })).map((grant) => [grant.id, grant.name]))
      const now = systemClock.wall()
      this.log(
        table(
          entries,
          [
            { title: 'SEQ', of: (entry) => entry.seq, right: true },
            { title: 'WHEN', of: (entry) => (this.width === undefined ? moment(entry.at, now) : stamp(entry.at)) },
            { title: 'WHAT', of: (entry) => entry.kind },
            { title: 'GRANT', of: (entry) => (entry.grant === null ? null : (names.get(entry.grant) ?? entry.grant)) },
            {
              title: 'DETAILS',
              of: (entry) =>
                Object.entries(entry.data)
                  // The column before it says so already.
                  .filter(([key]) => key !== 'name')
                  .map(([key, value]) => `${key}=${this.width === undefined ? value : short(String(value))}`)
                  .join(' '),
            },
          ],
          this.width,
        ),
      )
      return { entries }
    })
  }
}
