import { string as argument } from '@oclif/core/args'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { grantJson } from '../../../output/grant-json.ts'

export default class GrantsRetryCommand extends KeyturnCommand {
  static override summary = 'Try again after the cause of a block was removed'
  static override description =
    'Takes a blocked grant back to work and closes an open breaker; the next token tells whether the cause is gone.'
  static override examples = [
    { description: 'The user was unfrozen', command: '<%= config.bin %> <%= command.id %> acme' },
    { description: 'For a program', command: '<%= config.bin %> <%= command.id %> acme --json' },
  ]
  static override args = { name: argument({ required: true, description: 'Name of the grant' }) }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(GrantsRetryCommand)
    return this.withKeyturn(flags, async (keyturn) => {
      const grant = await keyturn.grants.retry(args.name)
      this.log(`${grant.name}: ${grant.status}. Next: ${this.bin} token ${grant.name}`)
      return grantJson(grant)
    })
  }
}
