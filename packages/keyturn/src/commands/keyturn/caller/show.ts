import { randomBytes } from 'node:crypto'
import { string as argument } from '@oclif/core/args'
import { systemClock } from '@keyturn/tokens'
import { callerTold } from '../../../broker/api/told.ts'
import { manageCallers } from '../../../broker/callers/manage-callers.ts'
import { readUses } from '../../../usage/uses.ts'
import { policyRows } from '../../../caller/policy-rows.ts'
import { quietLog } from '../../../caller/quiet-log.ts'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { span } from '../../../output/moment.ts'
import { table } from '../../../output/table.ts'

export default class CallerShowCommand extends KeyturnCommand {
  static override summary = 'Show one caller: what it may do and what it used'
  static override description =
    'Its policy, and how often and when it used each grant by each face. Uses are written each minute, so the newest may be missing. Secrets are not kept and can’t be shown.'
  static override examples = [
    { description: 'One caller', command: '<%= config.bin %> <%= command.id %> etl' },
    { description: 'For a program', command: '<%= config.bin %> <%= command.id %> etl --json' },
  ]
  static override args = { caller: argument({ required: true, description: 'Name or id of the caller' }) }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(CallerShowCommand)
    return this.withKeyturn(flags, async (keyturn) => {
      const manage = manageCallers({ keyturn, clock: systemClock, random: randomBytes, log: quietLog })
      const found = await manage.find(args.caller)
      const uses = (await readUses(keyturn.store)).filter(({ caller }) => caller === found.id)
      const now = systemClock.wall()
      const told = callerTold(found)
      const rows = policyRows(told, now)
      const width = Math.max(...rows.map(([title]) => title.length))
      this.log(`Caller ${told.name}`)
      for (const [title, value] of rows) this.log(`  ${title.padEnd(width)}  ${value}`)
      if (uses.length === 0) this.log('It was not used yet.')
      else {
        this.log(
          table(
            uses,
            [
              { title: 'GRANT', of: ({ grant }) => grant },
              { title: 'FACE', of: ({ face }) => face },
              { title: 'USES', of: ({ count }) => String(count) },
              { title: 'LAST', of: ({ last }) => `${span(now - last)} ago` },
            ],
            this.width,
          ),
        )
      }
      return { ...told, uses: uses.map(({ grant, face, count, last }) => ({ grant, face, count, last })) }
    })
  }
}
