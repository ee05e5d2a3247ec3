import { string as argument } from '@oclif/core/args'
import { boolean } from '@oclif/core/flags'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { confirm } from '../../../output/confirm.ts'

export default class GrantsRevokeCommand extends KeyturnCommand {
  static override summary = 'End a grant at Salesforce and forget it here'
  static override description =
    'Revokes the refresh token at Salesforce, which ends the access tokens bought with it, then removes the grant. Cannot be taken back.'
  static override examples = [
    { description: 'After a question', command: '<%= config.bin %> <%= command.id %> acme' },
    { description: 'In a script', command: '<%= config.bin %> <%= command.id %> acme --yes' },
  ]
  static override args = { name: argument({ required: true, description: 'Name of the grant' }) }
  static override flags = { yes: boolean({ char: 'y', description: 'Do not ask' }) }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(GrantsRevokeCommand)
    return this.withKeyturn(flags, async (keyturn) => {
      await keyturn.grants.show(args.name)
      await confirm(`Revoke ${args.name} at Salesforce? Every program that uses it loses access.`, flags.yes)
      await keyturn.grants.revoke(args.name)
      this.log(`${args.name} is revoked at Salesforce and forgotten here.`)
      return { name: args.name, removed: true, revoked: true }
    })
  }
}
