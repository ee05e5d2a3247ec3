import { integer } from '@oclif/core/flags'
import { string as argument } from '@oclif/core/args'
import { KeyturnCommand } from '../../keyturn-command.ts'
import type { Json } from '../../keyturn-command.ts'
import { askToken } from '../../token/ask-token.ts'

export default class TokenCommand extends KeyturnCommand {
  static override summary = 'Print a living access token'
  static override description =
    'Prints the access token and nothing else, so that it fits into $(…). It is exchanged only when needed, and once for everybody who asks at the same moment. Tell Keyturn of a 401 with --rejected and the generation you used: you get another token, or the reason why none can help.'
  static override examples = [
    {
      description: 'Call Salesforce with curl, the token on stdin instead of the command line',
      command:
        '<%= config.bin %> <%= command.id %> acme | sed "s/^/Authorization: Bearer /" | curl -H @- https://acme.my.salesforce.com/services/data/v66.0/limits',
    },
    {
      description: 'Whose it is, where it goes and its generation',
      command: '<%= config.bin %> <%= command.id %> acme --json',
    },
    {
      description: 'Salesforce answered 401 to generation 7',
      command: '<%= config.bin %> <%= command.id %> acme --rejected 7',
    },
  ]
  static override args = { name: argument({ required: true, description: 'Name of the grant' }) }
  static override flags = {
    rejected: integer({ min: 0, helpValue: 'GENERATION', description: 'Salesforce answered 401 to this generation' }),
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(TokenCommand)
    return this.withKeyturn(flags, async (keyturn) => {
      const token = await askToken(keyturn, args.name, flags.rejected)
      this.log(token.accessToken)
      return { ...token }
    })
  }
}
