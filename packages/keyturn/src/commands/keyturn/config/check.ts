import { resolve } from 'node:path'
import { KeyturnError } from '@keyturn/tokens'
import { configText, findConfig } from '../../../config/read.ts'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { terminalText } from '../../../output/terminal-text.ts'

export default class ConfigCheckCommand extends KeyturnCommand {
  static override summary = 'Say everything that is wrong with keyturn.yaml'
  static override description = 'Every problem at once, each with its line. Exits with 1 when there is one.'
  static override examples = [
    { description: 'The file that would be used here', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Another file, for a program',
      command: '<%= config.bin %> <%= command.id %> --config deploy/keyturn.yaml --json',
    },
  ]

  async run(): Promise<Json> {
    const { flags } = await this.parse(ConfigCheckCommand)
    const named = flags.config ?? this.env['KEYTURN_CONFIG']
    const file = named === undefined || named === '' ? findConfig(process.cwd()) : resolve(named)
    if (file === null) {
      throw new KeyturnError('CONFIG_INVALID', 'There is no keyturn.yaml here or above', {
        fix: 'Run `keyturn init`, or name a file with --config. Without one, defaults and the environment count.',
      })
    }
    const { checkConfig } = await import('../../../config/check.ts')
    const { problems } = checkConfig(configText(file))
    if (problems.length === 0) this.log(`${file} is good.`)
    for (const { line, column, path, message } of problems) {
      this.log(terminalText(`${file}:${line}:${column} ${path === '' ? '' : `${path} `}${message}`))
    }
    if (problems.length > 0) this.answerNo()
    return { file, ok: problems.length === 0, problems }
  }
}
