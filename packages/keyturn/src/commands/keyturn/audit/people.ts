import type { Json } from '../../../keyturn-command.ts'
import { ViewCommand, viewArgs, viewFlags } from '../../../audit/view-command.ts'

export default class AuditPeopleCommand extends ViewCommand {
  static override summary = 'Who has which second factor, who is let past it, and what to do about each group'
  static override description =
    'Administrators and privileged people first. A security key or a built-in authenticator can’t be phished; an authenticator app, a push or a code can. What could not be read is unknown, and nobody is counted as covered for it. Each step says whom it would stop, from the logins that were seen. Reads the org as the user of the grant and changes nothing.'
  static override examples = [
    { description: 'On the terminal', command: '<%= config.bin %> <%= command.id %> acme' },
    {
      description: 'For a spreadsheet',
      command: '<%= config.bin %> <%= command.id %> acme --format csv --output people.csv',
    },
    {
      description: 'Of what was read earlier',
      command: '<%= config.bin %> <%= command.id %> --snapshot monday.json',
    },
  ]
  static override args = viewArgs
  static override flags = viewFlags

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(AuditPeopleCommand)
    const [{ peopleFamilies, peopleSettings, peopleView }, { peopleListing }] = await Promise.all([
      import('../../../posture/people/people-view.ts'),
      import('../../../posture/people/people-listing.ts'),
    ])
    const view = peopleView(await this.seen(args.name, flags, peopleFamilies, peopleSettings), args.name ?? null)
    await this.print(peopleListing(view), flags)
    return { ...view }
  }
}
