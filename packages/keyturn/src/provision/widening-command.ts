/** What `grant-field` and `allow-address` share: one item more, with its reason, who said yes, and until when. */
import { string } from '@oclif/core/flags'
import { systemClock } from '@keyturn/tokens'
import { ChangeCommand } from '../change/change-command.ts'
import { changeExit, changeJson } from '../change/change-flow.ts'
import type { ChangeFlags } from '../change/change-flow.ts'
import type { Json } from '../keyturn-command.ts'
import { commitmentsOf } from '../ledger-commitment.ts'
import { operatorName } from '../operator-name.ts'
import type { OrgConnection } from '../org/connection.ts'
import { stamp } from '../output/moment.ts'
import { terminalText } from '../output/terminal-text.ts'
import type { PlannedWidening } from '../posture/provision/widening.ts'
import type { SettingFlags } from '../settings.ts'

export const wideningFlags = {
  reason: string({ required: true, helpValue: 'TEXT', description: 'Why; kept with it' }),
  'approved-by': string({ helpValue: 'NAME', description: 'Who said yes to it' }),
  until: string({ helpValue: 'DAY', description: 'Lent until then: 2027-01-31, or 30d' }),
}

interface Flags extends SettingFlags, ChangeFlags {
  readonly reason: string
  readonly 'approved-by'?: string | undefined
  readonly until?: string | undefined
}

export abstract class WideningCommand extends ChangeCommand {
  protected async widening(
    grant: string,
    flags: Flags,
    plan: (org: OrgConnection) => Promise<PlannedWidening>,
  ): Promise<Json> {
    const [{ widen }, { parseUntil, requireReason }, { carryOf }] = await Promise.all([
      import('../posture/provision/widen.ts'),
      import('../posture/provision/widening.ts'),
      import('./provision-opened.ts'),
    ])
    const now = systemClock.wall()
    const reason = requireReason(flags.reason)
    const until = flags.until === undefined ? null : parseUntil(flags.until, now)
    const approvedBy = flags['approved-by'] ?? null
    return this.changing(grant, flags, async (changing) => {
      const { org, log } = changing
      const { store } = changing.keyturn
      // That these were the reason and the name can be shown later, and neither is in the ledger.
      const commit = commitmentsOf(store)
      const planned = await plan(org)
      const { notes } = planned
      for (const note of notes) log(terminalText(note))
      const { id, widening, lent, carried } = await widen({
        ...{ org, planned, reason, approvedBy, until, now },
        records: store.records,
        by: operatorName(),
        carry: carryOf(changing, {
          verb: 'provision',
          data: {
            what: planned.item.is,
            reason: commit(reason),
            approvedBy: approvedBy === null ? null : commit(approvedBy),
          },
        }),
      })
      for (const one of lent)
        this.tell(
          `→ But it is lent, and ends on ${stamp(one.widening.until ?? 0)}: \`${this.bin} provision end ${one.id.slice(0, 8)}\` takes it back now, and then it can be given for another time.`,
          '  ',
        )
      if (id !== null) log(`Kept as ${id}`)
      process.exitCode = changeExit(carried)
      return { id, widening, notes, lent: lent.map((one) => one.id), change: changeJson(carried) }
    })
  }
}
