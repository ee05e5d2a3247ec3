import { string as argument } from '@oclif/core/args'
import { changeFlags } from '../../../change/change-flow.ts'
import type { Json } from '../../../keyturn-command.ts'
import { WideningCommand, wideningFlags } from '../../../provision/widening-command.ts'

export default class ProvisionGrantFieldCommand extends WideningCommand {
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
    name: argument({ required: true, description: 'Name of the grant whose user gives it' }),
    'permission-set': argument({ required: true, description: 'API name of the permission set' }),
    field: argument({ required: true, description: 'OBJECT.FIELD' }),
    right: argument({ required: true, options: ['read', 'edit'], description: 'read or edit' }),
  }
  static override flags = {
    ...wideningFlags,
    ...changeFlags,
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(ProvisionGrantFieldCommand)
    const { planField } = await import('../../../posture/provision/grant-field.ts')
    const right = args.right === 'edit' ? 'edit' : 'read'
    return this.widening(args.name, flags, (org) =>
      planField(org, { permissionSet: args['permission-set'], field: args.field, right }),
    )
  }
}
