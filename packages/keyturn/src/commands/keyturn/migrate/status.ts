import { string as argument } from '@oclif/core/args'
import { integer } from '@oclif/core/flags'
import { systemClock } from '@keyturn/tokens'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { shownText } from '../../../posture/audit/shown-text.ts'

export default class MigrateStatusCommand extends KeyturnCommand {
  static override summary = 'Who still uses a connected app, and whether it may be blocked'
  static override description =
    'Logins and tokens of the old app, callers of the broker, and when each was last seen. A refresh may leave no login, so tokens count too; what can’t be read makes the answer “nobody can tell”, never “nobody”. Exit codes: 0 nobody uses it any more; 1 somebody does, or nobody can tell; others are errors.'
  static override examples = [
    { description: 'Two weeks without a use', command: '<%= config.bin %> <%= command.id %> acme ERP_Sync' },
    {
      description: 'Of an app that monthly jobs use, for a program',
      command: '<%= config.bin %> <%= command.id %> acme ERP_Sync --drain-days 45 --json',
    },
  ]
  static override args = {
    name: argument({ required: true, description: 'Name of the grant whose user looks' }),
    app: argument({ required: true, description: 'API name or label of the connected app' }),
  }
  static override flags = {
    'drain-days': integer({
      min: 1,
      max: 90,
      default: 14,
      helpValue: 'DAYS',
      description: 'Without a use for so long it counts as drained',
    }),
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(MigrateStatusCommand)
    const [{ findOldApp, seenOf }, { orgConnection }, { switchState }, { stateLines }] = await Promise.all([
      import('../../../migrate/migrate-opened.ts'),
      import('../../../org/connection.ts'),
      import('../../../posture/migrate/switch-state.ts'),
      import('../../../migrate/migrate-screen.ts'),
    ])
    const progress = this.progress()
    const { old, seen } = await this.withKeyturn(flags, async (keyturn) => {
      const org = orgConnection(keyturn, args.name)
      const found = await findOldApp(org, args.app)
      return {
        old: found,
        seen: await seenOf({ keyturn, org, tell: (text) => progress.say(text) }, found.fullName),
      }
    }).finally(() => progress.done())
    const now = systemClock.wall()
    const state = switchState(seen.ifBlocked, { now: seen.snapshot.takenAt, days: flags['drain-days'] })
    const blocked = seen.before?.blocked.is === 'known' ? seen.before.blocked.value : null
    this.log(this.paint('bold', shownText(old.fullName)))
    for (const line of stateLines(state, { paint: this.paint, width: this.width, now, bin: this.bin })) this.log(line)
    if (blocked === true) this.tell('It is blocked.')
    else if (state.is === 'drained')
      this.tell('→ Block it in Setup (Connected Apps OAuth Usage), wait as long again, then delete it.', '  ')
    if (state.is !== 'drained') this.answerNo()
    return { app: old.fullName, blocked, ...state }
  }
}
