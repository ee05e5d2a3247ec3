import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { string } from '@oclif/core/flags'
import { KeyturnError, systemClock } from '@keyturn/tokens'
import { lazyNetwork } from '@keyturn/tokens/maintenance'
import { quietLog } from '../../../caller/quiet-log.ts'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { openNotifier } from '../../../notify/notify.ts'
import { notifySettings } from '../../../notify/notify-settings.ts'
import { table } from '../../../output/table.ts'
import { openOptions } from '../../../settings.ts'

export default class NotifyTestCommand extends KeyturnCommand {
  static override summary = 'Send a test notification by every channel of keyturn.yaml'
  static override description =
    'Tells every channel of the section notify: that this is a test, and says of each whether it took it. The ledger keeps that it was told. Exit code 1 when a channel did not take it.'
  static override examples = [
    { description: 'Does everybody hear us?', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'One channel, for a program',
      command: '<%= config.bin %> <%= command.id %> --channel ops --json',
    },
  ]
  static override flags = {
    channel: string({ helpValue: 'NAME', description: 'Only this channel' }),
    to: string({ helpValue: 'OWNER', description: 'As to this owner, or to this mail address' }),
  }

  async run(): Promise<Json> {
    const { flags } = await this.parse(NotifyTestCommand)
    return this.withKeyturn(flags, async ({ store }, opened) => {
      const { config, folder, env } = opened
      const settings = notifySettings(config.notify, folder)
      const channels = Object.entries(settings.channels).filter(
        ([name]) => flags.channel === undefined || name === flags.channel,
      )
      if (channels.length === 0) {
        throw flags.channel === undefined
          ? new KeyturnError('CONFIG_INVALID', 'no channel is configured', {
              fix: 'Name one under notify: channels: in keyturn.yaml (docs/how-to/be-told.md).',
            })
          : new KeyturnError('BAD_ARGUMENT', '--channel names no channel of keyturn.yaml', {
              fix: `There are: ${Object.keys(settings.channels).join(', ') || 'none'}.`,
            })
      }
      const caFile = config.caFile === undefined ? undefined : resolve(folder, config.caFile)
      const network = lazyNetwork({ clock: systemClock, env, caFile })
      try {
        const only = { ...settings, channels: Object.fromEntries(channels) }
        const { resolvers } = openOptions(opened)
        const parts = { settings: only, store, clock: systemClock, network, log: quietLog, env }
        const notifier = openNotifier({ ...parts, ...(resolvers === undefined ? {} : { resolvers }) })
        const deliveries = await notifier.tell({
          kind: 'test',
          severity: 'info',
          subject: 'Test of Keyturn’s notifications',
          text: 'Somebody ran `keyturn notify test`. Nothing happened and nothing has to be done.',
          facts: [{ name: 'Store', value: store.id }],
          ...(flags.to === undefined ? {} : { to: flags.to }),
          key: `test/${randomBytes(12).toString('hex')}`,
        })
        this.log(
          table(deliveries, [
            { title: 'CHANNEL', of: ({ channel }) => channel },
            { title: 'TOLD', of: ({ ok }) => (ok ? 'yes' : 'no') },
            { title: 'WHY', of: ({ why }) => why ?? null },
          ]),
        )
        if (deliveries.some(({ ok }) => !ok)) this.answerNo()
        return { deliveries }
      } finally {
        network.close()
      }
    })
  }
}
