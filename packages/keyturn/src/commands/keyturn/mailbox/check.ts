import { string as argument } from '@oclif/core/args'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { terminalLines } from '../../../output/terminal-text.ts'

export default class MailboxCheckCommand extends KeyturnCommand {
  static override summary = 'Say whether mail with security tokens could be read now'
  static override description =
    'Signs in, opens the folders, looks whether mails may be deleted or moved, whether the server tells of new mail (IDLE) or has to be asked, and which servers wrote Authentication-Results headers into the newest mails: one of them is what `authservId` names. Reads no mail text and changes nothing. Exits with 1 when something stands in the way.'
  static override examples = [
    { description: 'All that keyturn.yaml names', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'One of them, for a program', command: '<%= config.bin %> <%= command.id %> tokens --json' },
  ]
  static override args = { name: argument({ description: 'Name of the mailbox; default: all' }) }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(MailboxCheckCommand)
    const { configuredMailboxes } = await import('../../../wiring/configured-mailboxes.ts')
    const progress = this.progress()
    progress.say('Asking the mail servers…')
    const mailboxes = await this.withKeyturn(flags, async ({ store }, settings) => {
      const configured = configuredMailboxes(settings, store.records)
      const names = args.name === undefined ? configured.names : [args.name]
      try {
        return await Promise.all(
          names.map(async (name) => {
            const { problems, facts } = await configured.open(name).check()
            return { name, place: configured.describe(name), ready: problems.length === 0, facts, problems }
          }),
        )
      } finally {
        await configured.close()
      }
    }).finally(() => progress.done())
    if (mailboxes.length === 0) this.log('keyturn.yaml names no mailbox.')
    for (const { name, place, ready, facts, problems } of mailboxes) {
      this.log(`${this.paint(ready ? 'green' : 'red', ready ? '✓' : '✗')} ${name}: ${terminalLines(place)}`)
      for (const { what, text } of facts) this.tell(`  ${what}: ${terminalLines(text)}`, '  ')
      for (const { code, text, next } of problems)
        this.tell(`  ${code} ${terminalLines(text)}\n  → ${terminalLines(next)}`, '  ')
    }
    const ok = mailboxes.every(({ ready }) => ready)
    if (!ok) this.answerNo()
    return { ok, mailboxes }
  }
}
