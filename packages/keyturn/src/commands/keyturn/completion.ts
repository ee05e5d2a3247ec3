import { string as argument } from '@oclif/core/args'
import { boolean } from '@oclif/core/flags'
import { KeyturnError } from '@keyturn/tokens'
import { commandTable } from '../../command-table.ts'
import { completionScript } from '../../completion/script.ts'
import { KeyturnCommand } from '../../keyturn-command.ts'
import type { Json } from '../../keyturn-command.ts'

const shells = ['bash', 'zsh', 'fish'] as const

export default class CompletionCommand extends KeyturnCommand {
  static override summary = 'Print a completion script for your shell'
  static override description =
    'Commands, flags and the names of your grants. Inside the Salesforce CLI its own `sf autocomplete` does this.'
  static override examples = [
    { description: 'bash, for this session', command: 'source <(<%= config.bin %> <%= command.id %> bash)' },
    {
      description: 'fish, for good',
      command: '<%= config.bin %> <%= command.id %> fish > ~/.config/fish/completions/keyturn.fish',
    },
  ]
  static override args = { shell: argument({ description: 'bash, zsh or fish' }) }
  static override flags = {
    grants: boolean({ hidden: true, description: 'Names of the grants: the scripts ask for them' }),
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(CompletionCommand)
    if (flags.grants) {
      const names = await this.withKeyturn(flags, async (keyturn) =>
        (await keyturn.grants.list({ altered: () => undefined })).map(({ name }) => name),
      )
      this.log(names.join('\n'))
      return { grants: names }
    }
    const shell = shells.find((known) => known === args.shell)
    if (shell === undefined)
      throw new KeyturnError('BAD_ARGUMENT', 'No script for that shell', { fix: 'Name bash, zsh or fish.' })
    const script = completionScript(shell, await commandTable())
    this.log(script.trimEnd())
    return { shell, script }
  }
}
