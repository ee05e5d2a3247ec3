import { string as argument } from '@oclif/core/args'
import { string } from '@oclif/core/flags'
import { KeyturnError } from '@keyturn/tokens'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'

export default class RtrNoticeCommand extends KeyturnCommand {
  static override summary = 'What to write to the owners of an app’s clients, or to the maker of the app'
  static override description =
    'Of an app of this org one text for each owner of clients that are in the way: what changes, what to do for that kind of client, and the command that shows whether it survives. Of an app from elsewhere the request to its maker. Plain text; sends nothing.'
  static override examples = [
    {
      description: 'With the day on which it is to be switched on',
      command: '<%= config.bin %> <%= command.id %> acme app:ERP_Sync --when 2026-12-15',
    },
    { description: 'To a vendor', command: '<%= config.bin %> <%= command.id %> acme app:Marketing_Hub' },
  ]
  static override args = {
    name: argument({ required: true, description: 'Name of the grant whose user looks' }),
    app: argument({ required: true, description: 'The app, as `keyturn rtr` names it' }),
  }
  static override flags = {
    when: string({ helpValue: 'DATE', description: 'The day on which rotation is to be switched on' }),
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(RtrNoticeCommand)
    const { when = null } = flags
    if (when !== null && (!/^\d{4}-\d{2}-\d{2}$/.test(when) || Number.isNaN(Date.parse(when))))
      throw new KeyturnError('BAD_ARGUMENT', '--when is no day', { fix: 'Write it as 2026-12-15.' })
    const [{ appNamed, readRtr }, { orgConnection }, { noticesFor, vendorRequest }] = await Promise.all([
      import('../../../rtr/rtr-opened.ts'),
      import('../../../org/connection.ts'),
      import('../../../posture/rtr/notice.ts'),
    ])
    const words = { bin: this.bin, grant: args.name }
    const progress = this.progress()
    const { plan } = await this.withKeyturn(flags, (keyturn) =>
      readRtr(keyturn, orgConnection(keyturn, args.name), {
        ...{ scan: [], words, days: 90 },
        tell: (text) => progress.say(text),
      }),
    ).finally(() => progress.done())
    const app = appNamed(plan, args.app)
    const foreign = app.origin !== null && app.origin !== 'local'
    const notices = foreign ? [vendorRequest(app, plan.org.name)] : noticesFor(app, words, when)
    if (notices.length === 0) this.log('Nobody is in the way: there is nobody to write to.')
    for (const [index, { to, subject, text }] of notices.entries()) {
      if (index > 0) this.log(`\n${'─'.repeat(60)}\n`)
      this.log(`To: ${to ?? (foreign ? 'the maker of the app' : 'nobody is known to answer for these clients')}`)
      this.log(`Subject: ${subject}\n`)
      this.tell(text)
    }
    return { app: app.subject, kind: foreign ? 'request' : 'notice', notices }
  }
}
