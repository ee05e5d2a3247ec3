import type { Json } from '../../../keyturn-command.ts'
import { ViewCommand, viewArgs, viewFlags } from '../../../audit/view-command.ts'

export default class AuditMachinesCommand extends ViewCommand {
  static override summary = 'How programs log in, which of these ways end, and the way off each'
  static override description =
    'Users that programs log in as: by which flow, from where, when last, with whom they are shared. SOAP login() and the OAuth username-password flow are switched off in 2027; for each user that comes by them the ways off it are listed with their commands: a user of its own, client credentials, JWT bearer, or the broker for what can’t be changed. Reads the org as the user of the grant and changes nothing.'
  static override examples = [
    { description: 'On the terminal', command: '<%= config.bin %> <%= command.id %> acme' },
    {
      description: 'For an issue',
      command: '<%= config.bin %> <%= command.id %> acme --format markdown --output machines.md',
    },
    {
      description: 'Of what was read earlier',
      command: '<%= config.bin %> <%= command.id %> --snapshot monday.json',
    },
  ]
  static override args = viewArgs
  static override flags = viewFlags

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(AuditMachinesCommand)
    const [{ machineFamilies, machinesView }, { machinesListing }] = await Promise.all([
      import('../../../posture/people/machines-view.ts'),
      import('../../../posture/people/machines-listing.ts'),
    ])
    const view = machinesView(await this.seen(args.name, flags, machineFamilies, []), args.name ?? null)
    await this.print(machinesListing(view), flags)
    return { ...view }
  }
}
