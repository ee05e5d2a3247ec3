import { string as argument } from '@oclif/core/args'
import { systemClock } from '@keyturn/tokens'
import type { KeyturnError } from '@keyturn/tokens'
import { connect } from '../../connect/connect.ts'
import type { Connected } from '../../connect/connect.ts'
import { openBrowser } from '../../connect/browser.ts'
import { connectFlags } from '../../connect/connect-flags.ts'
import { storyOf } from '../../explain/grant-story.ts'
import { KeyturnCommand } from '../../keyturn-command.ts'
import type { Json } from '../../keyturn-command.ts'
import { grantJson } from '../../output/grant-json.ts'
import { ownCommands } from '../../output/own-commands.ts'
import { terminalText } from '../../output/terminal-text.ts'

export default class ConnectCommand extends KeyturnCommand {
  static override summary = 'Connect an org: make a grant, or authorise one again'
  static override description =
    'Logs in with the browser (authorization code with PKCE) unless another way in is named. The redirect URI it prints must be registered in the app, to the letter. No secret goes on the command line: pipe it in, or name where it is. A grant that exists is authorised anew and keeps its name, spares and history; the flags of a spare way in alone add that spare to it.'
  static override examples = [
    {
      description: 'Web login',
      command: '<%= config.bin %> <%= command.id %> acme --login-url https://acme.my.salesforce.com --client-id 3MVG9…',
    },
    {
      description: 'JWT bearer; the key is sealed in the store',
      command:
        '<%= config.bin %> <%= command.id %> acme --jwt --client-id 3MVG9… --username integration@acme.example --key-file server.key',
    },
    {
      description: 'Client credentials, the secret from a password manager',
      command:
        '<%= config.bin %> <%= command.id %> acme --client-credentials --login-url https://acme.my.salesforce.com --client-id 3MVG9… --client-secret-ref "command:op read op://infra/acme/secret"',
    },
    {
      description: 'Take over a login of the sf CLI',
      command: '<%= config.bin %> <%= command.id %> acme --from-sf acme-prod',
    },
    {
      description: 'Give the grant a spare way in',
      command:
        '<%= config.bin %> <%= command.id %> acme --fallback-jwt --fallback-key-file server.key --fallback-username spare@acme.example',
    },
  ]
  static override args = { name: argument({ required: true, description: 'Name of the grant' }) }
  static override flags = connectFlags

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(ConnectCommand)
    return this.withKeyturn(flags, async (keyturn, settings) => {
      const connected = await connect({
        keyturn,
        settings,
        name: args.name,
        flags,
        show: (address) => this.showAddress(address, flags.open),
      })
      if (connected.failed === undefined) this.say(connected)
      else this.sayFailed(connected, connected.failed)
      const { grant, how, again, notes } = connected
      return { grant: grantJson(grant), how, again, notes }
    })
  }

  /** On stderr: with --json, stdout is for the result. */
  private async showAddress(
    { url, redirectUri }: { readonly url: string; readonly redirectUri: string },
    open: boolean,
  ): Promise<void> {
    process.stderr.write(
      `Redirect URI, to be registered in the app: ${redirectUri}\nOpen this address in a browser on this machine to log in:\n\n${url}\n\n`,
    )
    if (open && !(await openBrowser(url, this.env)))
      process.stderr.write('No browser could be started here: open the address yourself.\n')
  }

  private say({ grant, how, again, notes }: Connected): void {
    const user = grant.username ?? grant.identity?.userId ?? 'an unknown user'
    const verb = how === 'spare' ? 'has another spare way in' : again ? 'is authorised again' : 'is connected'
    this.log(
      `${grant.name} ${verb}: ${terminalText(user)}${grant.identity === null ? '' : ` of org ${grant.identity.orgId}`}.`,
    )
    for (const note of notes) this.tell(terminalText(note))
    this.log(`Next: ${this.bin} token ${grant.name}`)
  }

  /** It holds the only copy of the token now, so it is kept; but nobody should think that it works. */
  private sayFailed({ grant, notes }: Connected, failed: KeyturnError): void {
    const story = storyOf(grant, systemClock.wall(), this.bin)
    this.log(`${grant.name} is kept here, but gives no access token yet.`)
    for (const line of [...notes, ...(grant.status === 'live' ? [] : story.lines)]) this.tell(terminalText(line))
    this.tell(`→ ${terminalText(story.next ?? ownCommands(failed.fix, this.bin, grant.name))}`, '  ')
    this.answerNo()
  }
}
