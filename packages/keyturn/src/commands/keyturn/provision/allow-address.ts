import { string as argument } from '@oclif/core/args'
import { boolean, string } from '@oclif/core/flags'
import { systemClock } from '@keyturn/tokens'
import type { Json } from '../../../keyturn-command.ts'
import { operatorName } from '../../../operator-name.ts'
import { terminalText } from '../../../output/terminal-text.ts'
import { provisionFlags, ProvisionCommand, wideningData } from '../../../provision/provision-command.ts'

export default class ProvisionAllowAddressCommand extends ProvisionCommand {
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
    grant: argument({ required: true, description: 'Grant whose user gives it' }),
    target: argument({ required: true, description: 'Profile or external client app; profile:NAME or app:NAME' }),
    address: argument({ required: true, description: 'Address, network, or FROM-TO' }),
  }
  static override flags = {
    reason: string({ required: true, helpValue: 'TEXT', description: 'Why; kept with it' }),
    'approved-by': string({ helpValue: 'NAME', description: 'Who said yes to it' }),
    until: string({ helpValue: 'DAY', description: 'Lent until then: 2027-01-31, or 30d' }),
    wide: boolean({ description: 'Let the range be wider than a /24 (IPv6: a /64)' }),
    ...provisionFlags,
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(ProvisionAllowAddressCommand)
    const [{ planAddress }, { widen }, { parseUntil, requireReason }] = await Promise.all([
      import('../../../posture/provision/allow-address.ts'),
      import('../../../posture/provision/widen.ts'),
      import('../../../posture/provision/widening.ts'),
    ])
    const now = systemClock.wall()
    const reason = requireReason(flags.reason)
    const until = flags.until === undefined ? null : parseUntil(flags.until, now)
    return this.withKeyturn(flags, (keyturn) => {
      const data = { what: 'address', ...wideningData(keyturn, reason, flags['approved-by']) }
      return this.provisioning({ keyturn, grant: args.grant, flags, data }, async ({ org, carry }) => {
        const planned = await planAddress(org, { target: args.target, address: args.address, wide: flags.wide })
        for (const note of planned.notes) this.log(terminalText(note))
        const widened = await widen({
          ...{ org, planned, reason, until, now, carry },
          records: keyturn.store.records,
          restricts: planned.restricts,
          approvedBy: flags['approved-by'] ?? null,
          by: operatorName(),
        })
        return this.widened(widened, planned.notes)
      })
    })
  }
}
