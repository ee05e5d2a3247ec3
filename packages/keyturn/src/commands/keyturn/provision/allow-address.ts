import { string as argument } from '@oclif/core/args'
import { boolean } from '@oclif/core/flags'
import { restrictingFlags } from '../../../change/change-flow.ts'
import type { Json } from '../../../keyturn-command.ts'
import { WideningCommand, wideningFlags } from '../../../provision/widening-command.ts'

export default class ProvisionAllowAddressCommand extends WideningCommand {
  static override summary = 'Allow one address more for a profile’s logins or an app’s refresh tokens, with a reason'
  static override description =
    'The first address of a list is no widening: until then every address was good. So it is treated as what it is: who would be cut off is listed from logins and tokens, and it needs --cut-off-anyway. A range wider than a /24 (IPv6: a /64) needs --wide.'
  static override examples = [
    {
      description: 'The new data centre of an integration',
      command:
        '<%= config.bin %> <%= command.id %> acme "Billing Integration" 203.0.113.10 --reason "billing moves, ticket 4711"',
    },
    {
      description: 'For the refresh tokens of an external client app, for a week',
      command:
        '<%= config.bin %> <%= command.id %> acme app:Erp_Sync 198.51.100.0/28 --reason "test of the new provider" --until 7d',
    },
  ]
  static override args = {
    name: argument({ required: true, description: 'Name of the grant whose user gives it' }),
    target: argument({ required: true, description: 'Profile or external client app; profile:NAME or app:NAME' }),
    address: argument({ required: true, description: 'Address, network, or FROM-TO' }),
  }
  static override flags = {
    ...wideningFlags,
    wide: boolean({ description: 'Let the range be wider than a /24 (IPv6: a /64)' }),
    ...restrictingFlags,
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(ProvisionAllowAddressCommand)
    const { planAddress } = await import('../../../posture/provision/allow-address.ts')
    const { target, address } = args
    return this.widening(args.name, flags, (org) => planAddress(org, { target, address, wide: flags.wide }))
  }
}
