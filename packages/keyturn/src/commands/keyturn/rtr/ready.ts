import { string as argument } from '@oclif/core/args'
import { boolean, string } from '@oclif/core/flags'
import { KeyturnError, systemClock } from '@keyturn/tokens'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { shownText } from '../../../posture/audit/shown-text.ts'
import type { JudgedClient } from '../../../posture/rtr/readiness.ts'

const longest = 1000

export default class RtrReadyCommand extends KeyturnCommand {
  static override summary = 'Answer for a client: somebody says that it survives rotation, and why'
  static override description =
    'For clients that can’t be rehearsed. It is weaker than a rehearsal, is shown as “declared”, loses to anything that was shown, and is to be said again after 90 days. Reason and owner are kept in the store; the ledger has commitments to them. CLIENT may end in /* for all users of a program.'
  static override examples = [
    {
      description: 'The vendor says so, and somebody answers for it',
      command:
        '<%= config.bin %> <%= command.id %> acme app:ERP_Sync/python-requests/erp@acme.example --owner erp-team@acme.example --reason "ticket 4711: keeps the new token since 5.2"',
    },
    {
      description: 'It was a mistake',
      command: '<%= config.bin %> <%= command.id %> acme app:ERP_Sync/python-requests/erp@acme.example --withdraw',
    },
  ]
  static override args = {
    name: argument({ required: true, description: 'Name of the grant whose user looks' }),
    client: argument({ required: true, description: 'APP/PROGRAM/USER, as `keyturn rtr` names it, or …/*' }),
  }
  static override flags = {
    owner: string({ helpValue: 'WHO', description: 'Who answers for the client, and is told about it' }),
    reason: string({ helpValue: 'TEXT', description: 'How it is known' }),
    withdraw: boolean({ exclusive: ['owner', 'reason'], description: 'Take it back' }),
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(RtrReadyCommand)
    const [
      { recordDeclaration, requireClient, withdrawDeclaration },
      { matches },
      { readRtr },
      { orgConnection },
      { commitmentsOf },
      { operatorName },
      { signedBy },
    ] = await Promise.all([
      import('../../../posture/rtr/proof-records.ts'),
      import('../../../posture/rtr/client-id.ts'),
      import('../../../rtr/rtr-opened.ts'),
      import('../../../org/connection.ts'),
      import('../../../ledger-commitment.ts'),
      import('../../../operator-name.ts'),
      import('../../../signed-records.ts'),
    ])
    const client = requireClient(args.client)
    const said = flags.withdraw ? null : { owner: this.text('owner', flags), reason: this.text('reason', flags) }
    return this.withKeyturn(flags, async (keyturn) => {
      const org = orgConnection(keyturn, args.name)
      const by = operatorName()
      const { store } = signedBy(by, keyturn)
      const commit = commitmentsOf(store)
      if (said === null) {
        const { orgId } = await org.whoAmI()
        const withdrawn = await withdrawDeclaration(store, orgId, client, commit)
        if (!withdrawn) this.answerNo()
        this.log(withdrawn ? 'Withdrawn.' : 'Nobody had answered for that client.')
        return { client, withdrawn }
      }
      const progress = this.progress()
      const reading = { scan: [], words: { bin: this.bin, grant: args.name }, days: 90 }
      const { snapshot, plan } = await readRtr(keyturn, org, {
        ...reading,
        tell: (text) => progress.say(text),
      }).finally(() => progress.done())
      const clients = plan.apps.flatMap((app) => app.clients).filter(({ id }) => matches(client, id))
      if (clients.length === 0)
        throw this.unknownClient(
          plan.apps.flatMap((app) => app.clients),
          client,
        )
      const at = systemClock.wall()
      await recordDeclaration(store, snapshot.org.id, { client, at, by, ...said }, commit)
      const against = clients.filter(({ readiness }) => readiness === 'not-ready')
      this.tell(
        `${shownText(said.owner)} answers for ${clients.length === 1 ? 'this client' : `${clients.length} clients`}.`,
      )
      for (const one of against)
        this.tell(
          `  But of ${shownText(one.id)} it was shown that it isn’t ready: ${one.evidence.map(({ text }) => shownText(text)).join('; ')}. Rehearse it.`,
          '  ',
        )
      return { client, ...said, clients: clients.map(({ id }) => id), against: against.map(({ id }) => id) }
    })
  }

  private text(flag: 'owner' | 'reason', flags: Readonly<Record<string, unknown>>): string {
    const value = flags[flag]
    if (typeof value === 'string' && value.trim() !== '' && value.length <= longest) return value.trim()
    throw new KeyturnError('BAD_ARGUMENT', `--${flag} is missing, empty or too long`, {
      fix: 'Say who answers for it (--owner) and how it is known (--reason).',
    })
  }

  private unknownClient(all: readonly JudgedClient[], client: string): KeyturnError {
    const app = client.slice(0, client.indexOf('/'))
    const near = all.filter(({ id }) => id.startsWith(`${app}/`)).slice(0, 5)
    return new KeyturnError('BAD_ARGUMENT', `Nobody saw a client ${client}`, {
      fix:
        near.length === 0
          ? `\`${this.bin} rtr NAME\` lists the clients.`
          : `Of that app: ${near.map(({ id }) => id).join(', ')}.`,
    })
  }
}
