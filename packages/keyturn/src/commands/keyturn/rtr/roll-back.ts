import { string as argument } from '@oclif/core/args'
import { ChangeCommand } from '../../../change/change-command.ts'
import { changeExit, changeFlags, changeJson } from '../../../change/change-flow.ts'
import type { Json } from '../../../keyturn-command.ts'

export default class RtrRollBackCommand extends ChangeCommand {
  static override summary = 'Switch rotation of an app off again, where Keyturn switched it on'
  static override description =
    'Takes back what `rtr enable` did, with a diff, a check-only deployment and a look afterwards. Refresh tokens that live go on; those that a replay killed stay dead, and their users sign in again. An org whose OAuth controls are locked refuses it, or takes it and does not keep it: that is told.'
  static override examples = [
    { description: 'After a question', command: '<%= config.bin %> <%= command.id %> acme app:ERP_Sync' },
    { description: 'In a script', command: '<%= config.bin %> <%= command.id %> acme app:ERP_Sync --yes' },
  ]
  static override args = {
    name: argument({ required: true, description: 'Name of the grant whose user looks and changes' }),
    app: argument({ required: true, description: 'The app, as `keyturn rtr` names it' }),
  }
  static override flags = changeFlags

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(RtrRollBackCommand)
    const [{ appNamed, readRtr }, { switchOff }] = await Promise.all([
      import('../../../rtr/rtr-opened.ts'),
      import('../../../rtr/rtr-switch.ts'),
    ])
    return this.changing(args.name, flags, async (changing) => {
      const { keyturn, org, tell } = changing
      const words = { bin: this.bin, grant: args.name }
      const { snapshot, plan } = await readRtr(keyturn, org, { scan: [], words, days: 30, tell })
      const app = appNamed(plan, args.app)
      const out = await switchOff({ ...changing, snapshot, app })
      process.exitCode = changeExit(out)
      if (out.is === 'refused' || out.is === 'reverted')
        this.tell('→ Where OAuth controls are locked only Salesforce Support switches rotation off.')
      return { org: snapshot.org, app: app.subject, ...changeJson(out) }
    })
  }
}
