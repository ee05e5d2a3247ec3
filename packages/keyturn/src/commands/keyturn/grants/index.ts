import { boolean } from '@oclif/core/flags'
import { systemClock } from '@keyturn/tokens'
import type { KeyturnError } from '@keyturn/tokens'
import { storyOf } from '../../../explain/grant-story.ts'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { grantJson } from '../../../output/grant-json.ts'
import { span } from '../../../output/moment.ts'
import { table } from '../../../output/table.ts'

export default class GrantsCommand extends KeyturnCommand {
  static override summary = 'List the grants of this store'
  static override description =
    'One line for each grant: what state it is in, whose it is, when its token was last exchanged. Exits with 1 when a grant waits for a person, or was altered outside of Keyturn.'
  static override examples = [
    { description: 'All grants', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'With those that were removed, for a program',
      command: '<%= config.bin %> <%= command.id %> --removed --json',
    },
  ]
  static override flags = { removed: boolean({ description: 'Also those that were removed' }) }

  async run(): Promise<Json> {
    const { flags } = await this.parse(GrantsCommand)
    return this.withKeyturn(flags, async (keyturn) => {
      const altered: KeyturnError[] = []
      const grants = await keyturn.grants.list({
        removed: flags.removed,
        altered: (error) => altered.push(error),
      })
      const now = systemClock.wall()
      const needs = new Map(grants.map((grant) => [grant, storyOf(grant, now).need]))
      if (grants.length + altered.length === 0)
        this.tell(`No grants yet. Next: ${this.bin} connect NAME (see ${this.bin} connect --help)`)
      else if (grants.length > 0) {
        this.log(
          table(
            grants,
            [
              { title: 'NAME', of: (grant) => grant.name },
              { title: 'STATE', of: (grant) => grant.status },
              { title: 'FLOW', of: (grant) => grant.flow, spared: 2 },
              { title: 'USER', of: (grant) => grant.username ?? grant.identity?.userId ?? null },
              { title: 'ACCESS', of: (grant) => grant.access },
              { title: 'GEN', of: (grant) => grant.generation, right: true, spared: 4 },
              {
                title: 'EXCHANGED',
                spared: 3,
                of: (grant) => (grant.exchangedAt === null ? null : `${span(now - grant.exchangedAt)} ago`),
              },
              { title: 'SPARES', of: (grant) => grant.fallback.length, right: true, spared: 1 },
              { title: 'WHY', of: (grant) => grant.why?.text ?? '' },
            ],
            this.width,
          ),
        )
      }
      for (const { message, fix } of altered) this.tell(`${message}. ${fix}`)
      if (altered.length > 0 || [...needs.values()].includes('person')) this.answerNo()
      return {
        grants: grants.map(grantJson),
        altered: altered.map(({ code, message, data }) => ({
          id: String(data.grant),
          name: String(data.name),
          code,
          message,
        })),
      }
    })
  }
}
