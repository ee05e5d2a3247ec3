import { string as argument } from '@oclif/core/args'
import { boolean } from '@oclif/core/flags'
import { ChangeCommand } from '../../../change/change-command.ts'
import { changeExit, changeFlow, changeJson, restrictingFlags } from '../../../change/change-flow.ts'
import type { Json } from '../../../keyturn-command.ts'
import { shownText } from '../../../posture/audit/shown-text.ts'

export default class RtrLimitCommand extends ChangeCommand {
  static override summary = 'Limit an app that isn’t yours by the policies that are, or block it'
  static override description =
    'Rotation of an app from elsewhere is its maker’s to switch. What is yours: how long its refresh tokens live, whether it keeps to login IP ranges, and who may use it. Shown as a diff, checked by the org, with who would be cut off; asked, applied, read again, kept in the ledger. Only ever narrows. --block ends its sessions and lets nobody in.'
  static override examples = [
    { description: 'By policy', command: '<%= config.bin %> <%= command.id %> acme app:Marketing_Hub' },
    {
      description: 'Until its maker has answered',
      command: '<%= config.bin %> <%= command.id %> acme app:Marketing_Hub --block',
    },
  ]
  static override args = {
    name: argument({ required: true, description: 'Name of the grant whose user looks and changes' }),
    app: argument({ required: true, description: 'The app, as `keyturn rtr` names it' }),
  }
  static override flags = { ...restrictingFlags, block: boolean({ description: 'Block it instead' }) }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(RtrLimitCommand)
    const { nothingToLimit, planLimit } = await import('../../../rtr/rtr-limit.ts')
    return this.changing(args.name, flags, async (changing) => {
      const { keyturn, org, tell, log } = changing
      const words = { bin: this.bin, grant: args.name }
      const limit = await planLimit(keyturn, org, { app: args.app, block: flags.block, words, days: 90, tell })
      const { app, snapshot, change, not, verify } = limit
      if (change === null) {
        const nothing = nothingToLimit(limit)
        if (nothing !== null) throw nothing
        log(`Nothing to limit: the policies of ${shownText(app.label)} are narrow already.`)
        return { org: snapshot.org, app: app.subject, outcome: 'nothing-to-do', not }
      }
      for (const one of not) log(`Not from here: ${shownText(one)}`)
      const out = await changeFlow({
        ...{ ...changing, ...change },
        verb: flags.block ? 'rtr-block' : 'rtr-limit',
        data: { org: snapshot.org.id, app: app.id },
        ...(verify === null ? {} : { verify }),
      })
      process.exitCode = changeExit(out)
      return { org: snapshot.org, app: app.subject, not, ...changeJson(out) }
    })
  }
}
