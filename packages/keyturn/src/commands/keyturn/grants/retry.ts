import { string as argument } from '@oclif/core/args'
import { connectFlags } from '../../../connect/connect-flags.ts'
import { clientSecretOf } from '../../../connect/secret-input.ts'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { grantJson } from '../../../output/grant-json.ts'

export default class GrantsRetryCommand extends KeyturnCommand {
  static override summary = 'Try again after the cause of a block was removed'
  static override description =
    'Takes a blocked grant back to work and closes an open breaker; the next token tells whether the cause is gone. A consumer secret that was rotated is given here, too: the grant keeps its token and its history.'
  static override examples = [
    { description: 'The user was unfrozen', command: '<%= config.bin %> <%= command.id %> acme' },
    {
      description: 'The consumer secret was rotated',
      command: '<%= config.bin %> <%= command.id %> acme --client-secret-ref env:SF_SECRET',
    },
    { description: 'For a program', command: '<%= config.bin %> <%= command.id %> acme --json' },
  ]
  static override args = { name: argument({ required: true, description: 'Name of the grant' }) }

  static override flags = {
    'client-secret-stdin': connectFlags['client-secret-stdin'],
    'client-secret-ref': connectFlags['client-secret-ref'],
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(GrantsRetryCommand)
    return this.withKeyturn(flags, async (keyturn) => {
      await keyturn.grants.show(args.name)
      const clientSecret = await clientSecretOf(flags)
      if (clientSecret !== undefined) await keyturn.grants.update(args.name, { clientSecret })
      const grant = await keyturn.grants.retry(args.name)
      // A dead token is none that a retry could help.
      const next = grant.status === 'reauthorization-required' ? 'connect' : 'token'
      this.log(`${grant.name}: ${grant.status}. Next: ${this.bin} ${next} ${grant.name}`)
      return grantJson(grant)
    })
  }
}
