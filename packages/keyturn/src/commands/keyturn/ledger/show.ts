import { boolean, integer, string } from '@oclif/core/flags'
import { systemClock } from '@keyturn/tokens'
import type { Keyturn } from '@keyturn/tokens'
import type { LedgerEntry } from '@keyturn/tokens/ledger'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { moment, stamp } from '../../../output/moment.ts'
import { table } from '../../../output/table.ts'
import { terminalLines } from '../../../output/terminal-text.ts'

/** Ids and fingerprints by their beginning, which is what people compare; a pipe and --json have them whole. */
const short = (value: string): string => (/^(rt_)?[\w.-]{24,}$/.test(value) ? `${value.slice(0, 9)}…` : value)

export default class LedgerShowCommand extends KeyturnCommand {
  static override summary = 'Show what happened to the grants of this store'
  static override description =
    'The newest entries last. Tokens appear as keyed fingerprints only. On a terminal long ids are cut; a pipe and --json have them whole. A value text:… commits to a text that is kept beside the ledger; --texts shows it, and says so if it is not the one that was meant.'
  static override examples = [
    { description: 'The last 20 entries', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Everything about one grant',
      command: '<%= config.bin %> <%= command.id %> --grant acme --last 1000',
    },
    {
      description: 'What was changed in an org, and why in spite of whom',
      command: '<%= config.bin %> <%= command.id %> --last 100 --texts',
    },
  ]
  static override flags = {
    last: integer({
      default: 20,
      min: 1,
      max: 100_000,
      helpValue: 'N',
      description: 'How many of the newest entries to look at',
    }),
    from: integer({ min: 1, exclusive: ['last'], helpValue: 'SEQ', description: 'Start here instead' }),
    grant: string({ helpValue: 'NAME', description: 'Only this grant' }),
    texts: boolean({
      description:
        'Also what stands behind the commitments: who ran it; of changes of an org title, reason, diff, outcome',
    }),
  }

  async run(): Promise<Json> {
    const { flags } = await this.parse(LedgerShowCommand)
    return this.withKeyturn(flags, async (keyturn) => {
      const { seq } = await keyturn.store.mark()
      const from = flags.from ?? Math.max(1, seq - flags.last + 1)
      const only = flags.grant === undefined ? null : (await keyturn.grants.show(flags.grant)).id
      const found = await keyturn.store.ledger(from, seq - from + 1)
      const entries = only === null ? found : found.filter((entry) => entry.grant === only)
      // An altered grant has no name that can be believed: its id is shown.
      const grants = await keyturn.grants.list({ removed: true, altered: () => undefined })
      const names = new Map(grants.map((grant) => [grant.id, grant.name]))
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
      if (!flags.texts) return { entries }
      const texts = await this.texts(keyturn, entries)
      return { entries, texts }
    })
  }

  private async texts(keyturn: Keyturn, entries: readonly LedgerEntry[]): Promise<readonly Json[]> {
    const { keptTexts } = await import('../../../change/kept-change.ts')
    const all: Json[] = []
    for (const { seq, kind, data } of entries) {
      const kept = await keptTexts(keyturn, data)
      if (kept.length > 0) this.log(`\n${seq}  ${kind}`)
      for (const { name, text, asCommitted } of kept) {
        const [first, ...more] = terminalLines(text.replace(/\n$/, '')).split('\n')
        const verdict = asCommitted ? '' : ' (NOT the text that was meant then)'
        this.log(more.length === 0 ? `  ${name}${verdict}: ${first}` : `  ${name}${verdict}:`)
        if (more.length > 0) for (const line of [first, ...more]) this.log(`    ${line}`)
        all.push({ seq, name, text, asCommitted })
      }
    }
    return all
  }
}
