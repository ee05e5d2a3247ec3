import { KeyturnError } from '@keyturn/tokens'
import { KeyturnCommand } from '../../keyturn-command.ts'

interface Demo {
  runDemo(options: { readonly json: boolean }): Promise<{ readonly ok: boolean }>
}

/** Not a literal for the compiler: the demo is left out of installations that do not need it. */
const demoFile = `../../demo/main${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`

export default class DemoCommand extends KeyturnCommand {
  static override summary = 'See tokens survive rotation, lost answers and killed processes'
  static override description =
    'Starts a simulated org with refresh token rotation and lets real clients work on it, with Keyturn and without, while things go wrong. Then credentials are turned: a security token through the mail, a client app’s pair and a certificate under load, a deployment that is taken back. Exits with 0 only when Keyturn lost nothing that could be kept and every rotation ended as it must.'
  static override examples = [
    { description: 'With progress a person can follow', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'One JSON object', command: '<%= config.bin %> <%= command.id %> --json' },
  ]

  async run(): Promise<object> {
    await this.parse(DemoCommand)
    const { runDemo } = await (import(new URL(demoFile, import.meta.url).href) as Promise<Demo>).catch(
      (error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
        throw new KeyturnError('DRIVER_MISSING', 'The demo or one of the clients it drives is not installed', {
          fix: 'Run it in a checkout: npm run demo',
        })
      },
    )
    const result = await runDemo({ json: this.jsonEnabled() })
    if (!result.ok) this.answerNo()
    return result
  }
}
