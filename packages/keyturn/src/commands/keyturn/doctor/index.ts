import { boolean } from '@oclif/core/flags'
import { KeyturnError } from '@keyturn/tokens'
import type { Health } from '../../../doctor/check.ts'
import { examine } from '../../../doctor/examine.ts'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import type { Colour } from '../../../output/colour.ts'
import { ownCommands } from '../../../output/own-commands.ts'
import { terminalLines, wrapText } from '../../../output/terminal-text.ts'

const marks: Readonly<Record<Health, readonly [string, Colour]>> = {
  ok: ['✓', 'green'],
  warning: ['!', 'yellow'],
  bad: ['✗', 'red'],
  unknown: ['?', 'dim'],
}

export default class DoctorCommand extends KeyturnCommand {
  static override summary = 'Find out why it does not work'
  static override description =
    'Looks at Node, settings, master key, store, journal, clock, proxy and certificates, the login hosts, and each grant, and says the cause and the fix. Changes nothing. Exits with 1 when something is wrong. `keyturn explain` tells what an error of Salesforce means.'
  static override examples = [
    { description: 'Everything', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Without asking Salesforce, for a program',
      command: '<%= config.bin %> <%= command.id %> --offline --json',
    },
  ]
  static override flags = {
    offline: boolean({ description: 'Do not ask the login hosts' }),
    all: boolean({ default: true, allowNo: true, description: 'Also what is good' }),
  }

  async run(): Promise<Json> {
    const { flags } = await this.parse(DoctorCommand)
    const settings = await this.settings(flags).catch((error: unknown) => {
      if (error instanceof KeyturnError) return error
      throw error
    })
    const progress = this.progress()
    const checks = await examine({
      settings,
      nodeVersion: process.version,
      offline: flags.offline,
      say: (what) => progress.say(what),
    }).finally(() => progress.done())
    for (const { name, health, text, fix } of checks) {
      if (health === 'ok' && !flags.all) continue
      const [mark, colour] = marks[health]
      const line = wrapText(`${mark} ${name}: ${terminalLines(ownCommands(text, this.bin))}`, this.width, '  ')
      this.log(this.paint(colour, mark) + line.slice(mark.length))
      if (fix !== null && fix !== text) this.tell(`  → ${terminalLines(ownCommands(fix, this.bin))}`, '  ')
    }
    const ok = checks.every(({ health }) => health !== 'bad')
    const count = (health: Health): number => checks.filter((one) => one.health === health).length
    this.log(`\n${ok ? 'Nothing is wrong' : `${count('bad')} wrong`}, ${count('warning')} to consider.`)
    if (!ok) this.answerNo()
    return { ok, checks }
  }
}
