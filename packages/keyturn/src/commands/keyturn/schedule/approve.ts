import { string as argument } from '@oclif/core/args'
import { systemClock } from '@keyturn/tokens'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { operatorName } from '../../../operator-name.ts'

export default class ScheduleApproveCommand extends KeyturnCommand {
  static override summary = 'Approve the next turn of a credential whose schedule waits for that'
  static override description =
    'For credentials with `approval: true`. The approval is for one turn, is kept in the store and the ledger with your name and the time, and ends when a run begins. A run begins by the schedule, inside its windows.'
  static override examples = [
    { description: 'Yes to the next turn of erp', command: '<%= config.bin %> <%= command.id %> erp' },
    { description: 'For a program', command: '<%= config.bin %> <%= command.id %> erp --json' },
  ]
  static override args = { name: argument({ required: true, description: 'Name of the credential in keyturn.yaml' }) }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(ScheduleApproveCommand)
    return this.withKeyturn(flags, async (keyturn, settings) => {
      const [{ withRotation }, { approveTurn }] = await Promise.all([
        import('../../../wiring/rotation-opened.ts'),
        import('../../../rotation/schedule/approve.ts'),
      ])
      return withRotation(keyturn, settings, async (rotation) => {
        const who = operatorName()
        const { before } = await approveTurn({ rotation, store: keyturn.store }, args.name, who, systemClock.wall())
        this.log(
          before === null
            ? `The next turn of ${args.name} is approved by ${who}.`
            : `The next turn of ${args.name} had been approved by ${before}.`,
        )
        return { credential: args.name, approvedBy: before ?? who, before: before !== null }
      })
    })
  }
}
