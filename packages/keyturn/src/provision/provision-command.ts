/** What the commands below `provision` share: an org to change, through the flow that every change goes through. */
import { systemClock } from '@keyturn/tokens'
import type { Keyturn, RecordEntry } from '@keyturn/tokens'
import { changeExit, changeFlags, changeJson } from '../change/change-flow.ts'
import type { ChangeFlags } from '../change/change-flow.ts'
import { KeyturnCommand } from '../keyturn-command.ts'
import type { Json } from '../keyturn-command.ts'
import { orgConnection } from '../org/connection.ts'
import { commitmentsOf } from '../ledger-commitment.ts'
import type { OrgConnection } from '../org/connection.ts'
import { stamp } from '../output/moment.ts'
import type { Agree, Carry } from '../posture/provision/carry.ts'
import type { Widened } from '../posture/provision/widen.ts'

export const provisionFlags = changeFlags

/** Into the ledger: that these were the reason and the name can be shown later, and neither is in it. */
export const wideningData = (keyturn: Keyturn, reason: string, approvedBy: string | undefined): RecordEntry['data'] => {
  const commit = commitmentsOf(keyturn.store)
  return { reason: commit(reason), approvedBy: approvedBy === undefined ? null : commit(approvedBy) }
}

export abstract class ProvisionCommand extends KeyturnCommand {
  /** Opens the org of a grant; `carry` asks, shows and writes as the flags say. */
  protected async provisioning<T>(
    { keyturn, grant, flags, data }: ProvisioningOf,
    work: (parts: { readonly org: OrgConnection; readonly carry: Carry; readonly agree: Agree }) => Promise<T>,
  ): Promise<T> {
    const { agreeOf, carryOf } = await import('./provision-opened.ts')
    const org = orgConnection(keyturn, grant)
    const progress = this.progress()
    const json = this.jsonEnabled()
    const attended = process.stdin.isTTY && process.stdout.isTTY && !json
    const carry = carryOf({
      ...{ keyturn, org, flags, data },
      attended,
      screen: { paint: this.paint, width: this.width, now: systemClock.wall(), bin: this.bin },
      log: (text) => this.log(text),
      tell: (text) => progress.say(text),
    })
    try {
      return await work({ org, carry, agree: agreeOf({ flags, attended }) })
    } finally {
      progress.done()
    }
  }

  /** What became of one field or address more. */
  protected widened({ id, widening, lent, carried }: Widened, notes: readonly string[]): Json {
    for (const { id: other, widening: of } of lent)
      this.tell(
        `→ But it is lent, and ends on ${stamp(of.until ?? 0)}: \`${this.bin} provision end ${other.slice(0, 8)}\` takes it back now, and then it can be given for another time.`,
        '  ',
      )
    if (id !== null) this.log(`Kept as ${id}`)
    process.exitCode = changeExit(carried)
    return { id, widening, notes, lent: lent.map((one) => one.id), change: changeJson(carried) }
  }
}

interface ProvisioningOf {
  readonly keyturn: Keyturn
  readonly grant: string
  readonly flags: ChangeFlags
  readonly data: RecordEntry['data']
}
