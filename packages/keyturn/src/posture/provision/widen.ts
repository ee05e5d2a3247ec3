/** A widening carried out, and its end: record → org → record, so that nothing that was given is without a name. */
import { randomUUID } from 'node:crypto'
import type { Records } from '@keyturn/tokens'
import type { OrgConnection } from '../../org/connection.ts'
import type { CarriedOut } from '../change/carry-out.ts'
import type { Restriction } from '../impact/restriction.ts'
import { endAddress, endRestricts } from './allow-address.ts'
import type { Carry } from './carry.ts'
import { isThere, tookNothing } from './carry.ts'
import { endField } from './grant-field.ts'
import type { PlannedWidening } from './grant-field.ts'
import { itemText, listWidenings, putWidening, wideningKind } from './widening.ts'
import type { KnownWidening, Widening } from './widening.ts'

export interface Widen {
  readonly org: OrgConnection
  readonly records: Records
  readonly planned: PlannedWidening
  readonly restricts: readonly Restriction[]
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
  readonly carried: CarriedOut
}

/** The same item by an earlier run that was killed: it goes on under its id. */
const unfinished = async (
  records: Records,
  org: string,
  planned: PlannedWidening,
): Promise<KnownWidening | undefined> => {
  const text = itemText(planned.item)
  return (await listWidenings(records)).find(
    ({ widening }) => widening.state === 'begun' && widening.org === org && itemText(widening.item) === text,
  )
}

export const widen = async (asked: Widen): Promise<Widened> => {
  const { org, records, planned, restricts, reason, approvedBy, until, by, now, carry } = asked
  const { orgId } = await org.whoAmI()
  const before = await unfinished(records, orgId, planned)
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
    restricts,
    begin: async () => {
      written = await putWidening(records, id, widening, written?.version ?? null)
    },
  })
  if (written !== null && tookNothing(carried))
    await records.remove(wideningKind, id, { kind: 'widening-dropped', grant: null, data: { widening: id } })
  if (!isThere(carried) || written === null) return { id: null, widening: before?.widening ?? null, carried }
  const granted: Widening = { ...widening, state: 'granted' }
  await putWidening(records, id, granted, written.version)
  return { id, widening: granted, carried }
}

export const endWidening = async (
  { org, records, carry, now }: Pick<Widen, 'org' | 'records' | 'carry' | 'now'>,
  { id, widening, record }: KnownWidening,
): Promise<CarriedOut> => {
  const { item } = widening
  const carried =
    item.is === 'field'
      ? await carry(endField(item), { restricts: [] })
      : await carry(endAddress(item), { restricts: await endRestricts(org, item) })
  if (isThere(carried)) await putWidening(records, id, { ...widening, state: 'ended', endedAt: now }, record.version)
  return carried
}
