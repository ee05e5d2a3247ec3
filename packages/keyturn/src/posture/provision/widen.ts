/** A widening carried out, and its end: record → org → record, so that nothing that was given is without a name. */
import { randomUUID } from 'node:crypto'
import type { Records } from '@keyturn/tokens'
import type { OrgConnection } from '../../org/connection.ts'
import type { CarriedOut } from '../change/carry-out.ts'
import { endAddress, endRestricts } from './allow-address.ts'
import type { Carry } from './carry.ts'
import { isThere, tookNothing } from './carry.ts'
import { endField } from './grant-field.ts'
import { fieldText, itemText, lentAlready, listWidenings, putEnded, putWidening, wideningKind } from './widening.ts'
import type { KnownWidening, PlannedWidening, Widening, WideningItem } from './widening.ts'

export interface Widen {
  readonly org: OrgConnection
  readonly records: Records
  readonly planned: PlannedWidening
  readonly reason: string
  readonly approvedBy: string | null
  readonly until: number | null
  readonly by: string
  readonly now: number
  readonly carry: Carry
}

export interface Widened {
  /** Null: nothing was recorded, for nothing was given. */
  readonly id: string | null
  readonly widening: Widening | null
  /** Where nothing was to do: it is there until a day only. */
  readonly lent: readonly KnownWidening[]
  readonly carried: CarriedOut
}

/** The same item by an earlier run that was killed: it goes on under its id. */
const unfinished = (all: readonly KnownWidening[], org: string, item: WideningItem): KnownWidening | undefined =>
  all.find(
    ({ widening }) => widening.state === 'begun' && widening.org === org && itemText(widening.item) === itemText(item),
  )

export const widen = async (asked: Widen): Promise<Widened> => {
  const { org, records, planned, reason, approvedBy, until, by, now, carry } = asked
  const { orgId } = await org.whoAmI()
  const all = await listWidenings(records)
  const before = unfinished(all, orgId, planned.item)
  const id = before?.id ?? randomUUID()
  const widening: Widening = {
    state: 'begun',
    org: orgId,
    grant: org.grant,
    // What it was before is what the first run saw.
    item: before?.widening.item ?? planned.item,
    reason,
    approvedBy,
    by,
    at: now,
    until,
    endedAt: null,
  }
  let written = before?.record ?? null
  const carried = await carry(planned.change, {
    restricts: planned.restricts,
    begin: async () => {
      written = await putWidening(records, id, widening, written?.version ?? null)
    },
  })
  // What an earlier run began may be there, whatever became of this one.
  if (before === undefined && written !== null && tookNothing(carried))
    await records.remove(wideningKind, id, { kind: 'widening-dropped', grant: null, data: { widening: id } })
  const lent = carried.is === 'nothing-to-do' ? lentAlready(all, orgId, planned.item) : []
  if (!isThere(carried) || written === null) return { id: null, widening: before?.widening ?? null, lent, carried }
  const granted: Widening = { ...widening, state: 'granted' }
  await putWidening(records, id, granted, written.version)
  return { id, widening: granted, lent, carried }
}

/** Widenings of the same field that found this one's right there: at their end it goes back to what was before this one. */
const builtOn = (all: readonly KnownWidening[], { id, widening }: KnownWidening): readonly KnownWidening[] => {
  const { item, org, at } = widening
  if (item.is !== 'field') return []
  return all.flatMap((one) => {
    const { item: other, state } = one.widening
    const same = other.is === 'field' && fieldText(other) === fieldText(item) && one.widening.org === org
    if (!same || one.id === id || state === 'ended' || one.widening.at < at || other.before !== item.right) return []
    return [{ ...one, widening: { ...one.widening, item: { ...other, before: item.before } } }]
  })
}

export const endWidening = async (
  { org, records, carry, now }: Pick<Widen, 'org' | 'records' | 'carry' | 'now'>,
  known: KnownWidening,
): Promise<CarriedOut> => {
  const { item } = known.widening
  const carried =
    item.is === 'field'
      ? await carry(endField(item), { restricts: [] })
      : await carry(endAddress(item), { restricts: await endRestricts(org, item) })
  if (isThere(carried)) await putEnded(records, known, builtOn(await listWidenings(records), known), now)
  return carried
}
