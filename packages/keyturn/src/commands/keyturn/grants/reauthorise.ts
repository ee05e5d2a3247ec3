import { randomBytes } from 'node:crypto'
import { string as argument } from '@oclif/core/args'
import { boolean } from '@oclif/core/flags'
import { KeyturnError, systemClock } from '@keyturn/tokens'
import { reauthoriseSettings } from '../../../broker/broker-settings.ts'
import { openAsk } from '../../../broker/reauthorise/ask.ts'
import { ownerOf } from '../../../broker/reauthorise/open-reauthorise.ts'
import { linkAddress, noAddress, publicAddress } from '../../../broker/reauthorise/public-address.ts'
import { openReauthorisations } from '../../../broker/reauthorise/reauthorisations.ts'
import { quietLog } from '../../../caller/quiet-log.ts'
import { mayShowSecrets } from '../../../caller/show-issued.ts'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { moment } from '../../../output/moment.ts'
import { withNotifier } from '../../../wiring/with-notifier.ts'

export default class GrantsReauthoriseCommand extends KeyturnCommand {
  static override summary = 'Ask the owner of a grant to sign in to Salesforce again, by a link'
  static override description =
    'Makes a one-time link at the broker’s public address (broker.publicUrl) and sends it by the channels of notify:. Whoever opens it signs in at Salesforce; only the grant’s own org and user are taken. A link that waits already is sent or shown again. A grant that lives goes on until then.'
  static override examples = [
    { description: 'Tell the owner of acme', command: '<%= config.bin %> <%= command.id %> acme' },
    {
      description: 'Take the link along yourself',
      command: '<%= config.bin %> <%= command.id %> acme --print-link',
    },
  ]
  static override args = { name: argument({ required: true, description: 'Name of the grant' }) }
  static override flags = {
    'print-link': boolean({
      description: 'Show the link instead of sending it: on a terminal, or with --json',
    }),
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(GrantsReauthoriseCommand)
    const quiet = flags['print-link']
    if (quiet) mayShowSecrets(this.jsonEnabled())
    return this.withKeyturn(flags, async (keyturn, opened) => {
      const settings = reauthoriseSettings(opened.config.broker ?? {})
      const address = publicAddress(settings.publicUrl)
      if ('missing' in address) throw noAddress(address.missing, args.name)
      const grant = await keyturn.grants.show(args.name)
      const reauthorisations = openReauthorisations({ keyturn, clock: systemClock, random: randomBytes })
      return withNotifier(opened, { store: keyturn.store, log: quietLog }, async (notifier) => {
        if (!quiet && notifier.channels.length === 0) {
          throw new KeyturnError('CONFIG_INVALID', 'There is no channel to tell anybody', {
            fix: 'Name one under notify: in keyturn.yaml, or take the link along yourself with --print-link.',
          })
        }
        const ask = openAsk({
          ...{ clock: systemClock, log: quietLog, address, reauthorisations, notifier, judge: null },
          life: settings.reauthorise.linkLife,
          ownerOf: ownerOf(settings),
          made: () => undefined,
          alarm: () => undefined,
        })
        const { is, made, told } = await ask(grant, 'an operator', { wanted: true, quiet })
        if (is === null) throw new KeyturnError('DEFECT', 'what was asked for was not made')
        const { status, by, expiresAt, owner } = is.doc
        const now = systemClock.wall()
        const link = quiet ? linkAddress(address.url, (await reauthorisations.linkOf(is)).reveal()) : null
        this.log(
          `${made ? 'Asked' : `Had been asked by ${by}`}: ${grant.name} is to be authorised again by ${grant.username ?? grant.identity?.userId ?? 'its user'}; the link ends ${moment(expiresAt, now)}.`,
        )
        if (link !== null) this.log(link)
        for (const { channel, ok, why } of told)
          this.log(`${channel}: ${ok ? 'told' : 'not told'}${why === undefined ? '' : ` (${why})`}`)
        if (!quiet && !told.some(({ ok }) => ok)) this.answerNo()
        return { grant: grant.name, status, made, by, owner, expiresAt, told, link }
      })
    })
  }
}
