import { string as argument } from '@oclif/core/args'
import { boolean } from '@oclif/core/flags'
import { systemClock } from '@keyturn/tokens'
import { shownReauthorisation } from '../../../broker/reauthorise/shown.ts'
import { readReauthorisation, reauthorisationKind } from '../../../broker/reauthorise/reauthorisation-record.ts'
import { storyOf } from '../../../explain/grant-story.ts'
import { examineDeath } from '../../../forensics/examine-death.ts'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { grantJson } from '../../../output/grant-json.ts'
import { deathText } from '../../../output/death-text.ts'
import { moment } from '../../../output/moment.ts'
import { ownCommands } from '../../../output/own-commands.ts'
import { facts, table } from '../../../output/table.ts'
import { terminalText } from '../../../output/terminal-text.ts'

/** How long the org is asked, ms. */
const patience = 10_000

/** `refresh`, `own` (a grant without refresh token) or the name of a spare. */
const gotBy = (source: string): string =>
  source === 'refresh' ? 'by refresh token' : source === 'own' ? 'signed in' : `by the spare ${source}`

export default class GrantsShowCommand extends KeyturnCommand {
  static override summary = 'Show one grant: its state, why, and what to do'
  static override description =
    'Shows the lineage (the keyed fingerprint of the current refresh token), the generation callers hold, the spare ways in, and, when something is wrong, its cause and the next step. Of a dead grant it says what it died of, how sure that is, and by which entries of the ledger; where another grant of the same org is alive, Login History and the Setup Audit Trail are asked with it.'
  static override examples = [
    { description: 'Why does acme not work?', command: '<%= config.bin %> <%= command.id %> acme' },
    { description: 'For a program', command: '<%= config.bin %> <%= command.id %> acme --json' },
  ]
  static override args = { name: argument({ required: true, description: 'Name of the grant' }) }
  static override flags = { offline: boolean({ description: 'Do not ask the org what a dead grant died of' }) }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(GrantsShowCommand)
    return this.withKeyturn(flags, async (keyturn) => {
      const grant = await keyturn.grants.show(args.name)
      const now = systemClock.wall()
      const story = storyOf(grant, now, this.bin)
      // Nobody is sent to the command that they are running.
      const lines = story.lines.filter((line) => !line.includes(`\`${this.bin} grants show `))
      const record = await keyturn.store.records.get(reauthorisationKind, grant.id)
      const again = shownReauthorisation(record === null ? null : readReauthorisation(record), now)
      this.log(
        facts([
          ['Name', grant.name],
          ['State', grant.status],
          ['Flow', grant.flow],
          ['Login URL', grant.loginUrl],
          ['Client id', grant.clientId],
          ['User', grant.username ?? grant.identity?.userId ?? null],
          ['Org', grant.identity?.orgId ?? null],
          ['Instance URL', grant.instanceUrl],
          ['Lineage', grant.lineage],
          ['Generation', grant.generation],
          ['Access token', `${grant.access}${grant.source === null ? '' : `, ${gotBy(grant.source)}`}`],
          ['Issued', grant.issuedAt === null ? null : moment(grant.issuedAt, now)],
          ['Exchanged', grant.exchangedAt === null ? null : moment(grant.exchangedAt, now)],
          [
            'Sign-in by link',
            again === null || again.status === 'closed'
              ? null
              : `${again.status}, asked by ${again.by} ${moment(again.madeAt, now)}${again.status === 'open' ? `, ends ${moment(again.expiresAt, now)}, ${again.toldAt === null ? 'nobody told yet' : `told ${again.owner ?? 'by every channel'}`}` : ''}`,
          ],
        ]),
      )
      if (grant.fallback.length > 0) {
        this.log(
          `\n${table(grant.fallback, [
            { title: 'SPARE', of: (spare) => spare.name },
            { title: 'FLOW', of: (spare) => spare.flow },
            { title: 'STATE', of: (spare) => spare.state },
            { title: 'ENDS WITH THE GRANT', of: (spare) => (spare.independent ? 'no' : 'may: same user and app') },
          ])}`,
        )
      }
      this.tell(`\n${lines.map(terminalText).join('\n')}`)
      const ask = flags.offline ? null : patience
      const death = await examineDeath(keyturn, args.name, { clock: systemClock, ask })
      if (death !== null) this.tell(`\n${deathText(death)}`)
      const next = death === null ? story.next : ownCommands(death.next, this.bin, grant.name)
      if (next !== null) this.tell(`→ ${terminalText(next)}`, '  ')
      if (story.need === 'person') this.answerNo()
      return {
        ...grantJson(grant),
        need: story.need,
        explanation: lines,
        next,
        death,
        reauthorisation: again,
      }
    })
  }
}
