import { integer, string } from '@oclif/core/flags'
import { systemClock } from '@keyturn/tokens'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { moment } from '../../../output/moment.ts'
import { table } from '../../../output/table.ts'

export default class LedgerShowCommand extends KeyturnCommand {
  static override summary = 'Show what happened to the grants of this store'
  static override description = 'The newest entries last. Tokens appear as keyed fingerprints only.'
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
            { title: 'WHEN', of: (entry) => moment(entry.at, now) },
            { title: 'WHAT', of: (entry) => entry.kind },
            { title: 'GRANT', of: (entry) => (entry.grant === null ? null : (names.get(entry.grant) ?? entry.grant)) },
            {
              title: 'DETAILS',
              of: (entry) =>
                Object.entries(entry.data)
                  .map(([key, value]) => `${key}=${value}`)
                  .join(' '),
            },
          ],
          process.stdout.isTTY ? process.stdout.columns : undefined,
        ),
      )
      return { entries }
    })
  }
}
