import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { spanText } from '../../../rotation/schedule/policy.ts'
import { presetNames, presets } from '../../../rotation/schedule/presets.ts'

export default class SchedulePresetsCommand extends KeyturnCommand {
  static override summary = 'Show the schedules that have a name, each with its source and reason'
  static override description =
    'For `preset:` in the schedule of a credential. A lead, windows and all else can be set beside it.'
  static override examples = [
    { description: 'All of them', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'For a program', command: '<%= config.bin %> <%= command.id %> --json' },
  ]

  async run(): Promise<Json> {
    await this.parse(SchedulePresetsCommand)
    const all = presetNames.map((name) => {
      const { every, lead, title, source, address, why } = presets[name]
      return { name, every: spanText(every), lead: spanText(lead), title, source, address, why }
    })
    for (const { name, every, lead, title, source, address, why } of all) {
      this.log(`${this.paint('bold', name)}  every ${every}, begun ${lead} before`)
      this.tell(title, '  ')
      this.tell(why, '  ')
      this.tell(`${source}${address === null ? '' : ` <${address}>`}`, '  ')
      this.log('')
    }
    return { presets: all }
  }
}
