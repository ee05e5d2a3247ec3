import { randomBytes } from 'node:crypto'
import { systemClock } from '@keyturn/tokens'
import { callerTold } from '../../../broker/api/told.ts'
import { manageCallers } from '../../../broker/callers/manage-callers.ts'
import { readUses } from '../../../usage/uses.ts'
import { quietLog } from '../../../caller/quiet-log.ts'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { moment, span } from '../../../output/moment.ts'
import { table } from '../../../output/table.ts'

export default class CallerListCommand extends KeyturnCommand {
  static override summary = 'List the callers of the broker and what they use'
  static override description =
    'One line for each caller: what it may do, when it ends, when it last called. Uses are written each minute, so the newest may be missing.'
  static override examples = [
    { description: 'All callers', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'With every detail, for a program', command: '<%= config.bin %> <%= command.id %> --json' },
  ]

  async run(): Promise<Json> {
    const { flags } = await this.parse(CallerListCommand)
    return this.withKeyturn(flags, async (keyturn) => {
      const manage = manageCallers({ keyturn, clock: systemClock, random: randomBytes, log: quietLog })
      const [callers, uses] = [await manage.list(), await readUses(keyturn.store)]
      const now = systemClock.wall()
      const lastOf = (id: string): number | null =>
        uses
          .filter(({ caller }) => caller === id)
          .reduce<number | null>((last, use) => Math.max(last ?? 0, use.last), null)
      if (callers.length === 0) this.log(`No callers yet. Next: ${this.bin} caller add NAME --grant GRANT --range CIDR`)
      else {
        this.log(
          table(
            callers,
            [
              { title: 'NAME', of: ({ doc }) => doc.name },
              { title: 'ID', of: ({ id }) => id, spared: 1 },
              { title: 'GRANTS', of: ({ doc }) => doc.grants.join(' ') },
              { title: 'FACES', of: ({ doc }) => doc.faces.join(' '), spared: 3 },
              {
                title: 'FROM',
                of: ({ doc }) => [...doc.ranges, ...doc.sockets, ...(doc.anyAddress ? ['any'] : [])].join(' '),
                spared: 2,
              },
              { title: 'ENDS', of: ({ doc }) => (doc.expiresAt === null ? 'never' : moment(doc.expiresAt, now)) },
              {
                title: 'LAST',
                of: ({ id }) => {
                  const last = lastOf(id)
                  return last === null ? 'never' : `${span(now - last)} ago`
                },
              },
            ],
            this.width,
          ),
        )
      }
      return {
        callers: callers.map((caller) => ({
          ...callerTold(caller),
          uses: uses
            .filter((use) => use.caller === caller.id)
            .map(({ grant, face, count, last }) => ({ grant, face, count, last })),
        })),
      }
    })
  }
}
