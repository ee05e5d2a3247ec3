import { integer } from '@oclif/core/flags'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { terminalText } from '../../../output/terminal-text.ts'
import { table } from '../../../output/table.ts'

const day = 86_400_000

/** What the library reports about a grant, in words; anything else is the code of an error. */
const did: Readonly<Record<string, string>> = {
  'rolled-forward': 'the journal of a process that died was read into the store',
  'told-what-this-host-knows': 'this host has told what it knows',
  'abandoned-claim-settled': 'the exchange of a process that went away was settled',
  'session-life-learned': 'how long its sessions live was learned',
  'kept-alive': 'exchanged, so that it does not become idle',
  'refreshed-ahead': 'exchanged before its session ends',
  'doubt-ended': 'its doubt was ended',
  'host-given-up': 'a host that was not heard of is no longer waited for',
  'orphan-revoked': 'a token that belongs to no record was revoked',
}

export default class GrantsSweepCommand extends KeyturnCommand {
  static override summary = 'Keep all grants alive: one round of housekeeping'
  static override description =
    'Exchanges what would become idle (Salesforce ends a refresh token after 30 days without use) or what ends soon, settles what processes left behind that died, and ends doubts. For a daily timer where no program stays open. Exits with 1 when something failed.'
  static override examples = [
    { description: 'Every night', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'A host of the fleet is gone for good: stop waiting for what it knew',
      command: '<%= config.bin %> <%= command.id %> --lost-host-after 7',
    },
  ]
  static override flags = {
    'lost-host-after': integer({
      min: 1,
      helpValue: 'DAYS',
      description: 'Bet that a host not heard of for so long never speaks again; the ledger says so',
    }),
  }

  async run(): Promise<Json> {
    const { flags } = await this.parse(GrantsSweepCommand)
    const days = flags['lost-host-after']
    return this.withKeyturn(
      flags,
      async (keyturn) => {
        const done = await keyturn.sweep()
        if (done.length === 0) this.log('Nothing was to be done.')
        else {
          this.log(
            table(
              done,
              [
                { title: 'GRANT', of: ({ grant }) => grant },
                { title: 'WHAT', of: (one) => did[one.did] ?? `failed: ${terminalText(one.did)}` },
              ],
              this.width,
            ),
          )
        }
        if (done.some((one) => did[one.did] === undefined)) this.answerNo()
        return { done }
      },
      days === undefined ? {} : { lostHostAfter: days * day },
    )
  }
}
