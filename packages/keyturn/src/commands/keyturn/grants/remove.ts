import { string as argument } from '@oclif/core/args'
import { boolean } from '@oclif/core/flags'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { confirm } from '../../../output/confirm.ts'

export default class GrantsRemoveCommand extends KeyturnCommand {
  static override summary = 'Forget a grant here'
  static override description =
    'Nothing happens at Salesforce: the refresh token stays valid there (see revoke). A tombstone remembers its state, so that the same token added again is not spent twice.'
  static override examples = [
    { description: 'After a question', command: '<%= config.bin %> <%= command.id %> acme' },
    { description: 'In a script', command: '<%= config.bin %> <%= command.id %> acme --yes' },
  ]
  static override args = { name: argument({ required: true, description: 'Name of the grant' }) }
  static override flags = { yes: boolean({ char: 'y', description: 'Do not ask' }) }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(GrantsRemoveCommand)
    return this.withKeyturn(flags, async (keyturn) => {
      await keyturn.grants.show(args.name)
      await confirm(`Forget the grant ${args.name}?`, flags.yes)
      await keyturn.grants.remove(args.name)
      this.log(`${args.name} is forgotten here; at Salesforce its token is still valid.`)
      return { name: args.name, removed: true, revoked: false }
    })
  }
}
