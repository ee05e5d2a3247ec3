import { string as argument } from '@oclif/core/args'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { terminalLines } from '../../../output/terminal-text.ts'

export default class DestinationCheckCommand extends KeyturnCommand {
  static override summary = 'Say whether values could be written to the destinations now'
  static override description =
    'Looks at files, asks secret managers whether they are reached and what this token may do, and changes nothing. Exits with 1 when something stands in the way. What no service tells beforehand (AWS, GitHub: the right to write) shows at the first write.'
  static override examples = [
    { description: 'All that keyturn.yaml names', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'One of them, for a program', command: '<%= config.bin %> <%= command.id %> app-env --json' },
  ]
  static override args = { name: argument({ description: 'Name of the destination; default: all' }) }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(DestinationCheckCommand)
    const [settings, { configuredDestinations }] = await Promise.all([
      this.settings(flags),
      import('../../../wiring/configured-destinations.ts'),
    ])
    const configured = configuredDestinations(settings)
    const names = args.name === undefined ? configured.names : [args.name]
    const progress = this.progress()
    progress.say('Asking the destinations…')
    const destinations = await Promise.all(
      names.map(async (name) => {
        const problems = await configured.open(name).preflight()
        return { name, ...configured.describe(name), ready: problems.length === 0, problems }
      }),
    ).finally(() => progress.done())
    if (names.length === 0) this.log('keyturn.yaml names no destination.')
    for (const { name, kind, place, ready, problems } of destinations) {
      this.log(
        `${this.paint(ready ? 'green' : 'red', ready ? '✓' : '✗')} ${name}: ${terminalLines(`${kind} ${place}`)}`,
      )
      for (const { code, text, next } of problems)
        this.tell(`  ${code} ${terminalLines(text)}\n  → ${terminalLines(next)}`, '  ')
    }
    const ok = destinations.every(({ ready }) => ready)
    if (!ok) this.answerNo()
    return { ok, destinations }
  }
}
