import { string as argument } from '@oclif/core/args'
import { KeyturnError } from '@keyturn/tokens'
import { childEnvironment } from '../../exec/environment.ts'
import { runChild } from '../../exec/run-child.ts'
import { KeyturnCommand } from '../../keyturn-command.ts'
import { withoutMasterKey } from '../../settings.ts'

const noCommand = (): KeyturnError =>
  new KeyturnError('BAD_ARGUMENT', 'No command to run', {
    fix: 'Write it after two dashes: `keyturn exec NAME -- COMMAND`.',
  })

export default class ExecCommand extends KeyturnCommand {
  static override summary = 'Run a command with a living access token in its environment'
  static override description =
    'The command finds SF_ACCESS_TOKEN, SF_INSTANCE_URL, and what the sf CLI reads (SF_TARGET_ORG, SF_ORG_INSTANCE_URL). The token is in no argument list and in no file. Its exit code and signals are passed on. The token is not renewed while the command runs. With the sf CLI: `sf org display` and `sf org list users` print the org they work on, and that is the token itself here; keep their output out of logs.'
  static override examples = [
    {
      description: 'The sf CLI without an auth file',
      command: '<%= config.bin %> <%= command.id %> acme -- sf data query -q "SELECT Id FROM Account LIMIT 5"',
    },
    { description: 'A script of yours', command: '<%= config.bin %> <%= command.id %> acme -- node sync.js --all' },
  ]
  static override usage = '<%= command.id %> NAME -- COMMAND [ARGUMENT…]'
  // The command's own output is all there is.
  static override enableJsonFlag = false
  static override args = { name: argument({ required: true, description: 'Name of the grant' }) }

  async run(): Promise<void> {
    // The words behind the dashes are not ours to parse: `--json` may be one of them.
    const dashes = this.argv.indexOf('--')
    const own = dashes === -1 ? this.argv : this.argv.slice(0, dashes)
    const [command, ...rest] = dashes === -1 ? [] : this.argv.slice(dashes + 1)
    // The words of a command without dashes would be refused one by one, although only the dashes are missing.
    if (dashes === -1 && own.some((part, index) => index > 0 && !part.startsWith('-'))) throw noCommand()
    const { args, flags } = await this.parse(ExecCommand, own)
    if (command === undefined) throw noCommand()
    const env = await this.withKeyturn(flags, async (keyturn, settings) =>
      childEnvironment(withoutMasterKey(settings), args.name, await keyturn.token(args.name)),
    )
    const { code, signal } = await runChild(command, rest, env)
    process.exitCode = code
    if (signal !== null && process.platform !== 'win32') process.kill(process.pid, signal)
  }
}
