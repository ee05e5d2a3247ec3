import { boolean } from '@oclif/core/flags'
import { systemClock } from '@keyturn/tokens'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { stamp } from '../../../output/moment.ts'
import { table } from '../../../output/table.ts'

export default class ProvisionListCommand extends KeyturnCommand {
  static override summary = 'What was made and what was given on top: by whom, why, and until when'
  static override description =
    'Apps and users that Keyturn made, and each field and address that was given with a reason. Exits with 1 when something that was lent is over and not taken back yet.'
  static override examples = [
    { description: 'All that is given now', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'With what was taken back', command: '<%= config.bin %> <%= command.id %> --all --json' },
  ]
  static override flags = { all: boolean({ description: 'Also what was taken back' }) }

  async run(): Promise<Json> {
    const { flags } = await this.parse(ProvisionListCommand)
    return this.withKeyturn(flags, async (keyturn) => {
      const [{ isExpired, itemText, listWidenings }, { listProvisioned }] = await Promise.all([
        import('../../../posture/provision/widening.ts'),
        import('../../../posture/provision/provisioned.ts'),
      ])
      const { records } = keyturn.store
      const now = systemClock.wall()
      const [made, all] = await Promise.all([listProvisioned(records), listWidenings(records)])
      const given = all
        .filter(({ widening }) => flags.all || widening.state !== 'ended')
        .map(({ id, widening }) => ({
          id,
          what: itemText(widening.item),
          grant: widening.grant,
          state: isExpired(widening, now) ? 'over' : widening.state,
          at: stamp(widening.at),
          until: widening.until === null ? null : stamp(widening.until),
          by: widening.by,
          approvedBy: widening.approvedBy,
          reason: widening.reason,
          endedAt: widening.endedAt === null ? null : stamp(widening.endedAt),
        }))
      if (made.length > 0)
        this.log(
          table(
            made,
            [
              { title: 'MADE', of: ({ kind, name }) => `${kind} ${name}` },
              { title: 'GRANT', of: ({ grant }) => grant },
              { title: 'STATE', of: ({ state }) => state },
              { title: 'AT', of: ({ at }) => stamp(Date.parse(at)) },
              { title: 'BY', of: ({ by }) => by, spared: 1 },
            ],
            this.width,
          ),
        )
      if (given.length > 0)
        this.log(
          `${made.length > 0 ? '\n' : ''}${table(
            given,
            [
              { title: 'ID', of: ({ id }) => id.slice(0, 8) },
              { title: 'GIVEN', of: ({ what }) => what },
              { title: 'GRANT', of: ({ grant }) => grant, spared: 3 },
              { title: 'STATE', of: ({ state }) => state },
              { title: 'UNTIL', of: ({ until }) => until },
              {
                title: 'BY',
                of: ({ by, approvedBy }) => (approvedBy === null ? by : `${by}, ${approvedBy}`),
                spared: 2,
              },
              { title: 'REASON', of: ({ reason }) => reason, spared: 1 },
            ],
            this.width,
          )}`,
        )
      if (made.length + given.length === 0) this.log('Nothing was made or given yet.')
      const over = given.filter(({ state }) => state === 'over').length
      if (over > 0) {
        this.tell(`→ ${over} of them are over: \`${this.bin} provision end --expired\` takes them back.`, '  ')
        this.answerNo()
      }
      return { made, given }
    })
  }
}
