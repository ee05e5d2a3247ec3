import { string as argument } from '@oclif/core/args'
import { string } from '@oclif/core/flags'
import { systemClock } from '@keyturn/tokens'
import type { Json } from '../../../keyturn-command.ts'
import { operatorName } from '../../../operator-name.ts'
import { terminalText } from '../../../output/terminal-text.ts'
import { provisionFlags, ProvisionCommand, wideningData } from '../../../provision/provision-command.ts'

export default class ProvisionGrantFieldCommand extends ProvisionCommand {
  static override summary = 'Let a permission set read or edit one field more, with a reason'
  static override description =
    'One field, one right, one permission set of this org’s own; nothing else of it is touched. Who gets it is said first. With --until it is lent: `keyturn provision list` shows what is over, `keyturn provision end` takes it back.'
  static override examples = [
    {
      description: 'For good',
      command:
        '<%= config.bin %> <%= command.id %> acme Billing_Integration Account.Industry read --reason "the invoice names the industry"',
    },
    {
      description: 'Lent for a month, approved by somebody',
      command:
        '<%= config.bin %> <%= command.id %> acme Billing_Integration Account.Rating edit --reason "clean-up, ticket 4711" --approved-by dana --until 30d',
    },
  ]
  static override args = {
    grant: argument({ required: true, description: 'Grant whose user gives it' }),
    'permission-set': argument({ required: true, description: 'API name of the permission set' }),
    field: argument({ required: true, description: 'OBJECT.FIELD' }),
    right: argument({ required: true, options: ['read', 'edit'], description: 'read or edit' }),
  }
  static override flags = {
    reason: string({ required: true, helpValue: 'TEXT', description: 'Why; kept with it' }),
    'approved-by': string({ helpValue: 'NAME', description: 'Who said yes to it' }),
    until: string({ helpValue: 'DAY', description: 'Lent until then: 2027-01-31, or 30d' }),
    ...provisionFlags,
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(ProvisionGrantFieldCommand)
    const [{ planField }, { widen }, { parseUntil, requireReason }] = await Promise.all([
      import('../../../posture/provision/grant-field.ts'),
      import('../../../posture/provision/widen.ts'),
      import('../../../posture/provision/widening.ts'),
    ])
    const now = systemClock.wall()
    const reason = requireReason(flags.reason)
    const until = flags.until === undefined ? null : parseUntil(flags.until, now)
    return this.withKeyturn(flags, (keyturn) => {
      const data = { what: 'field', ...wideningData(keyturn, reason, flags['approved-by']) }
      return this.provisioning({ keyturn, grant: args.grant, flags, data }, async ({ org, carry }) => {
        const right = args.right === 'edit' ? 'edit' : 'read'
        const planned = await planField(org, { permissionSet: args['permission-set'], field: args.field, right })
        for (const note of planned.notes) this.log(terminalText(note))
        const widened = await widen({
          ...{ org, planned, reason, until, now, carry },
          records: keyturn.store.records,
          restricts: [],
          approvedBy: flags['approved-by'] ?? null,
          by: operatorName(),
        })
        return this.widened(widened, planned.notes)
      })
    })
  }
}
