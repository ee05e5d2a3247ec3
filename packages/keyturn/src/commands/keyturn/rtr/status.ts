import { string as argument } from '@oclif/core/args'
import { systemClock } from '@keyturn/tokens'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { moment } from '../../../output/moment.ts'
import { shownText } from '../../../posture/audit/shown-text.ts'
import type { RotationStatus } from '../../../posture/rtr/rotation-status.ts'

const hands: Readonly<Record<RotationStatus['by'], string>> = {
  keyturn: 'switched on by Keyturn',
  found: 'found on by Keyturn',
  'audit-trail': 'as the Setup Audit Trail says',
  unknown: 'nobody can say since when',
}

export default class RtrStatusCommand extends KeyturnCommand {
  static override summary = 'Which apps rotate, since when, and whether their clients live'
  static override description =
    'Of each app that rotates: when it was switched on (Keyturn’s record, or the Setup Audit Trail), which clients refreshed since, and which were refused or lost their tokens. A client that refreshed twice is proved: the first refresh works for everybody. Exit codes: 0 nobody was refused; 1 somebody was; others are errors.'
  static override examples = [
    { description: 'All apps', command: '<%= config.bin %> <%= command.id %> acme' },
    { description: 'One app, for a program', command: '<%= config.bin %> <%= command.id %> acme app:ERP_Sync --json' },
  ]
  static override args = {
    name: argument({ required: true, description: 'Name of the grant whose user looks' }),
    app: argument({ description: 'One app, as `keyturn rtr` names it' }),
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(RtrStatusCommand)
    const [{ readStatus }, { orgConnection }, { watchLines }] = await Promise.all([
      import('../../../rtr/rtr-status.ts'),
      import('../../../org/connection.ts'),
      import('../../../rtr/rtr-screen.ts'),
    ])
    const progress = this.progress()
    const words = { bin: this.bin, grant: args.name }
    const { org, statuses, unfinished } = await this.withKeyturn(flags, (keyturn) =>
      readStatus(keyturn, orgConnection(keyturn, args.name), {
        ...{ words, app: args.app ?? null, now: systemClock.wall() },
        tell: (text) => progress.say(text),
      }),
    ).finally(() => progress.done())
    const now = systemClock.wall()
    if (statuses.length === 0) this.log(args.app === undefined ? 'No app rotates.' : 'It does not rotate.')
    for (const { app, since, by, watch } of statuses) {
      const when = since === null ? hands.unknown : `since ${moment(since, now)}, ${hands[by]}`
      this.log(`${this.paint('bold', shownText(app.label, 80))}  ${shownText(app.subject, 80)}: rotates, ${when}`)
      for (const line of watchLines(watch, { paint: this.paint, width: this.width })) this.log(`  ${line}`)
      this.log('')
    }
    for (const subject of unfinished)
      this.tell(
        `→ Switching ${shownText(subject)} on was begun and not ended: run \`${this.bin} rtr enable ${args.name} ${subject}\` again.`,
      )
    if (statuses.some(({ watch }) => watch.failed)) this.answerNo()
    return {
      org,
      unfinished,
      apps: statuses.map(({ app, since, by, watch }) => ({ app: app.subject, label: app.label, since, by, watch })),
    }
  }
}
